"""The picture of a feedstock's neighbourhood: which feedstocks are in it, and how it is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import cached_property

from graph.models import Dependency, Feedstock, Status
from graph.showing.picture_layout import Box, Drawing, Line, draw
from graph.topology import Pair

# All feedstocks in a picture, with the one that it is of.
MOST = 150
DEPTHS = (1, 2, 3)
# A name is cut to what fits; of letters of this width, beside a sign for the status.
LONGEST, LETTER, SIGN = 26, 7.4, 36.0
# The one that the picture is of stands in bold.
BOLD = 1.12
# The symbols of static/icons.svg that stand for a status on all pages.
SIGNS = {
    Status.UP_TO_DATE: "check",
    Status.OUTDATED: "up",
    Status.UNKNOWN: "question",
    Status.FAILING: "cross",
}


class Direction(StrEnum):
    BOTH = "both"
    DEPENDENCIES = "dependencies"
    DEPENDENTS = "dependents"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A feedstock in the picture. `steps` is the distance, `relation` a direction or, of the
    feedstock itself, nothing."""

    feedstock: Feedstock
    relation: Direction | None
    steps: int
    box: Box

    @property
    def sign(self) -> str:
        return SIGNS[Status(self.feedstock.status)]

    @property
    def words(self) -> str:
        name = self.feedstock.name
        return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


@dataclass
class Picture:
    """Neighbours of a feedstock, by edges that order builds, up to `depth` steps away. Where there
    are too many, those are shown that most others depend on."""

    feedstock: Feedstock
    direction: Direction = Direction.BOTH
    depth: int = 1

    @cached_property
    def neighbours(self) -> list[Neighbour]:
        """The feedstock itself, then what it needs, then its users, the nearest first."""
        boxes, rows = self.drawing.boxes, self._rows
        return [
            Neighbour(rows[pk], relation, steps, boxes[pk])
            for pk, (relation, steps) in self._found.steps.items()
        ]

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.drawing.lines

    @property
    def left_out(self) -> dict[Direction, int]:
        """How many more there are in the step for which there was no room."""
        return self._found.left_out

    @cached_property
    def drawing(self) -> Drawing:
        names = {pk: self._rows[pk].name for pk in self._found.steps}
        widths = {pk: SIGN + LETTER * min(LONGEST, len(name)) for pk, name in names.items()}
        widths[self.feedstock.pk] *= BOLD
        return draw(widths, self._pairs)

    @cached_property
    def _found(self) -> _Found:
        found = _Found(self.feedstock.pk)
        if self.direction is not Direction.DEPENDENTS:
            half = MOST // 2 if self.direction is Direction.BOTH else MOST
            found.walk(Direction.DEPENDENCIES, self.depth, half)
        if self.direction is not Direction.DEPENDENCIES:
            found.walk(Direction.DEPENDENTS, self.depth, MOST)
        return found

    @cached_property
    def _rows(self) -> dict[int, Feedstock]:
        return Feedstock.objects.defer("outcome").in_bulk(list(self._found.steps))

    @cached_property
    def _pairs(self) -> list[Pair]:
        shown = list(self._found.steps)
        edges = Dependency.objects.ordering_builds().filter(feedstock__in=shown, target__in=shown)
        pairs = edges.values_list("feedstock_id", "target_id").distinct()
        return sorted((user, needed) for user, needed in pairs if needed is not None)


class _Found:
    """Feedstocks of a picture, by id."""

    def __init__(self, start: int) -> None:
        self._start = start
        self.steps: dict[int, tuple[Direction | None, int]] = {start: (None, 0)}
        self.left_out: dict[Direction, int] = {}

    def walk(self, direction: Direction, depth: int, most: int) -> None:
        """Step by step, until there are `most`."""
        frontier = [self._start]
        for step in range(1, depth + 1):
            near = [pk for pk in _near(frontier, direction) if pk not in self.steps]
            room = max(0, most - len(self.steps))
            frontier = near[:room]
            self.steps |= dict.fromkeys(frontier, (direction, step))
            if len(near) > room:
                self.left_out[direction] = len(near) - room
                return
            if not frontier:
                return


def _near(ids: Iterable[int], direction: Direction) -> list[int]:
    """Those one step away, the ones that most others depend on first."""
    edges = Dependency.objects.internal().ordering_builds()
    here, there = ("feedstock", "target")
    if direction is Direction.DEPENDENTS:
        here, there = there, here
    near = edges.filter(**{f"{here}__in": ids}).values(there)
    rows = Feedstock.objects.present().filter(pk__in=near)
    return list(rows.order_by("-dependents_count", "name").values_list("pk", flat=True))
