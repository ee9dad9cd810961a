"""Whatever becomes of a request, each source ends it in a typed outcome, and soon."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from core.http import Door, DoorConfig, DoorError, Response
from core.outcomes import OutcomeError
from tests.loopback import LoopbackServer, Reply, drip
from tests.versions_pure.conftest import INDEX
from versions.asking.subjects import LookupConfig
from versions.choosing.patterns import Pattern
from versions.choosing.policy import PageSettings, Policy
from versions.releases import RecipeUrl
from versions.sources import Shared, Source, registry

# A URL that the source claims, and the page that it asks for first.
SAMPLES = {
    "pypi": ("https://pypi.io/packages/source/p/pkg/pkg-1.0.tar.gz", f"{INDEX}pkg/"),
    "cran": (
        "https://cran.r-project.org/src/contrib/pkg_1.0.tar.gz",
        "https://cran.r-project.org/src/contrib/PACKAGES.gz",
    ),
    "bioconductor": (
        "https://bioconductor.org/packages/3.18/bioc/src/contrib/pkg_1.0.tar.gz",
        "https://bioconductor.org/packages/release/bioc/src/contrib/PACKAGES.gz",
    ),
    "npm": (
        "https://registry.example.org/pkg/-/pkg-1.0.0.tgz",
        "https://registry.example.org/pkg",
    ),
    "crates": (
        "https://crates.io/api/v1/crates/pkg/1.0.0/download",
        "https://index.crates.io/3/p/pkg",
    ),
    "rubygems": (
        "https://rubygems.org/downloads/pkg-1.0.gem",
        "https://rubygems.org/api/v1/versions/pkg.json",
    ),
    "cpan": (
        "https://cpan.metacpan.org/authors/id/A/AB/ABC/Pkg-1.0.tar.gz",
        "https://fastapi.metacpan.org/v1/release/versions/Pkg",
    ),
    "github": (
        "https://github.com/owner/pkg/archive/v1.0.tar.gz",
        "https://github.com/owner/pkg.git/info/refs?service=git-upload-pack",
    ),
    "gitlab": (
        "https://gitlab.com/owner/pkg/-/archive/v1.0/pkg-v1.0.tar.gz",
        "https://gitlab.com/api/v4/projects/owner%2Fpkg/repository/tags"
        "?per_page=100&page=1&order_by=updated&sort=desc",
    ),
    "gitea": (
        "https://codeberg.org/owner/pkg/releases/download/v1.0/pkg-1.0.tar.gz",
        "https://codeberg.org/api/v1/repos/owner/pkg/releases?limit=50",
    ),
    "nvidia": (
        "https://developer.download.nvidia.com/compute/cuda/redist/pkg/linux-x86_64/pkg.tar.xz",
        "https://developer.download.nvidia.com/compute/cuda/redist/",
    ),
    "sourceforge": (
        "https://downloads.sourceforge.net/project/pkg/pkg-1.0.tar.gz",
        "https://sourceforge.net/projects/pkg/rss?path=/",
    ),
    "git": (
        "https://git.example.org/pkg.git",
        "https://git.example.org/pkg.git/info/refs?service=git-upload-pack",
    ),
    "listing": ("https://files.example.org/pkg/pkg-1.0.tar.gz", "https://files.example.org/pkg/"),
    "page": ("https://files.example.org/pkg-1.0.tar.gz", "https://example.org/downloads"),
    "probe": ("https://example.org/get?v=1.0", "https://example.org/get?v=1.0"),
}
POLICY = Policy(page=PageSettings(SAMPLES["page"][1], Pattern.read(r"pkg-(.*?)\.tar")))
DEADLINE = 0.4  # seconds
MAX_BYTES = 20_000
ERROR_PAGE = b"<!DOCTYPE html><html><body><h1>Down for maintenance</h1></body></html>"
MISSING = {"versions.project_not_found", "http.not_found", "http.gone"}
UNREADABLE = {"versions.bad_answer", "http.bad_body"}
# These read any page there is, or only see whether it is there.
FRUITLESS = {
    "listing": {"versions.no_listing"},
    "page": {"versions.no_match_on_page"},
    "probe": {"versions.nothing_to_probe", "versions.anything_goes"},
}


class Hasty:
    """A door with little patience and less room."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def get(self, url: str, **options: Any) -> Response:
        return self._door.get(url, **options | {"deadline": DEADLINE, "max_bytes": MAX_BYTES})

    def head(self, url: str, **options: Any) -> Response:
        return self._door.head(url, **options | {"deadline": DEADLINE})


