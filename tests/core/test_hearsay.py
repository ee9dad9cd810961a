"""What processes tell each other in passing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core import hearsay


def test_it_works():
    hearsay.tell("news", {"a": 1}, 60)
    assert hearsay.recall("news") == {"a": 1}
    hearsay.forget("news")
    assert hearsay.recall("news") is None


def test_it_is_forgotten(time_machine):
    hearsay.tell("news", 1, 60)
    time_machine.move_to(timezone.now() + timedelta(seconds=61))
    assert hearsay.recall("news") is None


def test_one_is_the_first():
    assert [hearsay.first_to("fetch", 60) for _ in range(3)] == [True, False, False]
    hearsay.forget("fetch")
    assert hearsay.first_to("fetch", 60)


def test_any_text_will_do_as_a_name():
    hearsay.tell("a b\n" * 200, 1, 60)
    assert hearsay.recall("a b\n" * 200) == 1


@pytest.fixture
def no_cache(settings):
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}


def test_a_cache_that_is_down_means_that_nobody_said_anything(no_cache):
    hearsay.tell("news", 1, 60)
    hearsay.forget("news")
    assert hearsay.recall("news") is None
    assert hearsay.first_to("fetch", 60)
