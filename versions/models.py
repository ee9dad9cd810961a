"""What is watched, what was found upstream, and when it changed.

Who may write which column is fixed: watch columns `versions.watch.sync()`, plan columns
`versions.planning.planner`, the answer, candidates and history `versions.recording.record`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.models import OutcomeFields

DEATHS = 3  # claims in a row that nobody recorded


class AmbiguousName(Exception):
    """A name that several packages share; `keys` are theirs."""

    def __init__(self, name: str, keys: list[str]) -> None:
        super().__init__(f"{name} is ambiguous: {', '.join(keys)}")
        self.keys = keys


class PackageQuerySet(models.QuerySet["Package"]):
    def watched(self) -> PackageQuerySet:
        return self.filter(retired_at=None)

    def due(self, now: datetime) -> PackageQuerySet:
        """To be checked now, and in nobody's hands."""
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.watched().filter(free, paused=False, next_check_at__lte=now)

    def leased(self, token: str) -> PackageQuerySet:
        return self.filter(lease_token=token)

    def dead_letters(self) -> PackageQuerySet:
        """What fails again and again, or kills whoever looks it up; back-off alone is no answer."""
        failing = Q(failures__gte=settings.CHECK_DEAD_AFTER)
        return self.watched().filter(failing | Q(attempts__gte=DEATHS))

    def in_trouble(self) -> PackageQuerySet:
        """Whose last check failed, or whose last claims nobody recorded."""
        return self.watched().filter(Q(failures__gt=0) | Q(attempts__gte=DEATHS))

    def answered_since(self, watermark: datetime) -> PackageQuerySet:
        """Rows whose answer was written at or after a moment, oldest first."""
        return self.filter(answered_at__gte=watermark).order_by("answered_at")

    def by_name(self, name: str) -> Package:
        """The package of a key, or of a name that only one watched package has.

        Raises Package.DoesNotExist, or AmbiguousName that lists the keys.
        """
        if exact := self.filter(key=name).first():
            return exact
        found = list(self.watched().filter(name=name)[:20])
        if not found:
            raise Package.DoesNotExist(f"no package {name!r} is watched")
        if len(found) > 1:
            raise AmbiguousName(name, [package.key for package in found])
        return found[0]


