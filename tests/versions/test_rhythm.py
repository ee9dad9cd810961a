from __future__ import annotations

from datetime import UTC, datetime

from versions.models import Candidate
from versions.planning.rhythm import rhythm

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def released(*months: str) -> list[Candidate]:
    return [
        Candidate(
            version=f"1.{number}",
            released_at=datetime.fromisoformat(f"{month}-05T00:00:00+00:00") if month else None,
        )
        for number, month in enumerate(months)
    ]


def test_it_shows_releases_by_month():
    shown = rhythm(released("2026-11", "2026-11", "2026-09", "2023-12"), NOW)
    assert shown is not None
    assert shown.words == "4 releases in the last 3 years, by month"
    assert [mark.height for mark in shown.marks] == [500, 500, 1000]
    assert [mark.x for mark in shown.marks] == [0, 916.7, 972.2]


def test_what_two_sources_list_is_one_release():
    twice = [*released("2026-11"), *released("2026-11")]
    shown = rhythm(twice, NOW)
    assert shown is not None
    assert shown.words.startswith("1 release in")


def test_before_the_oldest_that_is_kept_nothing_is_known():
    shown = rhythm(released("2026-11", "2026-10"), NOW, complete=False)
    assert shown is not None
    assert shown.words == "2 releases in the last 2 months, by month"
    assert [mark.unknown for mark in shown.marks] == [True] * 34 + [False] * 2


def test_without_dates_there_is_none():
    assert rhythm(released("", ""), NOW) is None
    assert rhythm(released("2020-01"), NOW) is None
    assert rhythm([], NOW) is None
