"""Over all repositories of a world, the bulk path and the single path come to the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.world import World, WorldConfig
from benchmarks.world.population import Kind
from benchmarks.world.recipes import watch_entries
from core.http import door
from versions import bulk
from versions.asking.answers import Answer
from versions.asking.configuration import lookup_config
from versions.asking.lookup import look_up
from versions.asking.subjects import Subject
from versions.sources import Shared


@pytest.fixture
def world(settings, fresh_door):
    with World(WorldConfig(packages=800)) as world:
        settings.GITHUB_API, settings.GITHUB_TOKEN = f"{world.url}/api.github.com", "token"
        settings.BOTSITE_HTTP = {
            **settings.BOTSITE_HTTP,
            "mirrors": {"*": f"{world.url}/{{host}}"},
            "trusted_origins": [world.url],
            "proxies": {},
            "host_limits": {
                origin: {"in_flight": 8, "rate": 1000}
                for origin in (world.url, "https://github.com")
            },
        }
        yield world
        fresh_door()


def subjects(world: World) -> list[Subject]:
    projects = [each for each in world.projects() if each.kind is Kind.GITHUB]
    rows = [(entry, entry.columns()) for entry in watch_entries(projects, "world")]
    return [
        Subject.of(
            key=entry.key,
            name=entry.name,
            current_version=entry.current_version,
            urls=columns["urls"],
            upstream=columns["upstream"],
        )
        for entry, columns in rows
    ]


def told(answer: Answer) -> Answer:
    """Without what is only for the next time, and in an order that no host promises."""
    judgements = tuple(sorted(answer.judgements, key=lambda each: each.release.tag))
    return replace(answer, judgements=judgements, seen="", judge_again_at=None)


def test_over_all_repositories(world):
    asked = subjects(world)
    batch = bulk.offered("github.com", len(asked))
    assert batch
    in_bulk = dict(batch.answer(asked))
    config, shared = lookup_config(), Shared()
    singly = {each.key: look_up(each, door(), shared, config) for each in asked}
    assert len(asked) > 150
    assert sum(len(each.judgements) > 100 for each in singly.values()) > 5
    assert {key: answer and told(answer) for key, answer in in_bulk.items()} == {
        key: told(answer) for key, answer in singly.items()
    }
