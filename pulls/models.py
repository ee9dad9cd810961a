"""What is proposed to feedstocks, what became of it on their forges, and how each try ended.

Our rows are the truth; a forge is asked what it has, and never relied on to remember. Who may write
which column is fixed: `Attempt` and the words of a proposal `pulls.making`, what became of it on
its forge `pulls.acts.leases`, for all of `pulls.acts`, an account's budget `pulls.acts.budget`,
what was delivered `pulls.acts.deliveries`.
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
    """Where a proposal stands. `PROPOSED` ones are shown here, and not (yet) on any forge."""

    PROPOSED = "proposed", "proposed here"
    OPEN = "open", "open"
    MERGED = "merged", "merged"
    CLOSED = "closed", "closed by people"
    SUPERSEDED = "superseded", "superseded"
    WITHDRAWN = "withdrawn", "no longer needed"


class OnForge(models.TextChoices):
    """How its forge has it."""

    NOWHERE = "", "not there"
    OPEN = "open", "open"
    MERGED = "merged", "merged"
    CLOSED = "closed", "closed"


STANDING = (State.PROPOSED, State.OPEN)  # wanted, as far as is known
DECIDED = (State.MERGED, State.CLOSED)  # people said yes or no to this version


# Of a row for one version: its feedstock is behind just that version.
WANTED = Q(feedstock__outdated=True, feedstock__gone_at=None, feedstock__new_version=F("version"))

# Its forge doesn't have the words of one that is wanted.
TO_PUBLISH = Q(state__in=STANDING) & ~Q(published_at=F("made_at"))


class PullRequestQuerySet(models.QuerySet["PullRequest"]):
    def proposed(self) -> PullRequestQuerySet:
        return self.filter(state=State.PROPOSED)

    def open(self) -> PullRequestQuerySet:
        return self.filter(state=State.OPEN)

    def to_publish(self) -> PullRequestQuerySet:
        return self.filter(TO_PUBLISH)

    def listed(self) -> PullRequestQuerySet:
        """With feedstock and channel, and without what only the page of one proposal shows."""
        long = ("body", "diff", "recipe", "edits")
        rows = self.select_related("feedstock__channel")
        return rows.defer(*long, "feedstock__outcome", "feedstock__channel__report")

    def latest_first(self) -> PullRequestQuerySet:
        return self.order_by("-made_at", "-pk")

    def in_line(self) -> PullRequestQuerySet:
        """What is built first comes first, then what most wait for, then the oldest."""
        order = ("feedstock__depth", "-feedstock__dependents_count", "proposed_at", "pk")
        return self.order_by(*order)

    def troubled(self) -> PullRequestQuerySet:
        """Those that failed on their forge, or were held back, the last time."""
        return self.exclude(outcome_code__in=("ok", ""))

    def dead_letters(self) -> PullRequestQuerySet:
        """Those that failed, and are tried again only if a person wants it."""
        return self.troubled().filter(act_at=None, tries__gt=0)

    def no_longer_needed(self) -> PullRequestQuerySet:
        """Standing ones whose version the feedstock has, or that is not the newest any more."""
        return self.filter(state__in=STANDING).exclude(WANTED)


class PullRequest(OutcomeFields):
    """A recipe edited to a new version, in the words in which a person would review it.

    `diff` is a unified diff that `git apply` takes, its paths those of the channel; `recipe` the
    whole edited text. `base_hash` is the `content_hash` of the recipe that was edited, `edits` a
    list of {line, before, after, why}; `made_at` is when all of that was last made.

    On its forge: `repository` is where it was opened, `head_repository` where its branch is,
    `on_forge` how it was last seen there, `published_at` the `made_at` of the words that it has, or
    that it refused since somebody else works on the branch. `act_at` is when the forge is dealt
    with next, None for never; `tries` are those in a row that failed, the outcome that of the last
    one. Whoever deals with it holds `lease_token` meanwhile. `heard_at` is up to when people's
    wishes were heard.
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
    recipe = models.TextField(default="")
    proposed_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(default=timezone.now)

    repository = models.CharField(max_length=1000, blank=True)
    head_repository = models.CharField(max_length=1000, blank=True)
    base = models.CharField(max_length=200, blank=True)
    number = models.PositiveIntegerField(default=0)
    url = models.URLField(max_length=500, blank=True)
    head_sha = models.CharField(max_length=64, blank=True)
    on_forge = models.CharField(max_length=16, choices=OnForge, blank=True)
    labels = models.JSONField(default=list, blank=True)
    mergeable = models.BooleanField(null=True, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    branch_deleted_at = models.DateTimeField(null=True, blank=True)

    act_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True)

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
            # The worker's question, each minute: with which is a forge to be dealt with now?
            models.Index(
                fields=["act_at"],
                name="pulls_pullrequest_act",
                condition=Q(act_at__isnull=False),
            ),
            # A delivery's: which one is this about?
            models.Index(
                fields=["repository", "number"],
                name="pulls_pullrequest_forge",
                condition=~Q(repository=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def mark(self) -> str:
        """`#12`, as forges write it; "" where it has no number."""
        return f"#{self.number}" if self.number else ""


class Account(models.Model):
    """Whom a forge knows us as, and what it may still write there: written by `pulls.acts.budget`.

    Two buckets, as GitHub has them: `minute` and `hour` are what was in them at `counted_at`.
    """

    name = models.CharField(max_length=200, unique=True)  # kind and origin: `github https://...`
    minute = models.FloatField()
    hour = models.FloatField()
    counted_at = models.DateTimeField(default=timezone.now)
    blocked_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    spent = models.PositiveBigIntegerField(default=0)  # in all

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """What a forge's webhook told, remembered so that the same delivery does nothing again."""

    delivery_id = models.CharField(max_length=64, unique=True)
    event = models.CharField(max_length=64)
    action = models.CharField(max_length=64, blank=True)
    repository = models.CharField(max_length=300, blank=True)
    number = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["-received_at"], name="pulls_delivery_recent")]

    def __str__(self) -> str:
        return f"{self.event} {self.action} {self.repository}".strip()


class Heard(models.Model):
    """A wish of a person that was fulfilled, so that it is fulfilled once."""

    pull = models.ForeignKey(PullRequest, on_delete=models.CASCADE, related_name="heard")
    wish_id = models.CharField(max_length=100)
    wish = models.CharField(max_length=16)
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pull", "wish_id"], name="pulls_heard_once")]

    def __str__(self) -> str:
        return f"{self.wish} by {self.by}"


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
    decided = PullRequest.objects.filter(
        feedstock=OuterRef("pk"), version=OuterRef("new_version"), state__in=DECIDED
    )
    readable = Feedstock.objects.most_impactful().filter(
        archived=False, outcome_code="ok", reading__isnull=False
    )
    return readable.exclude(Exists(settled)).exclude(Exists(decided))
