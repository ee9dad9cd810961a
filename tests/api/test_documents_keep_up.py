"""docs/api.md and docs/accounts.md name all there is."""

from __future__ import annotations

import re

import pytest

import botsite.urls  # noqa: F401 - the addresses of the API
from botsite.api import api
from botsite.badges import KINDS
from botsite.settings import BASE_DIR
from core.people.tokens import Scope
from core.webhooks import events

PATHS = sorted(api.get_openapi_schema()["paths"])


def documents() -> str:
    return (BASE_DIR / "docs/api.md").read_text() + (BASE_DIR / "docs/accounts.md").read_text()


@pytest.mark.parametrize("path", PATHS)
def test_each_address_is_in_the_docs(path):
    words = re.sub(r"\{(\w+)\}", lambda part: part[1].upper(), path.removeprefix("/api/v1/"))
    assert words in documents()


@pytest.mark.parametrize("event", [each.name for each in events.kinds()])
def test_each_event_is_in_the_docs(event):
    assert f"`{event}`" in documents()


@pytest.mark.parametrize("scope", list(Scope))
def test_each_scope_is_in_the_docs(scope):
    assert f"| `{scope.value}` |" in documents()


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_badge_is_in_the_docs(kind):
    assert f"/badges/{kind}/KEY.svg" in documents()
