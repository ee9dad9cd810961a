"""What is affected if a package changes."""

from __future__ import annotations

from collections import Counter

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from graph.models import Feedstock
from graph.showing.impact import Affected
from graph.showing.impact import affected as all_affected

ROWS = 50


@require_safe
def affected(request: HttpRequest, key: str) -> HttpResponse:
    feedstock = get_object_or_404(Feedstock.objects.defer("outcome"), key=key)
    found = all_affected(feedstock)
    behind = set(Feedstock.objects.outdated().values_list("pk", flat=True))
    outdated = [each for each in found if each.id in behind]
    only_outdated = request.GET.get("status") == "outdated"
    shown = outdated if only_outdated else found
    page = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    context = {
        "feedstock": feedstock,
        "page": page,
        "rows": _rows(page),
        "total": len(found),
        "outdated": len(outdated),
        "only_outdated": only_outdated,
        "steps": sorted(Counter(each.distance for each in found).items()),
    }
    return render(request, "graph/affected.html", context)


def _rows(page: Page[Affected]) -> list[tuple[int, Feedstock]]:
    known = Feedstock.objects.defer("outcome").in_bulk([each.id for each in page])
    return [(each.distance, known[each.id]) for each in page if each.id in known]
