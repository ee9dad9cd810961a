from __future__ import annotations

import pytest

from core.github import GitHub
from core.http import Door, DoorConfig
from core.outcomes import OutcomeError
from pulls.forges import github_branch
from pulls.forges.base import Change, Proposal
from pulls.forges.github import GitHubForge
from pulls.words import message
from tests.forges.github_server.judge import judge
from tests.forges.github_server.server import READ_TOKEN, WRITE_TOKEN, running

FEEDSTOCK = "our-forge/zlib-feedstock"
RECIPE = "recipe/meta.yaml"
OLD = "{% set version = '1.3.1' %}\n"
NEW = "{% set version = '1.3.2' %}\n"


@pytest.fixture(scope="session")
def published():
    """The judge by GitHub's descriptions, or None where they can't be had."""
    try:
        return judge()
    except pytest.skip.Exception:
        return None


@pytest.fixture
def github(published):
    """A GitHub with one feedstock. Whatever a test asks it must be as GitHub describes it."""
    with running(published) as server:
        server.state.repository(FEEDSTOCK, {RECIPE: OLD, "README.md": "zlib\n"}, ada="write")
        yield server
    assert server.violations == []


@pytest.fixture
def feedstock(github):
    return github.state.repositories[FEEDSTOCK]


@pytest.fixture
def door(github):
    url = github.server.url
    limits = {url: {"in_flight": 8, "rate": 1000}}
    door = Door(DoorConfig.from_settings({"trusted_origins": [url], "host_limits": limits}))
    yield door
    door.close()


@pytest.fixture
def forge(github, door):
    return new_forge(github, door)


@pytest.fixture(autouse=True)
def waited(monkeypatch):
    """The seconds that a fork was waited for, without waiting them."""
    seconds = []
    monkeypatch.setattr(github_branch, "sleep", seconds.append)
    return seconds


def new_forge(github, door, **options):
    read = GitHub(door, github.api, READ_TOKEN)
    write = GitHub(door, github.api, WRITE_TOKEN, "BOTSITE_GITHUB_WRITE_TOKEN")
    return GitHubForge(read, write, **options)


def propose(version="1.3.2", *, before=OLD, after=None, salt="our-forge/zlib", **more):
    change = Change(before, NEW.replace("1.3.2", version) if after is None else after)
    words = {
        "title": message.title("zlib", version),
        "body": f"About {version}\n",
        "message": message.commit_message(version),
    }
    return Proposal(
        **{
            "repository": FEEDSTOCK,
            "base": "main",
            "branch": message.branch_name(version, salt),
            "files": {RECIPE: change},
            **words,
            **more,
        }
    )


def code_of(call, *args, **options):
    """The code that a call fails with; its outcome holds no token."""
    with pytest.raises(OutcomeError) as caught:
        call(*args, **options)
    told = str(caught.value.outcome.as_dict())
    assert WRITE_TOKEN not in told
    assert READ_TOKEN not in told
    return caught.value.outcome.code
