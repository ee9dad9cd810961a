from __future__ import annotations

import time

import pytest

from core.outcomes import OutcomeError
from versions.choosing.patterns import BadPattern, Pattern, Rewrite


def test_it_matches_the_whole_text() -> None:
    assert Pattern.read(r"\d+\.\d+").fullmatch("1.2")
    assert not Pattern.read(r"\d+\.\d+").fullmatch("v1.2")


def test_a_glob_matches_the_whole_text() -> None:
    assert Pattern.glob("v[0-9].*").fullmatch("v1.2")
    assert not Pattern.glob("v[0-9].*").fullmatch("rev1.2")


@pytest.mark.parametrize("text", ["(", "[z-a]", "a" * 501, r"(?P<x>", r"\p{Nonsense}"])
def test_what_is_no_pattern(text: str) -> None:
    with pytest.raises(BadPattern):
        Pattern.read(text)


def test_all_tries_together_share_one_second() -> None:
    pattern = Pattern.read(r"(a|aa)+b", "bot.version_updates.exclude_pattern")
    started = time.monotonic()
    for _ in range(5):
        with pytest.raises(OutcomeError) as raised:
            pattern.fullmatch("a" * 200)
        assert raised.value.outcome.code == "versions.slow_pattern"
        assert raised.value.outcome.field == "bot.version_updates.exclude_pattern"
    assert time.monotonic() - started < 8


@pytest.mark.parametrize(
    ("extract", "replace", "tag", "version"),
    [
        (r"(\d+)_U(\d+)", r"\1.\2", "2018_U4", "2018.4"),
        (r"foo-(\d+)", None, "foo-12", "12"),
        (r"\d+", None, "12", "12"),
        (r"(?P<year>\d{4})(?P<month>\d\d)", r"\g<year>.\g<month>", "202405", "2024.05"),
        (r"(\d+)", r"\1.0", "v12", None),
    ],
)
def test_a_tag_is_rewritten(extract: str, replace: str | None, tag: str, version: str) -> None:
    assert Rewrite.read(Pattern.read(extract), replace).apply(tag) == version


@pytest.mark.parametrize("replace", [r"\2", r"\g<year>", "\\"])
def test_a_replacement_that_cannot_be_used(replace: str) -> None:
    with pytest.raises(BadPattern):
        Rewrite.read(Pattern.read(r"(\d+)"), replace)
