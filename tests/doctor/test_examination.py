"""All checks together, and the command."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from botsite.doctor import examination
from botsite.doctor.findings import Check, fine, problem
from botsite.doctor.outcomes import DATABASE_UNREACHABLE, DISK_FULL

pytestmark = pytest.mark.django_db


def crash():
    yield fine("so far")
    raise ZeroDivisionError


def full(mend=None):
    return lambda: [problem(DISK_FULL, mend, free="1 KB", path="/srv")]


@pytest.fixture
def checks(monkeypatch):
    def use(*checks: Check) -> None:
        monkeypatch.setattr(examination, "CHECKS", checks)

    return use


def run(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("doctor", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_every_check_is_made(index):
    found = examination.examine()
    names = {each.check for each in found}
    assert names >= {"database", "secrets", "queue", "schedules", "leases", "orphans"}
    assert "doctor.check_failed" not in {each.finding.outcome.code for each in found}


def test_offline_nobody_is_asked(index):
    examination.examine(offline=True)
    assert index.server.requests == []


def test_a_check_that_crashes_is_a_finding_and_the_others_are_made(checks):
    checks(Check("luck", crash), Check("disk", full()))
    crashed, disk = examination.examine()
    assert crashed.finding.outcome.message == "The check of luck ended with ZeroDivisionError."
    assert disk.finding.outcome.code == "doctor.disk_full"


def test_without_a_database_what_needs_none_is_checked(checks):
    def gone():
        return [problem(DATABASE_UNREACHABLE, error="refused")]

    checks(
        Check("database", gone),
        Check("rows", crash),
        Check("disk", full(), needs_database=False),
    )
    assert [each.check for each in examination.examine()] == ["database", "disk"]


def test_mending_is_done_only_when_asked_for(checks):
    done = []
    checks(Check("disk", full(lambda: done.append(1) or "swept")))
    assert examination.examine()[0].is_problem
    assert done == []
    [found] = examination.examine(fix=True)
    assert (found.mended, found.is_problem) == ("swept", False)


def test_what_could_not_be_mended_is_still_a_problem(checks):
    def refuse() -> str:
        raise PermissionError

    checks(Check("disk", full(refuse)))
    [found] = examination.examine(fix=True)
    assert found.is_problem


def test_the_command_ends_with_0_when_all_is_fine(checks):
    checks(Check("luck", lambda: [fine("good")]))
    assert run() == (0, "ok      luck: good\n0 problem(s), 0 mended.\n")


def test_the_command_ends_with_1_and_says_what_to_do(checks):
    checks(Check("disk", full()))
    code, text = run()
    assert code == 1
    assert "WRONG   disk: 1 KB are left on the disk of /srv." in text
    assert "doctor.disk_full. Make room" in text


def test_the_command_says_what_it_mended(checks):
    checks(Check("disk", full(lambda: "swept")))
    assert run("--fix") == (
        0,
        "mended  disk: 1 KB are left on the disk of /srv.\n        swept\n"
        "0 problem(s), 1 mended.\n",
    )


def test_the_document(checks):
    checks(Check("disk", full()))
    code, text = run("--json")
    document = json.loads(text)
    assert (code, document["problems"], document["mended"]) == (1, 1, 0)
    [finding] = document["findings"]
    assert finding.keys() == {"check", "level", "outcome", "can_be_mended", "mended"}
    assert finding["outcome"]["code"] == "doctor.disk_full"
