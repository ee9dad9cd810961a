"""Decisions as a file: written, read back, applied, and the same again."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_q.models import Schedule

from botsite.settings import BASE_DIR
from core.decisions import kinds
from core.jobs import schedules
from core.models import Override
from tests.factories import make_outdated, make_user
from tests.versions.watching import make_package
from versions import decisions
from versions.models import Package
from versions.planning import pauses

pytestmark = pytest.mark.django_db
UNTIL = datetime(2099, 5, 1, tzinfo=UTC)


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "decisions.yaml"


@pytest.fixture
def decided():
    """One of each kind."""
    alice, numpy, scipy = make_user(), make_package("numpy"), make_package("scipy")
    decisions.hide(numpy, "1.2", by=alice, reason="broken: it's a #1 mess", until=UNTIL)
    decisions.hide(numpy, "1.10", by=alice, reason="broken, too")
    decisions.pin(numpy, "1.1", by=alice, reason="ABI")
    decisions.skip(scipy, by=alice, reason="freeze", until=UNTIL)
    decisions.choose_source(scipy, "pypi", by=None, reason="mirrors are late")
    decisions.pause(scipy, by=alice, reason="upstream moves")
    pauses.pause_lanes("github.com", by=alice, reason="they asked us to")
    pauses.pause_lanes(by=alice, reason="maintenance")
    schedules.sync()
    schedules.pause("core.measure", by=alice, reason="noise")
    return alice


def run(command: str, *options: object) -> str:
    out = StringIO()
    call_command(command, *map(str, options), stdout=out, stderr=StringIO())
    return out.getvalue()


def imported(file: Path, *options: str) -> dict[str, Any]:
    """The document of the command, whatever its exit code."""
    out = StringIO()
    with suppress(SystemExit):
        call_command("import_decisions", str(file), "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def problems(file: Path, text: str, *options: str) -> list[tuple[int, str, str]]:
    """(line, field, message) of what is wrong with a file."""
    file.write_text(text)
    document = imported(file, *options)
    assert document["changes"] == []
    assert not document["applied"]
    with pytest.raises(SystemExit) as end:
        call_command("import_decisions", str(file), *options, stdout=StringIO(), stderr=StringIO())
    assert end.value.code == 2
    assert {each["file"] for each in document["problems"]} == {str(file)}
    return [(each["line"], each["field"], each["message"]) for each in document["problems"]]


def test_the_file_is_for_people(decided, file):
    Override.objects.update(created_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert run("export_decisions", file) == "9 decisions written\n"
    assert file.read_text() == TEXT


def test_an_empty_site_writes_an_empty_file(file):
    run("export_decisions", file)
    assert "\nformat: 1\n" in file.read_text()
    assert imported(file)["changes"] == []


def test_it_survives_a_move_to_another_site(decided, file):
    run("export_decisions", file)
    before, since = file.read_text(), dict(Override.objects.values_list("pk", "created_at"))
    Override.objects.all().delete()
    Schedule.objects.all().delete()
    Package.objects.update(paused=False)

    assert len(imported(file)["changes"]) == 9

    run("export_decisions", file)
    assert file.read_text() == before
    assert Package.objects.get(name="scipy").paused
    assert Schedule.objects.get(name="core.measure").repeats == schedules.PAUSED
    assert pauses.of_all().reason == "maintenance"
    pin = Override.objects.get(kind="pin")
    assert (pin.author, pin.author_name, pin.reason) == (decided, "alice", "ABI")
    assert abs(pin.created_at - min(since.values())) < timedelta(minutes=1)


def test_applying_it_twice_changes_nothing(decided, file):
    run("export_decisions", file)
    rows = set(Override.objects.values_list("pk", flat=True))
    document = imported(file)
    assert (document["changes"], document["applied"]) == ([], True)
    assert set(Override.objects.values_list("pk", flat=True)) == rows


def test_a_dry_run_shows_a_diff_and_does_nothing(decided, file):
    run("export_decisions", file)
    text = file.read_text().replace("version: '1.1'", "version: '1.0'").replace("freeze", "thaw")
    file.write_text(text)
    shown = run("import_decisions", file, "--dry-run").splitlines()
    assert shown == [
        "- packages sample/numpy: pin 1.1 (alice: ABI)",
        "+ packages sample/numpy: pin 1.0 (alice: ABI)",
        "- packages sample/scipy: skip until 2099-05-01 00:00 (alice: freeze)",
        "+ packages sample/scipy: skip until 2099-05-01 00:00 (alice: thaw)",
        "2 to change",
    ]
    assert Override.objects.active().get(kind="pin").value == {"version": "1.1"}

    run("import_decisions", file)
    assert Override.objects.active().get(kind="pin").value == {"version": "1.0"}
    assert Override.objects.active().get(kind="skip").reason == "thaw"


def test_who_applied_what_is_on_the_audit_list(decided, file):
    run("export_decisions", file)
    file.write_text(file.read_text().replace("ABI", "ABI break"))
    imported(file)
    row = Override.objects.get(kind="import")
    assert (row.target, row.author_name) == ("decisions:decisions.yaml", "command line")
    assert row.value == {"make": 0, "replace": 1, "end": 0}
    assert row.ended_at is not None


def test_an_author_without_an_account_keeps_the_name(file):
    make_package("numpy")
    file.write_text(PIN.replace("alice", "bob from before"))
    imported(file)
    row = Override.objects.get(kind="pin")
    assert (row.author, row.author_name) == (None, "bob from before")


@pytest.mark.skipif(not apps.is_installed("pulls"), reason="without proposals")
def test_rejected_versions_move_along(file):
    from pulls.acts.rejections import reject

    numpy = make_outdated("numpy", "2.0")
    reject(numpy, "2.0", by=make_user(), reason="drops our compilers")
    run("export_decisions", file)
    text = file.read_text()
    assert "proposals:\n  sample/numpy:\n    - decision: reject\n      version: '2.0'" in text
    Override.objects.all().delete()
    imported(file)
    run("export_decisions", file)
    assert file.read_text() == text
    file.write_text("format: 1\n")
    assert len(imported(file, "--end-others")["changes"]) == 1
    assert not Override.objects.active().exists()


def test_what_the_file_does_not_have_stays_unless_asked(decided, file):
    file.write_text("format: 1\n")
    assert imported(file)["changes"] == []
    ended = imported(file, "--end-others")["changes"]
    assert [each["does"] for each in ended] == ["end"] * 9
    run("export_decisions", file)
    assert "packages" not in file.read_text()
    assert not Package.objects.filter(paused=True).exists()
    assert Schedule.objects.get(name="core.measure").repeats == schedules.ALWAYS


def test_decisions_on_a_package_that_is_gone_can_be_ended(decided, file):
    Package.objects.all().delete()
    file.write_text("format: 1\n")
    imported(file, "--end-others")
    assert not Override.objects.active().exists()


def test_a_version_without_quotes_keeps_its_zero(file):
    make_package("numpy")
    file.write_text(PIN.replace("'1.1'", "1.10"))
    imported(file)
    assert Override.objects.get(kind="pin").value == {"version": "1.10"}


def test_a_day_begins_at_midnight_utc(file):
    make_package("numpy")
    file.write_text(PIN + "      until: 2099-05-01\n")
    imported(file)
    assert Override.objects.get(kind="pin").expires_at == UNTIL


def test_what_is_over_is_left_out(file):
    make_package("numpy")
    yesterday = timezone.now() - timedelta(days=1)
    file.write_text(f"{PIN}      until: {yesterday:%Y-%m-%d}\n")
    assert imported(file)["changes"] == []


def test_unknown_packages_are_refused_or_left_out(file):
    [(line, _, message)] = problems(file, PIN)
    assert (line, message) == (4, "packages has no sample/numpy here.")
    document = imported(file, "--skip-unknown")
    assert [each["line"] for each in document["skipped"]] == [4]
    assert not Override.objects.exists()


def test_all_that_is_wrong_is_told_at_once_and_nothing_applied(file):
    make_package("numpy")
    text = """\
