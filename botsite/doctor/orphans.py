"""Rows that refer to what is gone."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import DatabaseError, connection

from botsite.doctor import outcomes
from botsite.doctor.findings import Finding, fine, note, problem, some
from core.models import Override
from versions.models import Package

ON_PACKAGES = ("pin", "hide", "skip", "source", "pause", "reject")


def look() -> Iterator[Finding]:
    findings = [*_references(), *_of_graph(), *_decisions()]
    yield from findings or [fine("all rows belong to something")]


def _references() -> Iterator[Finding]:
    """Django keeps these; a damaged file or another program may not."""
    try:
        connection.check_constraints()
    except DatabaseError as error:
        yield problem(outcomes.BROKEN_REFERENCES, error=str(error).strip().rstrip("."))


def _of_graph() -> Iterator[Finding]:
    if apps.is_installed("graph"):
        from botsite.doctor import orphans_of_graph

        yield from orphans_of_graph.look()


def _decisions() -> Iterator[Finding]:
    rows = Override.objects.active().filter(kind__in=ON_PACKAGES)
    keys = set(rows.exclude(target__contains=":").values_list("target", flat=True))
    watched = Package.objects.watched().values_list("key", flat=True)
    if gone := sorted(keys.difference(watched.iterator())):
        yield note(outcomes.DECISIONS_ON_NOTHING, count=len(gone), names=some(gone))
