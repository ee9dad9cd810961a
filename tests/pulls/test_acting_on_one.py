"""What people may have done about one proposal, on its page and in the admin."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Handle, Override
from pulls.acts import holds
from pulls.acts.next_act import Act, next_act
from pulls.models import PullRequest, State
from pulls.outcomes import WORKERS_LOST
from tests.factories import make_dependency, make_user
from tests.pulls.rows import make_on_github, make_open, make_pull

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _is_on(settings):
    settings.PULLS, settings.GITHUB_WRITE_TOKEN = "open", "t"


@pytest.fixture
def zlib():
    return make_on_github("zlib", "ada")


@pytest.fixture
def team(client):
    user = make_user("carol", staff=True)
    client.force_login(user)
    return user


def url(pull):
    return reverse("pulls:proposal", args=[pull.pk])


def ask(client, pull, wish, **fields):
    return client.post(url(pull), {"decide": wish, **fields}, follow=True).content.decode()


def row(pull):
    return PullRequest.objects.select_related("feedstock__channel").get(pk=pull.pk)


def held(pull):
    found = holds.hold(row(pull), timezone.now())
    return found.outcome.code if found else ""


# Propose now


def test_one_that_waits_for_others_is_opened_now(client, team, settings, zlib):
    settings.PULLS_SLOW_START = 1
    cmake = make_on_github("cmake")
    make_dependency(zlib, cmake)
    type(zlib).objects.filter(pk=zlib.pk).update(depth=1)
    make_pull(cmake)
    pull = make_pull(zlib)
    assert held(pull) == "pulls.waits_for_dependency"
    make_open(make_on_github("a", "ada"))
    assert held(pull) == "pulls.slow_start"
    assert "opened as soon as" in ask(client, pull, "hasten")
    assert held(pull) == ""
    assert row(pull).act_at <= timezone.now()


def test_it_still_is_no_more_than_a_feedstock_may_have(client, team, settings, zlib):
    settings.PULLS_MOST_OPEN = 1
    make_open(zlib, "1.9")
    pull = make_pull(zlib)
    ask(client, pull, "hasten")
    assert held(pull) == "pulls.too_many_open"


def test_another_version_is_not_hastened(client, team, settings, zlib):
    settings.PULLS_SLOW_START = 1
    make_open(make_on_github("a", "ada"))
    ask(client, make_pull(zlib, "1.9"), "hasten")
    assert held(make_pull(zlib)) == "pulls.slow_start"


# Try again


def test_what_failed_is_tried_again(client, team, zlib):
    outcome = WORKERS_LOST.outcome(tries=8)
    pull = make_pull(
        zlib, act_at=None, tries=8, outcome_code=outcome.code, outcome=outcome.as_dict()
    )
    assert "Try again" in client.get(url(pull)).content.decode()
    assert "tried again within a minute" in ask(client, pull, "retry")
    found = row(pull)
    assert (found.tries, found.outcome_code) == (0, "")
    assert found.act_at <= timezone.now()


def test_what_did_not_fail_is_not(client, team, zlib):
    assert "That can&#x27;t be done" in ask(client, make_pull(zlib), "retry")
    assert not Override.objects.exists()


# Close


def test_an_open_one_is_closed_by_the_bot(client, team, zlib):
    pull = make_open(zlib)
    assert "closed within a minute" in ask(client, pull, "close", reason="Broken upstream")
    found = row(pull)
    assert (found.state, next_act(found, "open")) == (State.CLOSED, Act.CLOSE)
    decision = Override.objects.get()
    assert (decision.author_name, decision.reason) == ("carol", "Broken upstream")


def test_one_that_people_reopened_can_be_closed(client, team, zlib):
    pull = make_open(zlib, state=State.SUPERSEDED, ended_at=timezone.now())
    ask(client, pull, "close", reason="x")
    assert (row(pull).state, row(pull).ended_at) == (State.CLOSED, None)


def test_a_reason_is_asked_for(client, team, zlib):
    pull = make_open(zlib)
    assert "Say in a few words why" in ask(client, pull, "close", reason=" ")
    assert row(pull).state == State.OPEN


def test_one_that_is_not_open_can_not_be_closed(client, team, zlib):
    pull = make_pull(zlib)
    ask(client, pull, "close", reason="x")
    assert row(pull).state == State.PROPOSED


# Never this version


def test_a_version_is_never_proposed_until_that_is_undone(client, team, zlib):
    pull = make_pull(zlib)
    page = ask(client, pull, "reject", reason="It is broken")
    assert "carol decided on" in page
    assert held(pull) == "pulls.rejected"
    ask(client, pull, "allow")
    assert (held(pull), row(pull).state) == ("", State.WITHDRAWN)
    assert not Override.objects.active().exists()


def test_the_page_tells_the_story(client, team, zlib):
    pull = make_open(zlib)
    ask(client, pull, "reject", reason="It is broken")
    ask(client, pull, "allow")
    pull.heard.create(wish_id="1", wish="rerun", by="bob", at=timezone.now())
    page = client.get(url(pull)).content.decode()
    for words in (
        "Proposed here",
        "Opened as #1",
        "carol decided that this version is not proposed: It is broken",
        "carol ended the decision against this version",
        "bob asked on the forge: rerun",
    ):
        assert words in page


# Who may


def test_in_a_dry_run_there_is_nothing_to_hasten_or_close(client, team, settings, zlib):
    settings.PULLS = "dry-run"
    page = client.get(url(make_pull(zlib))).content.decode()
    assert "Propose now" not in page
    assert "Never this version" in page
    assert "in a dry run" in page


def test_a_maintainer_acts_on_own_ones(client, zlib):
    mia = make_user("mia")
    Handle.objects.create(user=mia, handle="ada", proven_by="github")
    client.force_login(mia)
    pull = make_open(zlib)
    ask(client, pull, "close", reason="x")
    assert row(pull).state == State.CLOSED


def test_others_are_offered_nothing_and_may_do_nothing(client, zlib):
    client.force_login(make_user("bob"))
    pull = make_open(zlib)
    assert 'name="decide"' not in client.get(url(pull)).content.decode()
    assert client.post(url(pull), {"decide": "close", "reason": "x"}).status_code == 403
    assert row(pull).state == State.OPEN


def test_who_does_too_much_is_asked_to_wait(client, zlib, monkeypatch):
    monkeypatch.setattr("core.access.ACTS_AN_HOUR", 0)
    mia = make_user("mia")
    Handle.objects.create(user=mia, handle="ada", proven_by="github")
    client.force_login(mia)
    pull = make_open(zlib)
    assert "wait a while" in ask(client, pull, "close", reason="x")
    assert row(pull).state == State.OPEN


@pytest.mark.parametrize(
    ("action", "state"),
    [("close", State.CLOSED), ("reject", State.CLOSED), ("hasten", State.OPEN)],
)
def test_the_admin_acts_on_many(admin_client, zlib, action, state):
    """And leaves alone what it does not apply to."""
    pulls = [make_open(zlib), make_open(zlib, "1.9", state="merged", on_forge="merged")]
    admin_client.post(
        "/admin/pulls/pullrequest/",
        {"action": action, "_selected_action": [pull.pk for pull in pulls]},
    )
    assert [row(pull).state for pull in pulls] == [state, State.MERGED]


# The patch


def test_the_patch_of_one_that_ended_long_ago_is_gone(client, zlib):
    pull = make_open(zlib, state="merged", diff="")
    assert client.get(reverse("pulls:patch", args=[pull.pk])).status_code == 404
