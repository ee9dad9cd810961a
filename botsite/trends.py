"""How the bot did over time: the charts of the overview, all out of one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import cached_property

from core import measurements
from core.charts import Chart, Series, Unit, line_chart, stacked_bars
from core.measurements import DAY, HOUR, History
from core.outcomes import kind
from versions.figures.measures import FAILING

PARTS = 5


@dataclass(frozen=True, slots=True)
class Promise:
    """Freshness as it was last measured; times in seconds, None where nothing is known."""

    measured_at: datetime
    age_p50_s: float | None
    age_p95_s: float | None
    never: int
    detection_p50_s: float | None
    detection_p95_s: float | None


class Trends:
    @cached_property
    def history(self) -> History:
        return measurements.history()

    @property
    def promise(self) -> Promise | None:
        if not self.history.latest:
            return None
        measured_at, figures = self.history.latest
        return Promise(
            measured_at,
            figures.get("versions.age_p50_s"),
            figures.get("versions.age_p95_s"),
            int(figures.get("versions.never_succeeded", 0)),
            figures.get("versions.detection_p50_s"),
            figures.get("versions.detection_p95_s"),
        )

    @property
    def labels(self) -> list[str]:
        step = self.history.grain.step
        form = "%-d %b" if step == DAY else "%-d %b %H:00" if step == HOUR else "%H:%M"
        return [f"{moment:{form}}" for moment in self.history.moments]

    @property
    def charts(self) -> list[Chart]:
        return [
            self._lines("Outdated packages", ("graph.outdated", "outdated")),
            self._times("Age of the last successful check", "versions.age"),
            self._times("From release to detection", "versions.detection"),
            stacked_bars("New versions found", self.labels, [self._found()]),
            stacked_bars("Failures by outcome", self.labels, self._failures()),
        ]

    def _lines(self, title: str, *named: tuple[str, str], unit: Unit = Unit.COUNT) -> Chart:
        series = [
            Series(words, self.history.values(name), f"c{number}")
            for number, (name, words) in enumerate(named, start=1)
        ]
        return line_chart(title, self.labels, series, unit)

    def _times(self, title: str, name: str) -> Chart:
        halves = (f"{name}_p50_s", "half within"), (f"{name}_p95_s", "95 % within")
        return self._lines(title, *halves, unit=Unit.SECONDS)

    def _found(self) -> Series:
        return Series("new versions", self.history.growth("versions.found"), "c4")

    def _failures(self) -> list[Series]:
        names = self.history.names(FAILING)
        shown, rest = names[:PARTS], names[PARTS:]
        parts = [
            Series(kind(name.removeprefix(FAILING)).title, self._counts([name]), f"c{number}")
            for number, name in enumerate(shown, start=1)
        ]
        if rest:
            parts.append(Series("all others", self._counts(rest), "c6"))
        return parts or [Series("failing", self._counts([]), "c1")]

    def _counts(self, names: list[str]) -> list[float | None]:
        """Zero where something was measured, and none of these was among it."""
        return [
            None if each is None else sum(each.get(name, 0) for name in names)
            for each in self.history.figures
        ]
