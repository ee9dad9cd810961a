from __future__ import annotations

import pytest

from core.github import GitHub
from core.http import Door, DoorConfig
from tests.github import fake_github
from tests.github.fake_github import TOKEN

fake = pytest.fixture(fake_github.running)


@pytest.fixture
def door(fake):
    url = fake.server.url
    limits = {url: {"in_flight": 8, "rate": 1000}}
    door = Door(DoorConfig.from_settings({"trusted_origins": [url], "host_limits": limits}))
    yield door
    door.close()


@pytest.fixture
def github(fake, door):
    return GitHub(door, fake.api, TOKEN)
