"""Rows that every app shares: jobs, the heartbeat of schedules, people's decisions, and what is
known of the hosts that are asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.outcomes import Outcome, OutcomeKind, kind
from core.people.models import AccessToken as AccessToken
from core.people.models import Handle as Handle
from core.webhooks.models import Delivery as Delivery
from core.webhooks.models import Known as Known
from core.webhooks.models import Watermark as Watermark
from core.webhooks.models import Webhook as Webhook


class JobState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobQuerySet(models.QuerySet["Job"]):
    def live(self) -> JobQuerySet:
        return self.filter(state__in=(JobState.QUEUED, JobState.RUNNING))

    def running(self) -> JobQuerySet:
        return self.filter(state=JobState.RUNNING)

    def recent(self) -> JobQuerySet:
        return self.order_by("-requested_at")

    def lost(self, now: datetime) -> JobQuerySet:
        """Running, but whoever ran them has stopped renewing the lease."""
        return self.filter(state=JobState.RUNNING, lease_until__lt=now)

    def unheard(self, before: datetime) -> JobQuerySet:
        """Queued, with the last message sent so long ago that the queue may have lost it."""
        return self.filter(state=JobState.QUEUED, sent_at__lt=before)


class Job(models.Model):
    """A piece of background work that a person can watch.

    The queue carries only the id: this row is the truth, so that a lost or repeated message does
    no harm. Written by `core.jobs` alone.
    """

    kind = models.CharField(max_length=64)
    target = models.CharField(max_length=255, blank=True)
    queue = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=JobState, default=JobState.QUEUED)
    payload = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    outcome = models.JSONField(default=dict, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=255, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=128, blank=True)
    cancel_requested = models.BooleanField(default=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    requested_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "target"],
                condition=Q(state__in=("queued", "running")),
                name="core_job_one_live_per_target",
            )
        ]
        indexes = [
            # The jobs page and the overview's list of recent jobs.
            models.Index(fields=["-requested_at"], name="core_job_recent"),
            # Live jobs: asked for by every enqueue, by recovery, and by pages with progress. Not
            # partial: SQLite uses a partial index only for its condition to the letter.
            models.Index(fields=["state", "kind", "target"], name="core_job_live"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}".strip()

    @property
    def is_live(self) -> bool:
        return self.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.done / self.total)) if self.total else 0

    @property
    def duration_s(self) -> float | None:
        if self.started_at is None:
            return None
        return ((self.finished_at or timezone.now()) - self.started_at).total_seconds()


class Heartbeat(models.Model):
    """When a schedule last ran, and how that ended; one row per schedule, written by its run."""

    name = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return self.name


class Measurement(models.Model):
    """What the apps told of themselves at one moment, {name: number}, for charts over time.

    Written by `core.measurements` alone.
    """

    taken_at = models.DateTimeField(unique=True)
    figures = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"figures of {self.taken_at:%Y-%m-%d %H:%M}"


class Profile(models.Model):
    """Where the time of one run went. Written by `core.profiles` alone.

    `target` is what ran, as `job:17` or `sweep:4`; `functions` are the costliest, each {name, file,
    line, calls, own_s, total_s}; `stats` is the whole file of pstats, compressed by zlib.
    """

    target = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=64)
    taken_at = models.DateTimeField(default=timezone.now, db_index=True)
    seconds = models.FloatField()
    cpu_s = models.FloatField()
    peak_mb = models.FloatField()
    functions = models.JSONField(default=list)
    stats = models.BinaryField()

    def __str__(self) -> str:
        return f"profile of {self.target}"


class OverrideQuerySet(models.QuerySet["Override"]):
    def active(self, now: datetime | None = None) -> OverrideQuerySet:
        now = now or timezone.now()
        return self.filter(ended_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=now))


class Override(models.Model):
    """A decision of a person. Nothing is changed by hand without one; they are the audit list.

    Written by `core.overrides` alone. A row is ended, never deleted.
    """

    kind = models.CharField(max_length=32)
    target = models.CharField(max_length=255)
    value = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    author_name = models.CharField(max_length=150)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        indexes = [
            # Selection asks for the decisions in force on one package.
            models.Index(
                fields=["target", "kind"],
                condition=Q(ended_at=None),
                name="core_override_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"

    @property
    def subject(self) -> str:
        """The target, without saying its kind twice: a token's is `token:botsite_…`."""
        return self.target.removeprefix(f"{self.kind}:")


class Circuit(models.TextChoices):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class HostStateQuerySet(models.QuerySet["HostState"]):
    def blocked(self, now: datetime) -> HostStateQuerySet:
        """Not to be asked at this moment."""
        return self.filter(blocked_until__gt=now)


class HostState(models.Model):
    """What all workers together may ask of one origin, and how it is. Only `core.hosts` writes it.

    The host's time is lent in spans that never overlap: `lent_until` is the end of the last one.
    `holders` are the workers that had one of late, {worker: seconds since 1970 until which it
    counts}; they share the requests at once. `failures` are those in a row, of all workers.
    """

    origin = models.CharField(max_length=300, unique=True)
    in_flight = models.PositiveIntegerField()
    rate = models.FloatField()
    lent_until = models.DateTimeField(default=timezone.now)
    holders = models.JSONField(default=dict, blank=True)
    circuit = models.CharField(max_length=16, choices=Circuit, default=Circuit.CLOSED)
    failures = models.PositiveIntegerField(default=0)
    openings = models.PositiveIntegerField(default=0)
    blocked_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = HostStateQuerySet.as_manager()

    class Meta:
        indexes = [
            # The planner's question, each minute: which hosts are left alone?
            models.Index(fields=["blocked_until"], name="core_host_blocked"),
        ]

    def __str__(self) -> str:
        return self.origin

    @property
    def host(self) -> str:
        """Host, with its port if that is not the usual one, as in a URL and in names of lanes."""
        return self.origin.partition("://")[2]

    def is_blocked(self, now: datetime | None = None) -> bool:
        return self.blocked_until is not None and self.blocked_until > (now or timezone.now())

    def block(self, until: datetime, reason: str) -> None:
        """Leave it alone until then, or longer if that was decided before."""
        if self.blocked_until is None or until > self.blocked_until:
            self.blocked_until, self.reason = until, reason

    def unblock(self, now: datetime) -> None:
        """Ask it again like any other host; what a probe had reserved is free."""
        self.circuit, self.failures, self.openings = Circuit.CLOSED, 0, 0
        self.blocked_until, self.reason = None, ""
        self.lent_until = min(self.lent_until, now)


class OutcomeFields(models.Model):
    """How a stage ended for a row: the code to filter by, and the whole outcome to show."""

    outcome_code = models.CharField(max_length=64, blank=True)
    outcome = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def get_outcome(self) -> Outcome | None:
        return Outcome.from_dict(self.outcome) if self.outcome else None

    @property
    def outcome_kind(self) -> OutcomeKind:
        return kind(self.outcome_code)


def outcome_values(outcome: Outcome) -> dict[str, Any]:
    """The columns of `OutcomeFields` for an outcome, for `update()` and constructors."""
    return {"outcome_code": outcome.code, "outcome": outcome.as_dict()}
