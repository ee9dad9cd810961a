"""One file with all that can't be had again, and the refusals on the way back from it."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django_q.models import OrmQ, Schedule
from redis.exceptions import ConnectionError as RedisConnectionError

from botsite.backup import resuming
from botsite.backup.databases import Postgres
from core.jobs import enqueue
from core.jobs.recover import recover
from core.models import Job, Override
from tests.backup.conftest import run
from tests.factories import make_user
from tests.versions.watching import make_package
from versions import decisions
from versions.models import Package
from versions.planning import planner

pytestmark = pytest.mark.usefixtures("as_of_tests")


@pytest.fixture
def file(folder) -> Path:
    return folder / "site.backup"


@pytest.fixture
def made(file) -> Path:
    """A backup of a site with one pinned package."""
    decisions.pin(make_package("numpy"), "1.0", by=make_user(), reason="ABI")
    run("backup", file)
    return file


def refusal(command: str, *options: object) -> str:
    """What the command says when it refuses."""
    with pytest.raises(CommandError) as end:
        run(command, *options)
    assert end.value.returncode == 2
    return str(end.value)


def rewrite(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest, and nothing else."""
    with ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(parts["manifest.json"])
    change(about)
    parts["manifest.json"] = json.dumps(about).encode()
    with ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_it_brings_everything_back(made):
    Package.objects.all().delete()
    Override.objects.all().delete()
    make_package("other")

    done = run("restore", made, "--replace")

    assert [each.name for each in Package.objects.all()] == ["numpy"]
    pin = Override.objects.get(kind="pin")
    assert (pin.value, pin.author.username) == ({"version": "1.0"}, "alice")
    assert done["migrated"] == 0


def test_the_restore_is_on_the_audit_list(made):
    run("restore", made, "--replace")
    row = Override.objects.get(kind="restore")
    assert row.target.startswith("backup:20")
    assert row.ended_at is not None


def test_it_says_what_it_holds(made, settings):
    with ZipFile(made) as archive:
        assert sorted(archive.namelist()) == ["database", "manifest.json"]
        about = json.loads(archive.read("manifest.json"))
    assert about["version"] == settings.VERSION
    assert about["database"] == connection.vendor
    assert "0001_initial" in about["migrations"]["versions"]
    assert about["files"]["database"]["bytes"] > 1000


def test_only_its_owner_can_read_it(made, folder):
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert sorted(each.name for each in folder.iterdir()) == ["site.backup", "var"]


def test_people_see_a_table(file):
    out = StringIO()
    call_command("backup", str(file), stdout=out)
    assert str(file) in out.getvalue()
    assert "database" in out.getvalue()
    out = StringIO()
    call_command("restore", str(file), "--replace", stdout=out)
    assert "Restored as of" in out.getvalue()


def test_a_file_is_never_replaced(made):
    before = made.read_bytes()
    assert "exists already" in refusal("backup", made)
    assert made.read_bytes() == before


def test_a_folder_that_is_missing_is_told(folder):
    assert "can't be written" in refusal("backup", folder / "none" / "x")


def test_patches_come_along_and_pages_do_not(file, settings):
    patch = settings.VAR_DIR / "patches" / "sample" / "numpy-1.1.patch"
    page = settings.VAR_DIR / "pages" / "ab" / "cd"
    for path in (patch, page):
        path.parent.mkdir(parents=True)
        path.write_text("text")
    run("backup", file)
    patch.unlink()
    page.unlink()
    run("restore", file, "--replace")
    assert patch.read_text() == "text"
    assert not page.exists()


def test_the_secret_key_comes_along_if_asked_for(folder, settings):
    key = settings.VAR_DIR / "secret-key"
    key.write_text("old")
    run("backup", folder / "without")
    run("backup", folder / "with", "--with-secret-key")
    key.write_text("new")
    run("restore", folder / "without", "--replace")
    assert key.read_text() == "new"
    run("restore", folder / "with", "--replace")
    assert (key.read_text(), stat.S_IMODE(key.stat().st_mode)) == ("old", 0o600)


def test_a_secret_key_that_is_kept_elsewhere_is_told(file):
    assert "BOTSITE_SECRET_KEY" in refusal("backup", file, "--with-secret-key")
    assert not file.exists()


def test_a_database_with_something_in_it_is_not_replaced_unasked(made):
    said = refusal("restore", made)
    assert "has users, which a restore would replace" in said
    assert "--replace" in said


def test_an_empty_database_needs_no_permission(made):
    call_command("flush", interactive=False, verbosity=0)
    run("restore", made)
    assert Package.objects.get().name == "numpy"


def test_a_newer_backup_is_refused(made):
    rewrite(made, lambda about: about["migrations"]["core"].append("0099_from_the_future"))
    assert "core.0099_from_the_future" in refusal("restore", made, "--replace")


