"""What the bot did in a year, and the hosts that it asked."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from benchmarks.large_site.proportions import (
    DAYS,
    DETAILED,
    FAILURES,
    HOSTS,
    LANES,
    SLICE,
    SWEEPS_A_DAY,
)


def make_sweeps(pick: random.Random, number: int) -> None:
    """Sixty a day for a year, and one that runs."""
    from django.utils import timezone

    from versions.models import Sweep

    now, rows = timezone.now(), []
    details = [_details(pick, number // 6) for _ in range(20)]
    for place in range(SWEEPS_A_DAY * DAYS):
        started_at = now - timedelta(minutes=24 * place)
        checked = number // 6 + pick.randrange(number // 30 + 1)
        requests = checked // 8 + pick.randrange(checked // 8 + 1)
        failed = {code: pick.randrange(checked // 200 + 2) for code in pick.sample(FAILURES, 4)}
        row = Sweep(
            started_at=started_at,
            finished_at=started_at + timedelta(seconds=pick.randrange(20, 90)) if place else None,
            due=checked if place else 2 * checked,
            checked=checked,
            unchanged=checked - requests,
            changed=pick.randrange(30),
            failed=sum(failed.values()),
            requests=requests,
            saved=checked - requests,
            outcomes={"ok": checked - sum(failed.values()), **failed},
        )
        if place < DETAILED:
            row.lanes, row.hosts = pick.choice(details)
        rows.append(row)
    Sweep.objects.bulk_create(rows, batch_size=SLICE)


def _details(pick: random.Random, packages: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Figures by lane and by host of one sweep."""
    counts = {lane: packages * share // 100 for lane, share in LANES.items() if lane}
    counts |= {f"host-{each}.example.org": pick.randrange(1, 9) for each in range(HOSTS)}
    lanes = {
        lane: {
            "due": count + 10,
            "checked": count,
            "failed": count // 50,
            "requests": count // 6,
            "saved": count - count // 6,
            "seconds": round(count * pick.random(), 1),
        }
        for lane, count in counts.items()
    }
    hosts = {
        lane: {"requests": each["requests"], "failures": each["failed"], "seconds": each["seconds"]}
        for lane, each in lanes.items()
    }
    return lanes, hosts


def make_measurements(pick: random.Random, number: int) -> None:
    from django.utils import timezone

    from core.models import Measurement

    now = timezone.now().replace(second=0, microsecond=0)
    ages = [timedelta(minutes=5 * each) for each in range(48)]
    ages += [timedelta(hours=each) for each in range(4, 192)]
    ages += [timedelta(days=each) for each in range(8, DAYS)]
    Measurement.objects.bulk_create(
        [
            Measurement(taken_at=now - age, figures=_figures(pick, number, age / timedelta(days=1)))
            for age in ages
        ],
        batch_size=SLICE,
    )


def _figures(pick: random.Random, number: int, days_ago: float) -> dict[str, float]:
    drift = 1 + 0.3 * days_ago / DAYS + 0.02 * pick.random()
    return {
        "graph.outdated": round(number * 0.2 * drift),
        "graph.failing": round(number * 0.05 * drift),
        "versions.watched": number,
        "versions.age_p50_s": 9000 * drift,
        "versions.age_p95_s": 24_000 * drift,
        "versions.detection_p50_s": 7000 * drift,
        "versions.detection_p95_s": 30_000 * drift,
        "versions.found": round((DAYS - days_ago) * 450),
        **{
            f"versions.failing.{code}": round(number * 0.005 * drift * (place + 1))
            for place, code in enumerate(FAILURES)
        },
    }


def make_jobs(pick: random.Random) -> None:
    """The last 20,000."""
    from django.utils import timezone

    from core.models import Heartbeat, Job

    now = timezone.now()
    Heartbeat.objects.create(name="core.recover", started_at=now)
    Job.objects.bulk_create(
        [
            Job(
                kind="versions.check",
                target=f"shift {number}",
                queue="net",
                state=pick.choice(["done", "failed"]),
                requested_at=now - timedelta(minutes=number),
                started_at=now - timedelta(minutes=number),
                finished_at=now - timedelta(minutes=number - 1),
            )
            for number in range(1, 20_001)
        ],
        batch_size=SLICE,
    )


def make_hosts(pick: random.Random) -> None:
    from django.utils import timezone

    from core.models import HostState

    now = timezone.now()
    names = ["github.com", "cran.r-project.org", "api.github.com"]
    names += [f"host-{each}.example.org" for each in range(HOSTS)]
    down = {
        "circuit": "open",
        "failures": 9,
        "blocked_until": now + timedelta(minutes=9),
        "reason": "it failed 9 times in a row",
        "last_error": "It could not be reached.",
        "last_error_at": now,
    }
    HostState.objects.bulk_create(
        [
            HostState(
                origin=f"https://{name}",
                in_flight=8,
                rate=20,
                **(down if place > 2 and pick.random() < 0.03 else {}),
            )
            for place, name in enumerate(names)
        ],
        batch_size=SLICE,
    )
