"""From an outdated feedstock to the end of its branch, through what workers do and nothing else,
against a GitHub that holds each request against GitHub's own description; and what goes wrong on
the way."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from graph.models import Feedstock, Maintainer, Reading
from pulls.acts import budget
from pulls.acts.next_act import Act
from pulls.forges.github import GitHubForge
from pulls.making import proposing
from pulls.models import Account, Heard, PullRequest, State, due
from tests.editing.bumping import digests_of, read_here
from tests.forges.github_server.server import BOT, READ_TOKEN, WRITE_TOKEN
from tests.pulls.forge_site import repository_of
from tests.pulls.recipes import RECIPE as WHOLE_RECIPE
from tests.pulls.rows import RECIPE, make_on_github, make_pull, new_text, remake, wake_up

pytestmark = pytest.mark.django_db

ASKING = "@tick-bot, please rerun bot"
ERROR = (502, {}, b"<html>")
SECONDARY = json.dumps({"message": "You have exceeded a secondary rate limit."})
TEXT = WHOLE_RECIPE.format(
    version="1.0", name="zlib", url="https://files.example/{{ version }}.tar.gz", sha256="a" * 64
)


@pytest.fixture
def zlib(on_github):
    """Outdated, with a whole recipe; `ada` may write, `grace` is its maintainer."""
    feedstock = make_on_github("zlib", "grace")
    there = repository_of(on_github, feedstock)
    on_github.state.push(there, {RECIPE: TEXT}, "ada")
    Reading.objects.update(recipe_text=TEXT)
    for login in ("grace", "stranger"):
        on_github.state.account(login)
    return feedstock


@pytest.fixture
def there(on_github, zlib):
    return repository_of(on_github, zlib)


@pytest.fixture
def work(tend):
    """What the minute's schedules have done: withdrawn, proposed, dealt with the forge."""

    def minute() -> dict[str, int]:
        proposing.withdraw()
        for feedstock in due(timezone.now()):
            proposing.propose(feedstock, digests_of, read_here)
        wake_up()
        return tend()

    return minute


def row(version: str = "2.0") -> PullRequest:
    return PullRequest.objects.get(version=version)


def read_again(there) -> None:
    """What the channel's next reading finds."""
    text = there.text(RECIPE)
    Reading.objects.update(recipe_text=text)
    Feedstock.objects.update(content_hash=str(hash(text)))


def answers(pull) -> list[str]:
    return [each.text for each in pull.remarks if each.by == BOT]


def test_opened_updated_asked_for_superseded_and_merged(on_github, there, work):
    assert work() == {"publish ok": 1}
    (first,) = there.pulls
    assert (first.title, first.by) == ("zlib v2.0", BOT)
    text = first.head.text(RECIPE, first.branch)
    assert '{% set version = "2.0" %}' in text
    assert "number: 0" in text

    # A person changes the recipe: the same pull request is made anew, on top of that.
    on_github.state.push(there, {RECIPE: TEXT.replace("zlib\n", "zlib # ours\n")}, "ada")
    assert first.conflicts
    read_again(there)
    work()
    assert not first.conflicts
    assert "# ours" in first.head.text(RECIPE, first.branch)

    # A maintainer asks for it once more, by a label.
    on_github.state.remark(first, "ada", label="bot-rerun")
    before = row().made_at
    work()
    assert "It is being made anew" in answers(first)[0]
    work()
    assert row().made_at > before
    assert len(answers(first)) == len(there.pulls) == 1

    # The next version: it is opened before the older one is closed.
    Feedstock.objects.update(new_version="3.0")
    work()
    second = there.pulls[1]
    assert (first.state, second.title, second.state) == ("closed", "zlib v3.0", "open")
    assert f"#{second.number} takes the place" in answers(first)[-1]
    assert first.branch not in first.head.refs
    assert row().state == State.SUPERSEDED

    on_github.state.merge(second, "ada")
    work()
    assert row("3.0").state == State.MERGED
    assert second.branch not in second.head.refs
    assert not PullRequest.objects.filter(act_at__isnull=False).exists()
    assert len(there.pulls) == 2


def test_no_act_makes_more_requests_than_the_account_pays_for(on_github, zlib, there, work):
    """Deleting makes nothing, so it costs nothing."""

    def paid_for(act: Act) -> bool:
        made = [each for each in on_github.writes if each.method != "DELETE"]
        on_github.server.requests.clear()
        return 0 < len(made) <= budget.COSTS[act]

    work()
    assert paid_for(Act.PUBLISH)
    on_github.state.push(there, {RECIPE: TEXT.replace("zlib\n", "zlib # ours\n")}, "ada")
    read_again(there)
    work()
    assert paid_for(Act.PUBLISH)
    Feedstock.objects.update(outdated=False, version="2.0")
    work()
    assert paid_for(Act.CLOSE)
    assert Account.objects.get(name=budget.account_of("github", Act.CLOSE)).spent == 12


