from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from tests.factories import make_user

Page = Callable[..., str]


@pytest.fixture(autouse=True)
def _no_cache(settings) -> None:
    """What one test saw must not be shown to the next."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture
def page(client: Client, db) -> Page:
    """The text of a page that must answer 200 (or `answers`), as its HTML."""

    def get(url: str, answers: int = 200, **query: str) -> str:
        response = client.get(url, query)
        assert response.status_code == answers, (response.status_code, url)
        return response.content.decode()

    return get


@pytest.fixture
def staff(client: Client, db):
    user = make_user("staff", staff=True)
    client.force_login(user)
    return user


@pytest.fixture
def words() -> Callable[[str], str]:
    """What a page says: its text without markup, spaced as a reader sees it."""

    def text(html: str) -> str:
        spaced = " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
        return re.sub(r" (?=[.,:;])", "", spaced)

    return text
