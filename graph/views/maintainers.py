"""What needs a maintainer, and who the maintainers are."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from graph.showing.maintainers import Need, by_need, counts, handles, need_counts

ROWS = 50


@require_safe
def maintainers(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    found = [each for each in handles() if query.lower() in each]
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    counted = counts(list(page))
    context = {
        "query": query,
        "page": page,
        "rows": [counted[each] for each in page if each in counted],
    }
    return render(request, "graph/maintainers.html", context)


@require_safe
def maintainer(request: HttpRequest, handle: str) -> HttpResponse:
    """All that a maintainer has, what needs them first; `need` shows one need alone."""
    handle = handle.replace("\0", "").lower()
    rows = by_need(handle)
    tally = need_counts(rows)
    if not any(tally.values()):
        raise Http404(f"No recipe names {handle} as a maintainer.")
    need = _need(request.GET.get("need", ""))
    shown = rows.filter(need=need) if need is not None else rows
    paginator = Paginator(shown.defer("channel__outcome", "channel__report"), ROWS)
    paginator.count = tally[need] if need is not None else sum(tally.values())
    context = {
        "handle": handle,
        "tabs": [(each, count) for each, count in tally.items() if count or each == need],
        "need": need,
        "total": sum(tally.values()),
        "page": paginator.get_page(request.GET.get("page")),
        "needs": Need,
    }
    return render(request, "graph/maintainer.html", context)


def _need(name: str) -> Need | None:
    """By its name in the address, as `outdated`."""
    return Need.__members__.get(name.upper())
