from __future__ import annotations

from typing import Any

import pytest

from versions.choosing.patterns import Pattern, Rewrite
from versions.choosing.policy import PageSettings, Policy, read_policy
from versions.choosing.schemes import Scheme


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
        allowed_tag_globs=(Pattern.glob("v*", "bot.version_updates.allowed_tag_globs"),),
        sources=("pypi", "github", "npm"),
        use_curl=True,
        nvidia_compute_subdir="cuda",
        nvidia_json_name="libcufft",
        hidden={"1.3": "broken"},
        pinned="1.2",
    )


def test_every_key_of_ours_is_read() -> None:
    where = "bot.version_updates"
    policy, problems = read_policy(
        {
            "version_updates": {
                "include_pattern": r"\d+\.\d+",
                "exclude_pattern": ".*-lts",
                "rewrite": {"extract": r"(\d+)_U(\d+)", "replace": r"\1.\2"},
                "prereleases": True,
                "prerelease_words": ["PC", "p"],
                "stream": "3.1.x",
                "cooldown_days": 1.5,
                "scheme": "calendar",
                "page": {"url": "https://example.org/", "pattern": "foo-(.*)"},
            }
        }
    )
    assert problems == ()
    extract = Pattern.read(r"(\d+)_U(\d+)", f"{where}.rewrite.extract")
    page = Pattern.read("foo-(.*)", f"{where}.page.pattern")
    assert policy == Policy(
        include_pattern=Pattern.read(r"\d+\.\d+", f"{where}.include_pattern"),
        exclude_pattern=Pattern.read(".*-lts", f"{where}.exclude_pattern"),
        rewrite=Rewrite(extract, r"\1.\2"),
        prereleases=True,
        prerelease_words=frozenset({"pc", "p"}),
        stream=(3, 1),
        cooldown_days=1.5,
        scheme=Scheme.CALENDAR,
        page=PageSettings("https://example.org/", page),
    )


@pytest.mark.parametrize("stream", ["3", "3.x", "3.*"])
def test_a_stream_is_the_start_of_a_version(stream: str) -> None:
    assert read_policy({"version_updates": {"stream": stream}})[0].stream == (3,)


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
            {"version_updates": {"allowed_tag_globs": "v" * 501}},
            "bot.version_updates.allowed_tag_globs",
        ),
        ({"version_updates": {"sources": ["freshmeat"]}}, "bot.version_updates.sources"),
        ({"version_updates": {"nvidia": "cuda"}}, "bot.version_updates.nvidia"),
        (
            {"version_updates": {"nvidia": {"json_name": 1}}},
            "bot.version_updates.nvidia.json_name",
        ),
        ({"version_updates": {"include_pattern": "("}}, "bot.version_updates.include_pattern"),
        ({"version_updates": {"exclude_pattern": 1}}, "bot.version_updates.exclude_pattern"),
        ({"version_updates": {"rewrite": "x"}}, "bot.version_updates.rewrite"),
        ({"version_updates": {"rewrite": {}}}, "bot.version_updates.rewrite.extract"),
        (
            {"version_updates": {"rewrite": {"extract": "x", "replace": r"\1"}}},
            "bot.version_updates.rewrite.replace",
        ),
        (
            {"version_updates": {"rewrite": {"extract": "x", "replace": 1}}},
            "bot.version_updates.rewrite.replace",
        ),
        ({"version_updates": {"prereleases": "yes"}}, "bot.version_updates.prereleases"),
        ({"version_updates": {"prerelease_words": ["-p"]}}, "bot.version_updates.prerelease_words"),
        ({"version_updates": {"stream": "x"}}, "bot.version_updates.stream"),
        ({"version_updates": {"stream": 3}}, "bot.version_updates.stream"),
        ({"version_updates": {"cooldown_days": -1}}, "bot.version_updates.cooldown_days"),
        ({"version_updates": {"cooldown_days": 1e9}}, "bot.version_updates.cooldown_days"),
        ({"version_updates": {"scheme": "roman"}}, "bot.version_updates.scheme"),
        (
            {"version_updates": {"page": {"url": "https://example.org/"}}},
            "bot.version_updates.page.pattern",
        ),
        (
            {"version_updates": {"page": {"url": "file:///etc/passwd", "pattern": "x"}}},
            "bot.version_updates.page.url",
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


def test_a_glob_that_backtracks_ends_in_time() -> None:
    policy, _ = read_policy({"version_updates": {"allowed_tag_globs": "*a" * 100}})
    assert not policy.allows_tag("a" * 99 + "b" * 10_000)
