from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.conftest import World
from versions.releases import Listing, RecipeUrl
from versions.sources.html_links import links
from versions.sources.listing import MAX_REQUESTS, DirectoryListing
from versions.sources.trails import trail

FLAT = "https://ftp.example.org/gnu/foo/foo-1.2.tar.gz"
GLIB = "https://download.gnome.org/sources/glib/2.80/glib-2.80.1.tar.xz"
APACHE_ROW = (
    '<tr><td valign="top"><img src="/icons/compressed.gif" alt="[   ]"></td>'
    '<td><a href="{0}">{0}</a></td><td align="right">2026-05-06 07:08  </td>'
    '<td align="right">1.1M</td><td>&nbsp;</td></tr>\n'
)
NGINX_ROW = '<a href="{0}">{0}</a>{1:>40}06-May-2026 07:08              1150000\n'


def apache(*names: str) -> str:
    head = "<html><head><title>Index of /</title></head><body><h1>Index of /</h1><table><tr><th>"
    sorting = '<a href="?C=N;O=D">Name</a></th></tr><tr><td><a href="/gnu/">Parent</a></td></tr>'
    return head + sorting + "".join(APACHE_ROW.format(name) for name in names) + "</table>"


def nginx(*names: str) -> str:
    rows = "".join(NGINX_ROW.format(name, "") for name in names)
    return f'<html><head><title>Index of /</title></head><pre><a href="../">../</a>\n{rows}</pre>'


def listing(world: World, url: str, version: str) -> Listing:
    upstream = DirectoryListing().claims(RecipeUrl(url, version=version))
    assert upstream
    return DirectoryListing().list_releases(upstream, world.door, world.shared)


def versions(world: World, url: str, version: str) -> list[str]:
    return [release.version for release in listing(world, url, version).releases]


@pytest.mark.parametrize(
    ("url", "version"),
    [
        (FLAT, "1.2"),
        ("http://ftp.example.org/foo_1_2.zip", "1.2"),
        ("ftp://ftp.example.org/foo-1.2.tgz", "1.2"),
        ("https://example.org/v1.2/foo-linux.zip", "1.2"),
        (GLIB, "2.80.1"),
    ],
)
def test_it_takes_any_host(url: str, version: str) -> None:
    assert DirectoryListing().claims(RecipeUrl(url, version=version))


@pytest.mark.parametrize(
    ("url", "version"),
    [
        ("https://example.org/foo.tar.gz", "1.2"),
        ("https://example.org/1/foo.tar.gz", "1.2"),
        ("https://example.org/foo?version=1.2", "1.2"),
        ("https://example.org/foo-1.2/", "1.2"),
        ("https://user@example.org/foo-1.2.tar.gz", "1.2"),
        ("file:///foo-1.2.tar.gz", "1.2"),
        (FLAT, ""),
        ("", "1.2"),
    ],
)
def test_it_leaves_urls_that_tell_no_version(url: str, version: str) -> None:
    assert DirectoryListing().claims(RecipeUrl(url, version=version)) is None


def test_a_folder_of_files(world: World) -> None:
    names = ("foo-1.2.tar.gz", "foo-1.3.tar.gz", "foo-1.3.tar.gz.sig", "foo-doc-1.4.tar.gz")
    world.answers("https://ftp.example.org/gnu/foo/", apache(*names, "bar-2.0.tar.gz"))
    found = listing(world, FLAT, "1.2")
    assert [each.version for each in found.releases] == ["1.2", "1.3"]
    assert found.releases[1].url == "https://ftp.example.org/gnu/foo/foo-1.3.tar.gz"
    assert found.releases[1].released_at == datetime(2026, 5, 6, 7, 8, tzinfo=UTC)
    assert world.asked() == ["https://ftp.example.org/gnu/foo/"]


def test_the_packages_of_one_folder_share_it(world: World) -> None:
    world.answers("https://ftp.example.org/gnu/foo/", nginx("foo-1.2.tar.gz", "bar-2.1.tar.gz"))
    assert versions(world, FLAT, "1.2") == ["1.2"]
    assert versions(world, FLAT.replace("foo-1.2", "bar-2.0"), "2.0") == ["2.1"]
    assert len(world.asked()) == 1


def test_another_compression_is_the_same_release(world: World) -> None:
    names = ("foo-1.3.tar.xz", "foo-1.4.tar.xz", "foo-1.4.tar.gz", "foo-1.5.zip")
    world.answers("https://ftp.example.org/gnu/foo/", nginx(*names))
    found = listing(world, FLAT, "1.2").releases
    assert [each.url.rpartition("/")[2] for each in found] == ["foo-1.3.tar.xz", "foo-1.4.tar.gz"]


