"""How stages end: every outcome with its help, and the packages that have it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from botsite.outcome_counts import occurring, others
from core import outcomes
from core.access import DECIDE, may
from versions.models import Package

ROWS = 50
CHECKS, RECIPES = "checks", "recipes"


@require_safe
def outcome_list(request: HttpRequest) -> HttpResponse:
    found = occurring()
    return render(request, "botsite/outcomes.html", {"found": found, "others": others(found)})


@require_safe
def outcome(request: HttpRequest, code: str) -> HttpResponse:
    """The help text of one, and a list of those that ended so: checks or recipes."""
    lists = {CHECKS: _checks(code)}
    if apps.is_installed("graph"):
        lists[RECIPES] = _recipes(code)
    counts = {name: rows.count() for name, rows in lists.items()}
    if not any(counts.values()) and code not in {each.code for each in outcomes.declared()}:
        raise Http404(f"No outcome has the code {code}.")
    of = request.GET.get("of", "")
    if of not in counts:
        of = max(counts, key=lambda name: counts[name])
    paginator = Paginator(lists[of], ROWS)
    paginator.count = counts[of]
    context = {
        "kind": outcomes.kind(code),
        "counts": counts,
        "of": of,
        "page": paginator.get_page(request.GET.get("page")),
        "may_retry": counts[CHECKS] and may(request.user, DECIDE),
    }
    return render(request, "botsite/outcome.html", context)


def _checks(code: str) -> QuerySet[Package]:
    rows = Package.objects.watched().filter(outcome_code=code).order_by("name", "key")
    return rows.defer("urls", "settings", "remarks", "problems")


def _recipes(code: str) -> QuerySet[Any]:
    from graph.models import Feedstock

    return Feedstock.objects.present().filter(outcome_code=code).order_by("name", "key")
