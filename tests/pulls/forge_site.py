"""A site that may open pull requests, and the GitHub of our own that it opens them on.

The fixtures of `conftest.py`, and what goes with them.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graph.models import Feedstock
from pulls.acts import tending
from pulls.forges import github_branch
from tests.forges.github_server.server import READ_TOKEN, WRITE_TOKEN, GitHubServer
from tests.forges.github_server.state import Repository
from tests.pulls.rows import OLD, OWNER, RECIPE

Tend = Callable[[], dict[str, int]]


@pytest.fixture
def open_site(db, settings, tmp_path):
    settings.PULLS = "open"
    settings.VAR_DIR = tmp_path
    settings.PULLS_PER_MINUTE, settings.PULLS_PER_HOUR = 800, 5000
    return settings


@pytest.fixture
def on_github(open_site, github: GitHubServer, fresh_door, monkeypatch) -> GitHubServer:
    url = github.server.url
    open_site.GITHUB_API = github.api
    open_site.GITHUB_TOKEN, open_site.GITHUB_WRITE_TOKEN = READ_TOKEN, WRITE_TOKEN
    open_site.BOTSITE_HTTP = {
        **open_site.BOTSITE_HTTP,
        "trusted_origins": [url],
        "host_limits": {url: {"in_flight": 8, "rate": 1000}},
        "mirrors": {},
        "proxies": {},
    }
    monkeypatch.setattr(github_branch, "sleep", lambda _seconds: None)
    fresh_door()
    return github


@pytest.fixture
def naps(monkeypatch) -> list[float]:
    """The seconds that a job rested, without resting them."""
    seconds: list[float] = []
    monkeypatch.setattr(tending, "sleep", seconds.append)
    return seconds


@pytest.fixture
def tend(naps) -> Tend:
    """What a worker does once; it may not wait for its account."""

    def once() -> dict[str, int]:
        done = tending.tend(lambda *_progress: None)
        assert naps == []
        return done

    return once


def repository_of(server: GitHubServer, feedstock: Feedstock) -> Repository:
    """A feedstock's repository, made the first time."""
    name = f"{OWNER}/{feedstock.name}-feedstock"
    found = server.state.repositories.get(name)
    return found or server.state.repository(name, {RECIPE: OLD}, ada="write")
