"""The last proposals made to a feedstock, and the tries to make the newest, by one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, FilteredRelation, Q, Value, When

from graph.models import Feedstock
from pulls.models import Attempt, PullRequest

LONG = ("body", "diff", "recipe", "edits", "labels")
OF_PULL = [
    each.name for each in PullRequest._meta.concrete_fields if each.name not in (*LONG, "feedstock")
]
OF_ATTEMPT = [each.name for each in Attempt._meta.concrete_fields if each.name != "feedstock"]


@dataclass(frozen=True, slots=True)
class Latest:
    """`pulls` are without their long texts, the last made first; `pull` is that of the feedstock's
    newest version, and `attempt` its tries."""

    pulls: list[PullRequest]
    pull: PullRequest | None
    attempt: Attempt | None


def latest(feedstock: Feedstock, most: int = 1) -> Latest:
    """That of the newest version is always among them."""
    version = feedstock.new_version
    newest = Case(When(pulls__version=version, then=Value(0)), default=Value(1))
    found = (
        Feedstock.objects.filter(pk=feedstock.pk)
        .annotate(tried=FilteredRelation("attempts", condition=Q(attempts__version=version)))
        .order_by(newest, "-pulls__made_at", "-pulls__pk")
    )
    columns = [*(f"pulls__{each}" for each in OF_PULL), *(f"tried__{each}" for each in OF_ATTEMPT)]
    rows = list(found.values(*columns)[:most])
    made = [_values(row, "pulls", OF_PULL) for row in rows]
    tried = _values(rows[0], "tried", OF_ATTEMPT) if rows else {"id": None}
    pulls = [PullRequest(feedstock=feedstock, **each) for each in made if each["id"]]
    return Latest(
        sorted(pulls, key=lambda each: (each.made_at, each.pk), reverse=True),
        next((each for each in pulls if each.version == version), None),
        Attempt(feedstock=feedstock, **tried) if tried["id"] else None,
    )


def _values(row: dict[str, Any], relation: str, columns: list[str]) -> dict[str, Any]:
    return {each: row[f"{relation}__{each}"] for each in columns}
