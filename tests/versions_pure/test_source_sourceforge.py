from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.conftest import World
from versions.releases import Listing, RecipeUrl
from versions.sources.sourceforge import SourceForge

URL = "https://sourceforge.net/projects/qwt/files/qwt/6.2.0/qwt-6.2.0.tar.bz2"
FEED = "https://sourceforge.net/projects/qwt/rss?path=/qwt/"


def item(path: str, date: str = "Sun, 18 Jul 2021 10:06:32 UT") -> str:
    link = f"https://sourceforge.net/projects/qwt/files{path}/download"
    return (
        f"<item><title><![CDATA[{path}]]></title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{date}</pubDate><description><![CDATA[{path}]]></description>"
        '<files:extra-info xmlns:files="https://sourceforge.net/api/files.rdf#">bzip2'
        '</files:extra-info><media:content xmlns:media="http://video.search.yahoo.com/mrss/" '
        'type="application/octet-stream" filesize="4"/></item>'
    )


def feed(*items: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>Qwt</title><link>https://sourceforge.net</link>{''.join(items)}</channel></rss>"
    )


def listing(world: World, body: str) -> Listing:
    world.answers(FEED, body, "application/rss+xml; charset=utf-8")
    return world.listing(SourceForge(), URL)


@pytest.mark.parametrize(
    ("url", "project", "folder", "file"),
    [
        (URL, "qwt", "qwt/", "qwt-6.2.0.tar.bz2"),
        (URL + "/download", "qwt", "qwt/", "qwt-6.2.0.tar.bz2"),
        ("https://downloads.sourceforge.net/project/a/b/c/1/d-1.tgz", "a", "b/c/", "d-1.tgz"),
        ("https://downloads.sourceforge.net/project/a/d-1.tgz", "a", "", "d-1.tgz"),
        ("https://downloads.sourceforge.net/a/d-1.tgz", "a", "", "d-1.tgz"),
        ("https://downloads.sourceforge.net/sourceforge/a/d-1.tgz", "a", "", "d-1.tgz"),
        ("http://prdownloads.sourceforge.net/a/d-1.tgz", "a", "", "d-1.tgz"),
        ("http://downloads.sf.net/a/d-1.tgz", "a", "", "d-1.tgz"),
        ("http://iweb.dl.sourceforge.net/project/a/b%20c/v1/d-1.zip", "a", "b%20c/", "d-1.zip"),
    ],
)
def test_it_knows_its_urls(url: str, project: str, folder: str, file: str) -> None:
    upstream = SourceForge().claims(RecipeUrl(url))
    assert upstream
    assert (upstream.project, upstream.tag) == (project, file)
    assert upstream.url == f"https://sourceforge.net/projects/{project}/files/{folder}"


@pytest.mark.parametrize(
    "url",
    [
        "https://sourceforge.net/projects/qwt/",
        "https://sourceforge.net/p/qwt/wiki/",
        "https://qwt.sourceforge.net/qwt-6.2.0.tar.bz2",
        "https://qwt.sourceforge.io/qwt-6.2.0.tar.bz2",
        "https://downloads.notsf.net/a/d-1.tgz",
        "https://downloads.sf.net.example.org/a/d-1.tgz",
        "https://downloads.sourceforge.net.example.org/project/a/d-1.tgz",
        "https://sourceforge.net@example.org/projects/qwt/files/qwt-6.2.0.tar.bz2",
    ],
)
def test_it_leaves_other_urls_alone(url: str) -> None:
    assert SourceForge().claims(RecipeUrl(url)) is None


def test_files_named_like_the_recipes_own_are_releases(world: World) -> None:
    files = ["qwt-6.3.0.tar.bz2", "qwt-6.3.0.pdf", "qwt-6.3.0.zip", "README", "qwtplot-1.tar.bz2"]
    found = listing(world, feed(*(item(f"/qwt/6.3.0/{file}") for file in files)))
    assert [release.tag for release in found.releases] == ["qwt-6.3.0.tar.bz2"]
    assert found.releases[0].released_at == datetime(2021, 7, 18, 10, 6, 32, tzinfo=UTC)
    assert found.releases[0].url.endswith("/files/qwt/6.3.0/qwt-6.3.0.tar.bz2/download")
    assert found.skipped == 4
    assert world.asked() == [FEED]


def test_a_lookup_reads_versions_from_file_names(world: World) -> None:
    body = feed(item("/qwt/6.3.0/qwt-6.3.0.tar.bz2"), item("/qwt/6.4.0-rc1/qwt-6.4.0-rc1.tar.bz2"))
    world.answers(FEED, body)
    assert world.look_up(URL, "6.2.0").latest_version == "6.3.0"


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 99 Jul 2021 10:06:32 UT"])
def test_a_date_that_is_none_is_unknown(world: World, date: str) -> None:
    found = listing(world, feed(item("/qwt/qwt-6.3.0.tar.bz2", date)))
    assert found.releases[0].released_at is None


def test_a_project_that_is_gone_is_not_found(world: World) -> None:
    world.answers(FEED, "<h1>Whoops, we can't find that page.</h1>", status=404)
    with pytest.raises(OutcomeError) as raised:
        world.listing(SourceForge(), URL)
    assert raised.value.outcome.code == "versions.project_not_found"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html><body>Sorry</body></html>",
        "<rss><channel>",
        '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>',
        "<rss>&nbsp;</rss>",
    ],
)
def test_anything_but_a_feed_is_refused(world: World, body: str) -> None:
    with pytest.raises(OutcomeError) as raised:
        listing(world, body)
    assert raised.value.outcome.code == "versions.bad_answer"
