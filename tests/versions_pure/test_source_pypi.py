from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.conftest import INDEX, World
from versions.releases import Listing, RecipeUrl
from versions.sources.pypi import PackageIndex

JSON = "application/vnd.pypi.simple.v1+json"
PAGE = INDEX + "my-pkg/"
JSON_API = "https://index.example.org/pypi/my-pkg/json"
HASH = "ab/cd/" + "0123456789" * 6


def a_file(name: str, when: str | None = "2026-01-02T03:04:05.000006Z", **more: Any) -> Any:
    timed = {"upload-time": when} if when else {}
    return {"filename": name, "url": f"../../files/{name}", "hashes": {}, **timed, **more}


def simple(*files: Any, **more: Any) -> str:
    return json.dumps(
        {"meta": {"api-version": "1.1"}, "name": "my-pkg", "files": list(files), **more}
    )


def html(*names: str) -> str:
    links = "".join(
        f'<a href="/f/{n.partition(" ")[0]}" {n.partition(" ")[2]}>{n.partition(" ")[0]}</a><br/>'
        for n in names
    )
    return f"<!DOCTYPE html><html><head><title>Links for my-pkg</title></head>{links}</html>"


def listing(world: World) -> Listing:
    source = PackageIndex(INDEX)
    upstream = source.claims(
        RecipeUrl("https://pypi.io/packages/source/m/my-pkg/my-pkg-1.0.tar.gz")
    )
    assert upstream
    return source.list_releases(upstream, world.door, world.shared)


@pytest.mark.parametrize(
    ("path", "project", "artefact"),
    [
        ("/packages/source/M/My.Pkg/My.Pkg-1.0.tar.gz", "my-pkg", "sdist"),
        ("/packages/source/m/my_pkg/my_pkg-1.0.zip", "my-pkg", "sdist"),
        ("/packages/py3/m/my-pkg/my_pkg-1.0-py3-none-any.whl", "my-pkg", "wheel"),
        ("/packages/py2.py3/m/my-pkg/my_pkg-1.0-py2.py3-none-any.whl", "my-pkg", "wheel"),
        (f"/packages/{HASH}/my_pkg-1.0-cp312-cp312-win_amd64.whl", "my-pkg", "wheel"),
        (f"/packages/{HASH}/my-pkg-1.0.tar.gz#sha256=00", "my-pkg", "sdist"),
    ],
)
def test_it_knows_its_urls_by_shape(path: str, project: str, artefact: str) -> None:
    upstream = PackageIndex(INDEX).claims(RecipeUrl("https://any.example.org" + path))
    assert upstream
    assert (upstream.project, upstream.artefact) == (project, artefact)
    assert (upstream.lane, upstream.url) == ("index", PAGE)


@pytest.mark.parametrize(
    "url",
    [
        "https://test.pypi.io/packages/source/m/my-pkg/my-pkg-1.0.tar.gz",
        "https://example.org/pub/packages/source/m/my-pkg/my-pkg-1.0.tar.gz",
        "https://example.org/packages/3.18/bioc/src/contrib/x_1.0.tar.gz",
        f"https://example.org/packages/{HASH[:-1]}/my-pkg-1.0.tar.gz",
        f"https://example.org/packages/{HASH}/README",
        "ftp://pypi.io/packages/source/m/my-pkg/my-pkg-1.0.tar.gz",
        "https://pypi.io/packages/source/m/{{ name }}/x-1.0.tar.gz",
        "https://[bad/packages/source/m/my-pkg/my-pkg-1.0.tar.gz",
    ],
)
def test_it_leaves_other_urls_alone(url: str) -> None:
    assert PackageIndex(INDEX).claims(RecipeUrl(url)) is None


def test_json_with_all_fields_takes_one_request(world: World) -> None:
    early, late = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
    files = [a_file("my_pkg-1.0-py3-none-any.whl", late), a_file("my-pkg-1.0.tar.gz", early)]
    world.answers(PAGE, simple(*files), JSON)
    [release] = listing(world).releases
    assert release.version == "1.0"
    assert release.released_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert release.artefacts == {"sdist", "wheel"}
    assert release.artefacts_known
    assert release.url.endswith("/my-pkg-1.0.tar.gz")
    assert world.asked() == [PAGE]
    assert JSON in world.server.requests[0].headers["Accept"]


def test_versions_are_spelled_canonically(world: World) -> None:
    names = ["my_pkg-1.0_1-py3-none-any.whl", "my-pkg-2024.01.05.tar.gz", "my-pkg-2.0-rc1.tar.gz"]
    world.answers(PAGE, simple(*map(a_file, names)), JSON)
    assert {r.version for r in listing(world).releases} == {"1.0.post1", "2024.1.5", "2.0rc1"}


