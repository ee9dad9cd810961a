from __future__ import annotations

import json
from collections import namedtuple

import pytest
from django.conf import settings as configured
from django.core import checks
from django.core.management import call_command

from botsite.doctor import disk, secrecy, site


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.SECRET_FILES = []
    settings.SECRET_KEY = "k" * 50
    return tmp_path


# Secrets


def test_secrets_that_are_kept_well(var, wrong):
    (var / "secret-key").write_text("secret")
    (var / "secret-key").chmod(0o600)
    assert wrong(secrecy.look()) == {}


def test_our_own_secret_is_closed_to_others(var, wrong):
    (var / "secret-key").write_text("secret")
    (var / "secret-key").chmod(0o644)
    finding = wrong(secrecy.look())["file_open"]
    assert "mode 644" in finding.outcome.message

    finding.mend()

    assert (var / "secret-key").stat().st_mode & 0o777 == 0o600
    assert wrong(secrecy.look()) == {}


def test_a_secret_in_a_file_that_others_can_read_is_noted(var, settings, wrong):
    file = var / "token"
    file.write_text("t")
    file.chmod(0o640)
    settings.SECRET_FILES = [str(file)]
    assert wrong(secrecy.look())["file_open"].level == "note"


def test_a_short_secret_key(var, settings, wrong):
    settings.SECRET_KEY = "guess me"
    assert "8 characters" in wrong(secrecy.look())["secret_weak"].outcome.message


@pytest.fixture
def credentials(var, settings):
    """Write a file of credentials, and the file of its value."""

    def write(mode: int = 0o600) -> None:
        (var / "value").write_text("s3cr3t-value")
        file = var / "credentials.json"
        entry = {"header": "Authorization", "value_file": "value"}
        file.write_text(json.dumps({"https://files.example.org": entry}))
        for path in (file, var / "value"):
            path.chmod(mode)

    settings.BOTSITE_HTTP = {
        **settings.BOTSITE_HTTP,
        "credentials_file": str(var / "credentials.json"),
    }
    return write


def test_credentials(credentials, wrong):
    credentials()
    findings = list(secrecy.look())
    assert wrong(findings) == {}
    assert "https://files.example.org" in findings[-1].outcome.message


def test_credentials_that_are_missing(credentials, wrong):
    assert wrong(secrecy.look()).keys() == {"credentials_unusable"}


def test_credentials_that_others_can_read(credentials, var, wrong):
    credentials(0o644)
    opened = [each for each in secrecy.look() if each.outcome.code == "doctor.file_open"]
    assert len(opened) == 2
    assert str(var / "value") in opened[1].outcome.message


# Room


def test_there_is_room(var, wrong):
    assert wrong(disk.look()) == {}


def test_a_full_disk(var, wrong, monkeypatch):
    usage = namedtuple("usage", "total used free")(100, 99, 1024)
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda path: usage)
    assert "1.0\xa0KB are left" in wrong(disk.look())["disk_full"].outcome.message


def test_kept_pages_are_measured(var, settings):
    (var / "pages" / "ab").mkdir(parents=True)
    (var / "pages" / "ab" / "cd").write_bytes(b"x" * 2048)
    settings.BOTSITE_HTTP = {**settings.BOTSITE_HTTP, "pages_folder": str(var / "pages")}
    assert any("kept pages: 2.0" in each.outcome.message for each in disk.look())


@pytest.mark.django_db
def test_a_log_of_changes_that_grows(wrong, monkeypatch):
    if disk.connection.vendor != "sqlite":
        pytest.skip("of SQLite")
    monkeypatch.setattr(disk, "MOST_WAL", -1)
    assert wrong(disk.of_database()).keys() == {"wal_large"}


# The site


@pytest.fixture
def collected(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    call_command("collectstatic", interactive=False, verbosity=0)
    return settings.STATIC_ROOT


def test_static_files_of_this_version(collected, wrong):
    assert wrong(site.look()) == {}


def test_static_files_of_an_older_version_are_collected_anew(collected, wrong):
    (collected / "site.css").write_text("old")
    (collected / "logo.svg").unlink()
    finding = wrong(site.look())["static_stale"]
    assert "logo.svg, site.css" in finding.outcome.message

    finding.mend()
    assert wrong(site.look()) == {}


def test_debug_pages_are_noted(collected, settings, wrong):
    settings.DEBUG = True
    assert wrong(site.look())["debug_on"].level == "note"


def test_a_system_check_that_fails(collected, wrong, monkeypatch):
    failed = [checks.Error("The index is no URL.", hint="Correct it.", id="botsite.E999")]
    monkeypatch.setattr(site.checks, "run_checks", lambda: failed)
    finding = wrong(site.look())["setting_wrong"]
    assert (finding.outcome.message, finding.outcome.next) == (
        "The index is no URL.",
        "Correct it.",
    )


def test_the_settings_of_the_tests_are_fine(wrong):
    assert configured.SECRET_KEY
    assert "setting_wrong" not in wrong(site._settings())
