"""A slow host with very many packages, and how little the packages of other hosts feel of it."""

from __future__ import annotations

import json
import time

from benchmarks.sweeps import passes
from benchmarks.sweeps.options import Options
from benchmarks.sweeps.processes import isolated
from benchmarks.sweeps.site import clusters, said, site, world_config
from benchmarks.world.population import CROWDED_HOST

RATE = 2.0
AT_MOST = 1.1  # times what the others take without that host


def run(options: Options) -> bool:
    alone, _ = isolated(_others, options, 0)
    beside, crowd = isolated(_others, options, options.crowd)
    if not (alone and beside):
        return False
    ratio = beside[1] / alone[1]
    said(
        f"fairness: others done in {beside[1]:.1f} s beside {options.crowd} packages of a host "
        f"at {RATE:g}/s ({crowd} of them checked meanwhile), {alone[1]:.1f} s without: {ratio:.2f} "
        f"times, at most {AT_MOST:g} wanted; half of them after "
        f"{beside[0]:.1f} and {alone[0]:.1f} s"
    )
    return bool(ratio <= AT_MOST)


def _others(options: Options, crowd: int) -> tuple[tuple[float, float] | None, int]:
    """Seconds until half and all others were checked, None if time was up; and how many of the
    crowd were."""
    from_crowd = f"https://{CROWDED_HOST}"
    limits = json.dumps({from_crowd: {"in_flight": 8, "rate": RATE}})
    config = world_config(options, crowd=crowd)
    with site(config, options.workers, {"BOTSITE_HOST_LIMITS": limits}), clusters():
        from versions.models import Package

        others = Package.objects.watched().exclude(lane=CROWDED_HOST)
        began = passes.hasten_all()
        complete = passes.until_checked(began, time.monotonic() + options.seconds, among=others)
        checked = others.filter(checked_at__gte=began).order_by("checked_at")
        moments = list(checked.values_list("checked_at", flat=True))
        done = Package.objects.filter(lane=CROWDED_HOST, checked_at__gte=began).count()
        said(f"      crowd of {crowd}: {len(moments)} others checked, {done} of the crowd")
        if not (complete and moments):
            said("      TIME IS UP, not complete")
            return None, done
        seconds = [(each - began).total_seconds() for each in moments if each]
        return (seconds[len(seconds) // 2], seconds[-1]), done
