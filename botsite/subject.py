"""What a package page is about: a feedstock, what is watched for it, or either alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Exists, OuterRef, Value
from django.utils import timezone
from django.utils.functional import cached_property

from botsite.explain import in_order
from botsite.recipe_text import Excerpt, excerpt
from core.charts import Sparkline
from core.conditions import Condition
from core.models import Job, Override
from versions import decisions
from versions.conditions import conditions_of as package_conditions
from versions.forms import line_of
from versions.models import Candidate, Package, PackageQuerySet, VersionChange
from versions.planning.rhythm import rhythm

if TYPE_CHECKING:
    from graph.models import Dependency, Feedstock, Reading
    from pulls.showing.latest import Latest

# How many rows a page holds at most, and how many of them it shows unfolded.
CANDIDATES, DEPENDENCIES, CHANGES, DEPENDENTS, PROPOSALS = 200, 500, 20, 15, 5
MOST_NAMES = 400
UNFOLDED = 15

# Large columns of a reading that the page has no use for.
UNSHOWN = [
    f"reading__{column}" for column in ("requirements", "run_exports", "watch_urls", "bot_settings")
]


class NoSuchPackage(Exception):
    """Neither a feedstock nor a watched package has this key or name."""


@dataclass(frozen=True, slots=True)
class Decision:
    row: Override
    sentence: str


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """`line` counts from 1 in conda-forge.yml; 0 is unknown."""

    field: str
    message: str
    line: int


@dataclass
class Subject:
    """The rows behind a package page; each further part is one query, made when asked for."""

    key: str
    feedstock: Feedstock | None
    package: Package | None

    @property
    def name(self) -> str:
        row = self.feedstock or self.package
        return row.name if row else self.key

    @property
    def current_version(self) -> str:
        if self.package and self.package.current_version:
            return self.package.current_version
        return self.feedstock.version if self.feedstock else ""

    @cached_property
    def conditions(self) -> list[Condition]:
        found = package_conditions(self.package, [each.row for each in self.decisions])
        if apps.is_installed("graph"):
            from graph.conditions import conditions_of

            found += conditions_of(self.feedstock, self.key)
        if apps.is_installed("pulls"):
            from pulls.conditions import conditions_of as of_pulls

            found += of_pulls(self.feedstock, self.key, self.proposals)
        return in_order(found)

    @cached_property
    def proposals(self) -> Latest | None:
        """The last ones made to it; None where nothing can be proposed."""
        if self.feedstock is None or not apps.is_installed("pulls"):
            return None
        from pulls.showing.latest import latest

        return latest(self.feedstock, PROPOSALS)

    @cached_property
    def live_jobs(self) -> list[Job]:
        if not getattr(self.package, "has_live_jobs", True):
            return []
        return list(Job.objects.live().filter(target=self.key))

    @property
    def live(self) -> bool:
        return bool(self.live_jobs or (self.package and self.package.in_hand))

    @cached_property
    def candidates(self) -> list[Candidate]:
        return list(self.package.candidates.all()[:CANDIDATES]) if self.package else []

    @cached_property
    def decisions(self) -> list[Decision]:
        """What people decided about it, and is in force."""
        decided = self.package and getattr(self.package, "has_decisions", True)
        rows = decisions.of(self.package) if self.package and decided else []
        return [Decision(row, decisions.sentence(row)) for row in rows]

    @cached_property
    def problems(self) -> list[SettingProblem]:
        """Settings that were not understood, and where they stand if that is known."""
        found = self.package.problems if self.package else []
        text = self.reading.conda_forge_yml if self.reading else ""
        return [
            SettingProblem(each["field"], each["message"], line_of(text, each["field"]))
            for each in found
        ]

    @property
    def first_candidates(self) -> list[Candidate]:
        return self.candidates[:UNFOLDED]

    @property
    def more_candidates(self) -> list[Candidate]:
        return self.candidates[UNFOLDED:]

    @cached_property
    def changes(self) -> list[VersionChange]:
        return list(self.package.changes.all()[:CHANGES]) if self.package else []

    @cached_property
    def rhythm(self) -> Sparkline | None:
        """How often upstream releases, as far as the candidates tell."""
        left_out = self.package.candidates_left_out if self.package else 0
        return rhythm(self.candidates, timezone.now(), complete=not left_out)

    @cached_property
    def reading(self) -> Reading | None:
        return getattr(self.feedstock, "reading", None)

    @cached_property
    def excerpt(self) -> Excerpt | None:
        if self.reading is None or self.feedstock is None or not self.reading.recipe_text:
            return None
        outcome = self.feedstock.get_outcome()
        return excerpt(self.reading.recipe_text, outcome.line if outcome else 0)

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        """Two short lists by one query."""
        found: dict[str, list[str]] = {"maintainer": [], "output": []}
        if self.feedstock is not None:
            people = self.feedstock.maintainers.values_list(Value("maintainer"), "handle")
            outputs = self.feedstock.outputs.values_list(Value("output"), "name")
            for kind, name in people.union(outputs, all=True).order_by("handle")[:MOST_NAMES]:
                found[kind].append(name)
        return found

    @property
    def maintainers(self) -> list[str]:
        return self._names["maintainer"]

    @property
    def outputs(self) -> list[str]:
        return self._names["output"]

    @cached_property
    def _edges(self) -> list[Dependency]:
        """To what it needs, and from those of its dependents that are shown, by one query."""
        if self.feedstock is None:
            return []
        from graph.showing.impact import neighbourhood

        return list(neighbourhood(self.feedstock, DEPENDENCIES, DEPENDENTS))

    @cached_property
    def dependencies(self) -> list[Dependency]:
        """Those that a feedstock here builds first, then the others, each by name."""
        found = [each for each in self._edges if each.feedstock == self.feedstock]
        return sorted(found, key=lambda each: (each.target is None, each.name))

    @property
    def first_dependencies(self) -> list[Dependency]:
        return self.dependencies[:UNFOLDED]

    @property
    def more_dependencies(self) -> list[Dependency]:
        return self.dependencies[UNFOLDED:]

    @cached_property
    def dependents(self) -> list[Feedstock]:
        """Those that most others wait for first."""
        found = {each.feedstock for each in self._edges if each.target == self.feedstock}
        return sorted(found, key=lambda each: (-each.dependents_count, each.name))

    @property
    def dependents_left_out(self) -> int:
        direct = self.feedstock.direct_dependents_count if self.feedstock else 0
        return max(0, direct - len(self.dependents))


def find(name: str) -> Subject:
    """The subject of a key, or of a name that only one package has.

    Raises NoSuchPackage, or AmbiguousName that lists the keys.
    """
    feedstock = _feedstock(name)
    key = feedstock.key if feedstock else name
    package = _packages().filter(key=key).first()
    if feedstock is None and package is None:
        package = _watched(name)
    return Subject(package.key if package else key, feedstock, package)


def _feedstock(name: str) -> Feedstock | None:
    if not apps.is_installed("graph"):
        return None
    from graph.conditions import with_last_build
    from graph.models import Feedstock

    try:
        rows = Feedstock.objects.select_related("channel", "reading").defer(*UNSHOWN)
        return with_last_build(rows).by_name(name)
    except Feedstock.DoesNotExist:
        return None


def _packages() -> PackageQuerySet:
    """With whether there is anything of the kinds that few packages have, and that are then not
    asked for."""
    key = OuterRef("key")
    decided = Override.objects.active().filter(target=key, kind__in=decisions.KINDS)
    return Package.objects.annotate(
        has_live_jobs=Exists(Job.objects.live().filter(target=key)),
        has_decisions=Exists(decided),
    )


def _watched(name: str) -> Package:
    try:
        return _packages().by_name(name)
    except Package.DoesNotExist as error:
        raise NoSuchPackage(name) from error
