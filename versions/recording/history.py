"""The history of versions: a row for each change, numbered, never altered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from versions.asking.answers import Answer
from versions.models import Package, VersionChange


def change(package: Package, answer: Answer, now: datetime) -> VersionChange | None:
    """A row of history, without its place in the sequence."""
    if not answer.outcome.ok or answer.latest_version == package.latest_version:
        return None
    return VersionChange(
        package_id=package.pk,
        from_version=package.latest_version,
        to_version=answer.latest_version,
        source=answer.source,
        seen_at=now,
        released_at=answer.released_at,
    )


def append(changes: Sequence[VersionChange]) -> None:
    """Give rows their places and store them. The rows of their packages are locked."""
    earlier = VersionChange.objects.filter(package__in=[each.package_id for each in changes])
    last = dict(earlier.order_by().values_list("package").annotate(last=Max("sequence")))
    for each in changes:
        each.sequence = last.get(each.package_id, 0) + 1
    VersionChange.objects.bulk_create(changes)
