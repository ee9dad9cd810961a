"""Lists of proposals: all, those of one package, what waits, what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core import outcomes
from core.access import may, may_act_on
from graph.models import Feedstock
from pulls.acts.holds import pause
from pulls.acts.next_act import ON
from pulls.models import Attempt, PullRequest, State
from pulls.showing import outlook
from pulls.showing.filters import ProposalFilter
from pulls.showing.prospects import Prospect, prospect

ROWS = 50
OPERATE = "pulls.change_pullrequest"


@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    asked = ProposalFilter.of(request.GET)
    counts = asked.counts()
    paginator = Paginator(asked.rows(), ROWS)
    paginator.count = counts[asked.state] if asked.state else sum(counts.values())
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _with_prospects(page.object_list),
        "asked": asked,
        "total": sum(counts.values()),
        "states": [(value, words, counts[value]) for value, words in State.choices],
        "is_on": settings.PULLS == ON,
    }
    return render(request, "pulls/proposals.html", context)


@require_safe
def of_package(request: HttpRequest, key: str) -> HttpResponse:
    """All that was ever proposed to one feedstock."""
    feedstock = get_object_or_404(Feedstock.objects.defer("outcome"), key=key)
    rows = PullRequest.objects.listed().filter(feedstock=feedstock).latest_first()
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "feedstock": feedstock,
        "page": page,
        "rows": _with_prospects(page.object_list),
        "may_act": may_act_on(request.user, key),
    }
    return render(request, "pulls/of_package.html", context)


@require_safe
def refusals(request: HttpRequest) -> HttpResponse:
    rows = Attempt.objects.failed().select_related("feedstock").defer("feedstock__outcome")
    page = Paginator(rows.order_by("-finished_at", "-pk"), ROWS).get_page(request.GET.get("page"))
    return render(request, "pulls/refusals.html", {"page": page})


@require_safe
def dead_letters(request: HttpRequest) -> HttpResponse:
    code = request.GET.get("outcome", "")
    # They are few, and telling them from all others reads the whole table: once is enough.
    dead = sorted(PullRequest.objects.dead_letters().values_list("pk", "outcome_code"))
    counts = Counter(each for _, each in dead)
    shown = [pk for pk, each in reversed(dead) if each == code or not code]
    page = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    rows = PullRequest.objects.listed().in_bulk(list(page.object_list))
    context = {
        "groups": [
            (outcomes.kind(each), count)
            for each, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        "code": code,
        "page": page,
        "rows": [rows[pk] for pk in page if pk in rows],
        "may_retry": may(request.user, OPERATE),
    }
    return render(request, "pulls/dead_letters.html", context)


@require_safe
def budget(request: HttpRequest) -> HttpResponse:
    """What the bot's accounts may still write, and what goes out next."""
    now = timezone.now()
    context = {
        "accounts": outlook.accounts(now),
        "line": outlook.Line(now),
        "pause": pause(),
        "now": now,
        "is_on": settings.PULLS == ON,
        "settings": settings,
    }
    return render(request, "pulls/budget.html", context)


def _with_prospects(rows: Iterable[PullRequest]) -> list[tuple[PullRequest, Prospect]]:
    now = timezone.now()
    return [(pull, prospect(pull, now)) for pull in rows]
