"""What the world says of itself is what Botsite finds in it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.world import World, WorldConfig
from benchmarks.world.population import Kind
from benchmarks.world.recipes import watchfile
from core.http import Door, DoorConfig
from versions.asking.lookup import LookupConfig, Subject, look_up
from versions.sources import Shared

CONFIG = WorldConfig(packages=400, seed=2)


def found(world: World) -> dict[str, str]:
    door = Door(
        DoorConfig.from_settings(
            {
                "mirrors": {"*": f"{world.url}/{{host}}"},
                "index_endpoint": world.index_endpoint,
                "host_limits": {
                    origin: {"in_flight": 50, "rate": 10_000}
                    for origin in (world.url, "https://github.com")
                },
            }
        )
    )
    config, shared = LookupConfig(world.index_endpoint), Shared()
    with ThreadPoolExecutor(16) as pool:
        asked = subjects(world)
        answers = pool.map(lambda each: look_up(each, door, shared, config), asked)
        versions = {
            each.name: answer.latest_version for each, answer in zip(asked, answers, strict=True)
        }
    door.close()
    return versions


def subjects(world: World) -> list[Subject]:
    return [
        Subject.of(
            key=entry["name"],
            name=entry["name"],
            current_version=entry["version"],
            urls=[{"rendered": url} for url in entry["urls"]],
        )
        for entry in watchfile(world.projects())
    ]


def expected(world: World) -> dict[str, str]:
    return {name: told["version"] for name, told in world.truth().items()}


@pytest.mark.parametrize("html_only", [False, True])
def test_every_package_is_found_at_its_newest_version(html_only):
    with World(WorldConfig(400, seed=3, html_only=html_only)) as world:
        assert found(world) == expected(world)


def test_so_it_is_after_new_releases():
    with World(CONFIG) as world:
        before = expected(world)
        changed = world.advance(0.2)
        assert found(world) == expected(world)
        assert {name for name in before if before[name] != expected(world)[name]} == set(changed)


def test_all_kinds_of_host_are_met():
    with World(CONFIG) as world:
        assert {told["kind"] for told in world.truth().values()} == set(Kind)
