"""What is checked next, and what fails again and again."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import outcomes
from core.access import DECIDE, may, requires
from versions.models import AmbiguousName, Package
from versions.planning import dispatch
from versions.planning.waiting import Queue
from versions.views.sweeps import OPERATE

ROWS = 50


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The queue; with `q` also the place of one package, whose address has its key."""
    waiting = Queue(request.GET.get("lane", ""))
    name = request.GET.get("q", "").strip()
    context = {"queue": waiting, "name": name, "may_operate": may(request.user, OPERATE)}
    if name:
        found = _found(name)
        if isinstance(found, Package) and found.key != name:
            return redirect(f"{request.path}?{_with(request, q=found.key)}")
        context |= _told(waiting, found)
    return render(request, "versions/queue.html", context)


def _told(waiting: Queue, found: Package | list[str]) -> dict[str, object]:
    return {"place": waiting.place(found)} if isinstance(found, Package) else {"keys": found}


def _found(name: str) -> Package | list[str]:
    """The package of a name or key; or the keys of those that share the name, or none."""
    try:
        return Package.objects.by_name(name)
    except Package.DoesNotExist:
        return []
    except AmbiguousName as error:
        return error.keys


def _with(request: HttpRequest, **changed: str) -> str:
    query = request.GET.copy()
    for name, value in changed.items():
        query[name] = value
    return query.urlencode()


@require_safe
def dead_letters(request: HttpRequest) -> HttpResponse:
    code = request.GET.get("outcome")
    dead = Package.objects.dead_letters()
    counts = dict(dead.order_by().values_list("outcome_code").annotate(Count("pk")))
    shown = dead.filter(outcome_code=code) if code is not None else dead
    rows = shown.order_by("-failures", "name").defer("urls", "settings", "remarks", "problems")
    pages = Paginator(rows, ROWS)
    # Known by now, and counting again would read all packages once more.
    pages.count = counts.get(code, 0) if code is not None else sum(counts.values())
    context = {
        "groups": [
            (outcomes.kind(each), count)
            for each, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        "code": code,
        "page": pages.get_page(request.GET.get("page")),
        "may_retry": may(request.user, DECIDE),
    }
    return render(request, "versions/dead_letters.html", context)


@require_POST
@requires(DECIDE)
def retry(request: HttpRequest) -> HttpResponse:
    """Try all again that failed with one outcome."""
    code = request.POST.get("outcome", "")
    title = outcomes.kind(code).title
    if count := dispatch.retry_by_outcome(code, by=request.user):
        messages.success(request, f"{count:,} tried again now that failed with “{title}”.")
    else:
        messages.info(request, f"Nothing that failed with “{title}” is left.")
    return redirect("versions:dead_letters")
