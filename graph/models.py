"""Channels, their feedstocks, and the graph of who depends on whom.

Who may write which column is fixed: the recipe columns `graph.intake.reading`, the position in the
graph, `Dependency` and `GraphBuild` `graph.build`, the answer of the version service
`graph.readback`.
What another bot answers is in `graph.comparison.models`.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone

import graph.changed
import graph.labels
from core.models import OutcomeFields
from graph.beside import unpack
from graph.comparison.models import TheirAnswer as TheirAnswer
from graph.recipes.model import RecipeText
from versions.models import AmbiguousName

PRESENT = Q(gone_at=None)


class Channel(OutcomeFields):
    """A collection of feedstocks. `spec` says where it is: `dir:/srv/recipes`.

    `report` is that of the last reading, as `track --json` prints it, the outcome how that ended;
    `changed_at` is the last time that a reading changed a feedstock, which is what makes a new
    graph necessary. Written by `graph.intake.reading` alone.
    """

    name = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16)
    spec = models.CharField(max_length=1000, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_read_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self) -> str:
        """Who watches its packages, in the words of `versions.watch`."""
        return f"channel:{self.name}"

    def key_of(self, feedstock: str) -> str:
        return f"{self.name}/{feedstock}"


class Status(models.TextChoices):
    """How a feedstock stands; `graph.readback` decides, and documents the rule."""

    UP_TO_DATE = "up_to_date", "up to date"
    OUTDATED = "outdated", "outdated"
    UNKNOWN = "unknown", "unknown"
    FAILING = "failing", "failing"


class FeedstockQuerySet(models.QuerySet["Feedstock"]):
    def present(self) -> FeedstockQuerySet:
        return self.filter(PRESENT)

    def gone(self) -> FeedstockQuerySet:
        return self.exclude(PRESENT)

    def outdated(self) -> FeedstockQuerySet:
        return self.present().filter(outdated=True)

    def failing(self) -> FeedstockQuerySet:
        return self.present().filter(status=Status.FAILING)

    def unreadable(self) -> FeedstockQuerySet:
        """Present ones whose recipe can't be read."""
        return self.present().exclude(outcome_code__in=("ok", ""))

    def most_impactful(self) -> FeedstockQuerySet:
        """Outdated ones, those that most others wait for first."""
        return self.outdated().order_by("-dependents_count", "name")

    def search(self, text: str) -> FeedstockQuerySet:
        return self.filter(name__icontains=text.strip()) if text.strip() else self

    def maintained_by(self, handle: str) -> FeedstockQuerySet:
        return self.filter(maintainers__handle=handle.lower())

    def status_counts(self) -> dict[str, int]:
        """How many present feedstocks have each status, those with none of them included."""
        rows = self.present().order_by().values_list("status").annotate(Count("pk"))
        return dict.fromkeys(Status.values, 0) | dict(rows)

    def outcome_counts(self) -> list[tuple[str, int]]:
        """How many present feedstocks ended reading with each outcome, the most frequent first."""
        rows = self.present().order_by().values_list("outcome_code").annotate(count=Count("pk"))
        return list(rows.order_by("-count", "outcome_code"))

    def unjudged(self) -> FeedstockQuerySet:
        """Read since read-back last looked at them."""
        return self.present().filter(Q(judged_at=None) | Q(judged_at__lt=F("read_at")))

    def mark_unread(self) -> int:
        """Forget what was read, so that the next refresh of the channel reads it again."""
        return self.update(content_hash="")

    def by_name(self, name: str) -> Feedstock:
        """The feedstock of a key, or of a name that only one present feedstock has.

        Raises Feedstock.DoesNotExist, or AmbiguousName that lists the keys.
        """
        if exact := self.filter(key=name).first():
            return exact
        found = list(self.present().filter(name=name).order_by("key")[:20])
        if not found:
            raise Feedstock.DoesNotExist(f"no feedstock is named {name!r}")
        if len(found) > 1:
            raise AmbiguousName(name, [feedstock.key for feedstock in found])
        return found[0]


