from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.outcomes import Outcome
from tests.versions_pure.advertisement import REFS, advertisement
from tests.versions_pure.conftest import INDEX, World
from versions.asking.lookup import Answer, LookupConfig, first_asked
from versions.releases import RecipeUrl

PYPI_URL = "https://pypi.io/packages/source/p/pkg/pkg-{}.tar.gz"
GITHUB_URL = "https://github.com/owner/repo/archive/v{}.tar.gz"
PAGE = INDEX + "pkg/"
FOLDER = "https://example.org/files/"
WHEN = "2026-05-06T07:08:09Z"


def on_index(world: World, **files: str) -> None:
    """Put versions on the index: `v1_1="sdist"`."""
    names = {"sdist": "pkg-{}.tar.gz", "wheel": "pkg-{}-py3-none-any.whl"}
    listed = [
        {"filename": name, "url": f"/files/{name}", "upload-time": WHEN}
        for version, kind in files.items()
        if (name := names[kind].format(version.removeprefix("v").replace("_", ".")))
    ]
    page = {"meta": {"api-version": "1.1"}, "files": listed}
    world.answers(PAGE, json.dumps(page), "application/vnd.pypi.simple.v1+json")


def codes(outcomes: tuple[Outcome, ...]) -> list[str]:
    return [outcome.code for outcome in outcomes]


def test_a_newer_version_is_found(world: World) -> None:
    on_index(world, v1_0="sdist", v1_1="sdist")
    answer = world.look_up(PYPI_URL.format("1.0"))
    assert answer.outcome.ok
    assert (answer.latest_version, answer.source) == ("1.1", "pypi")
    assert answer.released_at == datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert answer.url.endswith("/files/pkg-1.1.tar.gz")
    assert [judgement.rule for judgement in answer.judgements] == ["newest", "current"]
    assert answer.consulted == ("pypi",)
    assert (answer.remarks, answer.problems, answer.retry_after) == ((), (), None)


def test_no_newer_version_is_an_answer_too(world: World) -> None:
    on_index(world, v1_0="sdist")
    answer = world.look_up(PYPI_URL.format("1.0"))
    assert answer.outcome.ok
    assert answer.latest_version == "1.0"


def test_the_tag_pattern_comes_from_the_recipe(world: World) -> None:
    world.answers(REFS, advertisement("refs/tags/lib-1.1", "refs/tags/app-9.0"))
    answer = world.look_up("https://github.com/owner/repo/releases/download/lib-1.0/lib-1.0.tgz")
    assert (answer.latest_version, answer.source) == ("1.1", "github")


def test_all_urls_count(world: World) -> None:
    on_index(world, v1_1="sdist")
    answer = world.look_up(["https://example.org/mirror/pkg-1.0.tar.gz", PYPI_URL.format("1.0")])
    assert answer.latest_version == "1.1"


def test_urls_without_the_version_are_not_upstream(world: World) -> None:
    answer = world.look_up([PYPI_URL.format("7.7"), GITHUB_URL.format("1.0")])
    assert answer.consulted == ("github",)


def test_a_commit_archive_is_upstream_if_no_url_has_the_version(world: World) -> None:
    world.answers(REFS, advertisement("refs/tags/v1.1"))
    answer = world.look_up("https://github.com/owner/repo/archive/0a1b2c3d4e5f60718293.tar.gz")
    assert answer.latest_version == "1.1"


def test_the_next_source_is_asked_if_one_fails(world: World) -> None:
    world.answers(REFS, advertisement("refs/tags/v1.1"))
    answer = world.look_up([PYPI_URL.format("1.0"), GITHUB_URL.format("1.0")])
    assert (answer.latest_version, answer.source) == ("1.1", "github")
    assert answer.consulted == ("pypi", "github")


def test_if_all_fail_the_first_failure_tells(world: World) -> None:
    answer = world.look_up([PYPI_URL.format("1.0"), GITHUB_URL.format("1.0")])
    assert answer.outcome.code == "versions.project_not_found"
    assert "package index" in answer.outcome.message
    assert answer.consulted == ("pypi", "github")
    assert answer.latest_version == ""


def test_settings_choose_and_order_the_sources(world: World) -> None:
    on_index(world, v1_1="sdist")
    world.answers(REFS, advertisement("refs/tags/v1.2"))
    both = [PYPI_URL.format("1.0"), GITHUB_URL.format("1.0")]
    settings = {"version_updates": {"sources": ["GitHubReleases", "pypi"]}}
    answer = world.look_up(both, settings=settings)
    assert (answer.latest_version, answer.consulted) == ("1.2", ("github",))


def test_settings_may_exclude_every_source(world: World) -> None:
    answer = world.look_up(
        PYPI_URL.format("1.0"), settings={"version_updates": {"sources": ["npm"]}}
    )
    assert answer.outcome.code == "versions.sources_excluded"
    assert answer.outcome.field == "bot.version_updates.sources"


