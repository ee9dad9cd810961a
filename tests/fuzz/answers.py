"""Spoilt answers of servers through every version source: a listing or an OutcomeError, soon."""

from __future__ import annotations

import gzip
import json
import random
import signal
import time
from collections.abc import Callable, Mapping
from datetime import UTC
from types import FrameType
from typing import Any

from core.http import Response
from core.http.bodies import Body
from core.outcomes import OutcomeError
from tests.fuzz.findings import Report
from tests.fuzz.mutation import Mutator
from tests.versions_pure.advertisement import advertisement
from tests.versions_pure.conftest import INDEX
from tests.versions_pure.test_every_source_fails_well import POLICY, SAMPLES
from versions.asking.lookup import LookupConfig, Subject, look_up
from versions.releases import Listing, RecipeUrl
from versions.sources import Shared, Source, registry

LIMIT_SECONDS = 3.0

_REFS = advertisement("HEAD", "refs/tags/v1.0", "refs/tags/v1.1^{}", "refs/tags/pkg-2.0rc1")
_FILES = [
    {"filename": f"pkg-{version}.tar.gz", "url": f"../../f/pkg-{version}.tar.gz", **more}
    for version, more in (
        ("1.0", {"upload-time": "2024-05-06T07:08:09.000001Z", "yanked": False}),
        ("1.1rc1", {"upload-time": "2024-06-06T07:08:09Z", "yanked": "broken"}),
    )
]
_SIMPLE = {"meta": {"api-version": "1.1"}, "name": "pkg", "versions": ["1.0"], "files": _FILES}
_RELEASES = {"1.0": [{"filename": "pkg-1.0.zip", "upload_time_iso_8601": "2024-05-06T07:08:09Z"}]}
_PACKAGES = (
    b"Package: other\nVersion: 2\n\nPackage: pkg\nVersion: 1.0\nDepends: R (>= 3.5),\n  a\n\n"
)
_INDEX = b"<!DOCTYPE html><html><head><title>Index of /pkg</title></head><body><h1>Index</h1>" + (
    b'<a href="../">Parent</a> <a href="pkg-1.0.tar.gz">pkg-1.0.tar.gz</a> 06-May-2026 07:08 1M\n'
    b'<a href="pkg-1.2.zip" data-yanked="why">pkg-1.2.zip</a><a href="2.0/">2.0/</a></body></html>'
)
_RSS = (
    b'<?xml version="1.0"?><rss><channel><item><title><![CDATA[/pkg/1.0/pkg-1.0.tar.gz]]></title>'
    b"<link>https://x.org/pkg/1.0/pkg-1.0.tar.gz/download</link>"
    b"<pubDate>Sun, 18 Jul 2021 10:06:32 UT</pubDate></item></channel></rss>"
)
_CRATES = b"\n".join(
    json.dumps({"name": "pkg", "vers": version, "yanked": yanked, "cksum": "00"}).encode()
    for version, yanked in (("1.0.0", False), ("1.1.0", True), ("2.0.0-rc.1", False))
)


def _json(value: Any) -> tuple[str, bytes]:
    return "application/json", json.dumps(value).encode()


