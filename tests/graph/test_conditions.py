"""What the graph says to "why is there no pull request?"."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.conditions import State
from graph.build import build
from graph.conditions import conditions
from graph.models import Feedstock, Status
from graph.outcomes import BAD_YAML

pytestmark = pytest.mark.django_db


def told(key):
    return [(each.stage, each.code, each.state) for each in conditions(key)]


def change(row, **values):
    Feedstock.objects.filter(pk=row.pk).update(**values)


def test_it_works(feedstock):
    row = feedstock("numpy", version="1.9")
    build()
    change(row, status=Status.OUTDATED, outdated=True, new_version="1.10")
    assert told(row.key) == [
        ("recipe", "ok", State.PASSED),
        ("graph", "ok", State.PASSED),
        ("newer version", "ok", State.PASSED),
    ]
    assert conditions(row.key)[2].sentence == "1.10 is newer than the recipe's 1.9."


def test_before_anything_is_known(feedstock):
    row = feedstock("numpy")
    change(row, outcome={}, outcome_code="", read_at=None)
    assert told(row.key) == [
        ("recipe", "graph.not_read", State.WAITING),
        ("graph", "graph.not_built", State.WAITING),
        ("newer version", "graph.no_answer", State.WAITING),
    ]


def test_an_unreadable_recipe(feedstock):
    row = feedstock("numpy", outcome=BAD_YAML.outcome(problem="a tab", file="meta.yaml", line=3))
    condition = conditions(row.key)[0]
    assert (condition.code, condition.state) == ("recipe.bad_yaml", State.FAILED)
    assert condition.evidence == {"file": "meta.yaml", "line": 3, "field": ""}
    assert condition.action


def test_up_to_date(feedstock):
    row = feedstock("numpy")
    change(row, status=Status.UP_TO_DATE, new_version="1.0")
    assert told(row.key)[2] == ("newer version", "graph.up_to_date", State.WAITING)


def test_versions_that_cannot_be_compared(feedstock):
    row = feedstock("numpy", version="a/b")
    change(row, new_version="1.0")
    assert told(row.key)[2] == ("newer version", "graph.uncomparable", State.FAILED)


def test_a_member_of_a_cycle_is_told(feedstock):
    row = feedstock("a", needs={"run": ["b"]})
    feedstock("b", needs={"run": ["a"]})
    build()
    assert "cycle" in conditions(row.key)[1].sentence


@pytest.mark.parametrize(
    ("values", "code"),
    [({"gone_at": timezone.now()}, "graph.gone"), ({"archived": True}, "graph.archived")],
)
def test_gone_and_archived_feedstocks(feedstock, values, code):
    row = feedstock("numpy")
    change(row, **values)
    assert told(row.key) == [("recipe", code, State.FAILED)]


@pytest.mark.django_db
def test_an_unknown_key():
    assert told("main/nothing") == [("recipe", "graph.no_feedstock", State.FAILED)]
