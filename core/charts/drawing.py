"""Lines and stacked bars over steps of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.charts.axes import Scale, Unit, in_full, scale

BAR_SHARE = 0.8  # of the room of a step
COLUMNS = 4  # of words below a drawing, where there are many steps


@dataclass(frozen=True, slots=True)
class Series:
    """One figure over all steps; None where it is not known. `tone` is a CSS class."""

    name: str
    values: Sequence[float | None]
    tone: str = "c1"


@dataclass(frozen=True, slots=True)
class Line:
    """`path` is broken where values are missing; a value between two gaps is a dot."""

    name: str
    tone: str
    path: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of the stack of one step."""

    tone: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Step:
    """The stretch of one step, and what it says when it is pointed at."""

    x: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    summary: str
    unit: Unit
    scale: Scale
    labels: Sequence[str]
    series: Sequence[Series]
    lines: Sequence[Line] = ()
    bars: Sequence[Bar] = ()

    @property
    def known(self) -> int:
        """How many steps have any figure."""
        return sum(any(v is not None for v in each) for each in self._by_step())

    @property
    def columns(self) -> list[str]:
        """Words below the drawing: each stands where its step begins."""
        count = len(self.labels)
        if count <= COLUMNS + 2:
            return list(self.labels)
        return [self.labels[count * each // COLUMNS] for each in range(COLUMNS)]

    @property
    def steps(self) -> list[Step]:
        width = 1000 / len(self.labels)
        return [
            Step(round(place * width, 2), round(width, 2), words)
            for place, words in enumerate(self._words())
        ]

    def _words(self) -> Iterator[str]:
        for label, values in zip(self.labels, self._by_step(), strict=True):
            figures = [
                f"{each.name}: {in_full(value, self.unit)}"
                for each, value in zip(self.series, values, strict=True)
                if value or not self.bars
            ]
            yield f"{label}: {', '.join(figures) or 'nothing'}"

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The same as a table: (step, figures), the last step first; steps of which nothing is
        known are left out."""
        return [
            (label, [in_full(each, self.unit) for each in values])
            for label, values in zip(self.labels, self._by_step(), strict=True)
            if any(each is not None for each in values)
        ][::-1]

    @property
    def legend(self) -> list[tuple[Series, str]]:
        """Each series with its last known figure."""
        return [(each, in_full(_last(each.values), self.unit)) for each in self.series]

    def _by_step(self) -> Iterator[tuple[float | None, ...]]:
        return zip(*(each.values for each in self.series), strict=True)


def line_chart(
    title: str, labels: Sequence[str], series: Sequence[Series], unit: Unit = Unit.COUNT
) -> Chart:
    """Lines over steps that follow each other in time."""
    known = [value for each in series for value in each.values if value is not None]
    axis = scale(max(known, default=0), unit)
    lines = [Line(each.name, each.tone, _path(each.values, axis)) for each in series]
    return Chart(title, _summary(labels, series, unit), unit, axis, labels, series, lines=lines)


def _path(values: Sequence[float | None], axis: Scale) -> str:
    width = 1000 / (len(values) or 1)
    path, before = [], None
    for place, value in enumerate(values):
        if value is not None:
            x, y = round((place + 0.5) * width, 1), axis.y(value)
            alone = before is None and (place + 1 == len(values) or values[place + 1] is None)
            # A line of no length has round ends, which make it a dot.
            path.append(f"M{x} {y}h0" if alone else f"{'M' if before is None else 'L'}{x} {y}")
        before = value
    return "".join(path)


def stacked_bars(
    title: str, labels: Sequence[str], series: Sequence[Series], unit: Unit = Unit.COUNT
) -> Chart:
    """Bars of parts, the first series at the foot; a step of which nothing is known stays empty."""
    stacks = list(zip(*(each.values for each in series), strict=True))
    axis = scale(max((sum(v or 0 for v in stack) for stack in stacks), default=0), unit)
    room = 1000 / (len(stacks) or 1)
    margin, width = room * (1 - BAR_SHARE) / 2, round(room * BAR_SHARE, 2)
    bars = [
        Bar(series[part].tone, round(place * room + margin, 2), top, width, height)
        for place, stack in enumerate(stacks)
        for part, top, height in _piled(stack, axis)
    ]
    return Chart(title, _summary(labels, series, unit), unit, axis, labels, series, bars=bars)


def _piled(values: Sequence[float | None], axis: Scale) -> Iterator[tuple[int, float, float]]:
    """(part, y, height) of each part of a stack that has any height."""
    foot = 0.0
    for part, value in enumerate(values):
        if value and value > 0:
            top = axis.y(foot + value)
            yield part, top, round(axis.y(foot) - top, 1)
            foot += value


def _last(values: Sequence[float | None]) -> float | None:
    return next((each for each in reversed(values) if each is not None), None)


def _summary(labels: Sequence[str], series: Iterable[Series], unit: Unit) -> str:
    """What there is to see: of each series the first, the highest and the last figure."""
    return " ".join(_sentence(labels, each, unit) for each in series)


def _sentence(labels: Sequence[str], series: Series, unit: Unit) -> str:
    known = [
        (label, value)
        for label, value in zip(labels, series.values, strict=True)
        if value is not None
    ]
    if not known:
        return f"{series.name}: nothing is known."
    most = max(known, key=lambda each: each[1])
    first, last = known[0], known[-1]
    return (
        f"{series.name}: {in_full(first[1], unit)} at {first[0]}, {in_full(last[1], unit)} at "
        f"{last[0]}, at most {in_full(most[1], unit)}."
    )