format: 2
pakages: {}
packages:
  sample/numpy:
    - decision: pinn
    - decision: pin
      version: not a version!
      reasn: ABI
    - decision: pin
    - decision: skip
      reason: freeze
      until: soon
    - decision: pause
      until: 2099-05-01
    - version: 1.0
    - decision: source
      source: myspace
    - decision: hide
      version: [1, 2]
  sample/scipy: pin
schedules:
  no.such: [{decision: pause}]
"""
    found = problems(file, text)
    assert [(line, field) for line, field, _ in found] == [
        (1, "format"),
        (2, "pakages"),
        (5, "decision"),
        (7, "version"),
        (8, "reasn"),
        (9, "version"),
        (12, "until"),
        (14, "until"),
        (15, "decision"),
        (17, "source"),
        (19, "version"),
        (20, "sample/scipy"),
        (22, ""),
    ]
    assert "known are" in found[1][2]
    assert "unknown: 'pinn'; packages know hide, pause, pin, skip, source" in found[2][2]
    assert not Override.objects.exists()


def test_what_stands_twice_is_refused(file):
    make_package("numpy")
    again = PIN.partition("  sample/numpy:\n")[2]
    assert problems(file, PIN + again)[0][2].endswith("it stands on line 4 already.")
    assert "already" in problems(file, PIN + "  sample/numpy: []\n")[0][2]
    assert "already" in problems(file, PIN + "      version: '2'\n")[0][2]


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"a: [", 1), (b"\xff\xfe\x00", 0), (b"a: b: c", 1), (b"- &a [*a]", 0), (b"[" * 9999, 0)],
)
def test_what_is_no_yaml_is_refused(file, content, line):
    file.write_bytes(content)
    with pytest.raises((CommandError, SystemExit)) as end:
        run("import_decisions", file)
    assert getattr(end.value, "returncode", None) == 2 or end.value.code == 2


@pytest.mark.parametrize("text", ["", "[]", "packages: []", "text", "packages: {a: [b]}"])
def test_what_has_another_shape_is_refused(file, text):
    assert problems(file, text)


def test_a_file_that_can_t_be_read_or_written_is_told(tmp_path):
    with pytest.raises(CommandError) as end:
        run("import_decisions", tmp_path / "none.yaml")
    assert end.value.returncode == 2
    with pytest.raises(CommandError, match="can't be written"):
        run("export_decisions", tmp_path / "none" / "x.yaml")


PIN = """\
format: 1
packages:
  sample/numpy:
    - decision: pin
      version: '1.1'
      reason: ABI
      author: alice
