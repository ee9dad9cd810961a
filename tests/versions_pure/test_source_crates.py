from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.conftest import World
from versions.releases import Listing, RecipeUrl
from versions.sources.crates import Crates

URL = "https://crates.io/api/v1/crates/Serde_Json/1.0.0/download"
INDEX = "https://index.crates.io/se/rd/serde_json"


def line(version: str, **values: Any) -> str:
    entry = {"name": "serde_json", "vers": version, "deps": [], "cksum": "0" * 64, "features": {}}
    return json.dumps(entry | {"yanked": False, "v": 2} | values) + "\n"


def listing(world: World, body: str) -> Listing:
    world.answers(INDEX, body, "text/plain")
    return world.listing(Crates(), URL)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (URL, "Serde_Json"),
        ("https://static.crates.io/crates/office2pdf-cli/office2pdf-cli-0.1.0.crate", None),
        ("https://static.crates.io/crates/office2pdf-cli/0.1.0/download", None),
        ("https://crates.io/api/v1/crates/office2pdf-cli/0.1.0/download", None),
    ],
)
def test_it_knows_its_urls(url: str, name: str | None) -> None:
    upstream = Crates().claims(RecipeUrl(url))
    assert upstream
    assert (upstream.project, upstream.lane) == (name or "office2pdf-cli", "index.crates.io")


@pytest.mark.parametrize(
    "url",
    [
        "https://crates.io.example.org/api/v1/crates/serde/1.0.0/download",
        "https://static.crates.io/crates/serde/other-1.0.0.crate",
        "https://crates.io/crates/serde",
        "https://crates.io/api/v1/crates/../1.0.0/download",
    ],
)
def test_it_leaves_other_urls_alone(url: str) -> None:
    assert Crates().claims(RecipeUrl(url)) is None


@pytest.mark.parametrize(
    ("name", "place"), [("a", "1/a"), ("Ab", "2/ab"), ("abc", "3/a/abc"), ("ABcd", "ab/cd/abcd")]
)
def test_crates_are_filed_by_the_start_of_their_name(world: World, name: str, place: str) -> None:
    world.answers(f"https://index.crates.io/{place}", line("1.0.0"), "text/plain")
    found = world.listing(Crates(), f"https://crates.io/api/v1/crates/{name}/1.0.0/download")
    assert [release.version for release in found.releases] == ["1.0.0"]


def test_all_versions_are_listed_in_any_order(world: World) -> None:
    found = listing(world, line("1.0.1") + line("1.0.2", yanked=True) + line("1.0.0"))
    assert [(each.version, each.yanked) for each in found.releases] == [
        ("1.0.1", False),
        ("1.0.2", True),
        ("1.0.0", False),
    ]
    assert world.asked() == [INDEX]


def test_times_are_read_where_the_index_has_them(world: World) -> None:
    found = listing(world, line("1.0.0") + line("1.1.0", pubtime="2026-01-02T03:04:05Z"))
    assert found.releases[0].released_at is None
    assert found.releases[1].released_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_hyphen_makes_a_prerelease_but_not_in_build_metadata(world: World) -> None:
    found = listing(world, line("1.0.0-0") + line("1.0.0+lib-2") + line("1.0.0-x.7"))
    assert [each.prerelease for each in found.releases] == [True, False, True]


@pytest.mark.parametrize("status", [404, 410, 451])
def test_a_crate_that_never_was_is_not_found(world: World, status: int) -> None:
    world.answers(INDEX, "<Error>NoSuchKey</Error>", "application/xml", status)
    with pytest.raises(OutcomeError) as raised:
        world.listing(Crates(), URL)
    assert raised.value.outcome.code == "versions.project_not_found"


@pytest.mark.parametrize("body", ["", "<html>", "[]", "{}", line("1.0.0")[:-10], '{"vers": 1}\n1'])
def test_anything_but_crates_is_refused(world: World, body: str) -> None:
    with pytest.raises(OutcomeError) as raised:
        listing(world, body)
    assert raised.value.outcome.code == "versions.bad_answer"
