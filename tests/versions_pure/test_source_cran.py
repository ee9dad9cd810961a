from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.conftest import World
from versions.releases import Listing, RecipeUrl
from versions.sources import r_index
from versions.sources.cran import Cran

INDEX = "https://cran.r-project.org/src/contrib/PACKAGES.gz"
PACKAGES = b"""Package: ggplot2
Version: 3.5.1
Depends: R (>= 3.5)
Imports: cli, glue, grDevices, grid, gtable (>= 0.1.1), isoband,
        lifecycle (> 1.0.1), MASS
License: MIT + file LICENSE
NeedsCompilation: no

Version: 1.3-2
Package: Zoo.Thing

Package: Matrix
Version: 1.7-0
Path: 4.4.0/Recommended

Package: Matrix
Version: 1.7-1

Package: nameless
License: none
"""


def listing(world: World, name: str, version: str = "1.0") -> Listing:
    url = f"https://cran.r-project.org/src/contrib/{name}_{version}.tar.gz"
    upstream = Cran().claims(RecipeUrl(url))
    assert upstream
    return Cran().list_releases(upstream, world.door, world.shared)


def versions(found: Listing) -> list[str]:
    return [release.version for release in found.releases]


@pytest.mark.parametrize(
    "url",
    [
        "https://cran.r-project.org/src/contrib/zoo_1.3-2.tar.gz",
        "http://cran.r-project.org/src/contrib/Archive/zoo/zoo_1.3-2.tar.gz",
        "https://cran.rstudio.com/src/contrib/zoo_1.3-2.tar.gz",
        "https://ftp.example.org/pub/CRAN/src/contrib/zoo_1.3-2.tar.gz",
        "https://packagemanager.example.org/cran/2024-01-01/src/contrib/zoo_1.3-2.tar.gz",
    ],
)
def test_it_knows_its_urls(url: str) -> None:
    upstream = Cran().claims(RecipeUrl(url))
    assert upstream
    assert (upstream.project, upstream.lane) == ("zoo", "cran")


@pytest.mark.parametrize(
    "url",
    [
        "https://bioconductor.org/packages/3.18/bioc/src/contrib/zoo_1.3.tar.gz",
        "https://someone.r-universe.dev/src/contrib/zoo_1.3.tar.gz",
        "https://cran.r-project.org/web/packages/zoo/index.html",
        "https://cran.r-project.org/src/contrib/",
        "https://[cran.r-project.org/src/contrib/zoo_1.0.tar.gz",
    ],
)
def test_it_leaves_other_urls_alone(url: str) -> None:
    assert Cran().claims(RecipeUrl(url)) is None


def test_one_index_serves_all_packages(world: World) -> None:
    world.answers(INDEX, gzip.compress(PACKAGES), "application/x-gzip")
    assert versions(listing(world, "ggplot2")) == ["3.5.1"]
    assert versions(listing(world, "zoo.thing")) == ["1.3-2"]
    assert versions(listing(world, "Matrix")) == ["1.7-0", "1.7-1"]
    assert world.asked() == [INDEX]


def test_lookups_at_once_wait_for_one_request(world: World) -> None:
    world.answers(INDEX, gzip.compress(PACKAGES))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: versions(listing(world, "Matrix")), range(32)))
    assert found == [["1.7-0", "1.7-1"]] * 32
    assert world.asked() == [INDEX]


def test_an_index_that_comes_unpacked_is_read(world: World) -> None:
    world.answers(INDEX, PACKAGES.replace(b"\n", b"\r\n"))
    assert versions(listing(world, "ggplot2")) == ["3.5.1"]


def test_a_package_that_is_not_listed_is_archived(world: World) -> None:
    world.answers(INDEX, gzip.compress(PACKAGES))
    with pytest.raises(OutcomeError) as raised:
        listing(world, "nameless")
    assert raised.value.outcome.code == "versions.project_archived"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        gzip.compress(b"nothing", mtime=0),
        gzip.compress(PACKAGES)[:-20],
        b"\x1f\x8bgarbage",
    ],
)
def test_anything_but_an_index_is_refused(world: World, body: bytes) -> None:
    world.answers(INDEX, body)
    with pytest.raises(OutcomeError) as raised:
        listing(world, "ggplot2")
    assert raised.value.outcome.code == "versions.bad_answer"


def test_a_bomb_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(r_index, "_MAX_UNPACKED", 1000)
    world.answers(INDEX, gzip.compress(b"Package: x\nVersion: 1\n\n" * 1000))
    with pytest.raises(OutcomeError, match="unpacks to more than 1000 bytes"):
        listing(world, "x")


def test_a_failure_is_shared_too(world: World) -> None:
    world.answers(INDEX, "no", status=403)
    for name in ("ggplot2", "Matrix"):
        with pytest.raises(OutcomeError) as raised:
            listing(world, name)
        assert raised.value.outcome.code == "http.forbidden"
    assert world.asked() == [INDEX]