def test_names_without_a_version_are_counted(world: World) -> None:
    names = ["my-pkg-1.0.tar.gz", "my-pkg-latest.tar.gz", "README.txt", "my-pkg-1.0.tar.gz.asc"]
    world.answers(PAGE, simple(*map(a_file, names)), JSON)
    found = listing(world)
    assert [release.version for release in found.releases] == ["1.0"]
    assert found.skipped == 3


def test_a_version_without_files_is_listed(world: World) -> None:
    world.answers(PAGE, simple(versions=["1.0"]), JSON)
    [release] = listing(world).releases
    assert release.artefacts_known
    assert release.artefacts == frozenset()


def test_a_release_is_yanked_if_all_its_files_are(world: World) -> None:
    world.answers(
        PAGE,
        simple(
            a_file("my-pkg-1.0.tar.gz", yanked="broken"),
            a_file("my_pkg-1.0-py3-none-any.whl", yanked=True),
            a_file("my-pkg-2.0.tar.gz", yanked=""),
            a_file("my_pkg-2.0-py3-none-any.whl", yanked=False),
        ),
        JSON,
    )
    yanked = {release.version: release.yanked for release in listing(world).releases}
    assert yanked == {"1.0": True, "2.0": False}


def test_html_is_completed_by_the_json_api(world: World) -> None:
    world.answers(PAGE, html("my-pkg-1.0.tar.gz", "my-pkg-1.1.tar.gz"))
    when = {"upload_time_iso_8601": "2020-05-25T01:17:27Z", "packagetype": "sdist"}
    files = [{"filename": "my-pkg-1.0.tar.gz", "url": "/f", "yanked": True, **when}]
    world.answers(JSON_API, json.dumps({"releases": {"1.0": files, "0.9": []}}), "application/json")
    found = {release.version: release for release in listing(world).releases}
    assert found.keys() == {"1.0", "1.1", "0.9"}
    assert found["1.0"].released_at == datetime(2020, 5, 25, 1, 17, 27, tzinfo=UTC)
    assert found["1.0"].yanked
    assert found["1.1"].released_at is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("gone", 404),
        ("<html>", 200),
        ("[]", 200),
        ('{"releases": 1}', 200),
        ('{"releases": {"1.0": [{"filename": 7, "url": "/f"}]}}', 200),
    ],
)
def test_html_stands_without_the_json_api(world: World, body: str, status: int) -> None:
    world.answers(PAGE, html("my-pkg-1.0.tar.gz", 'my-pkg-1.1.tar.gz data-yanked="why"'))
    world.answers(JSON_API, body, "application/json", status)
    found = listing(world)
    assert {r.version: r.yanked for r in found.releases} == {"1.0": False, "1.1": True}
    assert found.remark.startswith("Upload times are unknown")


@pytest.mark.parametrize(
    ("anchor", "name"),
    [
        ('<a href="/f/my-pkg-1.0.tar.gz#sha256=00">my-pkg-1.0.tar.gz</a>', "my-pkg-1.0.tar.gz"),
        ("<A\nHREF = '/f/my-pkg-1.0.tar.gz'>\nmy-pkg-1.0.tar.gz\n</A>", "my-pkg-1.0.tar.gz"),
        ("<a href=/f/my-pkg-1.0.tar.gz>my-pkg-1.0.tar.gz</a>", "my-pkg-1.0.tar.gz"),
        (
            '<a data-requires-python=">=3.9" href="/f/my-pkg-1.0.tar.gz">my-pkg-1.0.tar.gz</a>',
            "my-pkg-1.0.tar.gz",
        ),
        ('<a href="/f/my-pkg-1.0.tar.gz"><b>my-pkg-1.0.tar.gz</b></a>', "my-pkg-1.0.tar.gz"),
        ('<a href="/f?a=1&amp;b=2">my-pkg-1.0.tar.gz</a>', "f?a=1&b=2"),
        ('<base href="/other/"><a href="x.tar.gz">my-pkg-1.0.tar.gz</a>', "other/x.tar.gz"),
    ],
)
def test_html_is_read_in_all_its_spellings(world: World, anchor: str, name: str) -> None:
    world.answers(PAGE, f"<html>{anchor}</html>", "text/html")
    [release] = listing(world).releases
    assert release.version == "1.0"
    assert release.url.endswith(f"/{name}")


def test_a_url_that_cannot_be_stored_is_left_out(world: World) -> None:
    page = "<html><base href='/ot\0her/'><a href='x.tar.gz'>my-pkg-1.0.tar.gz</a></html>"
    world.answers(PAGE, page, "text/html")
    assert [(each.version, each.url) for each in listing(world).releases] == [("1.0", "")]


