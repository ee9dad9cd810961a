"""Decisions on proposals that can stand in a file."""

from __future__ import annotations

from collections.abc import Collection

from core import overrides
from core.decisions.kinds import DecisionKind, Entry, declare_kind, section
from core.models import Override
from core.overrides import Person
from graph.models import Feedstock
from graph.slices import slices
from pulls.acts import rejections

MOST_VERSION = 128


def _known(keys: Collection[str]) -> set[str]:
    parts = [Feedstock.objects.filter(key__in=part) for part in slices(sorted(keys))]
    return {key for part in parts for key in part.values_list("key", flat=True)}


def _version(text: str) -> str:
    return "" if 0 < len(text) <= MOST_VERSION else "it is not a version"


def _reject(entry: Entry, by: Person) -> None:
    feedstock = Feedstock.objects.get(key=entry.target)
    rejections.reject(feedstock, entry.values["version"], by=by, reason=entry.reason)


def _allow(row: Override, by: Person) -> None:
    if feedstock := Feedstock.objects.filter(key=row.target).first():
        rejections.allow(feedstock, row.value["version"], by=by)
    else:
        overrides.end(row, by=by)


section("proposals", "Versions that are not proposed to a feedstock.")
declare_kind(
    DecisionKind(
        *("proposals", "reject", _known, _reject, _allow),
        fields={"version": _version},
        several=True,
    )
)
