"""What the overview tells: how the fleet stands, what runs, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import cached_property

from core.charts import Segment, segments
from core.models import Job
from graph.models import Channel, Feedstock, GraphBuild, Status
from versions.models import Sweep, VersionChange

OUTDATED_ROWS, CHANGE_ROWS, JOB_ROWS = 12, 10, 12
MOST_LIVE = 500
TONES = {
    Status.UP_TO_DATE: "good",
    Status.OUTDATED: "warn",
    Status.FAILING: "bad",
    Status.UNKNOWN: "quiet",
}


@dataclass(frozen=True, slots=True)
class Tally:
    status: Status
    count: int
    percent: float


class Overview:
    """Each part is one query, made when a template first asks for it."""

    @cached_property
    def counts(self) -> dict[str, int]:
        return Feedstock.objects.status_counts()

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def outdated_count(self) -> int:
        return self.counts[Status.OUTDATED]

    @property
    def tallies(self) -> list[Tally]:
        return [
            Tally(status, self.counts[status], 100 * self.counts[status] / (self.total or 1))
            for status in TONES
        ]

    @property
    def bar(self) -> list[Segment]:
        return segments((status.label, tone, self.counts[status]) for status, tone in TONES.items())

    @cached_property
    def outdated(self) -> list[Feedstock]:
        return list(Feedstock.objects.most_impactful().defer("outcome")[:OUTDATED_ROWS])

    @cached_property
    def changes(self) -> list[VersionChange]:
        rows = VersionChange.objects.order_by("-seen_at").select_related("package")
        return list(rows[:CHANGE_ROWS])

    @cached_property
    def jobs(self) -> list[Job]:
        """The newest jobs; a live one is rarely older than these."""
        return list(Job.objects.recent().select_related("requested_by")[:JOB_ROWS])

    @cached_property
    def live_jobs(self) -> list[Job]:
        """Few are live, and to have the database sort them would make it look at all others."""
        live = Job.objects.live().select_related("requested_by")[:MOST_LIVE]
        return sorted(live, key=lambda each: each.requested_at, reverse=True)[:JOB_ROWS]

    @property
    def ended_jobs(self) -> list[Job]:
        return [job for job in self.jobs if not job.is_live][: JOB_ROWS // 2]

    @cached_property
    def sweep(self) -> Sweep | None:
        """The one that runs, or the last one."""
        return Sweep.objects.recent().defer("hosts", "lanes", "outcomes").first()

    @cached_property
    def graph(self) -> GraphBuild | None:
        return GraphBuild.objects.finished().first()

    @cached_property
    def channels(self) -> list[Channel]:
        return list(Channel.objects.all()[:20])

    @property
    def live(self) -> bool:
        """Something runs whose end would change this page."""
        sweeping = self.sweep is not None and self.sweep.finished_at is None
        return bool(sweeping or self.live_jobs)

    @property
    def as_of(self) -> datetime | None:
        """When upstream was last asked, as far as these figures tell."""
        if self.sweep is None:
            return None
        return self.sweep.finished_at or self.sweep.started_at