@pytest.mark.parametrize(("by", "is_heard"), [("ada", True), ("grace", True), ("stranger", False)])
def test_a_comment_is_heard_from_who_may_write_and_from_maintainers(
    on_github, there, work, by, is_heard
):
    work()
    (made,) = there.pulls
    before = row().made_at
    on_github.state.remark(made, by, text=ASKING)
    work()
    work()
    assert (row().made_at > before) == is_heard
    assert bool(answers(made)) == Heard.objects.exists() == is_heard


def test_a_maintainer_who_is_none_any_more_is_a_stranger(on_github, there, work):
    work()
    Maintainer.objects.all().delete()
    on_github.state.remark(there.pulls[0], "grace", text=ASKING)
    work()
    assert not Heard.objects.exists()


def test_a_revoked_token_stops_it_and_a_new_one_lets_it_go_on(on_github, there, work):
    on_github.tokens = {READ_TOKEN: "reader"}
    assert work() == {"publish github.token_refused": 1}
    assert row().state == State.PROPOSED
    on_github.tokens = {READ_TOKEN: "reader", WRITE_TOKEN: BOT}
    assert work() == {"publish ok": 1}
    assert len(there.pulls) == 1


def test_a_revoked_token_for_reading_is_told_by_what_is_followed(on_github, there, work):
    work()
    on_github.tokens = {WRITE_TOKEN: BOT}
    assert work() == {"follow github.token_refused": 1}
    assert "BOTSITE_GITHUB_TOKEN" in row().outcome["message"]
    assert row().act_at > timezone.now()


def test_a_worker_whose_lease_ran_out_and_another_make_one(
    monkeypatch, on_github, zlib, there, tend
):
    """The forge refuses the second with 422: such a pull request already exists."""
    make_pull(zlib)
    opening, others, asked = GitHubForge._open, [], []

    def overtaken(forge, *args):
        if not others:
            others.append("begun")
            PullRequest.objects.update(lease_until=timezone.now())
            others[:] = [tend()]
        return opening(forge, *args)

    monkeypatch.setattr(GitHubForge, "_open", overtaken)
    on_github.after = lambda request: asked.append(request.path.endswith("/pulls"))
    tend()
    assert others == [{"publish ok": 1}]
    assert sum(asked) == 2
    assert len(there.pulls) == 1
    assert (row().state, row().number, row().tries) == (State.OPEN, 1, 0)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", range(5))
@pytest.mark.parametrize("what", ["updated", "closed", "asked", "merged"])
def test_whatever_breaks_later_on_is_done_once_in_the_end(
    on_github, zlib, there, tend, what, step, when
):
    pull = make_pull(zlib)
    tend()
    (made,) = there.pulls
    happen(what, on_github, pull, made)
    count = iter(range(1000))
    setattr(on_github, when, lambda _request: ERROR if next(count) == step else None)
    for _ in range(4):
        wake_up()
        PullRequest.objects.update(lease_until=None)
        tend()
    after = row()
    assert (len(there.pulls), after.tries) == (1, 0)
    if what == "updated":
        assert made.body.startswith("Better\n")
        assert len(made.commits) == 1
    elif what == "closed":
        assert (made.state, len(answers(made)), after.state) == ("closed", 1, State.WITHDRAWN)
        assert made.branch not in made.head.refs
    elif what == "asked":
        assert (len(answers(made)), Heard.objects.count()) == (1, 1)
    else:
        assert after.state == State.MERGED
        assert made.branch not in made.head.refs


def happen(what: str, on_github, pull: PullRequest, made) -> None:
    if what == "updated":
        remake(pull, body="Better\n", recipe=new_text("2.0") + "# more\n")
    elif what == "closed":
        Feedstock.objects.update(outdated=False, version="2.0")
        proposing.withdraw()
    elif what == "asked":
        on_github.state.remark(made, "ada", text=ASKING)
    else:
        on_github.state.merge(made, "ada")


def test_a_limit_while_it_is_closed_is_waited_for_and_says_it_once(on_github, zlib, there, tend):
    pull = make_pull(zlib)
    tend()
    happen("closed", on_github, pull, there.pulls[0])
    on_github.after = lambda request: (
        (403, {"Retry-After": "900"}, SECONDARY) if request.path.endswith("/comments") else None
    )
    assert tend() == {"close github.rate_limited": 1}
    limited = row()
    assert timedelta(minutes=14) < limited.act_at - timezone.now() < timedelta(minutes=16)
    on_github.after = lambda _request: None
    Account.objects.update(blocked_until=None)
    wake_up()
    assert tend() == {"close ok": 1, "delete ok": 1}
    assert len(answers(there.pulls[0])) == 1


def test_what_a_forge_refuses_for_good_is_said(on_github, there, work):
    refusal = b'{"message": "Validation Failed", "errors": ["x"]}'
    on_github.before = lambda request: (
        (422, {}, refusal) if request.path.endswith("/pulls") else None
    )
    assert work() == {"publish pulls.forge_refused": 1}
    assert row().outcome["message"].startswith("127.0.0.1 would not open a pull request")
    assert row().tries == 1
