"""Rows for tests: each function makes one, with defaults for all that a test doesn't care about."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from core.models import Heartbeat, Job, JobState, outcome_values
from core.outcomes import Outcome
from graph.models import Channel, Dependency, Feedstock, GraphBuild, Reading, Status
from pulls.models import Attempt
from tests.versions.watching import make_package
from versions.models import Candidate, Package, Sweep, VersionChange

_numbers = count(1)


def make_user(name: str = "alice", *, staff: bool = False) -> User:
    return User.objects.create_user(name, password="secret", is_staff=staff)


def make_channel(name: str = "sample", **columns: Any) -> Channel:
    return Channel.objects.get_or_create(
        name=name, defaults={"kind": "dir", "spec": f"dir:/recipes/{name}", **columns}
    )[0]


def make_feedstock(name: str = "numpy", channel: str = "sample", **columns: Any) -> Feedstock:
    """One that was read well and is up to date."""
    defaults: dict[str, Any] = {
        "key": f"{channel}/{name}",
        "version": "1.0",
        "status": Status.UP_TO_DATE,
        "outcome_code": "ok",
        "read_at": timezone.now(),
        "recipe_file": "meta.yaml",
    }
    return Feedstock.objects.create(
        channel=make_channel(channel), name=name, **{**defaults, **columns}
    )


def make_outdated(name: str = "numpy", new_version: str = "2.0", **columns: Any) -> Feedstock:
    defaults = {
        "status": Status.OUTDATED,
        "outdated": True,
        "new_version": new_version,
        "new_version_source": "pypi",
        "version_outcome_code": "ok",
        "released_at": timezone.now() - timedelta(days=3),
        "version_checked_at": timezone.now(),
    }
    return make_feedstock(name, **{**defaults, **columns})


def make_reading(feedstock: Feedstock, recipe_text: str = "", **columns: Any) -> Reading:
    return Reading.objects.create(feedstock=feedstock, recipe_text=recipe_text, **columns)


def make_dependency(
    feedstock: Feedstock, target: Feedstock | None, name: str = "", **columns: Any
) -> Dependency:
    return Dependency.objects.create(
        feedstock=feedstock,
        target=target,
        name=name or (target.name if target else "external"),
        **{"labels": "run:linux-64", **columns},
    )


def make_graph_build(**columns: Any) -> GraphBuild:
    return GraphBuild.objects.create(**{"finished_at": timezone.now(), "layers": 3, **columns})


def make_answered(name: str = "numpy", latest_version: str = "2.0", **columns: Any) -> Package:
    now = timezone.now()
    defaults = {
        "latest_version": latest_version,
        "latest_source": "pypi",
        "latest_url": "https://example.org/project",
        "latest_released_at": now - timedelta(days=3),
        "checked_at": now,
        "answered_at": now,
        "last_success_at": now,
        "next_check_at": now + timedelta(hours=6),
        "outcome_code": "ok",
        "outcome": {"code": "ok", "message": "Done."},
        "checks": 1,
    }
    return make_package(name, **{**defaults, **columns})


def make_candidate(package: Package, version: str = "2.0", **columns: Any) -> Candidate:
    number = next(_numbers)
    defaults = {
        "tag": f"{version}-{number}",
        "source": "pypi",
        "verdict": Candidate.Verdict.ACCEPTED,
        "rule": "newest",
        "position": number,
    }
    return Candidate.objects.create(package=package, version=version, **{**defaults, **columns})


def make_change(package: Package, to_version: str = "2.0", **columns: Any) -> VersionChange:
    defaults = {"sequence": next(_numbers), "source": "pypi"}
    return VersionChange.objects.create(
        package=package, to_version=to_version, **{**defaults, **columns}
    )


def make_attempt(name: str = "numpy", **columns: Any) -> Attempt:
    """The last try to propose what is new in an outdated feedstock of this name; it failed."""
    feedstock = Feedstock.objects.filter(name=name).first() or make_outdated(name)
    outcome = Outcome("pulls.no_hash", "No sha256 is known.", "Check that the file exists.")
    defaults = {
        "version": feedstock.new_version,
        "base_hash": "x",
        "number": 1,
        "finished_at": timezone.now(),
        **outcome_values(outcome),
    }
    return Attempt.objects.create(feedstock=feedstock, **{**defaults, **columns})


def make_sweep(**columns: Any) -> Sweep:
    return Sweep.objects.create(**{"due": 10, "checked": 10, **columns})


def make_job(kind: str = "core.ping", target: str = "", **columns: Any) -> Job:
    defaults = {"queue": "default", "state": JobState.QUEUED}
    return Job.objects.create(kind=kind, target=target, **{**defaults, **columns})


def make_heartbeat(name: str = "core.recover", *, age_s: float = 20) -> Heartbeat:
    started_at = timezone.now() - timedelta(seconds=age_s)
    return Heartbeat.objects.create(name=name, started_at=started_at, finished_at=started_at)
