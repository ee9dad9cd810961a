from __future__ import annotations

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.conftest import World
from versions.choosing.patterns import Pattern
from versions.releases import Listing, RecipeUrl
from versions.sources.page import Page

WHERE = "https://example.org/downloads"


def listing(world: World, pattern: str) -> Listing:
    source = Page(WHERE, Pattern.read(pattern, "bot.version_updates.page.pattern"))
    upstream = source.claims(RecipeUrl("https://elsewhere.example.org/foo.zip"))
    assert upstream
    return source.list_releases(upstream, world.door, world.shared)


def test_the_pattern_finds_the_versions(world: World) -> None:
    world.answers(WHERE, "<li>Foo 1.2 (stable)<li>Foo 1.3 (stable)<li>Foo 1.3 (stable)")
    releases = listing(world, r"Foo (\S+) \(stable\)").releases
    assert [release.version for release in releases] == ["1.2", "1.3"]
    assert releases[0].url == WHERE


def test_without_a_group_the_match_is_the_version(world: World) -> None:
    world.answers(WHERE, "1.2 1.3")
    assert [release.version for release in listing(world, r"\d\.\d").releases] == ["1.2", "1.3"]


def test_without_a_setting_it_claims_nothing() -> None:
    assert Page().claims(RecipeUrl("https://example.org/foo-1.2.zip", version="1.2")) is None


@pytest.mark.parametrize("body", ["", "<h1>Moved</h1>", "Foo  (stable)"])
def test_a_page_without_a_match(world: World, body: str) -> None:
    world.answers(WHERE, body)
    with pytest.raises(OutcomeError) as raised:
        listing(world, r"Foo (\S*) \(stable\)")
    assert raised.value.outcome.code == "versions.no_match_on_page"
    assert raised.value.outcome.field == "bot.version_updates.page.pattern"


def test_a_pattern_that_backtracks_ends_in_time(world: World) -> None:
    world.answers(WHERE, "a" * 5000)
    with pytest.raises(OutcomeError) as raised:
        listing(world, r"(a|aa)+b")
    assert raised.value.outcome.code == "versions.slow_pattern"


def test_settings_name_the_page(world: World) -> None:
    world.answers(WHERE, "Foo 1.2, Foo 1.3")
    page = {"url": WHERE, "pattern": r"Foo ([\d.]+\d)"}
    answer = world.look_up(
        "https://github.com/owner/repo/archive/v1.0.tar.gz",
        settings={"version_updates": {"page": page}},
    )
    assert (answer.latest_version, answer.source, answer.consulted) == ("1.3", "page", ("page",))
    assert world.asked() == [WHERE]
