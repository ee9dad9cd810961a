"""What was proposed in a year: what is outdated, what people merged, what a newer one replaced."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.large_site.proportions import SLICE

if TYPE_CHECKING:
    from graph.models import Feedstock
    from pulls.models import PullRequest

ENDED = ["merged", "merged", "merged", "closed", "superseded"]
RECIPE = "package:\n  name: some\n  version: 1.0  # as upstream calls it\n" * 60
EDIT = "-  version: 1.0\n+  version: 2.0\n"
DIFF = "--- a/meta.yaml\n+++ b/meta.yaml\n@@ -1,10 +1,10 @@\n" + 10 * EDIT
BODY = "- Line 1: `version` from the package index, with some words about it.\n" * 40
KEPT_DAYS = 90  # that the texts of those that ended are kept


def make_proposals(pick: random.Random) -> None:
    """One for each that is outdated, and one that ended for each feedstock; of 50, one failed."""
    from django.utils import timezone

    from graph.models import Feedstock
    from pulls.models import Account, PullRequest

    now = timezone.now()
    rows = [
        pull
        for feedstock in Feedstock.objects.only("key", "name", "new_version", "outdated")
        for pull in _of(feedstock, now, pick)
    ]
    PullRequest.objects.bulk_create(rows, batch_size=SLICE)
    Account.objects.create(name="github https://api.github.com", minute=9, hour=90, spent=7_000)


def _of(feedstock: Feedstock, now: datetime, pick: random.Random) -> Iterator[PullRequest]:
    yield _ended(feedstock, now - timedelta(days=pick.randrange(1, 365)), pick)
    if feedstock.outdated:
        yield _standing(feedstock, now - timedelta(minutes=pick.randrange(1, 90_000)), pick)


def _ended(feedstock: Feedstock, at: datetime, pick: random.Random) -> PullRequest:
    state = pick.choice(ENDED)
    pull = _row(feedstock, "0.9", at, state=state, outcome_code="ok", ended_at=at)
    pull.on_forge = "merged" if state == "merged" else "closed"
    pull.number, pull.published_at, pull.opened_at = pick.randrange(1, 99), at, at
    if pick.randrange(365) > KEPT_DAYS:
        pull.body = pull.diff = pull.recipe = ""
    return pull


def _standing(feedstock: Feedstock, at: datetime, pick: random.Random) -> PullRequest:
    pull = _row(feedstock, feedstock.new_version, at, act_at=at)
    if pick.random() < 0.6:
        pull.state, pull.on_forge, pull.outcome_code = "open", "open", "ok"
        pull.number, pull.published_at, pull.opened_at = pick.randrange(1, 99), at, at
    elif pick.random() < 0.05:
        pull.act_at, pull.tries, pull.outcome_code = None, 8, "pulls.not_permitted"
    return pull


def _row(feedstock: Feedstock, version: str, at: datetime, **columns: object) -> PullRequest:
    from pulls.models import PullRequest

    texts = {"body": BODY, "diff": DIFF, "recipe": RECIPE}
    return PullRequest(
        feedstock=feedstock,
        version=version,
        old_version="0.8",
        title=f"{feedstock.name} v{version}",
        branch=f"{version}_h123456",
        proposed_at=at,
        made_at=at,
        **{**texts, **columns},
    )