class Failing:
    """A source, and the server it asks, which has one answer for everything."""

    def __init__(self, source: Source, server: LoopbackServer) -> None:
        self.recipe_url, self.page = SAMPLES[source.name]
        self.source, self.server = source, server
        # Only this origin is mirrored: a redirect elsewhere meets the guard as in real life.
        parts = urlsplit(self.page)
        settings = {
            "mirrors": {f"{parts.scheme}://{parts.netloc}": server.url},
            "host_limits": {server.url: {"in_flight": 8, "rate": 1000}},
        }
        self.door = Door(DoorConfig.from_settings(settings))

    def error(self, answer: Reply | Callable[[Any], Reply]) -> OutcomeError:
        self.server.route("/*", answer)
        upstream = self.source.claims(RecipeUrl(self.recipe_url, version="1.0"))
        assert upstream
        door: Any = Hasty(self.door)
        with pytest.raises(OutcomeError) as raised:
            self.source.list_releases(upstream, door, Shared())
        return raised.value

    def ends_in(self, answer: Reply | Callable[[Any], Reply], *codes: str) -> bool:
        outcome = self.error(answer).outcome
        assert outcome.message
        assert outcome.next
        return outcome.code in {*codes, *FRUITLESS.get(self.source.name, ())}


@pytest.fixture(autouse=True)
def _hasty_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.http.doors.BACK_OFF", 0.01)


@pytest.fixture(params=registry(LookupConfig(INDEX), POLICY), ids=lambda source: source.name)
def failing(request: pytest.FixtureRequest) -> Iterator[Failing]:
    with LoopbackServer() as server:
        failing = Failing(request.param, server)
        yield failing
        failing.door.close()


def test_the_sample_is_asked_for(failing: Failing) -> None:
    failing.error((404, {}, b""))
    path = failing.page.removeprefix(f"https://{urlsplit(failing.page).netloc}")
    assert failing.server.paths()[0] == path


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone(failing: Failing, status: int) -> None:
    assert failing.ends_in((status, {"Content-Type": "text/html"}, ERROR_PAGE), *MISSING)


def test_rate_limited(failing: Failing) -> None:
    error = failing.error((429, {"Retry-After": "120"}, b"slow down"))
    assert isinstance(error, DoorError)
    assert (error.outcome.code, error.retry_after) == ("http.rate_limited", 120.0)


def test_a_server_error(failing: Failing) -> None:
    assert failing.ends_in((500, {"Content-Type": "text/html"}, ERROR_PAGE), "http.server_error")


def test_no_answer_in_time(failing: Failing) -> None:
    def late(_request: object) -> Reply:
        time.sleep(DEADLINE * 1.5)
        return 200, {}, b""

    assert failing.ends_in(late, "http.timeout")


def test_a_slow_drip(failing: Failing) -> None:
    started = time.monotonic()
    assert failing.ends_in(lambda _request: (200, {}, drip(every=0.02)), "http.timeout")
    assert time.monotonic() - started < DEADLINE * 2


def test_a_body_that_is_cut_short(failing: Failing) -> None:
    assert failing.ends_in((200, {"Content-Length": "1000"}, b"{"), "http.truncated")


@pytest.mark.parametrize("kind", ["image/png", "text/html", "application/json"])
def test_something_else(failing: Failing, kind: str) -> None:
    assert failing.ends_in((200, {"Content-Type": kind}, b"\x89PNG\r\n\x1a\n\0\0"), *UNREADABLE)


def test_an_error_page_that_claims_success(failing: Failing) -> None:
    assert failing.ends_in((200, {"Content-Type": "text/html"}, ERROR_PAGE), *UNREADABLE)


def test_an_empty_answer(failing: Failing) -> None:
    assert failing.ends_in((200, {}, b""), *UNREADABLE)


def test_redirects_in_a_circle(failing: Failing) -> None:
    assert failing.ends_in((302, {"Location": failing.page}, b""), "http.too_many_redirects")


@pytest.mark.parametrize("where", ["http://10.0.0.1/", "https://[::ffff:169.254.169.254]/meta"])
def test_a_redirect_to_a_private_address(failing: Failing, where: str) -> None:
    assert failing.ends_in((302, {"Location": where}, b""), "http.refused_address")


@pytest.mark.parametrize("headers", [{"Content-Length": str(5 * 1024**3)}, {}])
def test_more_than_anyone_should_send(failing: Failing, headers: dict[str, str]) -> None:
    def flood(_request: object) -> Reply:
        return 200, headers, (b"x" * 10_000 for _ in range(10))

    assert failing.ends_in(flood, "http.too_large")


def test_a_gzip_bomb(failing: Failing) -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    assert len(bomb) < MAX_BYTES
    assert failing.ends_in((200, {"Content-Encoding": "gzip"}, bomb), "http.too_large")
