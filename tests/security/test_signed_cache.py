from __future__ import annotations

import logging
import pickle
from datetime import UTC, datetime

import pytest
from django.test import override_settings

from core.signed_cache import SignedPickles
from tests.deploy.site import Site
from tests.security.test_queue_messages import Trap

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
VALUES = [None, True, 0, 17, -3, "text", b"\x00\xff", [1, "a"], {"at": MOMENT}]


def kept(value: object) -> bytes:
    """As Redis gives it back."""
    data = SignedPickles().dumps(value)
    return str(data).encode() if isinstance(data, int) else data


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_it_works(value):
    assert SignedPickles().loads(kept(value)) == value


def test_numbers_stay_numbers_so_that_redis_can_count():
    assert SignedPickles().dumps(3) == 3
    assert SignedPickles().loads(b"4") == 4


@pytest.mark.parametrize(
    "forge",
    [
        lambda data: data,
        lambda data: bytes(32) + data,
        lambda data: kept("mine")[:32] + data,
        lambda data: b"",
    ],
    ids=["unsigned", "with zeros", "with another's signature", "nothing"],
)
def test_what_we_did_not_sign_is_not_opened(tmp_path, caplog, forge):
    trap = Trap(tmp_path / "sprung")
    with caplog.at_level(logging.ERROR):
        assert SignedPickles().loads(forge(pickle.dumps(trap))) is None
    assert not trap.path.exists()
    assert "not signed with our secret" in caplog.text


def test_another_secret_signs_otherwise():
    with override_settings(SECRET_KEY="another secret"):
        theirs = kept("value")
    assert SignedPickles().loads(theirs) is None


def test_redis_is_given_it(tmp_path):
    site = Site(tmp_path, REDIS_URL="redis://127.0.0.1:1")
    made = "from django.core.cache import cache; print(type(cache._cache._serializer).__name__)"
    assert site.shell(made) == "SignedPickles"
