"""What the version service tells webhooks of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from core.webhooks.events import State, tells_of
from versions import documents
from versions.models import Package

UNSHOWN = ("urls", "settings", "remarks", "problems")


@tells_of("version.found", title="Another version became the latest of a package")
def latest_versions(since: datetime | None) -> Iterator[State]:
    for package in _answered(since):
        yield _state(package, package.latest_version)


@tells_of("outcome.changed", title="Looking upstream for a package ended otherwise than before")
def outcomes(since: datetime | None) -> Iterator[State]:
    for package in _answered(since):
        yield _state(package, package.outcome_code)


def _answered(since: datetime | None) -> Iterator[Package]:
    rows = Package.objects.watched().filter(answered_at__isnull=False).order_by("answered_at")
    if since is not None:
        rows = rows.filter(answered_at__gte=since)
    return rows.defer(*UNSHOWN).iterator(chunk_size=500)


def _state(package: Package, value: str) -> State:
    assert package.answered_at is not None  # noqa: S101 - those alone are asked for
    return State(package.key, value, package.answered_at, documents.of_watched(package))
