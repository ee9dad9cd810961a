"""A shift: for a while, one process looks packages up, many at once, over all lanes.

Its leading thread claims a few seconds' worth of each lane, sends other threads where a host has
room for a request, keeps the books of the hosts, and writes results down every few seconds. So no
thread waits for a slow host while another could be asked, little is in hand when a worker dies, and
a pause or a cancellation is obeyed within seconds. Only the leading thread touches the database.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from django.conf import settings
from django.utils import timezone

from core import hosts
from core.garbage import collected_seldom
from core.hosts import Books
from core.http import door
from core.http.origins import parse_url
from versions import bulk
from versions.asking.answers import Answer
from versions.models import Package, Sweep
from versions.planning import lanes, pauses, planner
from versions.recording.recorded import Checked, Recorded
from versions.shifts import looking
from versions.shifts.items import Item, Lane, Lanes, Task
from versions.shifts.ledger import Ledger
from versions.shifts.patience import persistently

log = logging.getLogger(__name__)

TICK_SECONDS = 0.02  # as long may a request wait for the first turn of its host
COUNT_SECONDS = 5.0
STOCK_SECONDS = 0.25
GRACE_SECONDS = 15.0  # for look-ups under way when time is up

Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """For callers that watch nothing."""


class Shift:
    """Work on a sweep, or on packages that a person named, by the thread that made it."""

    def __init__(
        self,
        sweep: Sweep | None = None,
        *,
        seconds: float = math.inf,
        progress: Progress = no_progress,
    ) -> None:
        """After so many seconds nothing new is begun."""
        self.token = planner.new_token(sweep.pk if sweep else None)
        self._sweep = sweep
        self._progress = progress
        self._until = time.monotonic() + seconds
        self._door = door()
        self._shared = looking.shared()
        self._ledger = Ledger(self.token, self._door, sweep)
        self._threads = settings.CHECK_THREADS
        self._lanes = Lanes(self._threads)
        self._done: SimpleQueue[tuple[Lane, Future[Any]]] = SimpleQueue()
        self._suspects: set[int] = set()
        self._exhausted = sweep is None
        self._counted = self._stocked = -math.inf

    def work(self) -> Recorded:
        """Check what is due until nothing is left, time is up, or somebody stops it."""
        with collected_seldom():
            return self._run()

    def check(self, keys: Iterable[str]) -> Recorded:
        """Check these packages, due or not, also where a host is better left alone."""
        self._take(planner.claim_packages(self.token, keys, timezone.now()))
        return self._run()

    def _run(self) -> Recorded:
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="check")
        try:
            with hosts.kept_books(self._door) as books:
                while self._goes_on():
                    self._step(pool, books)
                self._report()
        finally:
            # Threads can't be killed; each ends at its own deadline, and its result is dropped.
            pool.shutdown(wait=False, cancel_futures=True)
            persistently(lambda: planner.release(self.token))
        return self._ledger.total

    def _goes_on(self) -> bool:
        if self._is_over:
            running = self._lanes.running
            return bool(running) and time.monotonic() < self._until + GRACE_SECONDS
        return bool(self._lanes.running or self._lanes.idle or not self._exhausted)

    @property
    def _is_over(self) -> bool:
        return time.monotonic() >= self._until

    def _step(self, pool: ThreadPoolExecutor, books: Books) -> None:
        self._collect()
        persistently(books.settle)
        if not self._is_over:
            self._stock()
            for lane, items, batched in self._lanes.starts(self._threads - self._lanes.running):
                self._start(pool, lane, items, batched=batched)
        if self._ledger.is_full:
            self._report()

    # Claiming

    def _stock(self) -> None:
        """Claim for lanes that run low. Where nothing is left, the shift is exhausted."""
        now = time.monotonic()
        nothing = not (self._lanes.idle or self._lanes.running)
        if self._sweep is None or not (nothing or now - self._stocked > STOCK_SECONDS):
            return
        if nothing:
            self._ledger.flush()
        if nothing or now - self._counted > COUNT_SECONDS:
            persistently(self._count)
            self._counted = now
        claimed = persistently(self._claim)
        self._take(claimed)
        self._stocked = now
        self._exhausted = nothing and not claimed

    def _count(self) -> None:
        """See how much of each lane is due, and whether it is served in batches."""
        due = planner.waiting(timezone.now())
        for lane in self._lanes.by_name.values():
            lane.more = due.get(lane.name, 0)
        self._lanes.forget_idle()
        for name, count in due.items():
            lane = self._lane(name)
            lane.more = count
            lane.batch = bulk.offered(name, count + lane.idle)

    def _claim(self) -> list[Package]:
        low = [lane for lane in self._lanes.by_name.values() if lane.more and lane.wanted()]
        for lane in low:
            lane.grow()
        most = {lane.name: lane.wanted() for lane in low}
        due = {lane.name: lane.more for lane in low}
        suspects = planner.SUSPECTS_AT_ONCE - len(self._suspects)
        now = timezone.now()
        return planner.claim(self.token, most, due, now, suspects=suspects) if low else []

    def _take(self, packages: Sequence[Package]) -> None:
        """Put claimed packages into their lanes."""
        decisions = persistently(lambda: looking.decisions_on(packages)) if packages else {}
        for package in sorted(packages, key=_place):
            about = decisions.get(package.key, [])
            subject = looking.subject_of(package, about)
            if self._sweep is None:
                subject = replace(subject, seen="", new=False)
            lane = self._lane(package.lane)
            lane.more = max(0, lane.more - 1)
            suspect = package.attempts > planner.INNOCENT_DEATHS
            self._suspects |= {package.pk} if suspect else set()
            ends_at = looking.first_end(about)
            lane.put(Item(package.pk, package.lane, subject, ends_at, suspect))

    def _lane(self, name: str) -> Lane:
        if name not in self._lanes.by_name:
            budget = self._door.budgets.of(parse_url(lanes.url_of(name)).origin)
            self._lanes.add(Lane(name, budget))
        return self._lanes.by_name[name]

    # Looking up

    def _start(
        self, pool: ThreadPoolExecutor, lane: Lane, items: tuple[Item, ...], *, batched: bool
    ) -> None:
        future: Future[Any]
        if batched and lane.batch:
            subjects = [item.subject for item in items]
            future = pool.submit(copy_context().run, _answers, lane.batch, subjects)
        else:
            look = partial(looking.look, items[0].subject, self._door, self._shared)
            future = pool.submit(copy_context().run, look)
        lane.running[future] = Task(lane, items, time.monotonic(), batched)
        future.add_done_callback(lambda done: self._done.put((lane, done)))

    def _collect(self) -> None:
        for lane, future in self._finished():
            self._ledger.add(self._results(lane, future))

    def _finished(self) -> Iterator[tuple[Lane, Future[Any]]]:
        """What has finished; waits a moment for it."""
        if self._lanes.running or self._lanes.idle:
            with suppress(Empty):
                yield self._done.get(timeout=TICK_SECONDS)
                while True:
                    yield self._done.get_nowait()

    def _results(self, lane: Lane, future: Future[Any]) -> Iterator[Checked]:
        task = lane.finished(future)
        self._acquit(item.pk for item in task.items)
        seconds = time.monotonic() - task.started
        if not task.batched:
            yield self._checked(task.items[0], future.result(), seconds)
            return
        answers: dict[str, Answer | None] = future.result()
        for item in task.items:
            if answer := answers.get(item.subject.key):
                yield self._checked(item, answer, seconds / len(task.items))
            else:
                lane.singly.append(item)

    def _acquit(self, ids: Iterable[int]) -> None:
        """Those that killed nobody after all; that is written down soon."""
        if survivors := self._suspects.intersection(ids):
            self._suspects -= survivors
            self._ledger.hurry()

    def _checked(self, item: Item, answer: Answer, seconds: float) -> Checked:
        if item.ends_at:
            again = min(item.ends_at, answer.judge_again_at or item.ends_at)
            answer = replace(answer, judge_again_at=again)
        return Checked(item.pk, self.token, answer, item.lane, seconds)

    # People

    def _report(self) -> None:
        """Write down what is new, say how far it got, obey what people ordered meanwhile."""
        self._ledger.flush()
        done = self._ledger.total.checked
        persistently(partial(self._progress, done, done + self._lanes.left))
        if self._sweep:
            self._look_around(self._sweep)

    def _look_around(self, sweep: Sweep) -> None:
        paused = persistently(pauses.paused)
        cancelled = Sweep.objects.filter(pk=sweep.pk, cancelled_at__isnull=False)
        if pauses.ALL in paused or persistently(cancelled.exists):
            self._until = min(self._until, time.monotonic())
        for name in paused.keys() & self._lanes.by_name.keys():
            if ids := self._lanes.by_name[name].give_up():
                self._acquit(ids)
                persistently(partial(planner.release, self.token, ids))


def _answers(batch: bulk.Batch, subjects: Sequence[Any]) -> dict[str, Answer | None]:
    """The answers of a batch by key. What goes wrong in it is looked up singly."""
    try:
        return dict(batch.answer(subjects))
    except Exception:
        log.exception("a batch of %s failed", batch.lane)
        return {}


def _place(package: Package) -> str:
    """Beside others of its repository, so that one request serves them all."""
    return package.urls[0]["rendered"] if package.urls else ""
