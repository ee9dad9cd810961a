"""What a project has released so far, and what it releases next.

By construction, and not by any rule of Botsite's, the newest version of a project is known: numbers
only rise, and each release says of itself whether a recipe may take it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

LATEST = datetime(2026, 11, 1, tzinfo=UTC)
MEDIAN_RELEASES, P99_RELEASES, MOST_RELEASES = 15, 400, 1500
_MOST_DAYS = 5500
_Z99 = 2.326  # of the normal distribution

Numbers = tuple[int, int, int]


class Form(StrEnum):
    """How a project writes its versions: 1.2.3, 1.2, 1.2-3 or 2026.11.1."""

    THREE = "three"
    TWO = "two"
    R = "r"
    DATE = "date"


class Release(NamedTuple):
    """`released_at` is in UTC; `good` says whether a recipe may take it."""

    version: str
    released_at: datetime
    numbers: Numbers
    prerelease: bool = False
    yanked: bool = False
    sdist: bool = True

    @property
    def good(self) -> bool:
        return self.sdist and not (self.prerelease or self.yanked)


@dataclass(frozen=True, slots=True)
class Habits:
    """How a project releases. `candidate` writes a pre-release of a version; `flawed` says that
    releases may be withdrawn or come without an sdist."""

    form: Form
    candidate: Callable[[str], str] | None = None
    flawed: bool = False


def lognormal(draw: random.Random, median: float, p99: float, most: int) -> int:
    """A number with this median and 99th percentile, between 1 and `most`."""
    sigma = math.log(p99 / median) / _Z99
    return max(1, min(most, round(draw.lognormvariate(math.log(median), sigma))))


def history(draw: random.Random, habits: Habits) -> list[Release]:
    """Releases, oldest first; the first is always good."""
    count = lognormal(draw, MEDIAN_RELEASES, P99_RELEASES, MOST_RELEASES)
    gap = max(1, min(draw.randrange(10, 200), _MOST_DAYS // count))
    releases = [_release(habits, (0, 1, 0), LATEST - timedelta(days=gap * count))]
    while len(releases) < count:
        when = releases[-1].released_at + timedelta(days=gap)
        releases += _steps(draw, habits, releases[-1], when)
    if habits.candidate and draw.random() < 0.05:
        following = releases[-1].numbers
        releases.append(_candidate(habits, _next(draw, following, habits.form), LATEST))
    return releases


def following(draw: random.Random, habits: Habits, releases: list[Release]) -> Release:
    """A good release above all others, a day after the last."""
    last = releases[-1]
    numbers = _next(draw, last.numbers, habits.form)
    return _release(habits, numbers, max(last.released_at, LATEST) + timedelta(days=1))


def _steps(draw: random.Random, habits: Habits, last: Release, when: datetime) -> Iterator[Release]:
    numbers = _next(draw, last.numbers, habits.form)
    if habits.candidate and draw.random() < 0.06:
        yield _candidate(habits, numbers, when - timedelta(hours=12))
    luck = draw.random() if habits.flawed else 1.0
    yanked, no_sdist = luck < 0.015, 0.015 <= luck < 0.04
    yield _release(habits, numbers, when, yanked=yanked, sdist=not no_sdist)


def _candidate(habits: Habits, numbers: Numbers, when: datetime) -> Release:
    release = _release(habits, numbers, when)
    spell = habits.candidate or str
    return Release(spell(release.version), when, numbers, prerelease=True)


def _release(
    habits: Habits, numbers: Numbers, when: datetime, *, yanked: bool = False, sdist: bool = True
) -> Release:
    return Release(_spelled(numbers, when, habits.form), when, numbers, False, yanked, sdist)


def _next(draw: random.Random, last: Numbers, form: Form) -> Numbers:
    major, minor, patch = last
    luck = draw.random()
    if luck < 0.05:
        return major + 1, 0, 0
    if luck < 0.35 or form is Form.TWO:
        return major, minor + 1, 0
    return major, minor, patch + 1


def _spelled(numbers: Numbers, when: datetime, form: Form) -> str:
    major, minor, patch = numbers
    match form:
        case Form.DATE:
            return f"{when.year}.{when.month}.{when.day}"
        case Form.TWO:
            return f"{major}.{minor}"
        case Form.R:
            return f"{major}.{minor}-{patch}"
        case Form.THREE:
            return f"{major}.{minor}.{patch}"
