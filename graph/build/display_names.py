"""What builds call feedstocks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count

from graph.models import Feedstock
from graph.slices import slices


def display_names(ids: Iterable[int]) -> dict[int, str]:
    """A feedstock's name where only one has it, else its key: what commands and pages take."""
    rows = [
        row
        for part in slices(ids)
        for row in Feedstock.objects.filter(pk__in=part).values_list("pk", "name", "key")
    ]
    taken = _taken({name for _, name, _ in rows})
    return {pk: key if name in taken else name for pk, name, key in rows}


def _taken(names: Iterable[str]) -> set[str]:
    """Names that several present feedstocks have."""
    found: set[str] = set()
    for part in slices(names):
        rows = Feedstock.objects.present().filter(name__in=part).order_by().values("name")
        several = rows.annotate(count=Count("pk")).filter(count__gt=1)
        found.update(several.values_list("name", flat=True))
    return found
