"""What may not go out yet, and why: one list, for publishing and for the people who wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from core import overrides
from core.models import Override
from core.outcomes import Outcome
from graph.models import Maintainer
from pulls import decisions
from pulls.acts import rejections
from pulls.forges.outcomes import ARCHIVED, BRANCH_NOT_OURS
from pulls.models import STANDING, OnForge, PullRequest, State
from pulls.outcomes import (
    PAUSED,
    RECIPE_CHANGED,
    REJECTED,
    SLOW_START,
    TOO_MANY_OPEN,
    WAITS_FOR_DEPENDENCY,
)

SCHEDULE = "schedule:pulls.tend"  # who pauses that pauses all dealings with forges
SOON, LATER = timedelta(minutes=15), timedelta(hours=12)

Decisions = dict[str, list[Override]]  # by what is decided upon


@dataclass(frozen=True, slots=True)
class Hold:
    """Why, and how long until it is asked again."""

    outcome: Outcome
    wait: timedelta


def hold(pull: PullRequest, now: datetime) -> Hold | None:
    """What holds a proposal back; None if it may go out."""
    return hold_each([pull], now).get(pull.pk)


def hold_each(pulls: Collection[PullRequest], now: datetime) -> dict[int, Hold]:
    """What holds proposals back, by their pks; those that may go out are absent. At most three
    queries, for as many as a page shows.

    What is open already, and only to be updated, waits for no others.
    """
    found = {pull.pk: held for pull in pulls if (held := _by_itself(pull))}
    left = [pull for pull in pulls if pull.pk not in found]
    decided = _decisions(left)
    found |= {pull.pk: held for pull in left if (held := _by_decision(pull, decided))}
    new = [pull for pull in left if pull.pk not in found and pull.on_forge != OnForge.OPEN]
    return found | _by_others(new, decided, now)


def rejection(pull: PullRequest) -> Outcome | None:
    """That a person decided against its version, if that is in force."""
    return _rejection(pull, _decisions([pull]))


def pause() -> Override | None:
    """The decision to deal with no forge, if it is in force."""
    return overrides.in_force([SCHEDULE], ["pause"]).get(SCHEDULE, [None])[0]


def _by_itself(pull: PullRequest) -> Hold | None:
    feedstock = pull.feedstock
    if feedstock.archived:
        return Hold(ARCHIVED.outcome(repository=feedstock.forge_url or feedstock.key), LATER)
    if feedstock.content_hash != pull.base_hash:
        return Hold(RECIPE_CHANGED.outcome(name=feedstock.name, title=pull.title), SOON)
    refused = pull.outcome_code == BRANCH_NOT_OURS.code and pull.published_at == pull.made_at
    if refused and (outcome := pull.get_outcome()):
        return Hold(outcome, LATER)
    return None


def _decisions(pulls: Collection[PullRequest]) -> Decisions:
    if not pulls:
        return {}
    keys = {pull.feedstock.key for pull in pulls}
    kinds = [rejections.KIND, decisions.HASTEN, "pause"]
    return overrides.in_force([*sorted(keys), SCHEDULE], kinds)


def _by_decision(pull: PullRequest, decided: Decisions) -> Hold | None:
    if rejected := _rejection(pull, decided):
        return Hold(rejected, LATER)
    for decision in decided.get(SCHEDULE, []):
        return Hold(PAUSED.outcome(**_told(decision)), SOON)
    return None


def _rejection(pull: PullRequest, decided: Decisions) -> Outcome | None:
    feedstock = pull.feedstock
    for decision in decided.get(feedstock.key, []):
        if rejections.is_of(decision, pull.version):
            return REJECTED.outcome(version=pull.version, name=feedstock.name, **_told(decision))
    return None


def _by_others(
    pulls: Collection[PullRequest], decided: Decisions, now: datetime
) -> dict[int, Hold]:
    """What is open already, of a feedstock and its maintainers, and what it is built with."""
    if not pulls:
        return {}
    rows = (
        PullRequest.objects.filter(pk__in=[pull.pk for pull in pulls])
        .annotate(
            open_here=_open_here(),
            crowded=_crowded(),
            waits_for=Subquery(_awaited(now).values("pk")[:1]),
        )
        .values("pk", "open_here", "crowded", "waits_for")
    )
    by_pk = {row["pk"]: row for row in rows}
    awaited = _dependencies({row["waits_for"] for row in by_pk.values()} - {None})
    found = {}
    for pull in pulls:
        name, row = pull.feedstock.name, by_pk[pull.pk]
        hastened = any(
            decisions.hastens(each, pull.version) for each in decided.get(pull.feedstock.key, [])
        )
        if held := _by_open_ones(name, row, hastened):
            found[pull.pk] = held
        elif row["waits_for"] in awaited and not hastened:
            found[pull.pk] = _by_dependency(name, awaited[row["waits_for"]])
    return found


def _by_open_ones(name: str, row: Mapping[str, Any], hastened: bool) -> Hold | None:
    if (row["open_here"] or 0) >= settings.PULLS_MOST_OPEN:
        told = {"name": name, "open": row["open_here"], "most": settings.PULLS_MOST_OPEN}
        return Hold(TOO_MANY_OPEN.outcome(**told), SOON)
    if row["crowded"] and not hastened:
        told = {"handle": row["crowded"], "most": settings.PULLS_SLOW_START}
        return Hold(SLOW_START.outcome(**told), SOON)
    return None


def _open_here() -> Subquery:
    """How many others are open on the feedstock."""
    there = PullRequest.objects.filter(feedstock=OuterRef("feedstock"), on_forge=OnForge.OPEN)
    counted = there.exclude(pk=OuterRef("pk")).order_by().values("feedstock")
    return Subquery(counted.annotate(count=Count("pk")).values("count"))


def _crowded() -> Subquery:
    """Of the maintainers of a feedstock, one who has enough open, and has merged nothing yet."""
    theirs = PullRequest.objects.filter(feedstock__maintainers__handle=OuterRef("handle"))
    open_ = theirs.filter(state=State.OPEN).order_by().values("feedstock__maintainers__handle")
    crowded = (
        Maintainer.objects.filter(feedstock=OuterRef("feedstock"))
        .annotate(open=Subquery(open_.annotate(count=Count("pk")).values("count")))
        .filter(open__gte=settings.PULLS_SLOW_START)
        .exclude(Exists(theirs.filter(state=State.MERGED)))
        .order_by("handle")
    )
    return Subquery(crowded.values("handle")[:1])


def _awaited(now: datetime) -> QuerySet[PullRequest]:
    """Young proposals for what a feedstock is built with. Members of a cycle are at one depth, and
    wait for nobody in it."""
    since = now - timedelta(days=settings.PULLS_WAIT_DAYS)
    return PullRequest.objects.filter(
        state__in=STANDING,
        proposed_at__gt=since,
        feedstock__dependents__feedstock=OuterRef("feedstock"),
        feedstock__dependents__test_only=False,
        feedstock__depth__lt=OuterRef("feedstock__depth"),
    ).order_by("-proposed_at")


def _dependencies(pks: Collection[int]) -> dict[int, PullRequest]:
    rows = PullRequest.objects.select_related("feedstock")
    shown = rows.only("title", "url", "proposed_at", "feedstock__name")
    return shown.in_bulk(pks) if pks else {}


def _by_dependency(name: str, pull: PullRequest) -> Hold:
    until = pull.proposed_at + timedelta(days=settings.PULLS_WAIT_DAYS)
    outcome = WAITS_FOR_DEPENDENCY.outcome(
        name=name,
        dependency=pull.feedstock.name,
        title=pull.url or pull.title,
        day=f"{until.day} {until:%B}",
    )
    return Hold(outcome, SOON)


def _told(decision: Override) -> dict[str, Any]:
    at = decision.created_at
    reason = f": {decision.reason.rstrip('.')}" if decision.reason else ""
    return {"by": decision.author_name, "day": f"{at.day} {at:%B %Y}", "reason": reason}
