"""Which forge a channel has, as the operator set it up."""

from __future__ import annotations

import pytest

from pulls.forges import can_open, forge_for
from pulls.forges.base import State
from tests.forges.conftest import code_of, propose
from tests.forges.github_server.server import BOT, READ_TOKEN, WRITE_TOKEN


@pytest.fixture
def configured(settings, github, fresh_door):
    settings.GITHUB_API = github.api
    settings.GITHUB_TOKEN = READ_TOKEN
    settings.GITHUB_WRITE_TOKEN = WRITE_TOKEN
    settings.BOTSITE_HTTP = {
        **settings.BOTSITE_HTTP,
        "trusted_origins": [github.server.url],
        "mirrors": {},
        "proxies": {},
    }
    fresh_door()
    return settings


def test_it_works(configured, feedstock):
    assert can_open("github")
    pull = forge_for("github").publish(propose())
    assert pull.state is State.OPEN
    assert feedstock.pulls[0].head.owner == BOT


def test_without_a_token_for_reading_the_other_one_reads(configured, github):
    configured.GITHUB_TOKEN = ""
    forge = forge_for("github")
    assert forge.look(forge.publish(propose()).ref).state is State.OPEN


def test_branches_in_the_repositories_themselves(configured, feedstock):
    configured.GITHUB_FORKS = False
    feedstock.roles[BOT] = "write"
    forge_for("github").publish(propose())
    assert propose().branch in feedstock.refs


def test_without_a_token_nothing_can_be_opened(settings):
    settings.GITHUB_WRITE_TOKEN = ""
    assert not can_open("github")
    assert can_open("git")
    assert can_open("dir")


def test_what_it_writes_is_kept_in_the_var_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes/meta.yaml").write_text("{% set version = '1.3.1' %}\n")
    files = {"meta.yaml": next(iter(propose().files.values()))}
    proposal = propose(repository=str(tmp_path / "recipes"), files=files)
    forge_for("dir").publish(proposal)
    patch = (tmp_path / f"patches/{proposal.branch}.patch").read_text()
    assert f"From: {settings.GIT_AUTHOR}\n" in patch


@pytest.mark.parametrize("kind", ["cf-graph", "svn"])
def test_a_channel_that_nothing_can_be_proposed_to(kind):
    assert code_of(forge_for, kind) == "pulls.no_forge"
    assert not can_open(kind)
