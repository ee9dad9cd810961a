"""What is checked next, why, and when: the queue as people see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.functional import cached_property

from core.models import Job, Override
from versions.models import Package, Sweep
from versions.planning import pauses
from versions.planning.lanes import blocked_lanes

SHOWN, LANES, ASKED = 40, 25, 20
MOST_LIVE = 500


@dataclass(frozen=True, slots=True)
class Lane:
    """`due` are free to be taken, `in_hand` a worker has now; `state` as in
    `versions.figures.progress`."""

    name: str
    due: int
    in_hand: int
    state: str
    words: str
    pause: Override | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a package stands in its lane. `ahead` is None if it is not due; `seconds` None if
    there is no telling."""

    package: Package
    ahead: int | None
    seconds: float | None
    reason: str


class Queue:
    """Each part is a query or two, made when a page first asks for it."""

    def __init__(self, lane: str = "", now: datetime | None = None) -> None:
        self.lane = lane
        self.now = now or timezone.now()

    @cached_property
    def pauses(self) -> dict[str, Override]:
        return pauses.paused()

    @property
    def paused(self) -> Override | None:
        """All checks are paused by this decision."""
        return self.pauses.get(pauses.ALL)

    @cached_property
    def lanes(self) -> list[Lane]:
        """Those where packages wait or are in hand, and those that people paused."""
        due, in_hand = self._due_by_lane, self._in_hand
        blocked = blocked_lanes(self.now)
        names = due.keys() | in_hand.keys() | (self.pauses.keys() - {pauses.ALL})
        found = [self._lane(each, due[each], in_hand[each], blocked) for each in names]
        return sorted(found, key=lambda each: (-each.due, -each.in_hand, each.name))

    def _lane(self, name: str, due: int, in_hand: int, blocked: set[str]) -> Lane:
        pause = self.pauses.get(name) or self.paused
        if pause:
            state, words = "waiting", "Paused"
        elif name in blocked:
            state, words = "failed", "Left alone"
        else:
            state, words = ("running", "Being checked") if in_hand else ("queued", "Waits")
        return Lane(name, due, in_hand, state, words, self.pauses.get(name))

    @property
    def shown_lanes(self) -> list[Lane]:
        return self.lanes[:LANES]

    @property
    def other_lanes(self) -> int:
        return max(0, len(self.lanes) - LANES)

    @cached_property
    def _held(self) -> dict[str, tuple[int, int]]:
        """(those in hand, those of them whose time has come) by lane."""
        come = Q(next_check_at__lte=self.now, paused=False)
        rows = Package.objects.filter(lease_token__gt="", lease_until__gt=self.now)
        counts = {"held": Count("pk"), "due": Count("pk", filter=come)}
        counted = rows.order_by().values_list("lane").annotate(**counts)
        return {lane: (held, due) for lane, held, due in counted}

    @property
    def _in_hand(self) -> Counter[str]:
        return Counter({lane: held for lane, (held, _) in self._held.items()})

    @cached_property
    def _due_by_lane(self) -> Counter[str]:
        """Counted by an index alone; what is in hand is due as well, and is taken off."""
        rows = Package.objects.watched().filter(paused=False, next_check_at__lte=self.now)
        counted = dict(rows.order_by().values_list("lane").annotate(Count("pk")))
        return +(Counter(counted) - Counter({lane: due for lane, (_, due) in self._held.items()}))

    @property
    def due_count(self) -> int:
        return self._due_by_lane.total()

    @property
    def in_hand_count(self) -> int:
        return self._in_hand.total()

    @cached_property
    def upcoming(self) -> list[Place]:
        """The next to be taken. Of each lane they are taken in this order, and lanes in turn."""
        rows = Package.objects.due(self.now).order_by("-priority", "next_check_at")
        if self.lane:
            rows = rows.filter(lane=self.lane)
        found = rows.only(*COLUMNS)[:SHOWN]
        return [
            Place(each, ahead, None, reason(each, self.now)) for ahead, each in enumerate(found)
        ]

    @cached_property
    def next_at(self) -> datetime | None:
        """When the next package comes due, if none is now."""
        if self.due_count:
            return None
        later = Package.objects.watched().filter(paused=False, next_check_at__gt=self.now)
        moment: datetime | None = later.aggregate(moment=Min("next_check_at"))["moment"]
        return moment

    @cached_property
    def asked_for(self) -> list[Job]:
        """What people asked for and is not done: it comes before all else."""
        rows = Job.objects.live().filter(requested_by__isnull=False)
        # Few are live, and to have the database sort them would make it look at all others.
        live = list(rows.select_related("requested_by")[:MOST_LIVE])
        return sorted(live, key=lambda each: each.requested_at)[:ASKED]

    def place(self, package: Package) -> Place:
        """Where a package stands, and in how many seconds it is looked up, as far as one can tell
        from the speed of its lane in the last sweep."""
        why = reason(package, self.now)
        if package.in_hand or package.paused or package.next_check_at > self.now:
            return Place(package, None, None, why)
        first = Q(priority__gt=package.priority) | Q(
            priority=package.priority, next_check_at__lt=package.next_check_at
        )
        ahead = Package.objects.due(self.now).filter(first, lane=package.lane).count()
        if held := self._held_up(package.lane):
            return Place(package, ahead, None, f"{why} {held}")
        speed = _speed(package.lane)
        return Place(package, ahead, (ahead + 1) / speed if speed else None, why)

    def _held_up(self, name: str) -> str:
        """What keeps a lane from moving, if something does."""
        lane = next((each for each in self.lanes if each.name == name), None)
        if lane is None or lane.state in ("running", "queued"):
            return ""
        return (
            "Its lane is paused." if lane.state == "waiting" else "Its host is left alone for now."
        )


COLUMNS = (
    "key",
    "name",
    "lane",
    "priority",
    "next_check_at",
    "checked_at",
    "failures",
    "lease_until",
    "paused",
)


def reason(package: Package, now: datetime) -> str:
    """Why it stands where it does."""
    if package.in_hand:
        return "A worker has it now."
    if package.paused:
        return "Its checks are paused."
    parts = list(_reasons(package))
    if package.next_check_at > now:
        return f"It was checked, and is not due yet{''.join(f'; {each}' for each in parts)}."
    return f"{'; '.join(parts).capitalize()}." if parts else "Its usual time has come."


def _reasons(package: Package) -> Iterable[str]:
    if package.checked_at is None:
        yield "it was never checked"
    elif package.failures:
        times = "once" if package.failures == 1 else f"{package.failures} times in a row"
        yield f"it failed {times}"
    if package.priority:
        yield f"priority {package.priority:,}"


def _speed(lane: str) -> float | None:
    """Packages per second of a lane in the last sweep that checked any of it."""
    recent = Sweep.objects.recent().filter(checked__gt=0)[:5]
    for sweep in recent:
        checked = sweep.lanes.get(lane, {}).get("checked", 0)
        if checked and sweep.duration_s:
            return float(checked / sweep.duration_s)
    return None