def test_bad_settings_are_reported_beside_the_answer(world: World) -> None:
    on_index(world, v1_1="sdist")
    settings = {"version_updates": {"exclude": "1.1", "even_odd": True}}
    answer = world.look_up(PYPI_URL.format("1.0"), settings=settings)
    assert answer.outcome.ok
    assert {problem.field for problem in answer.problems} == {
        "bot.version_updates.exclude",
        "bot.version_updates.even_odd",
    }


def nothing(world: World) -> Answer:
    return world.look_up([])


def unknown_host(world: World) -> Answer:
    return world.look_up("https://example.org/pkg.tar.gz")


def no_versions(world: World) -> Answer:
    on_index(world)
    return world.look_up(PYPI_URL.format("1.0"))


def wheels_only(world: World) -> Answer:
    on_index(world, v1_0="wheel", v1_1="wheel")
    return world.look_up(PYPI_URL.format("1.0"))


def foreign_tags(world: World) -> Answer:
    world.answers(REFS, advertisement("refs/tags/nightly", "refs/tags/docs-2.0"))
    return world.look_up(GITHUB_URL.format("1.0"))


def error_page(world: World) -> Answer:
    world.answers(PAGE, "<html>We are sorry</html>")
    return world.look_up(PYPI_URL.format("1.0"))


@pytest.mark.parametrize(
    ("situation", "code"),
    [
        (nothing, "versions.no_url"),
        (unknown_host, "versions.no_source"),
        (no_versions, "versions.no_candidates"),
        (wheels_only, "versions.only_without_sdist"),
        (foreign_tags, "versions.all_rejected"),
        (error_page, "versions.bad_answer"),
    ],
)
def test_each_dead_end_has_its_outcome(world: World, situation: Any, code: str) -> None:
    answer = situation(world)
    assert answer.outcome.code == code
    assert answer.outcome.message
    assert answer.latest_version == ""


def test_rejected_versions_keep_their_verdicts(world: World) -> None:
    assert [each.rule for each in foreign_tags(world).judgements] == ["foreign_tag"] * 2


def test_the_wait_that_a_host_asks_for_is_passed_on(world: World) -> None:
    world.server.route(PAGE.removeprefix("https:/"), (429, {"Retry-After": "3600"}, b""))
    answer = world.look_up(PYPI_URL.format("1.0"))
    assert answer.outcome.code == "http.rate_limited"
    assert answer.retry_after == 3600


def test_a_newer_version_without_sdist_is_remarked(world: World) -> None:
    on_index(world, v1_0="sdist", v1_1="wheel")
    answer = world.look_up(PYPI_URL.format("1.0"))
    assert (answer.latest_version, codes(answer.remarks)) == ("1.0", ["versions.no_sdist"])
    assert "1.1 has no sdist" in answer.remarks[0].message


def test_a_hidden_version_is_remarked_with_its_reason(world: World) -> None:
    on_index(world, v1_0="sdist", v1_1="sdist")
    answer = world.look_up(PYPI_URL.format("1.0"), hidden={"1.1": "breaks on macOS"})
    assert codes(answer.remarks) == ["versions.hidden"]
    assert "breaks on macOS" in answer.remarks[0].message


def test_an_index_that_tells_no_times_is_remarked(world: World) -> None:
    world.answers(PAGE, "Links for pkg <a href='/files/pkg-1.1.tar.gz'>pkg-1.1.tar.gz</a>")
    answer = world.look_up(PYPI_URL.format("1.0"))
    assert (answer.latest_version, answer.released_at) == ("1.1", None)
    assert codes(answer.remarks) == ["versions.partial_answer"]


def test_a_recipe_ahead_of_upstream_is_remarked(world: World) -> None:
    on_index(world, v1_0="sdist")
    answer = world.look_up(PYPI_URL.format("2.0"), version="2.0")
    assert answer.outcome.ok
    assert (answer.latest_version, codes(answer.remarks)) == (
        "1.0",
        ["versions.newer_than_upstream"],
    )


def test_a_host_without_a_source_is_listed(world: World) -> None:
    world.answers(FOLDER, "<a href=pkg-1.1.tar.gz>pkg-1.1.tar.gz</a>")
    answer = world.look_up(FOLDER + "pkg-1.0.tar.gz")
    assert (answer.latest_version, answer.source) == ("1.1", "listing")


def test_a_host_without_a_listing_is_probed(world: World) -> None:
    for version in ("1.0", "1.1"):
        world.answers(f"{FOLDER}pkg-{version}.tar.gz", b"", "application/gzip")
    answer = world.look_up(FOLDER + "pkg-1.0.tar.gz")
    assert (answer.latest_version, answer.source) == ("1.1", "probe")
    assert answer.consulted == ("listing", "probe")