def test_html_that_is_commented_out_is_none(world: World) -> None:
    gone = '<!-- <a href="/f/my-pkg-2.0.tar.gz">my-pkg-2.0.tar.gz</a> -->'
    world.answers(PAGE, gone + html("my-pkg-1.0.tar.gz"), "text/html")
    assert [each.version for each in listing(world).releases] == ["1.0"]


@pytest.mark.parametrize(
    "piece", ["<a ", "<a href='", '<a href="', "<!--", "<a href=x>", "<", "<a b='x' ", "<a\n\n"]
)
def test_html_that_was_written_to_hurt_is_read_in_time(world: World, piece: str) -> None:
    """The suite's limit for a test is the proof: parsers of HTML need hours for some of these."""
    world.answers(PAGE, "links for" + piece * 100_000, "text/html")
    with contextlib.suppress(OutcomeError):
        assert listing(world).releases == ()


def test_the_serial_of_a_project_is_its_state(world: World) -> None:
    meta = {"api-version": "1.1", "_last-serial": 123}
    world.answers(PAGE, simple(a_file("my-pkg-1.0.tar.gz"), meta=meta), JSON)
    assert listing(world).state == "serial:123"
    world.answers(PAGE, simple(a_file("my-pkg-1.0.tar.gz")), JSON)
    assert listing(world).state == ""


@pytest.mark.parametrize("wrong", [{"url": 7}, {"url": None}, {"upload-time": 7}, {"yanked": None}])
def test_a_file_of_which_a_part_is_no_text_counts(world: World, wrong: dict[str, Any]) -> None:
    world.answers(PAGE, simple({**a_file("my-pkg-1.0.tar.gz"), **wrong}), JSON)
    world.answers(JSON_API, "gone", status=404)
    [release] = listing(world).releases
    assert release.version == "1.0"
    assert release.artefacts == {"sdist"}


def test_the_earliest_time_is_that_of_the_release(world: World) -> None:
    times = ["2026-01-02T00:00:00.5Z", "2026-01-01T23:59:59.999999Z", "no time at all", ""]
    names = [f"my_pkg-1.0-{n}-py3-none-any.whl" for n in range(4)]
    files = [a_file(name, when) for name, when in zip(names, times, strict=True)]
    world.answers(PAGE, simple(*files), JSON)
    world.answers(JSON_API, "gone", status=404)
    [release] = listing(world).releases
    assert release.released_at == datetime(2026, 1, 1, 23, 59, 59, 999999, tzinfo=UTC)


def test_json_without_times_asks_the_json_api_too(world: World) -> None:
    world.answers(PAGE, simple(a_file("my-pkg-1.0.tar.gz", when=None)), JSON)
    listing(world)
    assert world.asked() == [PAGE, JSON_API]


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        ("<html><h1>Sorry</h1></html>", "text/html", "versions.bad_answer"),
        ("<html><a href='/login'>Log in</a></html>", "text/html", "versions.bad_answer"),
        ("{", JSON, "http.bad_body"),
        ("[1, 2]", JSON, "versions.bad_answer"),
        ("{}", JSON, "versions.bad_answer"),
        ('{"meta": {"api-version": "2.0"}, "files": []}', JSON, "versions.bad_answer"),
        ('{"meta": {"api-version": "1.0"}, "files": [{}]}', JSON, "versions.bad_answer"),
        (simple({"filename": "my-pkg-1.0.tar.gz"}), JSON, "versions.bad_answer"),
        (simple({**a_file("x"), "filename": 7}), JSON, "versions.bad_answer"),
        (simple({**a_file("x"), "filename": ["x"]}), JSON, "versions.bad_answer"),
        (b"\x89PNG", "image/png", "versions.bad_answer"),
    ],
)
def test_a_page_that_is_none_is_refused(
    world: World, body: str | bytes, kind: str, code: str
) -> None:
    world.answers(PAGE, body, kind)
    with pytest.raises(OutcomeError) as raised:
        listing(world)
    assert raised.value.outcome.code == code


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "versions.project_not_found"),
        (410, "versions.project_not_found"),
        (403, "http.forbidden"),
    ],
)
def test_a_refusal_is_told_apart(world: World, status: int, code: str) -> None:
    world.answers(PAGE, "no", status=status)
    with pytest.raises(OutcomeError) as raised:
        listing(world)
    assert raised.value.outcome.code == code


def test_the_digest_ignores_order_and_format(world: World) -> None:
    one, two = a_file("my-pkg-1.0.tar.gz"), a_file("my-pkg-1.1.tar.gz")
    world.answers(PAGE, simple(one, two), JSON)
    first = listing(world).digest
    world.answers(PAGE, simple(two, one, versions=["1.0"]), JSON)
    assert listing(world).digest == first
    world.answers(PAGE, simple(one, {**two, "yanked": True}), JSON)
    assert listing(world).digest != first
