from __future__ import annotations

import subprocess
from datetime import timedelta

import pytest
from django.utils import timezone

from core.jobs import enqueue
from core.jobs.run import run
from graph.beside import pack
from graph.models import Channel, Feedstock, Reading
from graph.recipes.model import RecipeText
from pulls.making import attempts, proposing
from pulls.models import MOST_TRIES, Attempt, PullRequest, State, due
from tests.factories import make_dependency, make_outdated
from tests.pulls.recipes import make_recipe

pytestmark = pytest.mark.django_db


def test_an_outdated_feedstock_gets_a_proposal_with_the_published_hash(index, proposed):
    index.publish("numpy", ["1.0", "2.0"])
    feedstock = make_recipe()
    assert proposed(feedstock).ok
    pull = PullRequest.objects.get()
    assert (pull.title, pull.old_version, pull.version) == ("numpy v2.0", "1.0", "2.0")
    assert pull.branch.startswith("2.0_h")
    assert f"+  sha256: {'0' * 64}" in pull.diff
    assert "+  number: 0" in pull.diff
    assert [each["line"] for each in pull.edits] == [1, 7, 9]
    assert index.server.paths() == ["/simple/numpy/"], "no file was downloaded"


def test_git_takes_the_patch(index, proposed, tmp_path):
    index.publish("numpy", ["2.0"])
    feedstock = make_recipe()
    proposed(feedstock)
    file = tmp_path / feedstock.path
    file.parent.mkdir(parents=True)
    file.write_text(feedstock.reading.recipe_text)
    diff = PullRequest.objects.get().diff
    subprocess.run(["git", "apply"], input=diff, text=True, cwd=tmp_path, check=True)
    assert '{% set version = "2.0" %}' in file.read_text()


def test_what_was_proposed_is_not_due_until_the_recipe_changes(index, proposed):
    index.publish("numpy", ["2.0"])
    feedstock = make_recipe()
    assert list(due(timezone.now())) == [feedstock]
    proposed(feedstock)
    assert not due(timezone.now()).exists()
    Feedstock.objects.update(content_hash="second")
    assert due(timezone.now()).exists()


def test_the_recipe_is_read_with_what_stands_beside_it(index, proposed):
    url = "https://example.org/{{ flavour }}-1.0.tar.gz"
    index.server.route("/hosts/example.org/vanilla-2.0.tar.gz", (200, {}, b"a file"))
    feedstock = make_recipe(url=url)
    assert not proposed(feedstock).ok
    variants = {"linux_64_.yaml": "flavour:\n- vanilla\ntarget_platform:\n- linux-64\n"}
    Reading.objects.update(beside=pack(RecipeText("meta.yaml", b"", ci_support=variants)))
    attempts.try_again(feedstock, timezone.now())
    assert proposed(feedstock).ok


@pytest.mark.parametrize(("kind", "slug"), [("github", "[bot-automerge] "), ("dir", "")])
def test_the_title_asks_for_being_merged_where_somebody_merges(index, proposed, kind, slug):
    index.publish("numpy", ["2.0"])
    feedstock = make_recipe()
    Reading.objects.update(bot_settings={"automerge": True})
    Channel.objects.update(kind=kind)
    feedstock.refresh_from_db()
    proposed(feedstock)
    assert PullRequest.objects.get().title == f"{slug}numpy v2.0"


def test_made_anew_it_is_still_one(index, proposed):
    index.publish("numpy", ["2.0"])
    feedstock = make_recipe()
    proposed(feedstock)
    attempts.try_again(feedstock, timezone.now())
    assert proposed(feedstock).ok
    assert PullRequest.objects.count() == 1


def test_a_transient_failure_is_tried_again_later_and_later(index, proposed):
    index.fail("numpy", 500)
    index.server.route("/hosts/*", (503, {}, b""))
    feedstock = make_recipe()
    assert proposed(feedstock).code == "http.server_error"
    attempt = Attempt.objects.get()
    assert attempt.next_try_at - attempt.finished_at == attempts.FIRST_PAUSE
    assert not due(timezone.now()).exists()
    assert due(attempt.next_try_at + timedelta(seconds=1)).exists()
    assert attempts.pause(2) == 2 * attempts.FIRST_PAUSE
    assert attempts.pause(100) == attempts.LONGEST_PAUSE


def test_a_file_that_is_missing_is_not_tried_again(index, proposed):
    index.fail("numpy", 404)
    assert proposed(make_recipe()).code == "http.not_found"
    assert Attempt.objects.get().next_try_at is None
    assert not PullRequest.objects.exists()


def test_what_has_no_text_on_record_is_not_due():
    make_recipe("numpy")
    make_outdated("scipy", "2.0")
    assert [each.name for each in due(timezone.now())] == ["numpy"]


def test_one_try_at_a_time():
    feedstock, now = make_recipe(), timezone.now()
    assert attempts.claim(feedstock, now)
    assert attempts.claim(feedstock, now) is None
    assert not due(now).exists()


def test_a_try_whose_worker_was_killed_counts_and_is_taken_up_again():
    feedstock, now = make_recipe(), timezone.now()
    first = attempts.claim(feedstock, now)
    later = now + attempts.LEASE + timedelta(seconds=1)
    assert due(later).exists()
    second = attempts.claim(feedstock, later)
    assert (first.number, second.number) == (1, 2)
    assert not attempts.finish(first, proposing.NOTHING_TO_PROPOSE.outcome(name="x"))


def test_what_kills_every_worker_is_given_up():
    feedstock = make_recipe()
    now = timezone.now()
    for _ in range(MOST_TRIES):
        assert attempts.claim(feedstock, now)
        now += attempts.LEASE + timedelta(seconds=1)
    assert not due(now).exists()
    attempts.try_again(feedstock, now)
    assert due(now).exists()


def test_a_newer_version_supersedes_and_an_update_withdraws(index, proposed):
    index.publish("numpy", ["2.0", "3.0"])
    feedstock = make_recipe()
    proposed(feedstock)
    Feedstock.objects.update(new_version="3.0")
    assert proposing.withdraw() == 1
    assert PullRequest.objects.get().state == State.SUPERSEDED
    feedstock.refresh_from_db()
    proposed(feedstock)
    Feedstock.objects.update(outdated=False, version="3.0")
    proposing.withdraw()
    assert PullRequest.objects.get(version="3.0").state == State.WITHDRAWN


def test_a_version_that_comes_back_is_proposed_again(index, proposed):
    index.publish("numpy", ["2.0"])
    feedstock = make_recipe()
    proposed(feedstock)
    Feedstock.objects.update(outdated=False)
    proposing.withdraw()
    Feedstock.objects.update(outdated=True)
    assert list(due(timezone.now())) == [feedstock]
    proposed(feedstock)
    assert PullRequest.objects.get().state == State.PROPOSED


def test_the_body_names_dependencies_that_are_behind_themselves(index, proposed):
    index.publish("numpy", ["2.0"])
    feedstock = make_recipe()
    make_dependency(feedstock, make_outdated("cython", "3.1"))
    proposed(feedstock)
    assert "cython" in PullRequest.objects.get().body


def test_a_job_proposes_what_most_wait_for_first(index):
    index.publish("numpy", ["2.0"])
    make_recipe()
    job = enqueue("pulls.propose")
    run(job.pk)
    job.refresh_from_db()
    assert job.result == {"outcomes": {"ok": 1}}
