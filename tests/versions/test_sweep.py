from __future__ import annotations

import pytest
from django.utils import timezone

from core import overrides
from core.outcomes import OK
from tests.versions.watching import watched
from versions import sweep
from versions.asking.lookup import Answer
from versions.models import Candidate, Package, VersionChange
from versions.planning import planner
from versions.recording.corrections import reset
from versions.recording.record import record
from versions.recording.recorded import Checked
from versions.shifts import looking

pytestmark = pytest.mark.django_db


def check(*names: str) -> Package:
    sweep.check_now([f"test/{name}" for name in names])
    return Package.objects.get(name=names[0])


def test_it_works(index):
    index.publish("numpy", ["1.0", "1.1", "2.0rc1"])
    watched("numpy")

    done = sweep.run_sweep()

    package = Package.objects.get()
    assert package.latest_version == "1.1"
    assert package.latest_source == "pypi"
    assert package.latest_released_at.isoformat() == "2026-01-02T00:00:00+00:00"
    assert package.outcome_code == "ok"
    assert (package.lease_token, package.lease_until) == ("", None)
    assert package.next_check_at > timezone.now()
    assert (done.due, done.checked, done.changed, done.failed) == (1, 1, 1, 0)
    assert done.outcomes == {"ok": 1}
    assert done.requests == 1
    [asked] = done.hosts.values()
    assert (asked["requests"], asked["failures"]) == (1, 0)


def test_every_candidate_has_a_verdict(index):
    index.publish("numpy", ["0.9", "1.0", "1.1", "2.0rc1"])
    watched("numpy")
    check("numpy")
    verdicts = {row.version: (row.verdict, row.rule) for row in Candidate.objects.all()}
    assert verdicts["1.1"] == ("accepted", "newest")
    assert verdicts["2.0rc1"] == ("rejected", "prerelease")
    assert verdicts["1.0"] == ("accepted", "current")


def test_history_has_a_row_for_each_change_and_no_more(index):
    watched("numpy")
    for versions in (["1.0"], ["1.0", "1.1"], ["1.0", "1.1"], ["1.0", "1.1", "1.2"]):
        index.publish("numpy", versions)
        check("numpy")
    rows = VersionChange.objects.order_by("sequence")
    assert [(row.sequence, row.from_version, row.to_version) for row in rows] == [
        (1, "", "1.0"),
        (2, "1.0", "1.1"),
        (3, "1.1", "1.2"),
    ]


def test_an_unchanged_answer_writes_no_candidates(index, monkeypatch):
    index.publish("numpy", ["1.0", "1.1"])
    watched("numpy")
    check("numpy")
    first = list(Candidate.objects.values())
    monkeypatch.setattr(Candidate.objects, "bulk_create", None)
    check("numpy")
    assert list(Candidate.objects.values()) == first


def test_candidates_that_are_gone_upstream_go(index):
    index.publish("numpy", ["1.0", "1.1", "1.2"])
    watched("numpy")
    check("numpy")
    index.publish("numpy", ["1.0", "1.1"])
    assert check("numpy").latest_version == "1.1"
    assert set(Candidate.objects.values_list("version", flat=True)) == {"1.0", "1.1"}


def test_a_failure_keeps_the_last_good_answer(index):
    index.publish("numpy", ["1.0", "1.1"])
    watched("numpy")
    check("numpy")
    index.fail("numpy", 403)

    package = check("numpy")

    assert (package.latest_version, package.stale, package.failures) == ("1.1", True, 1)
    assert package.outcome_code == "http.forbidden"
    assert package.last_success_at < package.checked_at
    assert package.next_check_at > timezone.now()
    assert Candidate.objects.count() == 2


def test_one_failure_does_not_hold_up_the_others(index):
    index.publish("numpy", ["1.1"])
    index.fail("scipy", 404)
    watched("numpy", "scipy")
    done = sweep.run_sweep()
    assert done.outcomes == {"ok": 1, "versions.project_not_found": 1}
    assert done.failed == 1


def test_a_fault_of_ours_is_that_packages_outcome(index, monkeypatch):
    watched("numpy")
    monkeypatch.setattr(looking, "look_up", lambda *_: 1 / 0)
    package = check("numpy")
    assert package.outcome_code == "core.internal_error"
    assert "ZeroDivisionError" in package.outcome["message"]


def test_a_late_workers_result_is_dropped(index):
    index.publish("numpy", ["1.1"])
    watched("numpy")
    [package] = planner.claim_packages("late", ["test/numpy"], timezone.now())
    check("numpy")
    answer = Answer(OK, latest_version="0.1", source="pypi")
    assert record([Checked(package.pk, "late", answer)]).checked == 0
    package.refresh_from_db()
    assert (package.checks, package.latest_version) == (1, "1.1")


def test_a_hidden_version_is_passed_over(index, admin_user):
    index.publish("numpy", ["1.0", "1.1", "1.2"])
    watched("numpy")
    overrides.decide("hide", "test/numpy", by=admin_user, value={"version": "1.2"}, reason="bad")
    package = check("numpy")
    assert package.latest_version == "1.1"
    assert Candidate.objects.get(version="1.2").rule == "hidden"
    assert package.remarks[0]["code"] == "versions.hidden"


def test_a_reset_forgets_the_answer_and_looks_again(index, admin_user):
    index.publish("numpy", ["1.0", "9.9"])
    watched("numpy")
    check("numpy")
    reset(Package.objects.all(), by=admin_user, reason="bad tag")
    package = Package.objects.get()
    assert (package.latest_version, package.outcome_code) == ("", "")
    assert VersionChange.objects.count() == 1
    assert planner.waiting(timezone.now()) == {"index": 1}


def test_a_preview_writes_nothing(index):
    index.publish("numpy", ["1.0", "1.1"])
    [package] = watched("numpy")
    [answer] = sweep.preview([package], {"version_updates": {"exclude": ["1.1"]}})
    assert answer.latest_version == "1.0"
    assert not Candidate.objects.exists()
    assert Package.objects.get().checked_at is None
