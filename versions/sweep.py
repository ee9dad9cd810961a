"""Checking packages: a claimed chunk with threads, or all that is due in this process."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, replace
from functools import cache
from typing import Any
from zlib import crc32

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import hosts, overrides
from core.hosts import Books, Figures
from core.http import Door, Traffic, door
from core.http.outcomes import BUSY, LEFT_ALONE
from core.models import Override
from core.outcomes import INTERNAL
from versions import planner
from versions.lookup import Answer, LookupConfig, Subject, look_up
from versions.models import Package, Sweep
from versions.record import Checked, Recorded, record
from versions.sources import Shared

log = logging.getLogger(__name__)

TICK_SECONDS = 0.05  # as long may a request wait for the first turn of its host
FLUSH_SECONDS = 3.0
FLUSH_ROWS = 50
SOFT_DEADLINE_SECONDS = 240.0
SHARED_SECONDS = 900.0
BUSY_SECONDS = 60.0
RECENT_SWEEPS = 20
NOT_ASKED = frozenset({LEFT_ALONE.code, BUSY.code})
DECISIONS = ("hide", "pin", "source")

Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """For callers that watch nothing."""


def check_chunk(
    chunk: planner.Chunk, progress: Progress = no_progress, *, insist: bool = False
) -> Recorded:
    """Look up the packages of a claimed chunk and record each result; what is not done within the
    soft deadline is released. Returns what was recorded.

    Packages whose host may not be asked now are put off, unless someone insists on a result."""
    planner.renew(chunk.token)
    packages = sorted(Package.objects.leased(chunk.token), key=_place)
    subjects = _subjects(packages)
    total = Recorded()
    try:
        for batch in _answers([(each.pk, subjects[each.key]) for each in packages]):
            put_off = {} if insist else _put_off(batch)
            planner.postpone(chunk.token, put_off)
            total.add(
                record([Checked(pk, chunk.token, each) for pk, each in batch if pk not in put_off])
            )
            planner.renew(chunk.token)
            progress(total.checked, len(packages))
    finally:
        planner.release(chunk.token)
    return total


def _place(package: Package) -> tuple[int, int]:
    """Where a package comes in its chunk: beside others of its repository, so that one request
    serves them all, and anywhere among those of its host, so that threads do not queue there."""
    url = package.urls[0]["rendered"] if package.urls else ""
    repository = "/".join(url.split("/")[:5])
    return crc32(repository.encode()), package.pk


def _put_off(answers: Iterable[tuple[int, Answer]]) -> dict[int, float]:
    """The packages whose host was not asked, and for how many seconds it is better left alone."""
    return {
        pk: answer.retry_after or BUSY_SECONDS
        for pk, answer in answers
        if answer.outcome.code in NOT_ASKED
    }


def _answers(subjects: Sequence[tuple[int, Subject]]) -> Iterator[list[tuple[int, Answer]]]:
    """Look subjects up, each with its id, in threads; this one keeps the books of the hosts."""
    pool = ThreadPoolExecutor(settings.CHECK_THREADS, thread_name_prefix="check")
    try:
        with hosts.kept_books(door()) as books:
            futures = {
                pool.submit(_look_up, subject, door(), shared()): pk for pk, subject in subjects
            }
            for batch in _finished(futures, books):
                yield [(futures[each], each.result()) for each in batch]
    finally:
        # Threads can't be killed; each ends at its own deadline, and its result is dropped.
        pool.shutdown(wait=False, cancel_futures=True)


def _finished(futures: Iterable[Future[Answer]], books: Books) -> Iterator[list[Future[Answer]]]:
    """Batches of finished look-ups, until all are done or the soft deadline is over; empty ones
    keep the lease alive while slow hosts are waited for."""
    deadline = time.monotonic() + SOFT_DEADLINE_SECONDS
    waiting, flushed = set(futures), time.monotonic()
    ready: list[Future[Answer]] = []
    while waiting and time.monotonic() < deadline:
        done, waiting = wait(waiting, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
        books.settle()
        ready += done
        due = time.monotonic() - flushed > FLUSH_SECONDS or len(ready) >= FLUSH_ROWS
        if due or not waiting:
            yield ready
            ready, flushed = [], time.monotonic()
    if ready:
        yield ready


@cache
def shared() -> Shared:
    """What bulk sources have read, kept by this process for the chunks to come."""
    return Shared(max_age=SHARED_SECONDS)


def _look_up(subject: Subject, through: Door, bulk: Shared) -> Answer:
    """A fault of ours in one look-up is that package's outcome, not the end of its chunk."""
    config = LookupConfig(index_endpoint=settings.BOTSITE_HTTP["index_endpoint"])
    try:
        return look_up(subject, through, bulk, config)
    except Exception as error:
        log.exception("look-up of %s failed", subject.key)
        return Answer.failed(INTERNAL.outcome(error=type(error).__name__))


