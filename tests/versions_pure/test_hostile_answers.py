"""Whatever a server sends, reading it ends in data or in a typed outcome."""

from __future__ import annotations

import contextlib
import gzip
import json
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.http import Response
from core.http.bodies import Body
from core.outcomes import OutcomeError
from tests.versions_pure.advertisement import advertisement
from versions.choosing.patterns import Pattern
from versions.choosing.policy import PageSettings, Policy, read_policy
from versions.releases import RecipeUrl, Upstream
from versions.sources import Shared, Source, registry

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
a_file = st.fixed_dictionaries(
    {"filename": st.text() | st.just("pkg-1.0.tar.gz"), "url": anything},
    optional={"upload-time": anything, "yanked": anything, "upload_time": anything},
)
index_like = st.fixed_dictionaries(
    {},
    optional={
        "meta": st.just({"api-version": "1.1"}) | anything,
        "files": st.lists(a_file) | anything,
        "versions": st.lists(anything) | anything,
        "releases": st.dictionaries(st.text(), st.lists(a_file)) | anything,
    },
)
# What the services of the other sources say, with anything in the place of anything.
words = st.sampled_from(
    [
        *("name", "vers", "number", "tag_name", "version", "yanked", "pubtime", "deprecated"),
        *("created_at", "date", "status", "maturity", "platform", "prerelease", "commit"),
        *("dist", "tarball", "latest", "1.0", "1.1-rc1", "pkg"),
    ]
)
values = st.sampled_from(
    ["1.0", "v2", "", "\0", "2024-05-06T07:08:09Z", "0001-01-01T00:00:00+14:00"]
)
entry = st.dictionaries(words, values | anything | st.dictionaries(words, values | anything))
service_like = (
    st.lists(entry | anything)
    | entry
    | st.dictionaries(
        st.sampled_from(["releases", "versions", "dist-tags", "time", "pkg", "redistrib_1.0.json"]),
        st.lists(entry) | entry | st.dictionaries(words, entry),
    )
)
xml_pieces = (
    *("<rss>", "</rss>", "<channel>", "</channel>", "<item>", "</item>", "<title>", "</title>"),
    *("/a/pkg-1.0.tar.gz", "<link>https://a/</link>", "<pubDate>", "</pubDate>", "&#0;", "&a;"),
    *("Sun, 18 Jul 2021 10:06:32 UT", "Sun, 18 Jul 0000 10:06:32 +9999", "<![CDATA[", "]]>"),
)
html_pieces = (
    *("<a href='x'>", "pkg-1.0.tar.gz", "</a>", "<a>", "<", "&#x110000;", "<base href='[x'>"),
    *("<meta name='pypi:repository-version' content='1.0'>", "<!--", "<![CDATA[", "\0"),
)
html_like = st.lists(st.sampled_from(html_pieces)).map("".join)
bodies = (
    st.binary()
    | anything.map(json.dumps).map(str.encode)
    | index_like.map(json.dumps).map(str.encode)
    | service_like.map(json.dumps).map(str.encode)
    | st.lists(entry).map(lambda lines: "\n".join(map(json.dumps, lines)).encode())
    | st.lists(st.sampled_from(xml_pieces)).map(lambda parts: f"<rss>{''.join(parts)}".encode())
    | html_like.map(lambda text: ("links for" + text).encode())
    | st.lists(st.text(st.characters(codec="utf-8"), min_size=1)).map(
        lambda refs: advertisement(*(f"refs/tags/{ref}" for ref in refs))
    )
    | st.binary().map(lambda data: gzip.compress(b"Package: pkg\nVersion: 1\n\n" + data))
    | st.text().map(lambda text: f"Package: {text}\nVersion: {text}\n\n".encode())
)
kinds = st.sampled_from(
    ["", "text/html", "application/json", "application/vnd.pypi.simple.v1+json", "text/plain"]
)


class OneAnswer:
    """A door behind which everything is the same."""

    def __init__(self, body: bytes, kind: str) -> None:
        self._body, self._kind = body, kind

    def get(self, url: str, **_options: Any) -> Response:
        return Response(url, url, 200, {"content-type": self._kind}, Body(self._body), 0.0)

    head = get


PAGE = PageSettings("https://example.org/pkg", Pattern.read("pkg-(.*)"))
OWN = RecipeUrl("https://example.org/1.0/pkg-1.0.tar.gz", version="1.0")


@pytest.mark.parametrize(
    "source", registry(policy=Policy(page=PAGE)), ids=lambda source: source.name
)
@given(body=bodies, kind=kinds)
@settings(max_examples=100, deadline=None)
def test_answers(source: Source, body: bytes, kind: str) -> None:
    upstream = Upstream(source.name, "pkg", "https://example.org/pkg", "lane", found_in=OWN)
    door: Any = OneAnswer(body, kind)
    with contextlib.suppress(OutcomeError):
        listing = source.list_releases(upstream, door, Shared())
        assert listing.digest
        for release in listing.releases:
            assert "\0" not in release.version + release.tag + release.url
            assert len(release.version) <= 250
            assert release.released_at is None or release.released_at.tzinfo is UTC


@given(url=st.text() | st.text().map("https://github.com/".__add__), rev=st.text())
def test_urls(url: str, rev: str) -> None:
    for source in registry():
        upstream = source.claims(RecipeUrl(url, git_rev=rev))
        assert upstream is None or upstream.source == source.name


@given(bot=anything | st.dictionaries(st.just("version_updates"), anything))
def test_settings(bot: Any) -> None:
    policy, _ = read_policy(bot)
    assert isinstance(policy.exclude, frozenset)
