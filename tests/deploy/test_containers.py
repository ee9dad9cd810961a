"""The compose file starts what exists, with settings that exist, and asks pages that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve

from botsite.settings import BASE_DIR, env

FOLDER = BASE_DIR / "deploy" / "containers"
SERVICES: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
OURS = {name: each for name, each in SERVICES.items() if each["image"] == "botsite"}
CONTAINERFILE = (FOLDER / "Containerfile").read_text()


@pytest.mark.skipif(
    shutil.which("docker-compose") is None, reason="docker-compose is not installed"
)
def test_compose_reads_it(tmp_path):
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    shutil.copy(FOLDER / "site.example.env", tmp_path / "site.env")
    done = subprocess.run(
        ["docker-compose", "-f", "compose.yaml", "config"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert set(yaml.safe_load(done.stdout)["services"]) == set(SERVICES)


def test_our_services_run_commands_that_exist():
    assert {name: each["command"][0] for name, each in OURS.items()}.keys() > {"web", "prepare"}
    for each in OURS.values():
        assert get_commands()[each["command"][0]] == "botsite"
    assert 'ENTRYPOINT ["python", "manage.py"]' in CONTAINERFILE


def test_somebody_works_for_each_queue():
    queues = [name for each in OURS.values() for name in each["command"][1:]]
    assert sorted(queues) == sorted(settings.WORKERS)


def test_the_settings_they_name_exist():
    named = set(re.findall(r"(?m)^(\w+)=", (FOLDER / "site.example.env").read_text()))
    named |= set(re.findall(r"(BOTSITE_\w+)=", CONTAINERFILE))
    for each in OURS.values():
        named |= set(each["environment"])
    assert named <= env.names


def test_health_is_asked_of_a_page_that_exists():
    [url] = re.findall(r"http://[^']+", OURS["web"]["healthcheck"]["test"][-1])
    address = urlsplit(url)
    assert resolve(address.path).url_name == "livez"
    allowed = re.search(r"BOTSITE_ALLOWED_HOSTS=(\S+)", (FOLDER / "site.example.env").read_text())
    assert allowed
    assert address.hostname in allowed[1].split(",")
    assert f"0.0.0.0:{address.port}" in CONTAINERFILE


def test_all_wait_for_the_database_of_their_version():
    for name, each in OURS.items():
        waits_for = each["depends_on"]
        if name == "prepare":
            assert waits_for["database"]["condition"] == "service_healthy"
        else:
            assert waits_for == {"prepare": {"condition": "service_completed_successfully"}}


def test_database_and_queue_are_out_of_reach():
    for name in ("database", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]
        assert "ports" not in SERVICES[name]


def test_no_secret_goes_into_the_image():
    left_out = (BASE_DIR / ".dockerignore").read_text().split()
    assert {".env", "var", ".git", "deploy/containers/secrets"} <= set(left_out)
