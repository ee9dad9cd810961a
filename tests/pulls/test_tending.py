"""Dealing with forges: once for each row, politely, and with nothing lost whatever breaks."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from core.jobs import enqueue, schedules
from core.models import Job
from graph.models import Feedstock
from pulls import tasks
from pulls.acts import leases, rejections, tending
from pulls.acts.next_act import Act, next_act
from pulls.forges.github import GitHubForge
from pulls.making import proposing
from pulls.models import MOST_TRIES, Account, PullRequest, State
from tests.cluster import running_cluster, wait_until
from tests.factories import make_channel, make_dependency, make_outdated, make_reading
from tests.forges.github_server.server import READ_TOKEN
from tests.graph import git_repository
from tests.pulls.forge_site import repository_of
from tests.pulls.rows import (
    OLD,
    RECIPE,
    make_on_github,
    make_open,
    make_pull,
    new_text,
    remake,
    wake_up,
)

pytestmark = pytest.mark.django_db

SECONDARY = json.dumps({"message": "You have exceeded a secondary rate limit."})
ERROR = (502, {}, b"<html>")


@pytest.fixture
def pull(on_github):
    feedstock = make_on_github()
    repository_of(on_github, feedstock)
    return make_pull(feedstock)


@pytest.fixture
def there(on_github, pull):
    return repository_of(on_github, pull.feedstock)


def row(pull):
    return PullRequest.objects.get(pk=pull.pk)


def at_opening(reply):
    """Answer so when a pull request is opened."""
    return lambda request: reply if request.path.endswith("/pulls") else None


# Whether anything is done


def test_in_dry_run_nothing_is_done_and_switched_on_it_just_works(settings, on_github, tend, pull):
    settings.PULLS = "dry-run"
    assert not tending.is_due()
    assert tend() == {}
    assert on_github.server.requests == []
    assert row(pull).state == State.PROPOSED
    settings.PULLS = "open"
    assert tending.is_due()
    assert tend() == {"publish ok": 1}


def test_without_a_token_of_an_account_nothing_is_done(settings, on_github, tend, pull):
    settings.GITHUB_WRITE_TOKEN = ""
    assert not tending.is_due()
    assert tend() == {}


def test_a_job_for_each_worker_is_queued_when_something_is_due(settings, on_github, pull):
    settings.WORKERS = {**settings.WORKERS, "pulls": 2}
    tasks.tend_due()
    tasks.tend_due()
    queued = Job.objects.values_list("kind", "queue", "target")
    assert list(queued) == [
        ("pulls.tend", "pulls", "worker 1"),
        ("pulls.tend", "pulls", "worker 2"),
    ]


def test_without_anything_due_no_job_is_queued(on_github, pull):
    PullRequest.objects.update(act_at=timezone.now() + timedelta(minutes=1))
    tasks.tend_due()
    assert not Job.objects.exists()


def test_a_pause_stops_everything_and_its_end_lets_it_go_on(on_github, tend, pull):
    schedules.sync()
    schedules.pause("pulls.tend", by=None, reason="a fire")
    assert tend() == {}
    assert on_github.server.requests == []
    schedules.resume("pulls.tend", by=None)
    assert tend() == {"publish ok": 1}


# When it fails


def test_a_limit_makes_the_account_wait_and_counts_no_try(on_github, tend, pull, there):
    other = make_on_github("other")
    repository_of(on_github, other)
    waiting = make_pull(other)
    on_github.before = at_opening((403, {"Retry-After": "900"}, SECONDARY))
    assert tend() == {"publish github.rate_limited": 1}, "nobody asks for the other one"
    limited = row(pull)
    assert (limited.tries, limited.outcome_code) == (0, "github.rate_limited")
    assert timedelta(minutes=14) < limited.act_at - timezone.now() < timedelta(minutes=16)
    account = Account.objects.get()
    assert account.reason == limited.outcome["message"]
    assert account.blocked_until == limited.act_at

    on_github.before = lambda _request: None
    assert tend() == {}
    assert row(waiting).tries == 0
    Account.objects.update(blocked_until=None)
    wake_up()
    assert tend() == {"publish ok": 2}


def test_a_limit_on_writing_does_not_stop_following(on_github, tend, pull, there):
    tend()
    other = make_on_github("other")
    repository_of(on_github, other)
    make_pull(other)
    on_github.before = at_opening((403, {"Retry-After": "900"}, SECONDARY))
    wake_up()
    assert tend() == {"publish github.rate_limited": 1, "follow ok": 1}


@pytest.mark.parametrize("when", ["before", "after"])
# Not 2: the fork is looked at, which the door repeats.
@pytest.mark.parametrize("step", [0, 1, 3, 4, 5, 6])
def test_a_forge_that_fails_in_the_middle_gets_one_pull_request(
    on_github, tend, pull, there, when, step
):
    count = iter(range(1000))
    setattr(on_github, when, lambda _request: ERROR if next(count) == step else None)
    tend()
    failed = row(pull)
    assert (failed.outcome_code, failed.tries) == ("http.server_error", 1)
    assert timedelta(minutes=9) < failed.act_at - timezone.now() < timedelta(minutes=11)
    wake_up()
    assert tend() == {"publish ok": 1}
    assert len(there.pulls) == 1
    assert (row(pull).state, row(pull).tries) == ("open", 0)


def test_a_revoked_token_is_told_and_tried_again_later(on_github, tend, pull, there):
    on_github.tokens = {READ_TOKEN: "reader"}
    assert tend() == {"publish github.token_refused": 1}
    assert "BOTSITE_GITHUB_WRITE_TOKEN" in row(pull).outcome["message"]
    assert row(pull).act_at > timezone.now()


def test_what_fails_again_and_again_is_left_to_a_person(on_github, tend, pull, there):
    on_github.before = at_opening(ERROR)
    pauses = []
    for _ in range(MOST_TRIES):
        wake_up()
        tend()
        pauses.append(row(pull).act_at)
    assert pauses[:-1] == sorted(pauses[:-1])
    dead = row(pull)
    assert (dead.tries, dead.act_at) == (MOST_TRIES, None)
    assert tend() == {}
    on_github.before = lambda _request: None
    assert leases.try_again(PullRequest.objects.all(), timezone.now()) == 1
    assert tend() == {"publish ok": 1}


def test_a_worker_killed_before_it_wrote_is_found_out(monkeypatch, on_github, tend, pull, there):
    with monkeypatch.context() as patch:
        patch.setattr(leases, "_write", killed)
        with pytest.raises(Killed):
            tend()
    assert len(there.pulls) == 1
    assert row(pull).state == State.PROPOSED
    assert tend() == {}, "somebody may still have it"
    PullRequest.objects.update(lease_until=timezone.now())
    assert tend() == {"publish ok": 1}
    assert len(there.pulls) == 1
    assert row(pull).number == there.pulls[0].number


def test_what_kills_every_worker_is_given_up(monkeypatch, tend, pull):
    monkeypatch.setattr(GitHubForge, "publish", killed)
    for _ in range(MOST_TRIES):
        PullRequest.objects.update(lease_until=None)
        with pytest.raises(Killed):
            tend()
    PullRequest.objects.update(lease_until=timezone.now())
    assert tend() == {}
    dead = row(pull)
    assert (dead.act_at, dead.outcome_code) == (None, "pulls.workers_lost")


class Killed(Exception):
    pass


def killed(*_args):
    raise Killed


# Leases


def due_now():
    return leases.due(timezone.now(), ["github"])


def test_a_row_is_one_worker_s(on_github, pull):
    mine = leases.claim(due_now(), timezone.now())
    assert mine == pull
    assert leases.claim(PullRequest.objects.all(), timezone.now()) is None


def test_who_came_too_late_writes_nothing(on_github, pull):
    mine = leases.claim(due_now(), timezone.now())
    PullRequest.objects.update(lease_until=timezone.now())
    theirs = leases.claim(due_now(), timezone.now())
    assert not leases.settle(mine, {"number": 1}, None)
    assert leases.settle(theirs, {"number": 2}, None)
    assert row(pull).number == 2


def test_two_workers_never_publish_one_row(monkeypatch, on_github, tend, pull, there):
    publish = GitHubForge.publish
    others = []

    def overtaken(forge, proposal):
        others.append(tend())
        return publish(forge, proposal)

    monkeypatch.setattr(GitHubForge, "publish", overtaken)
    assert tend() == {"publish ok": 1}
    assert others == [{}]


def test_what_was_decided_meanwhile_stays(on_github, pull):
    mine = leases.claim(due_now(), timezone.now())
    now = timezone.now()
    PullRequest.objects.update(state=State.SUPERSEDED, act_at=now)
    leases.settle(mine, {"state": State.OPEN, "on_forge": "open"}, None)
    after = row(pull)
    assert (after.state, after.on_forge, after.act_at) == ("superseded", "open", now)


# In which order


def test_what_is_built_first_goes_first_then_what_most_wait_for(
    settings, on_github, tend, monkeypatch
):
    settings.PULLS_WAIT_DAYS = 0
    for name, depth, dependents in (("b", 1, 9), ("c", 0, 1), ("a", 0, 5), ("d", 0, 1)):
        columns = {"depth": depth, "dependents_count": dependents}
        feedstock = make_on_github(name, **columns)
        repository_of(on_github, feedstock)
        make_pull(feedstock)
    order = []
    publish = GitHubForge.publish
    monkeypatch.setattr(
        GitHubForge,
        "publish",
        lambda forge, proposal: [order.append(proposal.title), publish(forge, proposal)][1],
    )
    tend()
    assert order == ["a v2.0", "c v2.0", "d v2.0", "b v2.0"]


def test_new_ones_and_open_ones_take_turns(settings, on_github, tend):
    settings.PULLS_WAIT_DAYS = 0
    for name in ("a", "b"):
        feedstock = make_on_github(name)
        repository_of(on_github, feedstock)
        make_pull(feedstock)
    tend()
    wake_up()
    for name in ("c", "d"):
        feedstock = make_on_github(name)
        repository_of(on_github, feedstock)
        make_pull(feedstock)
    on_github.server.requests.clear()
    assert tend() == {"publish ok": 2, "follow ok": 2}


def test_a_kind_that_waits_does_not_hold_up_another(on_github, tend, pull, tmp_path):
    on_github.before = at_opening((403, {"Retry-After": "900"}, SECONDARY))
    tend()
    make_channel("folder", kind="dir", spec=f"dir:{tmp_path}")
    (tmp_path / "meta.yaml").write_text(OLD)
    columns = {"path": "meta.yaml", "content_hash": "first"}
    feedstock = make_outdated("zlib", channel="folder", **columns)
    make_reading(feedstock, OLD)
    patched = make_pull(feedstock)
    wake_up()
    assert tend() == {"publish ok": 1}
    assert row(patched).state == State.OPEN


def test_a_job_rests_while_the_account_does_but_not_for_long(
    settings, on_github, naps, monkeypatch
):
    settings.PULLS_PER_MINUTE = 20  # one at once, then one each 25 seconds
    for name in ("a", "b"):
        feedstock = make_on_github(name)
        repository_of(on_github, feedstock)
        make_pull(feedstock)

    def rest(seconds):
        naps.append(seconds)
        Account.objects.update(counted_at=timezone.now() - timedelta(seconds=25))

    monkeypatch.setattr(tending, "sleep", rest)
    assert tending.tend(lambda *_progress: None) == {"publish ok": 2}
    assert naps
    assert max(naps) <= tending.NAP


# What is held back


def test_what_is_held_back_waits_without_a_try(on_github, tend, pull, there):
    needed = make_on_github("needed")
    make_pull(needed, act_at=None)
    make_dependency(pull.feedstock, needed)
    type(pull.feedstock).objects.filter(pk=pull.feedstock_id).update(depth=1)
    assert tend() == {"publish pulls.waits_for_dependency": 1}
    held = row(pull)
    assert (held.tries, held.state, held.outcome_code) == (
        0,
        "proposed",
        "pulls.waits_for_dependency",
    )
    assert held.act_at > timezone.now()
    assert there.pulls == []


def test_what_may_not_be_updated_is_followed_all_the_same(on_github, tend, pull, there):
    tend()
    type(pull.feedstock).objects.update(archived=True)
    remake(pull, body="Better\n")
    on_github.state.merge(there.pulls[0], "ada")
    assert tend()["follow ok"] == 1
    assert row(pull).state == State.MERGED


def test_an_update_waits_for_no_others(settings, on_github, tend, pull, there):
    settings.PULLS_SLOW_START = 1
    pull.feedstock.maintainers.create(handle="ada")
    tend()
    remake(pull, body="Better\n")
    assert tend() == {"publish ok": 1}
    assert there.pulls[0].body.startswith("Better\n")


def test_one_in_conflict_that_may_not_be_updated_is_not_asked_for_all_the_time(
    on_github, tend, pull, there
):
    tend()
    on_github.state.push(there, {RECIPE: "else\n"}, "ada")
    Feedstock.objects.update(content_hash="second")
    remake(pull, base_hash="first")
    assert tend() == {"follow ok": 1}
    assert row(pull).act_at > timezone.now() + timedelta(minutes=10)


def test_following_is_never_given_up(on_github, tend, pull, there):
    tend()
    on_github.before = lambda _request: (404, {}, b"{}")
    PullRequest.objects.update(tries=MOST_TRIES)
    wake_up()
    assert tend() == {"follow pulls.no_pull": 1}
    assert row(pull).act_at > timezone.now()


# What the act is


@pytest.mark.parametrize(
    ("columns", "act"),
    [
        ({}, Act.PUBLISH),
        ({"state": State.OPEN, "on_forge": "open"}, Act.PUBLISH),
        ({"state": State.SUPERSEDED}, Act.NOTHING),
        ({"state": State.SUPERSEDED, "on_forge": "open"}, Act.CLOSE),
        ({"state": State.CLOSED, "on_forge": "open"}, Act.CLOSE),
        ({"state": State.MERGED, "on_forge": "merged", "head_repository": "b/x"}, Act.DELETE),
        ({"state": State.MERGED, "on_forge": "merged"}, Act.NOTHING),
    ],
)
def test_the_act_follows_from_the_row(columns, act):
    pull = make_pull(make_on_github(), **columns)
    assert next_act(pull, "open") is act
    assert next_act(pull, "dry-run") is Act.NOTHING
    wanted = PullRequest.objects.to_publish().filter(pk=pull.pk).exists()
    assert wanted == (act is Act.PUBLISH)


@pytest.mark.parametrize(
    ("columns", "act"),
    [
        ({}, Act.FOLLOW),
        ({"state": State.WITHDRAWN}, Act.CLOSE),
        ({"state": State.CLOSED, "on_forge": "closed", "head_repository": "b/x"}, Act.DELETE),
        ({"state": State.CLOSED, "on_forge": "closed"}, Act.FOLLOW),
    ],
)
def test_the_act_for_one_that_was_published(columns, act):
    pull = make_open(make_on_github(), **columns)
    assert next_act(pull, "open") is act
    assert not PullRequest.objects.to_publish().exists()


def test_a_row_with_nothing_to_do_is_not_looked_at_again(on_github, tend, pull):
    PullRequest.objects.update(state=State.WITHDRAWN)
    assert tend() == {}
    assert row(pull).act_at is None


# From one version to the next


def test_an_older_one_is_closed_once_the_newer_one_is_open(on_github, tend, pull, there):
    tend()
    Feedstock.objects.update(new_version="3.0")
    newer = make_pull(pull.feedstock, "3.0")
    proposing.withdraw()
    assert tend() == {"publish ok": 1, "close ok": 1, "delete ok": 1}
    old, new = there.pulls
    assert (old.state, new.state) == ("closed", "open")
    assert f"#{new.number}" in old.remarks[-1].text
    assert (row(pull).state, row(newer).state) == ("superseded", "open")


def test_a_rejected_one_is_closed_and_allowed_again_it_is_opened_anew(on_github, tend, pull, there):
    tend()
    feedstock = pull.feedstock
    rejections.reject(feedstock, "2.0", by=None, reason="broken")
    assert tend()["close ok"] == 1
    assert there.pulls[0].state == "closed"
    rejections.allow(feedstock, "2.0", by=None)
    remake(pull, state=State.PROPOSED)
    tend()
    assert [each.state for each in there.pulls] == ["closed", "open"]


@pytest.mark.cluster
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_pushes_a_branch_and_notices_its_merge(settings, tmp_path):
    upstream = git_repository.Repository(tmp_path / "upstream")
    upstream.commit({"zlib/meta.yaml": OLD})
    make_channel("ours", kind="git", spec=f"git:{upstream.url}")
    feedstock = make_outdated("zlib", channel="ours", path="zlib/meta.yaml", content_hash="first")
    make_reading(feedstock, OLD)
    pull = make_pull(feedstock)
    environment = {
        "BOTSITE_PULLS": "open",
        "BOTSITE_VAR_DIR": str(tmp_path / "var"),
        "BOTSITE_SECRET_KEY": settings.SECRET_KEY,
    }
    with running_cluster("pulls", environment):
        enqueue("pulls.tend", "worker 1")
        wait_until(lambda: row(pull).state == State.OPEN, 40)
        assert upstream.git("show", f"{pull.branch}:zlib/meta.yaml") == new_text().strip()
        upstream.git("merge", "--quiet", pull.branch)
        wake_up()
        wait_until(lambda: Job.objects.get().state == "done", 40)
        enqueue("pulls.tend", "worker 1")
        wait_until(lambda: row(pull).state == State.MERGED, 40)
