"""How stages end: every outcome with its help, and the packages that have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from botsite.outcome_counts import (
    CHECKS,
    FORGES,
    PROPOSALS,
    RECIPES,
    Stage,
    occurring,
    others,
    stages,
)
from core import outcomes
from core.access import DECIDE, may
from core.outcomes import Outcome

ROWS = 50
PROPOSE = "pulls.change_pullrequest"
# The route of the JSON interface that lists a stage's rows by `outcome`.
LISTS = {
    CHECKS: "api:list_watched",
    RECIPES: "api:list_packages",
    PROPOSALS: "api:list_tries",
    FORGES: "api:list_proposals",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A package for which the stage ended so."""

    key: str
    name: str
    outcome: Outcome | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Retry:
    """A button that tries all of some stages again."""

    address: str
    words: str
    count: int


@require_safe
def outcome_list(request: HttpRequest) -> HttpResponse:
    found = occurring()
    context = {
        "found": found,
        "others": others(found),
        "stages": [stage.name for stage in stages()],
    }
    return render(request, "botsite/outcomes.html", context)


@require_safe
def outcome(request: HttpRequest, code: str) -> HttpResponse:
    """The help text of one, and a list of those that ended so, stage by stage."""
    by_name = {stage.name: stage for stage in stages()}
    counts = {name: stage.ended(code).count() for name, stage in by_name.items()}
    if not any(counts.values()) and code not in {each.code for each in outcomes.declared()}:
        raise Http404(f"No outcome has the code {code}.")
    of = request.GET.get("of", "")
    if of not in counts:
        of = max(counts, key=lambda name: counts[name])
    paginator = Paginator(by_name[of].ended(code), ROWS)
    paginator.count = counts[of]
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "kind": outcomes.kind(code),
        "counts": counts,
        "of": of,
        "json": LISTS[of],
        "page": page,
        "rows": [_ended(by_name[of], row) for row in page],
        "retries": _retries(request, counts),
    }
    return render(request, "botsite/outcome.html", context)


def _ended(stage: Stage, row: Any) -> Ended:
    package = row.feedstock if stage.name in (PROPOSALS, FORGES) else row
    return Ended(package.key, package.name, row.get_outcome(), getattr(row, stage.ended_at))


def _retries(request: HttpRequest, counts: Mapping[str, int]) -> list[Retry]:
    found = []
    if (checks := counts[CHECKS]) and may(request.user, DECIDE):
        found.append(Retry(reverse("versions:retry"), "checks", checks))
    proposals = counts.get(PROPOSALS, 0) + counts.get(FORGES, 0)
    if proposals and may(request.user, PROPOSE):
        found.append(Retry(reverse("pulls:retry"), "proposals", proposals))
    return found