class Package(OutcomeFields):
    """A package that is watched upstream.

    `key` is made by whoever watches it (`owner`) and means nothing here. `urls` is a list of
    {rendered, template}; `settings` the `bot:` section of conda-forge.yml. The outcome is that of
    the last check; when it failed, the last good answer stays. `remarks` are outcomes beside it: a
    newer version that is held back, or that upstream has none as new as the recipe's. `problems`
    are settings that were not understood, as {field, message}.

    `upstream` is SOURCE:PROJECT, the first that is asked. `seen` is what upstream said of its state
    when it was last judged: while it says the same, the verdict stands, at least until
    `judge_again_at`. Whoever changes what a verdict depends on empties `seen`.
    `check_every` follows from how often the project releases; null is the usual interval.
    """

    # watch
    key = models.CharField(max_length=255, unique=True)
    owner = models.CharField(max_length=128, db_index=True)
    name = models.CharField(max_length=200, db_index=True)
    current_version = models.CharField(max_length=128, blank=True)
    urls = models.JSONField(default=list, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    lane = models.CharField(max_length=128)
    upstream = models.CharField(
        max_length=200, blank=True, default="", db_default="", db_index=True
    )
    priority = models.IntegerField(default=0)
    watched_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    # plan
    next_check_at = models.DateTimeField(default=timezone.now)
    check_every = models.DurationField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    lease_token = models.CharField(max_length=32, blank=True, db_index=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    paused = models.BooleanField(default=False)

    # answer
    latest_version = models.CharField(max_length=128, blank=True)
    latest_source = models.CharField(max_length=64, blank=True)
    latest_url = models.CharField(max_length=1000, blank=True)
    latest_released_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    checks = models.PositiveIntegerField(default=0)
    remarks = models.JSONField(default=list, blank=True)
    problems = models.JSONField(default=list, blank=True)
    candidates_digest = models.CharField(max_length=64, blank=True)
    candidates_left_out = models.PositiveIntegerField(default=0)
    seen = models.CharField(max_length=128, blank=True, default="", db_default="")
    judge_again_at = models.DateTimeField(null=True, blank=True)

    objects = PackageQuerySet.as_manager()

    class Meta:
        indexes = [
            # The planner's question: what is due, most urgent first?
            models.Index(
                fields=["-priority", "next_check_at"],
                condition=Q(retired_at=None, paused=False),
                name="versions_package_due",
            ),
            # The same, of one lane.
            models.Index(
                fields=["lane", "-priority", "next_check_at"],
                condition=Q(retired_at=None, paused=False),
                name="versions_package_due_in_lane",
            ),
            # Read-back: what was answered since the watermark?
            models.Index(fields=["answered_at"], name="versions_package_answered"),
            # Freshness: how long ago did each last succeed?
            models.Index(fields=["retired_at", "last_success_at"], name="versions_package_success"),
            # Counts and lists by outcome.
            models.Index(fields=["outcome_code"], name="versions_package_outcome"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def stale(self) -> bool:
        """The shown answer is older than the last check, because that check failed."""
        return bool(self.latest_version) and self.failures > 0

    @property
    def in_hand(self) -> bool:
        """A worker holds it right now."""
        return self.lease_until is not None and self.lease_until > timezone.now()


class Candidate(models.Model):
    """One version seen upstream, with the verdict on it. `versions.recording.record` writes it.

    `tag` is what tells it from others of its source: a tag if it is `tagged`, else the version as
    upstream spells it.
    """

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted"
        REJECTED = "rejected"

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="candidates")
    version = models.CharField(max_length=128)
    tag = models.CharField(max_length=255, blank=True)
    tagged = models.BooleanField(default=False)
    source = models.CharField(max_length=64)
    url = models.CharField(max_length=1000, blank=True)
    position = models.PositiveIntegerField(default=0)
    released_at = models.DateTimeField(null=True, blank=True)
    prerelease = models.BooleanField(null=True)
    yanked = models.BooleanField(default=False)
    artefacts = models.JSONField(default=list, blank=True)
    verdict = models.CharField(max_length=16, choices=Verdict)
    rule = models.CharField(max_length=32)
    sentence = models.CharField(max_length=300, blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["package", "source", "tag"], name="versions_candidate_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.verdict}: {self.rule})"


class VersionChange(models.Model):
    """The latest version became another one: append-only history."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="changes")
    sequence = models.PositiveIntegerField()
    from_version = models.CharField(max_length=128, blank=True)
    to_version = models.CharField(max_length=128)
    source = models.CharField(max_length=64)
    seen_at = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["package", "sequence"], name="versions_change_in_sequence"
            )
        ]
        indexes = [models.Index(fields=["-seen_at"], name="versions_change_recent")]

    def __str__(self) -> str:
        return f"{self.package_id}: {self.from_version or 'none'} to {self.to_version}"


class SweepQuerySet(models.QuerySet["Sweep"]):
    def open(self) -> SweepQuerySet:
        return self.filter(finished_at=None)

    def recent(self) -> SweepQuerySet:
        return self.order_by("-started_at")


class Sweep(models.Model):
    """One pass over all that was due. Its figures grow with each flush of those who work on it.

    `unchanged` were checked without judging them anew, `saved` are requests that bulk answers made
    needless. `lanes` is {lane: {due, checked, failed, requests, saved, seconds}}, where seconds are
    those of all look-ups together; `hosts` is {host: {requests, failures, seconds}}.
    """

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule"
        COMMAND = "command"

    trigger = models.CharField(max_length=16, choices=Trigger, default=Trigger.SCHEDULE)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    due = models.PositiveIntegerField(default=0)
    checked = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0, db_default=0)
    requests = models.PositiveIntegerField(default=0)
    saved = models.PositiveIntegerField(default=0, db_default=0)
    outcomes = models.JSONField(default=dict, blank=True)
    hosts = models.JSONField(default=dict, blank=True)
    lanes = models.JSONField(default=dict, db_default={}, blank=True)

    objects = SweepQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two planners that find work at the same moment add it to the same sweep.
            models.UniqueConstraint(
                fields=["trigger"],
                condition=Q(finished_at=None, trigger="schedule"),
                name="versions_sweep_one_scheduled",
            )
        ]
        indexes = [models.Index(fields=["-started_at"], name="versions_sweep_recent")]

    def __str__(self) -> str:
        return f"sweep {self.pk}"

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.checked / self.due)) if self.due else 0

    @property
    def duration_s(self) -> float:
        return ((self.finished_at or timezone.now()) - self.started_at).total_seconds()

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.pk,
            "due": self.due,
            "checked": self.checked,
            "changed": self.changed,
            "failed": self.failed,
            "unchanged": self.unchanged,
            "requests": self.requests,
            "saved": self.saved,
            "duration_s": round(self.duration_s, 3),
            "outcomes": self.outcomes,
            "hosts": self.hosts,
            "lanes": self.lanes,
        }
