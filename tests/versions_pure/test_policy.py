from __future__ import annotations

from typing import Any

import pytest

from versions.policy import Policy, read_policy


def test_every_key_of_the_bot_is_read() -> None:
    policy, problems = read_policy(
        {
            "automerge": "version",
            "inspection": "hint-all",
            "version_updates": {
                "exclude": ["1.2", "1.10"],
                "skip": True,
                "random_fraction_to_keep": 0.25,
                "even_odd_versions": True,
                "allowed_tag_globs": "v*",
                "sources": ["PyPI", "GitHub", "GithubReleases", "npm"],
                "use_curl": True,
                "nvidia": {"compute_subdir": "cuda", "json_name": "libcufft"},
            },
        },
        hidden={"1.3": "broken"},
        pinned="1.2",
    )
    assert problems == ()
    assert policy == Policy(
        exclude=frozenset({"1.2", "1.10"}),
        skip=True,
        random_fraction_to_keep=0.25,
        even_odd_versions=True,
        allowed_tag_globs=("v*",),
        sources=("pypi", "github"),
        use_curl=True,
        nvidia_compute_subdir="cuda",
        nvidia_json_name="libcufft",
        hidden={"1.3": "broken"},
        pinned="1.2",
    )


@pytest.mark.parametrize("bot", [None, {}, {"version_updates": None}, {"automerge": True}])
def test_nothing_said_is_no_policy(bot: Any) -> None:
    assert read_policy(bot) == (Policy(), ())


def test_null_is_the_default() -> None:
    keys = ("exclude", "skip", "sources", "even_odd_versions", "nvidia", "use_curl")
    assert read_policy({"version_updates": dict.fromkeys(keys)}) == (Policy(), ())


@pytest.mark.parametrize(
    ("bot", "field"),
    [
        ("on", "bot"),
        ({"version_update": {}}, "bot.version_update"),
        ({"version_updates": ["exclude"]}, "bot.version_updates"),
        ({"version_updates": {"excludes": []}}, "bot.version_updates.excludes"),
        ({"version_updates": {"exclude": "1.2"}}, "bot.version_updates.exclude"),
        ({"version_updates": {"exclude": [1.2]}}, "bot.version_updates.exclude"),
        ({"version_updates": {"skip": "yes"}}, "bot.version_updates.skip"),
        (
            {"version_updates": {"random_fraction_to_keep": 2}},
            "bot.version_updates.random_fraction_to_keep",
        ),
        (
            {"version_updates": {"random_fraction_to_keep": float("nan")}},
            "bot.version_updates.random_fraction_to_keep",
        ),
        (
            {"version_updates": {"allowed_tag_globs": {"v": 1}}},
            "bot.version_updates.allowed_tag_globs",
        ),
        (
            {"version_updates": {"allowed_tag_globs": "v" * 201}},
            "bot.version_updates.allowed_tag_globs",
        ),
        ({"version_updates": {"sources": ["freshmeat"]}}, "bot.version_updates.sources"),
        ({"version_updates": {"nvidia": "cuda"}}, "bot.version_updates.nvidia"),
        (
            {"version_updates": {"nvidia": {"json_name": 1}}},
            "bot.version_updates.nvidia.json_name",
        ),
        ({1: 2}, "bot.1"),
    ],
)
def test_what_is_not_understood_is_reported(bot: Any, field: str) -> None:
    _, problems = read_policy(bot)
    assert [problem.field for problem in problems] == [field]
    assert problems[0].message


def test_an_unquoted_version_still_excludes() -> None:
    policy, problems = read_policy({"version_updates": {"exclude": [1.2]}})
    assert policy.exclude == {"1.2"}
    assert len(problems) == 1


def test_a_pattern_that_backtracks_ends_in_time() -> None:
    policy, _ = read_policy({"version_updates": {"allowed_tag_globs": "*a" * 100}})
    assert not policy.allows_tag("a" * 99 + "b" * 10_000)
