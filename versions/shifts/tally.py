"""The figures of a sweep, which all shifts that work on it add to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import hosts
from core.hosts import Figures
from core.http import Traffic
from versions.models import Sweep
from versions.planning import planner
from versions.planning.lanes import lane_of_host
from versions.recording.recorded import Recorded

RECENT_SWEEPS = 20


def count_due(sweep: Sweep) -> int:
    """Write down how much there is to do; returns how much of it is left."""
    left = planner.remaining(sweep.started_at, timezone.now())
    with transaction.atomic():
        row = Sweep.objects.select_for_update().get(pk=sweep.pk)
        for name in row.lanes.keys() | left.keys():
            lane = row.lanes.setdefault(name, {})
            lane["due"] = lane.get("checked", 0) + left.get(name, 0)
        due = sum(lane["due"] for lane in row.lanes.values())
        Sweep.objects.filter(pk=row.pk).update(due=due, lanes=row.lanes)
    return sum(left.values())


def add(sweep_id: int, recorded: Recorded, traffic: Mapping[str, Traffic]) -> None:
    """Add what was just recorded, in the same transaction."""
    row = Sweep.objects.select_for_update().get(pk=sweep_id)
    lanes = _with_checks(row.lanes, recorded)
    _add_requests(lanes, traffic)
    Sweep.objects.filter(pk=sweep_id).update(
        due=max(row.due, row.checked + recorded.checked),
        checked=F("checked") + recorded.checked,
        changed=F("changed") + recorded.changed,
        failed=F("failed") + recorded.failed,
        unchanged=F("unchanged") + recorded.unchanged,
        requests=F("requests") + sum(host.requests for host in traffic.values()),
        saved=sum(lane["saved"] for lane in lanes.values()),
        outcomes=dict(Counter(row.outcomes) + recorded.outcomes),
        hosts=_added(row.hosts, traffic),
        lanes=lanes,
    )


def _with_checks(lanes: dict[str, Any], recorded: Recorded) -> dict[str, dict[str, float]]:
    fresh: dict[str, float] = dict.fromkeys(
        ("due", "checked", "failed", "requests", "saved", "seconds"), 0
    )
    total = {name: {**fresh, **figures} for name, figures in lanes.items()}
    for name, figures in recorded.lanes.items():
        lane = total.setdefault(name, dict(fresh))
        lane["checked"] += figures.checked
        lane["failed"] += figures.failed
        lane["seconds"] = round(lane["seconds"] + figures.seconds, 3)
        lane["due"] = max(lane["due"], lane["checked"])
    return total


def _add_requests(lanes: dict[str, dict[str, float]], traffic: Mapping[str, Traffic]) -> None:
    """Saved is what one request for each package would have been more."""
    for host, each in traffic.items():
        if lane := lanes.get(lane_of_host(host)):
            lane["requests"] += each.requests
    for lane in lanes.values():
        lane["saved"] = max(0, lane["checked"] - lane["requests"])


def since(before: Mapping[str, Traffic], now: Mapping[str, Traffic]) -> dict[str, Traffic]:
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


def _added(hosts: Mapping[str, Any], traffic: Mapping[str, Traffic]) -> dict[str, Any]:
    """The stored figures of hosts, {host: {requests, failures, seconds}}, and these together."""
    total = {host: Counter(figures) for host, figures in hosts.items()}
    for host, each in traffic.items():
        total.setdefault(host, Counter()).update(asdict(each))
    return {host: dict(figures) for host, figures in total.items()}


@hosts.tells_of_hosts
def recent_traffic() -> dict[str, Figures]:
    """What the last sweeps asked of each host."""
    total: dict[str, Counter[str]] = {}
    for figures in Sweep.objects.recent().values_list("hosts", flat=True)[:RECENT_SWEEPS]:
        for host, each in figures.items():
            sums = total.setdefault(host, Counter())
            for name, value in each.items():
                sums[name] += value
    return {host: Figures(**sums) for host, sums in total.items()}