def test_a_page_with_absolute_links_is_as_good(world: World) -> None:
    page = "<p>Get <A class=x HREF='https://cdn.example.org/a%20b/foo-1.3.tar.gz'>it</A> now"
    world.answers("https://ftp.example.org/gnu/foo/", page)
    assert versions(world, FLAT, "1.2") == ["1.3"]


def test_folders_of_series(world: World) -> None:
    base = "https://download.example.org/frameworks/"
    world.answers(base, apache("5.109/", "5.110/", "6.0/", "6.1/", "old/", "6.1.txt"))
    world.answers(f"{base}6.1/", apache("karchive-6.1.0.tar.xz"))
    world.answers(f"{base}6.0/", apache("karchive-6.0.0.tar.xz", "karchive-6.0.1.tar.xz"))
    world.answers(f"{base}5.110/", apache("karchive-5.110.0.tar.xz"))
    url = f"{base}5.110/karchive-5.110.0.tar.xz"
    assert versions(world, url, "5.110.0") == ["6.1.0", "6.0.0", "6.0.1", "5.110.0"]


def test_folders_of_versions_in_folders_of_series(world: World) -> None:
    base = "https://download.example.org/qt/"
    world.answers(base, apache("6.5/", "6.6/"))
    world.answers(f"{base}6.6/", apache("6.6.0-beta1/", "6.6.0/", "6.6.1/"))
    world.answers(f"{base}6.5/", apache("6.5.3/"))
    world.answers(f"{base}6.6/6.6.1/single/", apache("qt-src-6.6.1.tar.xz"))
    found = listing(world, f"{base}6.5/6.5.1/single/qt-src-6.5.1.tar.xz", "6.5.1")
    assert "6.6.1" in [each.version for each in found.releases]
    assert len(world.asked()) <= MAX_REQUESTS


def test_a_folder_for_each_version(world: World) -> None:
    base = "https://archive.example.org/dist/foo/"
    world.answers(base, apache("1.2.3/", "1.3.0/", "1.4.0-rc1/", "KEYS"))
    world.answers(f"{base}1.3.0/", apache("apache-foo-1.3.0-src.tar.gz"))
    world.answers(f"{base}1.2.3/", apache("apache-foo-1.2.3-src.tar.gz"))
    world.answers(f"{base}1.4.0-rc1/", apache())
    url = f"{base}1.2.3/apache-foo-1.2.3-src.tar.gz"
    found = listing(world, url, "1.2.3")
    assert [each.version for each in found.releases] == ["1.3.0", "1.2.3"]
    assert "1.4.0-rc1/" in found.remark


def test_folders_that_alone_tell_the_version(world: World) -> None:
    base = "https://dl.example.org/foo/"
    world.answers(base, nginx("v1.2/", "v1.3/", "latest/"))
    found = listing(world, f"{base}v1.2/foo-linux.zip", "1.2")
    assert [each.version for each in found.releases] == ["1.3", "1.2"]
    assert found.releases[0].url == f"{base}v1.3/foo-linux.zip"
    assert world.asked() == [base]


def test_kernel_org(world: World) -> None:
    base = "https://cdn.kernel.org/pub/linux/kernel/"
    world.answers(base, nginx("v5.x/", "v6.x/", "v7.x/"))
    world.answers(f"{base}v7.x/", nginx("linux-7.0.tar.xz", "linux-7.0.tar.sign"))
    world.answers(f"{base}v6.x/", nginx("linux-6.9.1.tar.xz", "patch-6.9.1.xz"))
    assert versions(world, f"{base}v6.x/linux-6.9.tar.xz", "6.9") == ["7.0", "6.9.1"]


def test_gnome_keeps_a_document(world: World) -> None:
    files = {"2.80.1": "2.80/glib-2.80.1.tar.xz", "2.82.0": "2.82/glib-2.82.0.tar.xz"}
    document = [
        4,
        {"glib": {version: {"tar.xz": path} for version, path in files.items()}},
        {"glib": list(files)},
        {"2.82": ["LATEST-IS-2.82.0"]},
    ]
    where = "https://download.gnome.org/sources/glib/"
    world.answers(f"{where}cache.json", json.dumps(document), "application/json")
    found = listing(world, GLIB, "2.80.1")
    assert {each.version: each.url for each in found.releases} == {
        version: where + path for version, path in files.items()
    }
    assert world.asked() == [f"{where}cache.json"]


def test_gnome_without_its_document_is_a_listing(world: World) -> None:
    world.answers("https://download.gnome.org/sources/glib/", apache("2.80/", "2.82/"))
    folder = "https://download.gnome.org/sources/glib/2.82/"
    world.answers(folder, apache("glib-2.82.0.tar.xz"))
    assert versions(world, GLIB, "2.80.1") == ["2.82.0"]


