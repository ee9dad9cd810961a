from __future__ import annotations

import gzip

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.conftest import World
from versions.releases import RecipeUrl
from versions.sources.bioconductor import Bioconductor

SOFTWARE = "https://bioconductor.org/packages/release/bioc/src/contrib/PACKAGES.gz"
ANNOTATION = "https://bioconductor.org/packages/release/data/annotation/src/contrib/PACKAGES.gz"
LIMMA = "https://bioconductor.org/packages/3.18/bioc/src/contrib/limma_3.58.1.tar.gz"
PACKAGES = gzip.compress(
    b"Package: edgeR\nVersion: 4.8.0\nDepends: R (>= 3.6.0),\n    limma (>= 3.41.5)\n\n"
    b"Package: limma\nVersion: 3.66.0\nNeedsCompilation: yes\n"
)


@pytest.mark.parametrize(
    ("url", "name", "section"),
    [
        (LIMMA, "limma", "bioc"),
        (LIMMA.replace("/3.18/", "/release/"), "limma", "bioc"),
        (LIMMA.replace("https://", "http://www."), "limma", "bioc"),
        (LIMMA.replace("contrib/", "contrib/Archive/limma/"), "limma", "bioc"),
        (LIMMA.replace("/bioc/", "/data/annotation/"), "limma", "data/annotation"),
        (LIMMA.replace("/bioc/", "/data/experiment/"), "limma", "data/experiment"),
        (LIMMA.replace("/bioc/", "/workflows/"), "limma", "workflows"),
    ],
)
def test_it_knows_its_urls(url: str, name: str, section: str) -> None:
    upstream = Bioconductor().claims(RecipeUrl(url))
    assert upstream
    assert (upstream.project, upstream.artefact) == (name, "sdist")
    assert upstream.url.endswith(f"/{section}/html/{name}.html")


@pytest.mark.parametrize(
    "url",
    [
        LIMMA.replace("bioconductor.org", "bioconductor.org.example.org"),
        LIMMA.replace("https://", "https://bioconductor.org@"),
        LIMMA.replace("https://", "ftp://"),
        "https://cran.r-project.org/src/contrib/limma_3.58.1.tar.gz",
        "https://bioconductor.org/packages/3.18/other/src/contrib/limma_3.58.1.tar.gz",
        "https://bioconductor.org/packages/release/bioc/html/limma.html",
    ],
)
def test_it_leaves_other_urls_alone(url: str) -> None:
    assert Bioconductor().claims(RecipeUrl(url)) is None


def test_the_current_release_is_asked_once_for_all_packages(world: World) -> None:
    world.answers(SOFTWARE, PACKAGES, "application/gzip")
    for name, version in (("limma", "3.66.0"), ("edgeR", "4.8.0")):
        found = world.listing(Bioconductor(), LIMMA.replace("limma", name))
        assert [release.version for release in found.releases] == [version]
    assert world.asked() == [SOFTWARE]


def test_each_section_has_an_index_of_its_own(world: World) -> None:
    world.answers(ANNOTATION, PACKAGES, "application/gzip")
    found = world.listing(Bioconductor(), LIMMA.replace("/bioc/", "/data/annotation/"))
    assert [release.version for release in found.releases] == ["3.66.0"]


def test_a_package_that_is_not_listed_is_archived(world: World) -> None:
    world.answers(SOFTWARE, PACKAGES)
    with pytest.raises(OutcomeError, match="Bioconductor lists gone no longer") as raised:
        world.listing(Bioconductor(), LIMMA.replace("limma", "gone"))
    assert raised.value.outcome.code == "versions.project_archived"