def test_an_older_backup_is_migrated(file):
    """With one migration taken back, as in a database of before it."""
    before = sorted(MigrationRecorder(connection).applied_migrations())
    call_command("migrate", "sessions", "zero", verbosity=0)
    run("backup", file)
    done = run("restore", file, "--replace")
    assert done["migrated"] == 1
    assert sorted(MigrationRecorder(connection).applied_migrations()) == before


def test_a_table_of_after_the_backup_is_no_hindrance(file):
    call_command("migrate", "sessions", "zero", verbosity=0)
    run("backup", file)
    call_command("migrate", "sessions", verbosity=0)
    assert run("restore", file, "--replace")["migrated"] == 1


def test_another_kind_of_database_is_refused(made):
    rewrite(made, lambda about: about.update(database="oracle"))
    assert "holds a oracle database" in refusal("restore", made, "--replace")


def test_what_was_spoilt_on_the_way_is_refused_before_anything_is_replaced(made):
    rewrite(made, lambda about: about["files"]["database"].update(sha256="0" * 64))
    make_package("scipy")
    assert "its digest differs" in refusal("restore", made, "--replace")
    assert Package.objects.count() == 2


def test_a_file_larger_than_it_says_is_refused(made):
    rewrite(made, lambda about: about["files"]["database"].update(bytes=10))
    assert "its digest differs" in refusal("restore", made, "--replace")


@pytest.mark.parametrize("name", ["../../evil", "patches/../../evil", "/etc/evil", "secret-key/x"])
def test_a_backup_writes_nowhere_else(made, name):
    about = {"bytes": 1, "sha256": "0" * 64}
    rewrite(made, lambda document: document["files"].update({name: about}))
    assert "which no backup has" in refusal("restore", made, "--replace")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda about: about.update(format=2), "its format is 2"),
        (lambda about: about.pop("files"), "can't be read"),
        (lambda about: about.update(made_at=3), "can't be read"),
        (lambda about: about["files"].update({"patches/x": {"bytes": 1, "sha256": ""}}), "lacks"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(made, change, problem):
    rewrite(made, change)
    assert problem in refusal("restore", made, "--replace")


def test_a_queue_that_is_out_of_reach_is_told_before_anything_is_replaced(made, monkeypatch):
    class Silent:
        def ping(self) -> bool:
            raise RedisConnectionError

    make_package("scipy")
    monkeypatch.setattr(resuming, "get_broker", Silent)
    assert "Redis does not answer" in refusal("restore", made, "--replace")
    assert Package.objects.count() == 2


def test_what_is_no_backup_is_refused(folder):
    (folder / "text").write_text("hello")
    assert "no backup" in refusal("restore", folder / "text")
    assert "No such file" in refusal("restore", folder / "none")
    with ZipFile(folder / "zip", "w") as archive:
        archive.writestr("x", "y")
    assert "no manifest" in refusal("restore", folder / "zip")


def test_work_that_was_under_way_is_given_back(file):
    package = make_package("numpy")
    planner.claim_packages(planner.new_token(7), [package.key], package.next_check_at)
    job = enqueue("core.ping")
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1, worker="gone:1")
    run("backup", file)

    done = run("restore", file, "--replace")

    assert done["resumed"]["packages"] == done["resumed"]["jobs"] == 1
    package.refresh_from_db()
    job.refresh_from_db()
    assert (package.lease_token, package.attempts) == ("", 0)
    assert (job.state, job.attempts, job.worker) == ("queued", 0, "")
    assert not OrmQ.objects.exists()
    assert Schedule.objects.filter(name="core.recover").exists()
    assert recover()["resent"] == 1
    assert not recover()["resent"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL needs programs")
class TestPrograms:
    def test_a_missing_one_is_told(self, file, monkeypatch):
        monkeypatch.setenv("PATH", "/nowhere")
        assert "no pg_dump" in refusal("backup", file)
        assert not file.exists()

    def test_one_that_fails_is_told(self, file, monkeypatch):
        nowhere = {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": "1"}
        monkeypatch.setattr(Postgres, "_environment", lambda self: nowhere)
        assert "pg_dump ended with an error" in refusal("backup", file)
        assert not file.exists()

    def test_a_dump_that_can_t_be_read_drops_nothing(self, made):
        with ZipFile(made) as archive:
            about = json.loads(archive.read("manifest.json"))
        about["files"]["database"] = {
            "bytes": 4,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }
        with ZipFile(made, "w") as archive:
            archive.writestr("database", "test")
            archive.writestr("manifest.json", json.dumps(about))
        assert "pg_restore ended with an error" in refusal("restore", made, "--replace")
        assert Package.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite checks itself")
def test_a_damaged_database_replaces_nothing(made):
    with ZipFile(made) as archive:
        about = json.loads(archive.read("manifest.json"))
    about["files"]["database"] = {
        "bytes": 4,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }
    with ZipFile(made, "w") as archive:
        archive.writestr("database", "test")
        archive.writestr("manifest.json", json.dumps(about))
    assert "can't be used" in refusal("restore", made, "--replace")
    assert Package.objects.count() == 1
