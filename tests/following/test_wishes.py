"""People ask for a rerun by a label or a comment: who may is obeyed, once."""

from __future__ import annotations

import pytest
from django.utils import timezone

from graph.models import Maintainer
from pulls.acts.following import follow
from pulls.making import attempts
from pulls.models import Attempt, Heard, due
from tests.forges.conftest import code_of
from tests.forges.github_server.server import BOT

ASKING = "@tick-bot, please rerun bot"


@pytest.fixture(autouse=True)
def proposed(zlib, pull):
    """It was made, so nothing is due."""
    attempts.claim(zlib, timezone.now())
    Attempt.objects.update(finished_at=timezone.now(), lease_until=None, outcome_code="ok")
    assert not due(timezone.now()).exists()


def is_made_anew():
    return due(timezone.now()).exists()


def answers(made):
    return [each.text for each in made.remarks if each.by == BOT]


def test_a_comment_has_it_made_anew_and_is_answered(github, pull, made, act):
    github.state.remark(made, "ada", text=ASKING)
    act(follow, pull)
    assert is_made_anew()
    [answer] = answers(made)
    assert answer.startswith("It is being made anew")
    assert "`ada`" in answer
    heard = Heard.objects.get()
    assert (heard.wish, heard.by, heard.pull) == ("rerun", "ada", pull)


def test_a_label_has_it_made_anew_and_is_taken_off(github, feedstock, pull, made, act):
    feedstock.roles[BOT] = "write"
    github.state.remark(made, "ada", label="bot-rerun")
    act(follow, pull)
    assert is_made_anew()
    assert made.labels == []
    assert len(answers(made)) == 1


def test_a_label_that_the_bot_may_not_take_off_is_obeyed_once(github, pull, made, act):
    github.state.remark(made, "ada", label="bot-rerun")
    act(follow, pull)
    assert is_made_anew()
    assert made.labels == ["bot-rerun"]
    assert pull.outcome_code == "pulls.not_permitted"
    act(follow, pull)
    assert len(answers(made)) == 1
    assert Heard.objects.count() == 1


def test_a_maintainer_may_ask_without_the_right_to_write(github, zlib, pull, made, act):
    Maintainer.objects.create(feedstock=zlib, handle="grace")
    github.state.account("Grace")
    github.state.remark(made, "Grace", text=ASKING)
    act(follow, pull)
    assert is_made_anew()


def test_a_stranger_is_not_heard(github, pull, made, act):
    github.state.account("stranger")
    github.state.remark(made, "stranger", text=ASKING)
    act(follow, pull)
    assert not is_made_anew()
    assert answers(made) == []
    assert not Heard.objects.exists()


def test_what_was_asked_once_is_done_once(github, pull, made, act):
    github.state.remark(made, "ada", text=ASKING)
    act(follow, pull)
    Attempt.objects.update(number=7)
    for _ in range(3):
        github.state.remark(made, "ada", text="Thanks!")
        act(follow, pull)
    assert Attempt.objects.get().number == 7
    assert len(answers(made)) == 1


def test_asked_again_it_is_done_again(github, pull, made, act):
    for _ in range(2):
        github.state.remark(made, "ada", text=ASKING)
        act(follow, pull)
    assert len(answers(made)) == 2
    assert Heard.objects.count() == 2


def test_many_who_ask_at_once_get_one_answer(github, pull, made, act):
    for _ in range(5):
        github.state.remark(made, "ada", text=ASKING)
    act(follow, pull)
    assert len(answers(made)) == 1
    assert Heard.objects.count() == 5


def test_a_crash_between_obeying_and_answering_loses_neither(github, forge, pull, made, act):
    github.state.remark(made, "ada", text=ASKING)
    github.before = lambda request: (
        (503, {}, b"") if request.method == "POST" and "/comments" in request.path else None
    )
    assert code_of(follow, pull, forge) == "http.server_error"
    assert is_made_anew()
    Attempt.objects.update(number=7)
    github.before = lambda request: None
    act(follow, pull)
    assert len(answers(made)) == 1
    assert Attempt.objects.get().number == 7


def test_who_asks_is_answered_when_the_account_may_write_again(github, settings, pull, made, act):
    settings.PULLS_PER_MINUTE = settings.PULLS_PER_HOUR = 1
    for _ in range(3):
        github.state.remark(made, "ada", text=ASKING)
        followed = act(follow, pull)
    assert followed.act_at > timezone.now()
    assert followed.changes == {}
    assert len(answers(made)) == 1
    assert Heard.objects.count() == 3
