"""Profiles that were asked for and taken: the only writer of Profile rows."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from core import overrides
from core.models import Job, Override, Profile
from core.overrides import Person
from core.profiling import Findings, profiled

KEPT = 50
ASKED = "profile"


def keep(target: str, kind: str, found: Findings) -> Profile:
    """Store what was found of a run, such as `sweep:4`; only the latest profiles are kept."""
    row = Profile.objects.create(
        target=target,
        kind=kind,
        seconds=found.seconds,
        cpu_s=found.cpu_s,
        peak_mb=found.peak_mb,
        functions=[each.as_dict() for each in found.functions],
        stats=zlib.compress(found.stats),
    )
    latest = Profile.objects.order_by("-pk").values_list("pk", flat=True)[:KEPT]
    Profile.objects.exclude(pk__in=list(latest)).delete()
    return row


def stats_of(row: Profile) -> bytes:
    """The file that `python -m pstats` reads."""
    return zlib.decompress(row.stats)


def of(target: str) -> list[Profile]:
    """Profiles of a run, the last first, without their files."""
    return list(Profile.objects.filter(target=target).defer("stats").order_by("-pk"))


def ask(kind: str, *, by: Person) -> bool:
    """Profile the next job of a kind. False if that was asked for already."""
    if asked(kind):
        return False
    overrides.decide(ASKED, _target(kind), by=by)
    return True


def asked(kind: str) -> Override | None:
    """Who asked for the next job of a kind to be profiled, if someone did."""
    return Override.objects.active().filter(kind=ASKED, target=_target(kind)).first()


def _target(kind: str) -> str:
    return f"jobs:{kind}"


@contextmanager
def of_job(job: Job) -> Iterator[None]:
    """Profile a job if somebody asked for the next one of its kind; of several, one answers."""
    wish = asked(job.kind)
    mine = wish is not None and overrides.end(wish, by=wish.author)
    with profiled((lambda found: keep(f"job:{job.pk}", job.kind, found)) if mine else None):
        yield