"""

TEXT = """\
# People's decisions that are in force. To apply them, here or elsewhere:
# manage.py import_decisions FILE --dry-run
format: 1

# All checks are paused.
checks:
  all:
    - decision: pause
      reason: maintenance
      author: alice
      since: 2026-03-01 12:00:00+00:00

# Hosts that are left alone.
lanes:
  github.com:
    - decision: pause
      reason: they asked us to
      author: alice
      since: 2026-03-01 12:00:00+00:00

# Packages: what is hidden, pinned, put off, asked for alone, not checked.
packages:
  sample/numpy:
    - decision: hide
      version: '1.10'
      reason: broken, too
      author: alice
      since: 2026-03-01 12:00:00+00:00
    - decision: hide
      version: '1.2'
      reason: "broken: it's a #1 mess"
      author: alice
      since: 2026-03-01 12:00:00+00:00
      until: 2099-05-01 00:00:00+00:00
    - decision: pin
      version: '1.1'
      reason: ABI
      author: alice
      since: 2026-03-01 12:00:00+00:00
  sample/scipy:
    - decision: pause
      reason: upstream moves
      author: alice
      since: 2026-03-01 12:00:00+00:00
    - decision: skip
      reason: freeze
      author: alice
      since: 2026-03-01 12:00:00+00:00
      until: 2099-05-01 00:00:00+00:00
    - decision: source
      source: pypi
      reason: mirrors are late
      author: command line
      since: 2026-03-01 12:00:00+00:00

# Schedules that don't run.
schedules:
  core.measure:
    - decision: pause
      reason: noise
      author: alice
      since: 2026-03-01 12:00:00+00:00
"""


@pytest.mark.parametrize("section", kinds.sections())
def test_each_section_and_kind_is_in_the_docs(section):
    _, _, table = (BASE_DIR / "docs" / "backup.md").read_text().partition("| section |")
    rows = table.partition(f"| `{section}` |")[2].partition("\n| `")[0]
    for kind in kinds.kinds_of(section).values():
        assert f"`{kind.name}`" in rows
        assert all(f"`{name}`" in rows for name in kind.fields)