def test_the_listings_of_nginx_as_json(world: World) -> None:
    rows = [{"name": "foo-1.3.tar.gz", "type": "file", "mtime": "...", "size": 1}]
    world.answers("https://ftp.example.org/gnu/foo/", json.dumps(rows), "application/json")
    assert versions(world, FLAT, "1.2") == ["1.3"]


@pytest.mark.parametrize("path", ["gnu/foo/foo-1.2.tar.gz", "foo/foo-1.2.tar.gz"])
def test_the_mirrors_of_gnu_are_asked_at_their_master(world: World, path: str) -> None:
    world.answers("https://ftp.gnu.org/gnu/foo/", apache("foo-1.3.tar.gz"))
    assert versions(world, f"https://ftpmirror.gnu.org/{path}", "1.2") == ["1.3"]


def test_ftp_is_asked_for_on_the_web(world: World) -> None:
    world.answers("https://ftp.example.org/pub/foo/", apache("foo-1.3.tar.gz"))
    assert versions(world, "ftp://ftp.example.org/pub/foo/foo-1.2.tar.gz", "1.2") == ["1.3"]


def test_a_closed_folder_above_is_remarked(world: World) -> None:
    world.answers("https://ftp.example.org/foo/", "no", status=403)
    world.answers("https://ftp.example.org/foo/1.2/", apache("foo-1.2.1.tar.gz"))
    found = listing(world, "https://ftp.example.org/foo/1.2/foo-1.2.0.tar.gz", "1.2.0")
    assert [each.version for each in found.releases] == ["1.2.1"]
    assert "refuses access" in found.remark


def test_a_host_in_trouble_ends_it(world: World) -> None:
    world.answers("https://ftp.example.org/foo/", "", status=429)
    world.answers("https://ftp.example.org/foo/1.2/", apache("foo-1.2.1.tar.gz"))
    with pytest.raises(OutcomeError) as raised:
        listing(world, "https://ftp.example.org/foo/1.2/foo-1.2.0.tar.gz", "1.2.0")
    assert raised.value.outcome.code == "http.rate_limited"


@pytest.mark.parametrize("page", ["<html>It works!</html>", apache("README"), "", "\0\xff"])
def test_a_page_that_lists_no_such_file(world: World, page: str) -> None:
    world.answers("https://ftp.example.org/gnu/foo/", page)
    with pytest.raises(OutcomeError) as raised:
        listing(world, FLAT, "1.2")
    assert raised.value.outcome.code == "versions.no_listing"
    assert "foo-1.2.tar.gz" in raised.value.outcome.message


def test_endless_folders_are_not_all_visited(world: World) -> None:
    def deeper(request: object) -> tuple[int, dict[str, str], str]:
        return 200, {"Content-Type": "text/html"}, apache(*(f"1.{n}/" for n in range(300)))

    world.server.route("/ftp.example.org/*", deeper)
    with pytest.raises(OutcomeError):
        listing(world, "https://ftp.example.org/1.2/1.2/1.2/foo-1.2.3.tar.gz", "1.2.3")
    assert len(world.asked()) <= MAX_REQUESTS


@pytest.mark.parametrize("piece", ["<a ", "<a href='", "<!--", "<a href=x", "<a\thref=\n"])
def test_hostile_pages_cost_little(piece: str) -> None:
    assert len(list(links(piece * 200_000, "https://example.org/"))) <= 50_000


@pytest.mark.parametrize(
    ("url", "version", "series"),
    [
        (GLIB, "2.80.1", ["2.80"]),
        ("https://h.example.org/at-spi2-atk/2.32/at-spi2-atk-2.32.0.tgz", "2.32.0", ["2.32"]),
        ("https://h.example.org/v6.x/linux-6.9.tar.xz", "6.9", ["6"]),
        ("https://h.example.org/R-4/R-4.3.1.tgz", "4.3.1", ["4"]),
        (
            "https://h.example.org/qt5/5.15/5.15.2/single/qt-5.15.2.tgz",
            "5.15.2",
            ["5.15", "5.15.2"],
        ),
        ("https://h.example.org/x86_64/foo-64.1.tgz", "64.1", []),
        ("https://h.example.org/2.80.0/foo-2.80.1.tgz", "2.80.1", []),
        ("https://h.example.org/foo-1.2.tgz", "1.2", []),
    ],
)
def test_folders_named_after_a_series(url: str, version: str, series: list[str]) -> None:
    found = trail(RecipeUrl(url, version=version))
    assert found
    assert [step.series for step in found.steps] == series


def test_where_the_version_stands() -> None:
    found = trail(RecipeUrl(GLIB, version="2.80.1"))
    assert found
    assert [(step.before, step.series) for step in found.steps] == [("/sources/glib/", "2.80")]
    assert (found.rest, found.ending) == ("", ".tar.xz")
