"""Every table has a rule of what is forgotten; the rules forget that, and nothing else."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Failure, Success
from django_q.monitor import save_task

from botsite.settings import BASE_DIR
from core import forgetting, tasks
from core.forgetting import Forgotten
from core.jobs import schedules
from core.models import Delivery, HostState, Job, Override, Webhook
from tests.factories import (
    make_candidate,
    make_change,
    make_feedstock,
    make_job,
    make_outdated,
    make_sweep,
)
from tests.versions.watching import make_package
from versions.models import Candidate, Package, Sweep, VersionChange

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def forgotten() -> dict[str, int]:
    """By rule; only those that found something."""
    return {each.rule.name: each.rows for each in forgetting.prune(NOW) if each.rows}


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda model: model._meta.label)
def test_each_table_has_a_rule_or_stays_small(model):
    ruled = {rule.model for rule in forgetting.rules()}
    assert model in ruled | forgetting.staying().keys() or model._meta.proxy


@pytest.mark.parametrize("rule", forgetting.rules(), ids=lambda rule: rule.name)
def test_each_rule_can_be_asked(rule):
    assert rule.rows(NOW).count() == 0


@pytest.mark.parametrize("rule", forgetting.rules(), ids=lambda rule: rule.name)
def test_each_rule_is_in_the_docs(rule):
    text = (BASE_DIR / "docs" / "backup.md").read_text()
    assert f"| {rule.title} | {rule.days} days | {rule.why} |" in text


def test_a_rule_is_declared_once():
    with pytest.raises(ValueError, match=r"core\.jobs"):
        forgetting.forget("core.jobs", Job, title="", days=1, why="")(Job.objects.filter)


def test_jobs_go_after_a_month_but_the_last_of_each_kind():
    for kind, days in [("a", 90), ("a", 40), ("a", 1), ("b", 400)]:
        make_job(kind, state="done", requested_at=ago(days), finished_at=ago(days))
    make_job("c", requested_at=ago(50))
    assert forgotten() == {"core.jobs": 2}
    assert list(Job.objects.order_by("pk").values_list("kind", flat=True)) == ["a", "b", "c"]


def test_sweeps_lose_their_details_and_then_go():
    for days in (1, 40, 400):
        make_sweep(trigger="command", started_at=ago(days), hosts={"a": {}}, lanes={"a": {}})
    assert forgotten() == {"versions.sweep_details": 2, "versions.sweeps": 1}
    assert [bool(row.hosts) for row in Sweep.objects.order_by("started_at")] == [False, True]


def test_packages_go_a_year_after_they_were_retired():
    for name, retired in [("old", ago(400)), ("gone", ago(3)), ("here", None)]:
        package = make_package(name, retired_at=retired)
        make_candidate(package)
        make_change(package)
    assert forgotten() == {"versions.retired": 1}
    assert set(Package.objects.values_list("name", flat=True)) == {"gone", "here"}
    assert (Candidate.objects.count(), VersionChange.objects.count()) == (2, 2)


def test_deliveries_hosts_and_sessions_go():
    hook = Webhook.objects.create(name="x", url="https://example.org/", salt="s")
    for number, ended in [("1" * 32, ago(31)), ("2" * 32, ago(1)), ("3" * 32, None)]:
        Delivery.objects.create(webhook=hook, number=number, body="{}", ended_at=ended)
    for host, days in [("old", 31), ("new", 1)]:
        origin = f"https://{host}.example.org"
        HostState.objects.create(origin=origin, in_flight=1, rate=1, updated_at=ago(days))
    Session.objects.create(session_key="a", session_data="", expire_date=ago(8))
    Session.objects.create(session_key="b", session_data="", expire_date=ago(-2))
    assert forgotten() == {"core.deliveries": 1, "core.hosts": 1, "botsite.sessions": 1}


@pytest.mark.skipif(not apps.is_installed("graph"), reason="without the graph")
def test_feedstocks_go_a_year_after_they_left_their_channel():
    make_feedstock("old", gone_at=ago(400))
    make_feedstock("gone", gone_at=ago(40))
    make_feedstock("here")
    assert forgotten() == {"graph.gone": 1}


@pytest.mark.skipif(not apps.is_installed("pulls"), reason="without proposals")
class TestProposals:
    def pull(self, **columns: Any) -> Any:
        from pulls.models import PullRequest

        feedstock = make_outdated(f"p{PullRequest.objects.count()}", "2.0")
        texts = {"body": "b", "diff": "d", "recipe": "r", "edits": [{"line": 1}]}
        defaults = {"version": "1.5", "base_hash": "x", "made_at": ago(100), **texts}
        return PullRequest.objects.create(feedstock=feedstock, **{**defaults, **columns})

    def test_texts_of_those_that_ended_are_emptied(self):
        merged = self.pull(state="merged", on_forge="merged")
        young = self.pull(state="merged", made_at=ago(10))
        standing = self.pull(state="proposed")
        to_be_closed = self.pull(state="superseded", on_forge="open", act_at=NOW)
        assert forgotten() == {"pulls.texts": 1}
        for row in (merged, young, standing, to_be_closed):
            row.refresh_from_db()
        assert (merged.body, merged.diff, merged.recipe, merged.edits) == ("", "", "", [])
        assert all(row.diff for row in (young, standing, to_be_closed))

    def test_those_that_nobody_decided_go_after_a_year(self):
        from pulls.models import PullRequest

        for state in ("superseded", "withdrawn", "closed", "merged", "open"):
            self.pull(state=state, made_at=ago(400))
        assert forgotten()["pulls.overtaken"] == 2
        left = PullRequest.objects.order_by("pk").values_list("state", flat=True)
        assert list(left) == ["closed", "merged", "open"]

    def test_tries_of_a_version_that_is_still_wanted_stay(self):
        from pulls.models import Attempt

        feedstock = make_outdated("numpy", "2.0")
        for version in ("1.5", "2.0"):
            Attempt.objects.create(
                feedstock=feedstock, version=version, base_hash="x", started_at=ago(100)
            )
        assert forgotten() == {"pulls.attempts": 1}
        assert Attempt.objects.get().version == "2.0"

    def test_a_page_without_its_texts_says_so(self, client):
        pull = self.pull(state="merged", on_forge="merged")
        forgetting.prune(NOW)
        assert "no longer kept" in client.get(f"/proposals/{pull.pk}/").content.decode()


def test_decisions_stay_for_ever():
    Override.objects.create(
        kind="pin", target="a/b", author_name="x", created_at=ago(3000), ended_at=ago(2999)
    )
    assert forgotten() == {}


def test_what_changes_meanwhile_is_not_forgotten(monkeypatch):
    """A delivery that somebody sends again between the list of ids and its deletion."""
    hook = Webhook.objects.create(name="x", url="https://example.org/", salt="s")
    Delivery.objects.create(webhook=hook, number="1" * 32, body="{}", ended_at=ago(31))
    forget = forgetting._forget

    def send_again(rule, rows):
        Delivery.objects.update(ended_at=None)
        return forget(rule, rows)

    monkeypatch.setattr(forgetting, "_forget", send_again)
    assert forgotten() == {}
    assert Delivery.objects.count() == 1


def test_many_rows_go_in_slices(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(forgetting, "SLICE", 2)
    monkeypatch.setattr(forgetting, "ROUND", 3)
    for _ in range(8):
        make_sweep(trigger="command", started_at=ago(400))
    assert forgotten() == {"versions.sweeps": 8}


def test_it_stops_in_time_and_goes_on_the_next_day():
    make_sweep(trigger="command", started_at=ago(400))
    found = {each.rule.name: each for each in forgetting.prune(NOW, seconds=-1)}
    assert found["versions.sweeps"] == Forgotten(found["versions.sweeps"].rule, 0, done=False)
    assert Sweep.objects.count() == 1
    tasks.prune()
    assert not Sweep.objects.exists()


def test_it_is_scheduled_daily():
    assert {each.name: each.minutes for each in schedules.declared()}["core.prune"] == 1440


def test_the_command_counts_and_forgets():
    make_sweep(trigger="command", started_at=ago(400))
    assert rows(prune("--dry-run", "--json"))["versions.sweeps"] == 1
    assert Sweep.objects.count() == 1
    assert rows(prune("--json"))["versions.sweeps"] == 1
    assert not Sweep.objects.exists()
    assert "sessions that expired" in prune()


def prune(*options: str) -> str:
    out = StringIO()
    call_command("prune", *options, stdout=out)
    return out.getvalue()


def rows(document: str) -> dict[str, int]:
    return {each["name"]: each["rows"] for each in json.loads(document)}


def test_the_queue_keeps_no_row_of_what_went_well():
    """Schedules run some ten times a minute: five million rows a year."""
    task = {"id": "1" * 32, "name": "a", "func": "f", "args": (), "kwargs": {}, "group": "g"}
    ended = {"started": NOW, "stopped": NOW, "result": None, "sync": True, "attempt_count": 1}
    save_task({**task, **ended, "success": True}, None)
    save_task({**task, **ended, "success": False, "id": "2" * 32}, None)
    assert (Success.objects.count(), Failure.objects.count()) == (0, 1)
