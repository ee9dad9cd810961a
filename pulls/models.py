"""What is proposed to feedstocks, and how each try to make a proposal ended.

Our rows are the truth. Both are written by `pulls.attempts` and `pulls.proposing` alone.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from core.models import OutcomeFields
from graph.models import Feedstock

MOST_TRIES = 8  # of one version and recipe, before a person has to look


class State(models.TextChoices):
    PROPOSED = "proposed", "proposed"
    SUPERSEDED = "superseded", "superseded"
    WITHDRAWN = "withdrawn", "no longer needed"


# Of a row for one version: its feedstock is behind just that version.
WANTED = Q(feedstock__outdated=True, feedstock__gone_at=None, feedstock__new_version=F("version"))


class PullRequestQuerySet(models.QuerySet["PullRequest"]):
    def proposed(self) -> PullRequestQuerySet:
        return self.filter(state=State.PROPOSED)

    def no_longer_needed(self) -> PullRequestQuerySet:
        """Proposed ones whose version the feedstock has, or that is not the newest any more."""
        return self.proposed().exclude(WANTED)


class PullRequest(models.Model):
    """A recipe edited to a new version, in the words in which a person would review it.

    `diff` is a unified diff that `git apply` takes, its paths those of the channel. `base_hash` is
    the `content_hash` of the recipe that was edited, `edits` a list of {line, before, after, why}.
    """

    feedstock = models.ForeignKey(Feedstock, on_delete=models.CASCADE, related_name="pulls")
    version = models.CharField(max_length=128)
    old_version = models.CharField(max_length=128, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.PROPOSED)
    branch = models.CharField(max_length=100)
    title = models.CharField(max_length=300)
    body = models.TextField()
    diff = models.TextField()
    edits = models.JSONField(default=list)
    base_hash = models.CharField(max_length=64)
    proposed_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(default=timezone.now)

    objects = PullRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["feedstock", "version"], name="pulls_pullrequest_unique"
            )
        ]
        # The list, with and without a state.
        indexes = [
            models.Index(fields=["state", "-made_at"], name="pulls_pullrequest_state"),
            models.Index(fields=["-made_at"], name="pulls_pullrequest_recent"),
        ]

    def __str__(self) -> str:
        return self.title


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def settled(self, now: datetime) -> AttemptQuerySet:
        """Those that leave nothing to do now: in hand, waiting for their next try, or done."""
        done = Q(finished_at__isnull=False, next_try_at=None) | Q(number__gte=MOST_TRIES)
        return self.filter(Q(lease_until__gt=now) | Q(next_try_at__gt=now) | done)

    def failed(self) -> AttemptQuerySet:
        """Those whose last try, for the version that is still the newest, ended badly."""
        return self.filter(WANTED).exclude(outcome_code__in=("ok", ""))


class Attempt(OutcomeFields):
    """The tries to propose one version to a feedstock.

    `number` counts them before their work begins, so that one that kills its worker counts, too;
    `lease_until` is how long the one in hand may take. No `next_try_at` after the end: it is not
    tried again until the recipe or the version is another, or a person asks for it.
    """

    feedstock = models.ForeignKey(Feedstock, on_delete=models.CASCADE, related_name="attempts")
    version = models.CharField(max_length=128)
    base_hash = models.CharField(max_length=64)
    number = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feedstock", "version"], name="pulls_attempt_unique")
        ]
        indexes = [
            models.Index(fields=["outcome_code", "-finished_at"], name="pulls_attempt_outcome")
        ]

    def __str__(self) -> str:
        return f"try {self.number} of {self.version}"


def due(now: datetime) -> models.QuerySet[Feedstock]:
    """Outdated feedstocks that should have a proposal made now, the most needed first."""
    settled = Attempt.objects.settled(now).filter(
        feedstock=OuterRef("pk"),
        version=OuterRef("new_version"),
        base_hash=OuterRef("content_hash"),
    )
    readable = Feedstock.objects.most_impactful().filter(archived=False, outcome_code="ok")
    return readable.exclude(Exists(settled))