# For each source, what its servers say: (media type, body).
BODIES: Mapping[str, tuple[tuple[str, bytes], ...]] = {
    "pypi": (
        ("application/vnd.pypi.simple.v1+json", json.dumps(_SIMPLE).encode()),
        ("text/html", _INDEX.replace(b"Index of /pkg", b"Links for pkg")),
        _json({"info": {"name": "pkg", "version": "1.0"}, "releases": _RELEASES}),
    ),
    "cran": (("application/gzip", gzip.compress(_PACKAGES)), ("text/plain", _PACKAGES)),
    "bioconductor": (("application/gzip", gzip.compress(_PACKAGES)), ("text/plain", _PACKAGES)),
    "npm": (
        _json(
            {
                "name": "pkg",
                "dist-tags": {"latest": "1.0.0", "next": "2.0.0-rc.1"},
                "versions": {"1.0.0": {"dist": {"tarball": "https://x.org/p.tgz"}}, "1.1.0": {}},
                "time": {"1.0.0": "2024-05-06T07:08:09.000Z"},
            }
        ),
    ),
    "crates": (("text/plain", _CRATES),),
    "rubygems": (
        _json(
            [
                {"number": "1.0", "platform": "ruby", "created_at": "2024-05-06T07:08:09.123Z"},
                {"number": "2.0.rc1", "platform": "java", "prerelease": True},
            ]
        ),
    ),
    "cpan": (
        _json({"releases": [{"name": "Pkg-1.0", "version": "1.0", "date": "2024-05-06T07:08:09"}]}),
    ),
    "github": (("application/x-git-upload-pack-advertisement", _REFS),),
    "git": (("application/x-git-upload-pack-advertisement", _REFS),),
    "gitlab": (
        _json([{"name": "v1.0", "commit": {"created_at": "2024-05-06T07:08:09.000+02:00"}}]),
        ("application/x-git-upload-pack-advertisement", _REFS),
    ),
    "gitea": (
        _json([{"tag_name": "v1.0", "prerelease": False, "published_at": "2024-05-06T07:08:09Z"}]),
        ("application/x-git-upload-pack-advertisement", _REFS),
    ),
    "nvidia": (
        ("text/html", _INDEX.replace(b"pkg-1.0.tar.gz", b"redistrib_12.6.0.json")),
        _json({"release_date": "2024-05-06", "pkg": {"version": "1.0", "linux-x86_64": {}}}),
    ),
    "sourceforge": (("text/xml", _RSS),),
    "listing": (("text/html", _INDEX),),
    "page": (("text/html", _INDEX),),
    "probe": (("text/html", _INDEX),),
}
TOKENS = tuple(
    token.encode()
    for token in (
        *("null", "[]", "{}", "true", '""', '"\\ud800"', '"\\u0000"', "NaN", "[" * 300, '{"a":'),
        *(
            '<a href="',
            "</a>",
            "<base href='//x'>",
            "<!--",
            "<![CDATA[",
            "]]>",
            "&#0;",
            "&#x11ffff;",
        ),
        *("<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;", "<item>", "</item>", "\0", "\n\n", "\r\n"),
        *(
            "Package: pkg\n",
            "Version: ",
            "0000",
            "ffff",
            "refs/tags/",
            "^{}",
            "//x",
            "http://[",
            "?",
        ),
        *("2024-13-45T99:99:99Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
        *("1!2", "v", "1.0.post1", "1.0-rc.1", "..", "%00", "%2F..", "1" * 300, "\u0661.\u0662"),
    )
)


class FuzzedDoor:
    """A door behind which each answer is one of a source's, spoilt."""

    def __init__(self, rng: random.Random, name: str) -> None:
        self._rng = rng
        self._name = name
        bodies = [body for each in BODIES.values() for _, body in each]
        self._mutator = Mutator(rng, bodies, TOKENS)
        self._show: Callable[[Response], None] = lambda _answer: None
        self.sent: list[bytes] = []

    def witnessed(self, show: Callable[[Response], None]) -> FuzzedDoor:
        self._show = show
        return self

    def get(self, url: str, **_options: Any) -> Response:
        name = self._name if self._rng.random() < 0.9 else self._rng.choice(list(BODIES))
        kind, body = self._rng.choice(BODIES[name])
        body = self._mutator.spoil(body) if self._rng.random() < 0.95 else body
        if body.startswith(b"\x1f\x8b") and self._rng.random() < 0.5:
            body = gzip.compress(self._mutator.spoil(_PACKAGES))
        self.sent.append(f"{kind}\n".encode() + body)
        response = Response(url, url, 200, {"content-type": kind}, Body(body), 0.0)
        self._show(response)
        return response

    head = get


class HangError(Exception):
    """A source takes too long."""


def hunt(rng: random.Random, seconds: float, report: Report) -> None:
    """Ask every source in turn for `seconds`."""
    signal.signal(signal.SIGALRM, _alarm)
    sources = registry(LookupConfig(INDEX), POLICY)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for source in sources:
            _try(source, FuzzedDoor(rng, source.name), rng.random() < 0.3, report)


def _alarm(_signal: int, _frame: FrameType | None) -> None:
    raise HangError


def _try(source: Source, door: FuzzedDoor, whole: bool, report: Report) -> None:
    """One look-up: of the source alone, or with all that follows on it."""
    signal.setitimer(signal.ITIMER_REAL, LIMIT_SECONDS)
    problem = ""
    try:
        ending = _look_up(source, door) if whole else _list(source, door)
    except OutcomeError as error:
        ending = error.outcome.code
    except HangError:
        ending, problem = "hang", f"more than {LIMIT_SECONDS} seconds"
    except Exception as error:
        ending, problem = "crash", f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    report.endings[f"{source.name}: {'listed' if ending == 'ok' else ending}"] += 1
    if problem:
        report.finding(source.name, b"\n=====\n".join(door.sent), f"{source.name}: {problem}")


def _list(source: Source, door: Any) -> str:
    upstream = source.claims(RecipeUrl(SAMPLES[source.name][0], version="1.0"))
    assert upstream, f"{source.name} does not know its sample"
    _check(source.list_releases(upstream, door, Shared()))
    return "ok"


def _check(listing: Listing) -> None:
    assert listing.digest
    for release in listing.releases:
        assert "\0" not in release.version + release.tag + release.url
        assert len(release.version) <= 250
        assert release.released_at is None or release.released_at.tzinfo is UTC


def _look_up(source: Source, door: Any) -> str:
    url = {"rendered": SAMPLES[source.name][0], "template": ""}
    subject = Subject.of(key="fuzz/pkg", name="pkg", current_version="1.0", urls=[url])
    return look_up(subject, door, Shared(), LookupConfig(INDEX)).outcome.code
