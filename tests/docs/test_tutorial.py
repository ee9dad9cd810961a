"""The tutorial's own recipes and commands, run in order, against an index on the loopback."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from botsite.settings import BASE_DIR
from graph.build import build
from graph.readback import read_back
from pulls.making.proposing import propose_due, withdraw
from pulls.models import PullRequest, State
from tests.graph.git_repository import Repository

TEXT = (BASE_DIR / "docs/tutorial/first-channel.md").read_text()
COMMAND = re.compile(r"(?m)^    \.venv/bin/python manage\.py (.+)$")


def recipes() -> Iterator[tuple[str, str]]:
    """File below the home directory, and its text."""
    saved = re.compile(r"(?s)`~/(\S+\.yaml)`[^`]*:\n\n```yaml\S*\n(.*?)```")
    return ((each[1], each[2]) for each in saved.finditer(TEXT))


def commands() -> list[str]:
    return COMMAND.findall(TEXT)


def texts_below(folder: str) -> dict[str, str]:
    prefix = f"{folder}/"
    return {name.removeprefix(prefix): text for name, text in recipes() if name.startswith(prefix)}


@pytest.fixture
def home(tmp_path, settings) -> Path:
    settings.VAR_DIR = tmp_path / "var"
    for name, text in texts_below("recipes").items():
        file = tmp_path / "recipes" / name
        file.parent.mkdir(parents=True)
        file.write_text(text)
    return tmp_path


@pytest.fixture
def run(home) -> Callable[[str], str]:
    def call(line: str) -> str:
        out = StringIO()
        call_command(*shlex.split(line.replace("$HOME", str(home))), stdout=out)
        return out.getvalue()

    return call


def workers() -> None:
    """What the workers do within a minute or two."""
    read_back()
    build()
    propose_due(lambda *_: None)


def test_its_recipes_and_commands_are_found():
    assert [name for name, _ in recipes()] == [
        "recipes/tomli/meta.yaml",
        "recipes/our-config/meta.yaml",
        "team-recipes/itsdangerous/recipe.yaml",
    ]
    assert [line.split()[0] for line in commands()] == [
        *("track", "check_versions", "explain"),
        *("track", "explain", "track"),
    ]


@pytest.mark.django_db
def test_each_step_comes_to_what_the_tutorial_says(index, run, home):
    index.publish("tomli", ["2.0.0", "2.0.1", "2.4.1", "2.5.0"])
    index.publish("itsdangerous", ["2.1.2", "2.2.0"])
    track, check, explain, again, settled, track_git = commands()

    assert re.search(r"mine +2 +2 +0 +2 +0", run(track))
    told = run(check)
    assert "mine/tomli: 2.0.1 -> 2.5.0  [ok] Done." in told
    assert re.search(r"2\.0\.0 +rejected +older", told)
    workers()
    told = run(explain)
    assert "Dependents: 1; dependencies: 0." in told
    assert "2.5.0 is newer than the recipe's 2.0.1." in told
    proposal = PullRequest.objects.get()
    assert "-  number: 2\n+  number: 0\n" in proposal.diff

    patch = ["git", "apply"]
    subprocess.run(patch, input=proposal.diff, text=True, cwd=home / "recipes", check=True)
    run(again)
    read_back()
    withdraw()
    proposal.refresh_from_db()
    assert proposal.state == State.WITHDRAWN
    assert "nothing newer than that is known" in run(settled)

    Repository(home / "team-recipes").commit(texts_below("team-recipes"))
    assert re.search(r"team +1 +1 +0 +1 +0", run(track_git))
    run("check_versions itsdangerous")
    workers()
    assert PullRequest.objects.filter(feedstock__key="team/itsdangerous").exists()
