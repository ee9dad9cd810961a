"""What a shift has in hand: packages by lane, and how many threads each lane may have."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil, inf
from statistics import median

from core.http.turns import HostBudget
from versions.asking.subjects import Subject
from versions.bulk import Batch

STOCK_SECONDS = 5.0  # as long does what is claimed of a lane last, at the rate of its host
MOST_STOCK = 600
JUST = 0.03  # seconds in which a thread that was sent asks for its turn
REST = 0.02  # seconds before a lane without room is looked at again
SLOW = 0.5  # seconds; a lane most of whose look-ups take longer is a slow one
LAST = 9  # look-ups that count for that
FREE_FINISHES = 3  # look-ups in a row without a request that show that none is needed


@dataclass(frozen=True, slots=True)
class Item:
    """A claimed package. `ends_at` is when the first decision on it ends; a `suspect` may have
    killed several workers."""

    pk: int
    lane: str
    subject: Subject
    ends_at: datetime | None = None
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """What one thread does: a package, or a batch of them."""

    lane: Lane
    items: tuple[Item, ...]
    started: float
    batched: bool = False


@dataclass(slots=True)
class Lane:
    """The packages of one lane that are claimed and not yet looked up."""

    name: str
    budget: HostBudget
    batch: Batch | None = None
    waiting: deque[Item] = field(default_factory=deque)
    singly: deque[Item] = field(default_factory=deque)  # what a batch could not answer
    running: dict[Future[object], Task] = field(default_factory=dict)
    stock: int = 0
    more: int = 0  # due and not claimed, when last asked
    _was_stocked: bool = False
    _rests_until: float = 0.0
    _took: deque[float] = field(default_factory=lambda: deque(maxlen=LAST))
    _quick_at: float = -inf
    _requests: int = 0
    _finished_free: int = 0

    def __post_init__(self) -> None:
        self.stock = max(2, ceil(self.budget.limits.rate * STOCK_SECONDS))
        self._requests = self.budget.traffic.requests

    @property
    def idle(self) -> int:
        """Packages that nobody looks up at this moment."""
        return len(self.waiting) + len(self.singly)

    def wanted(self) -> int:
        """How many more packages to claim, when the stock runs low."""
        stock = self.batch.most * self.batch.at_once if self.batch else self.stock
        if self.idle > stock // 2:
            return 0
        return stock - self.idle

    def grow(self) -> None:
        """Look whether it ran dry before it was stocked again; then it can bear more."""
        if self._was_stocked and not self.idle and not self.batch:
            self.stock = min(MOST_STOCK, 2 * self.stock)
        self._was_stocked = True

    # What may start

    def next_batch(self) -> tuple[Item, ...]:
        """The packages of the next batch; none if one should not start now."""
        batch = self.batch
        if batch is None or not self.waiting:
            return ()
        if sum(task.batched for task in self.running.values()) >= batch.at_once:
            return ()
        return tuple(self.waiting.popleft() for _ in range(min(batch.most, len(self.waiting))))

    def next_single(self, now: float) -> Item | None:
        queue = self.singly or (None if self.batch else self.waiting)
        if not queue or now < self._rests_until:
            return None
        if not self._has_room(now):
            self._rests_until = now + REST
            return None
        return queue.popleft()

    def _has_room(self, now: float) -> bool:
        singles = [task for task in self.running.values() if not task.batched]
        if len(singles) >= self.budget.limits.in_flight:
            return False
        if self._finished_free >= FREE_FINISHES:
            return True
        sent = sum(now - task.started < JUST for task in singles)
        return self.budget.room() > sent

    def is_slow(self, now: float) -> bool:
        """A host that is silent now and then, and quick in between, makes none."""
        if self._took and median(self._took) > SLOW:
            return True
        singles = (task for task in self.running.values() if not task.batched)
        return now - self._quick_at > SLOW and any(now - task.started > SLOW for task in singles)

    # What became of it

    def finished(self, future: Future[object]) -> Task:
        task = self.running.pop(future)
        if not task.batched:
            asked = self.budget.traffic.requests
            self._finished_free = self._finished_free + 1 if asked == self._requests else 0
            self._requests = asked
            self._note(task.started, time.monotonic())
        return task

    def _note(self, started: float, now: float) -> None:
        self._took.append(now - started)
        if now - started <= SLOW:
            self._quick_at = now

    def put(self, item: Item) -> None:
        """Suspects go first and alone, to be in hand for a moment only."""
        if item.suspect:
            self.singly.appendleft(item)
        else:
            self.waiting.append(item)

    def give_up(self) -> list[int]:
        """Forget those that nobody looks up yet; returns their ids."""
        ids = [item.pk for item in (*self.waiting, *self.singly)]
        self.waiting.clear()
        self.singly.clear()
        self.more = 0
        return ids


@dataclass(slots=True)
class Lanes:
    """All lanes of a shift. Each in its turn sends one thread, so that none starves another."""

    threads: int
    by_name: dict[str, Lane] = field(default_factory=dict)
    _turns: deque[str] = field(default_factory=deque)

    def add(self, lane: Lane) -> None:
        self.by_name[lane.name] = lane
        self._turns.append(lane.name)

    @property
    def running(self) -> int:
        return sum(len(lane.running) for lane in self.by_name.values())

    @property
    def idle(self) -> int:
        return sum(lane.idle for lane in self.by_name.values())

    @property
    def left(self) -> int:
        """Packages in hand, and those known to be due beyond them."""
        lanes = self.by_name.values()
        return self.running + self.idle + sum(lane.more for lane in lanes)

    def forget_idle(self) -> None:
        """Lanes with nothing left to do."""
        for name, lane in list(self.by_name.items()):
            if not (lane.idle or lane.running or lane.more):
                del self.by_name[name]
                self._turns.remove(name)

    def starts(self, free: int) -> Iterator[tuple[Lane, tuple[Item, ...], bool]]:
        """What so many free threads should do now: (lane, packages, whether as a batch)."""
        busy = sum(1 for lane in self.by_name.values() if lane.idle or lane.running)
        share = max(1, self.threads // max(1, busy))
        passed = 0
        while free > 0 and passed < len(self._turns):
            lane = self.by_name[self._turns[0]]
            self._turns.rotate(-1)
            passed += 1
            if not lane.idle or not self._may_have_another(lane, share, free):
                continue
            if items := lane.next_batch():
                yield lane, items, True
            elif item := lane.next_single(time.monotonic()):
                yield lane, (item,), False
            else:
                continue
            passed, free = 0, free - 1

    def _may_have_another(self, lane: Lane, share: int, free: int) -> bool:
        """Beyond its share a lane leaves some threads to others, and most if it is slow."""
        if len(lane.running) < share:
            return True
        slow = lane.is_slow(time.monotonic())
        return free > (self.threads // 2 if slow else max(1, self.threads // 8))
