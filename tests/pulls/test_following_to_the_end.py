"""Pull requests from their opening to the end of their branches, as a worker deals with them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from graph.models import Feedstock
from pulls.making import proposing
from pulls.models import PullRequest, State
from tests.pulls.forge_site import repository_of
from tests.pulls.rows import RECIPE, make_on_github, make_pull, new_text, wake_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def zlib(on_github):
    feedstock = make_on_github()
    repository_of(on_github, feedstock)
    return feedstock


@pytest.fixture
def pull(zlib, tend):
    pull = make_pull(zlib)
    assert tend() == {"publish ok": 1}
    return pull


@pytest.fixture
def there(on_github, zlib, pull):
    """Its pull requests."""
    return repository_of(on_github, zlib).pulls


def again(tend):
    wake_up()
    return tend()


def test_merged_its_branch_goes_and_nothing_is_left_to_do(on_github, pull, there, tend):
    on_github.state.merge(there[0], "ada")
    assert again(tend) == {"follow ok": 1, "delete ok": 1}
    pull.refresh_from_db()
    assert (pull.state, pull.act_at, pull.tries) == (State.MERGED, None, 0)
    assert there[0].branch not in there[0].head.refs


def test_superseded_it_is_closed_once_the_newer_one_is_open(zlib, pull, there, tend):
    Feedstock.objects.update(new_version="3.0")
    assert proposing.withdraw() == 1
    assert tend() == {"close ok": 1}
    assert there[0].is_open
    zlib.refresh_from_db()
    make_pull(zlib, "3.0")
    assert again(tend) == {"publish ok": 1, "close ok": 1, "delete ok": 1}
    assert [each.is_open for each in there] == [False, True]
    assert "#2 takes the place" in there[0].remarks[0].text
    pull.refresh_from_db()
    assert (pull.state, pull.act_at) == (State.SUPERSEDED, None)


def test_closed_and_reopened_by_people_it_goes_on(on_github, pull, there, tend):
    on_github.state.close(there[0])
    assert again(tend) == {"follow ok": 1, "delete ok": 1}
    there[0].state = "open"
    assert again(tend) == {"delete ok": 1, "follow ok": 1}
    pull.refresh_from_db()
    assert pull.state == State.OPEN
    assert pull.act_at > timezone.now()


def test_a_conflict_that_can_not_be_solved_yet_does_not_spin(on_github, zlib, pull, there, tend):
    on_github.state.push(repository_of(on_github, zlib), {RECIPE: new_text("1.5")}, "ada")
    Feedstock.objects.update(content_hash="second")  # read again, not yet proposed anew
    assert again(tend) == {"follow ok": 2}
    pull.refresh_from_db()
    assert pull.published_at is None
    assert pull.act_at > timezone.now()
    assert PullRequest.objects.get().mergeable is False


def test_a_conflict_beside_the_recipe_is_solved(on_github, zlib, pull, there, tend):
    on_github.state.push(there[0].head, {"x": "1\n"}, "tick-bot", branch=there[0].branch)
    on_github.state.push(repository_of(on_github, zlib), {"x": "2\n"}, "ada")
    assert there[0].conflicts
    assert again(tend) == {"follow ok": 1, "publish ok": 1}
    assert not there[0].conflicts
