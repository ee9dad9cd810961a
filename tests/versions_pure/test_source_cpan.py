from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.conftest import World
from versions.releases import Listing, RecipeUrl
from versions.sources.cpan import Cpan

URL = "https://cpan.metacpan.org/authors/id/E/ET/ETHER/Moose-2.2004.tar.gz"
API = "https://fastapi.metacpan.org/v1/release/versions/Moose"


def release(version: str, **values: Any) -> dict[str, Any]:
    return {
        "name": f"Moose-{version}",
        "version": version,
        "author": "ETHER",
        "date": "2024-01-21T20:51:18",
        "status": "cpan",
        "maturity": "released",
        "authorized": True,
        "download_url": URL.replace("2.2004", version),
        "main_module": "Moose",
        **values,
    }


def listing(world: World, *releases: Any) -> Listing:
    body = {"releases": list(releases), "total": len(releases), "took": 3}
    world.answers(API, json.dumps(body), "application/json; charset=utf-8")
    return world.listing(Cpan(), URL)


@pytest.mark.parametrize(
    ("url", "name", "tag"),
    [
        (URL, "Moose", "2.2004"),
        (URL.replace("cpan.metacpan", "www.cpan"), "Moose", "2.2004"),
        (URL.replace("cpan.metacpan.org", "mirror.example.org/pub/CPAN"), "Moose", "2.2004"),
        (URL.replace("ETHER/", "ETHER/some/folder/"), "Moose", "2.2004"),
        (URL.replace("Moose-2.2004.tar.gz", "Math-Random-MT-v1.2.tgz"), "Math-Random-MT", "v1.2"),
        (URL.replace("2.2004", "2.2004_01"), "Moose", "2.2004_01"),
        (URL.replace("2.2004", "2.2004-TRIAL"), "Moose", "2.2004"),
    ],
)
def test_it_knows_its_urls(url: str, name: str, tag: str) -> None:
    upstream = Cpan().claims(RecipeUrl(url))
    assert upstream
    assert (upstream.project, upstream.tag) == (name, tag)


@pytest.mark.parametrize(
    "url",
    [
        "https://metacpan.org/release/MIYAGAWA/App-cpanminus-1.7043",
        "https://cpan.metacpan.org/authors/id/A/BC/ETHER/Moose-2.2004.tar.gz",
        "https://cpan.metacpan.org/authors/id/E/ET/ETHER/Moose.tar.gz",
        "ftp://cpan.metacpan.org/authors/id/E/ET/ETHER/Moose-2.2004.tar.gz",
        "https://cpan.metacpan.org@example.org/authors/id/E/ET/ETHER/Moose-2.2004.tar.gz",
    ],
)
def test_it_leaves_other_urls_alone(url: str) -> None:
    assert Cpan().claims(RecipeUrl(url)) is None


def test_one_request_lists_all_releases(world: World) -> None:
    found = listing(world, release("2.2207", status="latest"), release("2.2206"))
    assert [each.version for each in found.releases] == ["2.2207", "2.2206"]
    assert found.releases[0].released_at == datetime(2024, 1, 21, 20, 51, 18, tzinfo=UTC)
    assert world.asked() == [API]


def test_developers_releases_are_prereleases(world: World) -> None:
    found = listing(world, release("2.2207"), release("2.2208", maturity="developer"))
    assert [each.prerelease for each in found.releases] == [False, True]


def test_what_was_deleted_from_cpan_is_withdrawn(world: World) -> None:
    found = listing(world, release("2.2207", status="backpan"), release("2.2206"))
    assert [each.yanked for each in found.releases] == [True, False]


def test_what_a_stranger_uploaded_is_passed_over(world: World) -> None:
    found = listing(world, release("9.0", authorized=False), release("2.2206"))
    assert [each.version for each in found.releases] == ["2.2206"]
    assert found.skipped == 1


def test_versions_are_spelled_as_the_recipe_spells_them(world: World) -> None:
    listing(world, release("v2.2207.0"), release("2.2004"))
    assert world.look_up(URL, "2.2004").latest_version == "2.2207.0"


def test_a_distribution_without_releases_is_not_found(world: World) -> None:
    with pytest.raises(OutcomeError) as raised:
        listing(world)
    assert raised.value.outcome.code == "versions.project_not_found"


@pytest.mark.parametrize("body", ["[]", "{}", '{"releases": 1}', '{"releases": [1]}', "null"])
def test_anything_but_releases_is_refused(world: World, body: str) -> None:
    world.answers(API, body, "application/json")
    with pytest.raises(OutcomeError) as raised:
        world.listing(Cpan(), URL)
    assert raised.value.outcome.code == "versions.bad_answer"
