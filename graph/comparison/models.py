"""What another bot answers, and how that compares with our own answer."""

from __future__ import annotations

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone


class Kind(models.TextChoices):
    """How two answers compare; `graph.comparison.comparing` decides, and documents the rule."""

    SAME = "same", "same"
    OURS_NEWER = "ours_newer", "ours newer"
    THEIRS_NEWER = "theirs_newer", "theirs newer"
    ONLY_OURS = "only_ours", "only ours"
    ONLY_THEIRS = "only_theirs", "only theirs"
    FAILING_OURS = "failing_ours", "failing here"
    FAILING_THEIRS = "failing_theirs", "failing there"
    FAILING_BOTH = "failing_both", "failing on both sides"
    UNORDERED = "unordered", "not comparable"
    NEITHER = "neither", "none on either side"
    WAITING = "waiting", "not looked up here yet"


# Where there is nothing to look into.
AGREEING = (Kind.SAME, Kind.NEITHER, Kind.WAITING)


class TheirAnswerQuerySet(models.QuerySet["TheirAnswer"]):
    def present(self) -> TheirAnswerQuerySet:
        return self.filter(feedstock__gone_at=None)

    def differing(self) -> TheirAnswerQuerySet:
        return self.exclude(kind__in=AGREEING)

    def of_channel(self, name: str) -> TheirAnswerQuerySet:
        return self.filter(feedstock__channel__name=name)

    def counts(self) -> dict[str, int]:
        """How many are of each kind, kinds with none of them included."""
        rows = self.order_by().values_list("kind").annotate(Count("pk"))
        return dict.fromkeys(Kind.values, 0) | dict(rows)


class TheirAnswer(models.Model):
    """What another bot, whose data a channel is read from, answers for a feedstock.

    With an `error` its last look upstream failed, and `version` is its last good one;
    `update_error` says why it could not propose an update. It has said this since `seen_at`, and
    this version since `version_since`, as far as we looked; null is since before we did. Written by
    `graph.comparison.taking_over` alone.

    `kind` says how `version` compares with `our_version`, what we answered then; `rule` and
    `reason` say why they differ, `lead` by how much we found the same version sooner. Written by
    `graph.comparison.comparing` alone.
    """

    feedstock = models.OneToOneField(
        "graph.Feedstock", on_delete=models.CASCADE, primary_key=True, related_name="their_answer"
    )
    version = models.CharField(max_length=128, blank=True)
    error = models.CharField(max_length=500, blank=True)
    update_error = models.CharField(max_length=500, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)
    version_since = models.DateTimeField(null=True, blank=True)

    our_version = models.CharField(max_length=128, blank=True)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.WAITING)
    kind_since = models.DateTimeField(default=timezone.now)
    rule = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    lead = models.DurationField(null=True, blank=True)

    objects = TheirAnswerQuerySet.as_manager()

    class Meta:
        indexes = [
            # The comparison's counts, its list of one kind, and what its filter by rule offers.
            models.Index(fields=["kind", "rule"], name="graph_their_answer_kind"),
            # Who was first, and by how much.
            models.Index(
                fields=["lead"], condition=Q(lead__isnull=False), name="graph_their_answer_lead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version or 'no version'} ({self.kind})"
