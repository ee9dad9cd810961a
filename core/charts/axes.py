"""The scale of an axis that starts at zero: round steps, and how its figures are written."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MOST_STEPS = 4
MINUTE, HOUR, DAY = 60, 3600, 86_400
SECONDS = (1, 2, 5, 10, 15, 30)
MINUTES = (1, 2, 5, 10, 15, 30)
HOURS = (1, 2, 3, 6, 12)
STEPS_OF_TIME = (
    *SECONDS,
    *(MINUTE * each for each in MINUTES),
    *(HOUR * each for each in HOURS),
)


class Unit(StrEnum):
    COUNT = "count"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Scale:
    """From zero to `top`, in equal steps that have round figures."""

    step: float
    steps: int
    unit: Unit

    @property
    def top(self) -> float:
        return self.step * self.steps

    @property
    def figures(self) -> list[str]:
        """Those beside the lines, the topmost first."""
        return [written(self.step * each, self.unit) for each in range(self.steps, -1, -1)]

    def y(self, value: float) -> float:
        """Where a value lies, in thousandths of the height, counted from above."""
        return round(1000 - 1000 * min(value, self.top) / self.top, 1)

    @property
    def lines(self) -> list[float]:
        return [round(1000 * each / self.steps, 1) for each in range(self.steps + 1)]


def scale(most: float, unit: Unit) -> Scale:
    """The scale with the smallest round step that needs few of them to reach `most`."""
    steps = _steps_of_time() if unit == Unit.SECONDS else _round_numbers(1)
    step = next(each for each in steps if most <= each * MOST_STEPS)
    return Scale(step, max(1, math.ceil(most / step)), unit)


def _steps_of_time() -> Iterator[float]:
    yield from STEPS_OF_TIME
    yield from (each * DAY for each in _round_numbers(1))


def _round_numbers(first: float) -> Iterator[float]:
    size = first
    while True:
        yield from (size, 2 * size, 5 * size)
        size *= 10


def written(value: float, unit: Unit) -> str:
    """A figure as short as an axis wants it: `950`, `27k`, `1.2M`; `45 s`, `20 min`, `3 h`."""
    return _time(value) if unit == Unit.SECONDS else _number(value)


def in_full(value: float | None, unit: Unit) -> str:
    """A figure as a table shows it: `27,012`, or as on the axis; `none` if it is not known."""
    if value is None:
        return "not known"
    return f"{value:,.0f}" if unit == Unit.COUNT else written(value, unit)


def _number(value: float) -> str:
    for size, sign in ((1e6, "M"), (1e4, "k")):
        if value >= size:
            return f"{value / (1e3 if sign == 'k' else size):.3g}{sign}"
    return f"{value:,.0f}"


def _time(value: float) -> str:
    for size, sign in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if value >= size:
            return f"{round(value / size, 1):g} {sign}"
    return f"{round(value, 1):g} s"
