"""The metrics that `/metrics` tells, for monitoring to rely on: a name keeps its meaning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily


@dataclass(frozen=True, slots=True)
class Metric:
    """One gauge for each combination of its labels. `when` says what must have happened before it
    is told at all."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    when: str = ""

    def family(self, rows: Iterable[tuple[object, ...]]) -> GaugeMetricFamily:
        """Rows are labels, then the figure."""
        family = GaugeMetricFamily(self.name, self.help, labels=list(self.labels))
        for *values, figure in rows:
            family.add_metric([str(value) for value in values], float(str(figure)))
        return family


INFO = Metric("botsite_info", "Constant.", ("version",))
WATCHED = Metric(
    "botsite_watched_packages",
    "Watched packages by how the last look upstream ended; none where there was none.",
    ("outcome",),
)
FEEDSTOCKS = Metric(
    "botsite_feedstocks", "Feedstocks by status.", ("status",), when="The graph is installed."
)
JOBS = Metric("botsite_jobs", "Jobs that wait or run.", ("queue", "kind", "state"))
HOSTS = Metric("botsite_hosts", "Hosts by circuit.", ("circuit",))
DELIVERIES = Metric("botsite_webhook_deliveries", "Deliveries of 30 days, by state.", ("state",))
SCHEDULE_AGE = Metric(
    "botsite_schedule_age_seconds", "Since a schedule last started.", ("schedule",)
)
SCHEDULE_FAILING = Metric(
    "botsite_schedule_failing", "1 if its last run ended badly.", ("schedule",)
)
ALARM = Metric("botsite_alarm", "1 for each alarm that stands.", ("code",))

_SWEPT = "A sweep has ended."
LAST_SWEEP = {
    "duration_s": Metric(
        "botsite_last_sweep_duration_seconds", "How long the last sweep took.", when=_SWEPT
    ),
    "checked": Metric(
        "botsite_last_sweep_packages", "Packages that the last sweep checked.", when=_SWEPT
    ),
    "failed": Metric(
        "botsite_last_sweep_failed", "Packages whose check failed in the last sweep.", when=_SWEPT
    ),
    "changed": Metric(
        "botsite_last_sweep_changed", "Packages with a new answer in the last sweep.", when=_SWEPT
    ),
    "requests": Metric(
        "botsite_last_sweep_requests", "Requests that the last sweep sent.", when=_SWEPT
    ),
}
LAST_SWEEP_FINISHED = Metric(
    "botsite_last_sweep_finished_timestamp_seconds", "When the last sweep ended.", when=_SWEPT
)

# Figures of `core.measurements`, which apps tell every few minutes.
_MEASURED = "Measurements were taken, and there is something to measure."
MEASURED = {
    "versions.age_p50_s": Metric(
        "botsite_versions_age_p50_seconds",
        "Half of the watched packages were checked well more recently.",
        when=_MEASURED,
    ),
    "versions.age_p95_s": Metric(
        "botsite_versions_age_p95_seconds",
        "95 % of the watched packages were checked well more recently.",
        when=_MEASURED,
    ),
    "versions.detection_p50_s": Metric(
        "botsite_versions_detection_p50_seconds",
        "Half of the releases were found sooner after they came out.",
        when=_MEASURED,
    ),
    "versions.detection_p95_s": Metric(
        "botsite_versions_detection_p95_seconds",
        "95 % of the releases were found sooner after they came out.",
        when=_MEASURED,
    ),
}

ALL = (
    INFO,
    WATCHED,
    FEEDSTOCKS,
    JOBS,
    HOSTS,
    DELIVERIES,
    SCHEDULE_AGE,
    SCHEDULE_FAILING,
    ALARM,
    *LAST_SWEEP.values(),
    LAST_SWEEP_FINISHED,
    *MEASURED.values(),
)
