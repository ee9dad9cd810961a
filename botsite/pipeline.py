"""Actions that span the apps: the first start, checking one package at once, and what follows
from a decision.

Between the apps everything else flows by schedules; these run the stages in order for the packages
concerned, so that a person does not have to wait for them.
"""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.utils import timezone

from core.jobs import enqueue
from core.models import Job
from core.overrides import Person
from versions.models import Package

FIRST_START, CHECK = "pipeline.first_start", "pipeline.check"


def start_first() -> Job | None:
    """Load the sample channel, if no channel was ever tracked and nothing is watched."""
    if not apps.is_installed("graph"):
        return None
    from graph.models import Channel

    if Channel.objects.exists() or Job.objects.filter(kind=FIRST_START).exists():
        return None
    return enqueue(FIRST_START, "sample", payload={"spec": f"dir:{settings.SAMPLE_CHANNEL}"})


def check_now(key: str, by: Person = None) -> Job:
    """Look upstream for one package now and read the answer back; the job that does it."""
    return enqueue(CHECK, key, by=by)


def settle(key: str, by: Person = None) -> None:
    """Let a decision on a package show everywhere at once; if upstream must be asked, ask."""
    if apps.is_installed("graph"):
        from graph.readback import read_back

        read_back([key])
    if Package.objects.due(timezone.now()).filter(key=key).exists():
        check_now(key, by)