def test_what_the_last_resort_came_to_tells_how_it_ended(world: World) -> None:
    answer = world.look_up(FOLDER + "pkg-1.0.tar.gz")
    assert answer.outcome.code == "versions.nothing_to_probe"


def test_a_host_in_trouble_is_asked_once(world: World) -> None:
    world.server.route("/example.org/*", (429, {}, b""))
    answer = world.look_up(FOLDER + "pkg-1.0.tar.gz")
    assert (answer.outcome.code, answer.consulted) == ("http.rate_limited", ("listing",))
    assert len(world.asked()) == 1


def test_few_of_many_mirrors_are_asked(world: World) -> None:
    mirrors = [f"https://mirror{n}.example.org/pkg-1.0.tar.gz" for n in range(20)]
    world.look_up(mirrors)
    assert len([url for url in world.asked() if url.endswith("/")]) == 3


def test_urls_of_a_dedicated_source_are_neither_listed_nor_probed(world: World) -> None:
    world.look_up([PYPI_URL.format("1.0"), GITHUB_URL.format("1.0")])
    assert len(world.asked()) == 2


def test_settings_may_ask_for_probing_all_the_same(world: World) -> None:
    for version in ("1.0", "1.1"):
        world.answers(GITHUB_URL.format(version), b"", "application/gzip")
    settings = {"version_updates": {"sources": ["rawurl"]}}
    answer = world.look_up(GITHUB_URL.format("1.0"), settings=settings)
    assert (answer.latest_version, answer.consulted) == ("1.1", ("probe",))


# Comparing


def test_sources_that_agree_are_not_remarked(world: World) -> None:
    on_index(world, v1_1="sdist")
    world.answers(REFS, advertisement("refs/tags/v1.1"))
    answer = world.look_up([PYPI_URL.format("1.0"), GITHUB_URL.format("1.0")])
    assert (answer.source, answer.consulted) == ("pypi", ("pypi", "github"))
    assert answer.remarks == ()


def test_sources_that_disagree_are_remarked_and_the_first_wins(world: World) -> None:
    on_index(world, v1_1="sdist")
    world.answers(REFS, advertisement("refs/tags/v1.2"))
    answer = world.look_up([PYPI_URL.format("1.0"), GITHUB_URL.format("1.0")])
    assert (answer.latest_version, answer.source) == ("1.1", "pypi")
    assert codes(answer.remarks) == ["versions.sources_disagree"]
    assert "1.1" in answer.remarks[0].message
    assert "GitHub has 1.2 (https://github.com/owner/repo/tags)" in answer.remarks[0].message


def test_a_comparison_that_failed_is_remarked(world: World) -> None:
    on_index(world, v1_1="sdist")
    world.answers(REFS, "", status=404)
    answer = world.look_up([PYPI_URL.format("1.0"), GITHUB_URL.format("1.0")])
    assert (answer.latest_version, codes(answer.remarks)) == ("1.1", ["versions.not_compared"])


def test_an_answer_in_place_of_another_is_remarked(world: World) -> None:
    world.answers(REFS, advertisement("refs/tags/v1.1"))
    answer = world.look_up([PYPI_URL.format("1.0"), GITHUB_URL.format("1.0")])
    assert (answer.source, codes(answer.remarks)) == ("github", ["versions.not_compared"])


def test_other_files_of_a_recipe_are_not_compared(world: World) -> None:
    on_index(world, v1_1="sdist")
    answer = world.look_up([PYPI_URL.format("1.0"), GITHUB_URL.format("0.7")])
    assert answer.consulted == ("pypi",)


# Settings


def test_a_cooldown_waits_for_days(world: World) -> None:
    on_index(world, v1_0="sdist", v1_1="sdist")
    settings = {"version_updates": {"cooldown_days": 365}}
    answer = world.look_up(PYPI_URL.format("1.0"), settings=settings)
    assert "versions.cooldown" in codes(answer.remarks)


def test_a_slow_pattern_is_an_outcome(world: World) -> None:
    world.answers(REFS, advertisement("refs/tags/v1" + ".1" * 30))
    settings = {"version_updates": {"include_pattern": r"v?1(\.1|\.1\.1)+x"}}
    answer = world.look_up(GITHUB_URL.format("1.0"), settings=settings)
    assert answer.outcome.code == "versions.slow_pattern"
    assert answer.outcome.field == "bot.version_updates.include_pattern"


def test_what_is_asked_first() -> None:
    def lane(*urls: str, version: str = "") -> str | None:
        first = first_asked((RecipeUrl(url, version=version) for url in urls), LookupConfig())
        return first and first.lane

    assert lane("https://example.org/x.tgz", PYPI_URL.format("1")) == "index"
    assert lane(GITHUB_URL.format("1")) == "github.com"
    assert lane("https://example.org/x-1.tgz", version="1") == "example.org"
    assert lane("https://example.org/x.tgz") is None
    assert lane() is None
