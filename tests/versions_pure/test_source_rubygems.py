from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.conftest import World
from versions.releases import Listing, RecipeUrl
from versions.sources.rubygems import RubyGems

URL = "https://rubygems.org/downloads/nokogiri-1.16.0.gem"
API = "https://rubygems.org/api/v1/versions/nokogiri.json"


def gem(number: str, platform: str = "ruby", **values: Any) -> dict[str, Any]:
    return {
        "number": number,
        "platform": platform,
        "prerelease": False,
        "created_at": "2024-05-13T18:02:34.000Z",
        "built_at": "2024-05-13T00:00:00.000Z",
        "sha": "0" * 64,
        **values,
    }


def listing(world: World, body: Any) -> Listing:
    world.answers(API, json.dumps(body), "application/json")
    return world.listing(RubyGems(), URL)


@pytest.mark.parametrize(
    ("file", "name", "artefact"),
    [
        ("nokogiri-1.16.0.gem", "nokogiri", "sdist"),
        ("nokogiri-1.16.0-x86_64-linux.gem", "nokogiri", ""),
        ("nokogiri-1.16.0-universal-darwin-21.gem", "nokogiri", ""),
        ("ruby-rc4-0.1.5.gem", "ruby-rc4", "sdist"),
        ("aws-sdk-3-core-1.0.gem", "aws-sdk-3-core", "sdist"),
        ("rjb-java-1.0.rc1.gem", "rjb-java", "sdist"),
    ],
)
def test_it_knows_its_urls(file: str, name: str, artefact: str) -> None:
    for folder in ("downloads", "gems"):
        upstream = RubyGems().claims(RecipeUrl(f"https://rubygems.org/{folder}/{file}"))
        assert upstream
        assert (upstream.project, upstream.artefact) == (name, artefact)


@pytest.mark.parametrize(
    "url",
    [
        "https://rubygems.org.example.org/downloads/nokogiri-1.16.0.gem",
        "https://rubygems.org@example.org/downloads/nokogiri-1.16.0.gem",
        "https://www.rubydoc.info/gems/nokogiri",
        "https://rubygems.org/gems/nokogiri",
    ],
)
def test_it_leaves_other_urls_alone(url: str) -> None:
    assert RubyGems().claims(RecipeUrl(url)) is None


def test_one_request_lists_all_versions(world: World) -> None:
    found = listing(world, [gem("1.17.0.rc1", prerelease=True), gem("1.16.5")])
    assert [(each.version, each.prerelease) for each in found.releases] == [
        ("1.17.0.rc1", True),
        ("1.16.5", False),
    ]
    assert found.releases[1].released_at == datetime(2024, 5, 13, 18, 2, 34, tzinfo=UTC)
    assert world.asked() == [API]


def test_the_gems_of_one_version_are_one_release(world: World) -> None:
    late = {"created_at": "2025-01-01T00:00:00.000Z"}
    found = listing(world, [gem("1.16.5", "java", **late), gem("1.16.5"), gem("1.16.6", "java")])
    both, only_java = found.releases
    assert both.artefacts == {"java", "sdist"}
    assert both.released_at == datetime(2024, 5, 13, 18, 2, 34, tzinfo=UTC)
    assert only_java.artefacts == {"java"}


def test_a_version_without_a_source_gem_waits(world: World) -> None:
    body = json.dumps([gem("1.16.0"), gem("1.16.5"), gem("1.16.6", "java")])
    world.answers(API, body, "application/json")
    answer = world.look_up(URL, "1.16.0")
    assert answer.latest_version == "1.16.5"
    assert [remark.code for remark in answer.remarks] == ["versions.no_sdist"]


def test_a_gem_that_is_unknown_is_not_found(world: World) -> None:
    world.answers(API, "This rubygem could not be found.", "text/plain", 404)
    with pytest.raises(OutcomeError) as raised:
        world.listing(RubyGems(), URL)
    assert raised.value.outcome.code == "versions.project_not_found"


@pytest.mark.parametrize("body", [[1], [{}], 1, None, ["x"], {"number": "1.0"}])
def test_anything_but_versions_is_refused(world: World, body: Any) -> None:
    with pytest.raises(OutcomeError) as raised:
        listing(world, body)
    assert raised.value.outcome.code == "versions.bad_answer"
