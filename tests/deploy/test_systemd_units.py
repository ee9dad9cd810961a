"""The units start what exists, with settings that exist, walled off as far as they can be."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from botsite.settings import BASE_DIR, env

UNITS = sorted((BASE_DIR / "deploy" / "systemd").glob("*.service"))
MOST_EXPOSED = 2.0  # of ten; 1.4 as they are

with_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def service(unit: Path) -> dict[str, str]:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(unit.read_text())
    return dict(parser["Service"])


@pytest.fixture
def installed(tmp_path: Path) -> list[str]:
    """The units as on a host that has Botsite where this test runs, and a user that exists."""
    paths = []
    for unit in UNITS:
        path = tmp_path / unit.name.replace("@", "@net")
        text = unit.read_text().replace("/opt/botsite", str(BASE_DIR))
        text = text.replace("/.venv/bin/python", "/manage.py").replace("=botsite\n", "=root\n")
        path.write_text(text)
        paths.append(str(path))
    return paths


@with_systemd
def test_systemd_finds_nothing_to_mend(installed):
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *installed], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@with_systemd
def test_they_are_walled_off(installed):
    for unit in installed:
        done = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--no-pager", unit],
            capture_output=True,
            text=True,
        )
        exposure = re.search(r"exposure level for \S+ ([\d.]+)", done.stdout)
        assert exposure, done.stderr
        assert float(exposure[1]) <= MOST_EXPOSED, unit


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_they_start_what_exists(unit):
    command = re.fullmatch(
        r"/opt/botsite/\.venv/bin/python manage\.py (\w+)( %i)?", service(unit)["ExecStart"]
    )
    assert command
    assert get_commands()[command[1]] == "botsite"
    assert bool(command[2]) == ("@" in unit.name)


def test_the_settings_they_name_exist():
    example = (BASE_DIR / "deploy" / "systemd" / "environment.example").read_text()
    named = set(re.findall(r"(?m)^#?(\w+)=", example))
    for unit in UNITS:
        assert service(unit)["EnvironmentFile"] == "/etc/botsite/environment"
        named |= set(re.findall(r"(\w+)=", service(unit)["Environment"]))
    assert named - {"PYTHONDONTWRITEBYTECODE"} <= env.names


def test_the_page_names_a_worker_for_each_queue():
    page = (BASE_DIR / "docs" / "deployment.md").read_text()
    for queue in settings.WORKERS:
        assert f"botsite-work@{queue}" in page
