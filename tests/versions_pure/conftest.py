from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.http import Door, DoorConfig
from tests.loopback import LoopbackServer
from versions.asking.lookup import Answer, LookupConfig, Subject, look_up
from versions.releases import Listing, RecipeUrl
from versions.sources import Shared, Source

INDEX = "https://index.example.org/simple/"


class World:
    """The whole internet, played by one server: `https://HOST/PATH` is its `/HOST/PATH`."""

    def __init__(self, server: LoopbackServer, door: Door) -> None:
        self.server = server
        self.door = door
        self.shared = Shared()

    def answers(self, url: str, body: Any, kind: str = "text/html", status: int = 200) -> None:
        path = url.removeprefix("https:/")
        self.server.route(path, (status, {"Content-Type": kind}, body))

    def asked(self) -> list[str]:
        return ["https:/" + path for path in self.server.paths()]

    def listing(self, source: Source, url: str, git_rev: str = "") -> Listing:
        """What a source lists for a recipe with this URL."""
        upstream = source.claims(RecipeUrl(url, git_rev=git_rev))
        assert upstream
        return source.list_releases(upstream, self.door, self.shared)

    def look_up(self, url: str | list[str], version: str = "1.0", **values: Any) -> Answer:
        urls = [url] if isinstance(url, str) else url
        subject = Subject.of(
            key="test/pkg",
            name="pkg",
            current_version=version,
            urls=[{"rendered": each, "template": ""} for each in urls],
            **values,
        )
        return look_up(subject, self.door, self.shared, LookupConfig(INDEX))


@pytest.fixture
def world() -> Iterator[World]:
    with LoopbackServer() as server:
        door = Door(
            DoorConfig.from_settings(
                {
                    "mirrors": {"*": server.url + "/{host}"},
                    # Probing asks one host often, and tests need not be polite.
                    "host_limits": {
                        "https://files.example.org": {"in_flight": 8, "rate": 1000},
                    },
                }
            )
        )
        yield World(server, door)
        door.close()
