"""Packages that are watched, with what upstream has of them."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from benchmarks.large_site.proportions import DAYS, FAILURES, HOSTS, LANES, SLICE


def _lane(pick: random.Random) -> str:
    lane = pick.choices(list(LANES), weights=list(LANES.values()))[0]
    return lane or f"host-{pick.randrange(HOSTS)}.example.org"


def make_packages(pick: random.Random, number: int) -> None:
    from graph.models import Feedstock
    from versions.models import Package

    rows = [
        Package(
            key=row.key,
            name=row.name,
            owner="channel:big",
            lane=_lane(pick),
            priority=row.dependents_count,
            current_version="1.0",
            urls=[{"rendered": f"https://example.org/{row.name}.tar.gz", "template": ""}],
            latest_version="1.1",
            latest_source="pypi",
            **_state(pick),
        )
        for row in Feedstock.objects.only("key", "name", "dependents_count")
    ]
    Package.objects.bulk_create(rows, batch_size=SLICE)
    packages = list(Package.objects.only("pk"))
    _candidates(pick, packages)
    _changes(pick, packages)


def _state(pick: random.Random) -> dict[str, Any]:
    """How the last check ended, and when the next is: a few are due, in hand, or dead letters."""
    from django.utils import timezone

    now = timezone.now()
    checked_at = now - timedelta(minutes=pick.randrange(1500))
    failed = pick.random() < 0.05
    code = pick.choice(FAILURES) if failed else "ok"
    due_in = timedelta(minutes=pick.randrange(-60, 1200))
    state = {
        "watched_at": now - timedelta(days=DAYS),
        "checked_at": checked_at,
        "last_success_at": checked_at - timedelta(days=pick.randrange(9)) * failed,
        "failures": pick.choice([1, 2, 5, 14]) * failed,
        "outcome_code": code,
        "outcome": {
            "code": code,
            "message": "The host did not answer in time." * failed or "Done.",
        },
        "next_check_at": now + due_in,
    }
    if pick.random() < 0.004:
        state |= {"lease_token": "1-token", "lease_until": now + timedelta(minutes=4)}
    return state


def _candidates(pick: random.Random, packages: list[Any]) -> None:
    """18.5 for each package on the average: half a million of 27,000."""
    from versions.models import Candidate

    rows: list[Candidate] = []
    for package in packages:
        rows += [
            Candidate(
                package=package,
                version=f"1.{position}",
                tag=f"v1.{position}",
                source="pypi",
                position=position,
                verdict="accepted",
                rule="older",
                sentence="Older than the winner.",
            )
            for position in range(pick.randrange(1, 37))
        ]
    Candidate.objects.bulk_create(rows, batch_size=SLICE)


def _changes(pick: random.Random, packages: list[Any]) -> None:
    from django.utils import timezone

    from versions.models import VersionChange

    now = timezone.now()
    rows: list[VersionChange] = []
    for package in packages:
        moments = sorted(now - timedelta(minutes=pick.randrange(525_600)) for _ in range(6))
        rows += [
            VersionChange(
                package=package,
                sequence=sequence,
                from_version=f"1.{sequence - 1}" if sequence else "",
                to_version=f"1.{sequence}",
                source="pypi",
                seen_at=seen_at,
                released_at=seen_at - timedelta(minutes=pick.randrange(600)),
            )
            for sequence, seen_at in enumerate(moments)
        ]
    VersionChange.objects.bulk_create(rows, batch_size=SLICE)