def _subjects(packages: list[Package]) -> dict[str, Subject]:
    decisions = overrides.in_force([package.key for package in packages], DECISIONS)
    return {each.key: subject_of(each, decisions.get(each.key, [])) for each in packages}


def subject_of(package: Package, decisions: Iterable[Override]) -> Subject:
    """A package as `look_up()` wants it, with people's decisions on it."""
    decisions = list(decisions)
    hidden = {each.value["version"]: each.reason for each in decisions if each.kind == "hide"}
    pins = [each.value["version"] for each in decisions if each.kind == "pin"]
    chosen = [each.value["source"] for each in decisions if each.kind == "source"]
    return Subject.of(
        key=package.key,
        name=package.name,
        current_version=package.current_version,
        urls=package.urls,
        settings=_with_sources(package.settings, chosen[:1]),
        hidden=hidden,
        pinned=pins[0] if pins else None,
    )


def _with_sources(bot: dict[str, Any], sources: list[str]) -> dict[str, Any]:
    """The settings with the source that a person chose, if any, in place of their own choice."""
    updates = bot.get("version_updates")
    updates = updates if isinstance(updates, dict) else {}
    return {**bot, "version_updates": {**updates, "sources": sources}} if sources else bot


def preview(packages: list[Package], bot: dict[str, Any]) -> list[Answer]:
    """What checks would answer with these settings; nothing is written."""
    subjects = _subjects(packages)
    changed = [replace(subjects[package.key], settings=bot) for package in packages]
    with ThreadPoolExecutor(settings.CHECK_THREADS) as pool:
        return list(pool.map(lambda subject: _look_up(subject, door(), shared()), changed))


def check_now(keys: Iterable[str], progress: Progress = no_progress) -> Recorded:
    """Check named packages in this process, due or not; those in other hands are left to them."""
    return check_chunk(planner.claim_packages(keys, timezone.now()), progress, insist=True)


def run_sweep(progress: Progress = no_progress) -> Sweep:
    """Check all that is due in this process, chunk by chunk; returns the finished sweep."""
    sweep = Sweep.objects.create(trigger=Sweep.Trigger.COMMAND)
    while chunks := planner.claim(timezone.now(), chunks=1):
        add_due(sweep, chunks)
        for chunk in chunks:
            check_for_sweep(sweep.pk, chunk, progress)
    finish(sweep)
    sweep.refresh_from_db()
    return sweep


def check_for_sweep(
    sweep_id: int, chunk: planner.Chunk, progress: Progress = no_progress
) -> Recorded:
    """Check a chunk and count it into its sweep; what was given back is due another time."""
    before = door().traffic()
    recorded = check_chunk(chunk, progress)
    given_back = chunk.size - recorded.checked
    _count(sweep_id, given_back, recorded, _since(before, door().traffic()))
    return recorded


def add_due(sweep: Sweep, chunks: Iterable[planner.Chunk]) -> None:
    claimed = sum(chunk.size for chunk in chunks)
    Sweep.objects.filter(pk=sweep.pk).update(due=F("due") + claimed)


def _count(sweep_id: int, given_back: int, recorded: Recorded, traffic: dict[str, Traffic]) -> None:
    with transaction.atomic():
        row = Sweep.objects.select_for_update().get(pk=sweep_id)
        Sweep.objects.filter(pk=sweep_id).update(
            due=F("due") - given_back,
            checked=F("checked") + recorded.checked,
            changed=F("changed") + recorded.changed,
            failed=F("failed") + recorded.failed,
            requests=F("requests") + sum(host.requests for host in traffic.values()),
            outcomes=dict(Counter(row.outcomes) + recorded.outcomes),
            hosts=_added(row.hosts, traffic),
        )


def _since(before: dict[str, Traffic], now: dict[str, Traffic]) -> dict[str, Traffic]:
    """What was asked of each host between two readings of the door's counters."""
    return {
        host: Traffic(
            each.requests - (earlier := before.get(host, Traffic())).requests,
            each.failures - earlier.failures,
            each.seconds - earlier.seconds,
        )
        for host, each in now.items()
        if each != before.get(host)
    }


def _added(hosts: dict[str, Any], traffic: dict[str, Traffic]) -> dict[str, Any]:
    """The stored figures of hosts, {host: {requests, failures, seconds}}, and these together."""
    total = {host: Counter(figures) for host, figures in hosts.items()}
    for host, each in traffic.items():
        total.setdefault(host, Counter()).update(asdict(each))
    return {host: dict(figures) for host, figures in total.items()}


@hosts.tells_of_hosts
def recent_traffic() -> dict[str, Figures]:
    """What the last sweeps asked of each host."""
    total: dict[str, Any] = {}
    for figures in Sweep.objects.recent().values_list("hosts", flat=True)[:RECENT_SWEEPS]:
        total = _added(total, {host: Traffic(**each) for host, each in figures.items()})
    return {host: Figures(**each) for host, each in total.items()}


def finish(sweep: Sweep) -> None:
    Sweep.objects.filter(pk=sweep.pk, finished_at=None).update(finished_at=timezone.now())
