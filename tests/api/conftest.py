from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from core.access import TEAM
from core.models import Handle
from core.people import tokens
from core.people.tokens import Scope
from tests.factories import make_user

API = "/api/v1"
Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def _no_cache(settings) -> None:
    """What one test saw must not be shown to the next."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture
def ask(client: Client, db) -> Ask:
    """GET an address below the API that must answer 200 (or `answers`); the document."""

    def get(path: str, answers: int = 200, **query: Any) -> Any:
        response = client.get(API + path, query)
        assert response.status_code == answers, (response.status_code, response.content)
        return response.json()

    return get


@pytest.fixture
def alice(db) -> User:
    """Nobody in particular."""
    return make_user("alice")


@pytest.fixture
def mia(db) -> User:
    """Maintains what recipes say `mia` maintains."""
    user = make_user("mia")
    Handle.objects.create(user=user, handle="mia", proven_by="github")
    return user


@pytest.fixture
def bob(db) -> User:
    """Of the bot team."""
    user = make_user("bob")
    user.groups.add(Group.objects.get(name=TEAM))
    return user


def token(user: User, *scopes: Scope) -> str:
    """The secret of a new token, with all scopes if none is named."""
    return tokens.issue(user, "script", scopes or list(Scope))[1]


@pytest.fixture
def send(client: Client, db) -> Ask:
    """Send JSON with a token, by a method; the response."""

    def request(method: str, path: str, secret: str = "", body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return client.generic(
            method,
            API + path,
            data=b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers=headers,
        )

    return request