class Feedstock(OutcomeFields):
    """A feedstock, what its recipe says, its place in the graph, and how its version stands.

    The outcome is that of reading the recipe; when it failed, the columns read from the recipe
    keep what was last understood. The long texts are apart, in `Reading`, so that lists stay fast.
    `commit` is the head whose recipe was read, where the channel tells one for each feedstock;
    without a token GitHub tells the time of the last push instead.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="feedstocks")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=255, unique=True)
    path = models.TextField(blank=True)
    forge_url = models.CharField(max_length=500, blank=True)
    branch = models.CharField(max_length=200, blank=True)
    commit = models.CharField(max_length=64, blank=True, default="", db_default="")
    archived = models.BooleanField(default=False)
    found_at = models.DateTimeField(default=timezone.now)
    gone_at = models.DateTimeField(null=True, blank=True)

    # the recipe, written by graph.intake.reading
    recipe_file = models.TextField(blank=True)
    schema_version = models.PositiveSmallIntegerField(default=0)
    recipe_name = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=128, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    reader_version = models.CharField(max_length=32, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    # the place in the graph, written by graph.build
    direct_dependents_count = models.PositiveIntegerField(default=0)
    dependents_count = models.PositiveIntegerField(default=0)
    dependencies_count = models.PositiveIntegerField(default=0)
    depth = models.PositiveIntegerField(default=0)
    in_cycle = models.BooleanField(default=False)
    # A digest of the packages and run exports that the graph was last built with; empty: none.
    provided = models.CharField(
        max_length=16, blank=True, editable=False, default="", db_default=""
    )

    # the answer of the version service, written by graph.readback
    status = models.CharField(max_length=16, choices=Status, default=Status.UNKNOWN)
    outdated = models.BooleanField(default=False)
    new_version = models.CharField(max_length=128, blank=True)
    new_version_source = models.CharField(max_length=64, blank=True)
    new_version_url = models.CharField(max_length=1000, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    version_outcome_code = models.CharField(max_length=64, blank=True)
    version_checked_at = models.DateTimeField(null=True, blank=True)
    version_stale = models.BooleanField(default=False)
    judged_at = models.DateTimeField(null=True, blank=True)

    objects = FeedstockQuerySet.as_manager()

    class Meta:
        indexes = [
            # The package list in its default order, and finding a feedstock by its name.
            models.Index(fields=["name"], condition=PRESENT, name="graph_feedstock_name"),
            # The overview's counts, and the list filtered by status.
            models.Index(
                fields=["status", "name"], condition=PRESENT, name="graph_feedstock_status"
            ),
            # The list sorted by impact.
            models.Index(
                fields=["-dependents_count", "name"],
                condition=PRESENT,
                name="graph_feedstock_impact",
            ),
            # The overview's "most impactful outdated".
            models.Index(
                fields=["-dependents_count", "name"],
                condition=Q(gone_at=None, outdated=True),
                name="graph_feedstock_outdated",
            ),
            # Recipe problems: counts by outcome, and the list filtered by one.
            models.Index(
                fields=["outcome_code", "name"], condition=PRESENT, name="graph_feedstock_outcome"
            ),
            # The list sorted by when the latest version was released.
            models.Index(
                fields=["-released_at", "name"], condition=PRESENT, name="graph_feedstock_released"
            ),
            # The list sorted by when the version was checked.
            models.Index(
                fields=["-version_checked_at", "name"],
                condition=PRESENT,
                name="graph_feedstock_checked",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_present(self) -> bool:
        return self.gone_at is None

    @property
    def is_judged(self) -> bool:
        """Read-back has seen what was read last; the same rule as `unjudged()`."""
        if self.judged_at is None:
            return False
        return self.read_at is None or self.judged_at >= self.read_at


class Reading(models.Model):
    """The texts of a feedstock and all that was understood. Only `graph.intake.reading` writes it.

    `attributes` is the recipe as a line of `read_recipes`; it, and `requirements`, are those of the
    last time that the recipe could be read, `recipe_text` is the text as it stands now.
    `requirements` says where each package is needed: {name: labels}, see `graph.labels`.
    `run_exports` is what outputs hand on to whoever builds with them: {output: {kind: [name]}};
    `watch_urls` a list of `versions.watch.WatchUrl`, `bot_settings` the `bot:` section. `beside` is
    what stands beside the recipe, see `graph.beside`.
    """

    # The short columns stand first: SQLite needn't walk over the long texts to reach them.
    feedstock = models.OneToOneField(
        Feedstock, on_delete=models.CASCADE, primary_key=True, related_name="reading"
    )
    requirements = models.JSONField(default=dict, blank=True)
    run_exports = models.JSONField(default=dict, blank=True)
    watch_urls = models.JSONField(default=list, blank=True)
    bot_settings = models.JSONField(default=dict, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    conda_forge_yml = models.TextField(blank=True)
    recipe_text = models.TextField(blank=True)
    beside = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"reading of {self.feedstock_id}"

    def text(self, file: str) -> RecipeText:
        """The recipe as it was last seen, with what stood beside it."""
        ci_support, variant_config = unpack(self.beside)
        data = self.recipe_text.encode()
        return RecipeText(file, data, ci_support, self.conda_forge_yml, variant_config)


class Maintainer(models.Model):
    """A person or team named in a recipe. `handle` is in lower case, as forges compare them."""

    feedstock = models.ForeignKey(Feedstock, on_delete=models.CASCADE, related_name="maintainers")
    handle = models.CharField(max_length=128)

    class Meta:
        constraints = [
            # Handle first: "all feedstocks of this maintainer" reads the same index.
            models.UniqueConstraint(fields=["handle", "feedstock"], name="graph_maintainer_unique")
        ]

    def __str__(self) -> str:
        return self.handle


class Output(models.Model):
    """A package that a feedstock builds. Written by `graph.intake.reading` alone."""

    feedstock = models.ForeignKey(Feedstock, on_delete=models.CASCADE, related_name="outputs")
    name = models.CharField(max_length=200)
    version = models.CharField(max_length=128, blank=True)

    class Meta:
        constraints = [
            # Name first: "which feedstocks build this package?" reads the same index.
            models.UniqueConstraint(fields=["name", "feedstock"], name="graph_output_unique")
        ]

    def __str__(self) -> str:
        return self.name


class DependencyQuerySet(models.QuerySet["Dependency"]):
    def external(self) -> DependencyQuerySet:
        return self.filter(target=None)

    def internal(self) -> DependencyQuerySet:
        return self.exclude(target=None)

    def ordering_builds(self) -> DependencyQuerySet:
        """Without those that only a test needs: they say nothing about what is built first."""
        return self.filter(test_only=False)

    def present(self) -> DependencyQuerySet:
        return self.filter(feedstock__gone_at=None)


class Dependency(models.Model):
    """An edge: a feedstock needs the package `name`, which the feedstock `target` builds.

    No target: nobody we know builds it. Several rows with one name: several feedstocks build it.
    `labels` says where it is needed, see `graph.labels`; `via` names the package whose run export
    brought it in, where the recipe doesn't list it itself. Written by `graph.build` alone.
    """

    # Without an index of its own: the constraint's begins with it.
    feedstock = models.ForeignKey(
        Feedstock, on_delete=models.CASCADE, related_name="dependencies", db_index=False
    )
    target = models.ForeignKey(
        Feedstock, null=True, blank=True, on_delete=models.CASCADE, related_name="dependents"
    )
    name = models.CharField(max_length=200)
    labels = models.TextField(blank=True)
    via = models.CharField(max_length=200, blank=True)
    test_only = models.BooleanField(default=False)

    objects = DependencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["feedstock", "name", "target"], name="graph_dependency_unique"
            ),
            # Databases hold two nulls for different, so external ones need their own.
            models.UniqueConstraint(
                fields=["feedstock", "name"],
                condition=Q(target=None),
                name="graph_dependency_external_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feedstock_id} needs {self.name}"

    @property
    def places(self) -> graph.labels.Places:
        """Section to platforms."""
        return graph.labels.read(self.labels)

    @property
    def sections(self) -> list[str]:
        return list(self.places)

    @property
    def platforms(self) -> list[str]:
        return sorted({each for platforms in self.places.values() for each in platforms})


class GraphBuildQuerySet(models.QuerySet["GraphBuild"]):
    def finished(self) -> GraphBuildQuerySet:
        return self.exclude(finished_at=None).order_by("-started_at")

    def prune(self, keep: int) -> int:
        """Delete all but the newest; returns how many."""
        newest = self.order_by("-started_at").values_list("pk", flat=True)[:keep]
        return self.exclude(pk__in=list(newest)).delete()[0]


class GraphBuild(models.Model):
    """One computation of the graph. `feedstocks`, `nodes`, `edges` and `external` are counts.

    `cycles` lists the members of each cycle, `ambiguous` the packages that several feedstocks
    build: {name: [key]}; `changed` counts the rows written, `changes` says what is different since
    the last build, see `graph.build.changes`. Written by `graph.build` alone.
    """

    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    feedstocks = models.PositiveIntegerField(default=0)
    nodes = models.PositiveIntegerField(default=0)
    edges = models.PositiveIntegerField(default=0)
    external = models.PositiveIntegerField(default=0)
    layers = models.PositiveIntegerField(default=0)
    cycles = models.JSONField(default=list, blank=True)
    ambiguous = models.JSONField(default=dict, blank=True)
    duration_s = models.FloatField(default=0.0)
    changed = models.PositiveIntegerField(default=0)
    changes = models.JSONField(default=dict, db_default={}, blank=True)

    objects = GraphBuildQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="graph_build_recent")]

    def __str__(self) -> str:
        return f"graph of {self.started_at:%Y-%m-%d %H:%M}"

    def figures(self) -> dict[str, Any]:
        columns = ("feedstocks", "nodes", "edges", "external", "cycles", "duration_s", "changed")
        return {column: getattr(self, column) for column in columns}

    def as_document(self) -> dict[str, Any]:
        """As `build_graph --json` prints it."""
        return self.figures() | {"changes": self.changes}

    def told(self) -> list[graph.changed.Change]:
        """What it changed, in words."""
        return list(graph.changed.changes(self.changes))


class ReadbackState(models.Model):
    """How far read-back has come: answers written before `watermark` were taken over. One row."""

    watermark = models.DateTimeField()

    def __str__(self) -> str:
        return f"read back to {self.watermark:%Y-%m-%d %H:%M:%S}"
