from __future__ import annotations

import threading

import pytest
from django.conf import settings as configured

from core.http import door
from tests.index import FakeIndex
from tests.loopback import LoopbackServer
from versions.shifts.looking import shared


@pytest.fixture(scope="session", autouse=True)
def _static_root() -> None:
    """WhiteNoise warns where nothing was collected yet, and warnings are errors."""
    configured.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Pages are tested without `collectstatic`: file names carry no digest."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    """A good hash takes a third of a second, for each user of each test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _own_cache(request, settings):
    """What one test tells in passing is no hearsay to the next. Clusters share a folder."""
    if request.node.get_closest_marker("cluster") is None:
        backend = "django.core.cache.backends.locmem.LocMemCache"
        settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": request.node.nodeid}}


@pytest.fixture
def fresh_door():
    """Settings of the network that a test changes take effect, and are forgotten after it."""

    def forget() -> None:
        for thread in threading.enumerate():
            if thread.name.startswith("check"):
                thread.join(30)
        if door.cache_info().currsize:
            door().close()
        door.cache_clear()
        shared.cache_clear()

    forget()
    yield forget
    forget()


@pytest.fixture
def index(settings, fresh_door):
    """A package index of our own, which all look-ups of the test reach; nothing else is."""
    with LoopbackServer() as server:
        fake = FakeIndex(server)
        settings.BOTSITE_HTTP = {
            **settings.BOTSITE_HTTP,
            "index_endpoint": fake.endpoint,
            "mirrors": {"*": f"{server.url}/hosts/{{host}}"},
            "proxies": {},
            "host_limits": {server.url: {"in_flight": 32, "rate": 1000}},
        }
        yield fake
        fresh_door()
