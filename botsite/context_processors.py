from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from botsite.health import health

# Words, view, and the app that must be installed.
MENU = (
    ("Overview", "overview", "graph"),
    ("Packages", "graph:packages", "graph"),
    ("Maintainers", "graph:maintainers", "graph"),
    ("Releases", "releases", "versions"),
    ("Outcomes", "outcomes", "versions"),
    ("Versions", "versions:watched", "versions"),
    ("Proposals", "pulls:proposals", "pulls"),
    ("Jobs", "core:jobs", "core"),
    ("Hosts", "core:hosts", "core"),
)
# Pages elsewhere that belong to an item, by how their addresses begin.
BELONGING = {"Packages": ("/graph/", "/recipes/")}


@dataclass(frozen=True, slots=True)
class MenuItem:
    words: str
    url: str
    current: bool


def site(request: HttpRequest) -> dict[str, Any]:
    """What the shared layout needs; lazily, as the admin uses none of it."""
    return {
        "botsite_version": settings.VERSION,
        "bot": SimpleLazyObject(health),
        "menu": SimpleLazyObject(lambda: menu(request.path)),
        "search_url": search_url(),
    }


def search_url() -> str:
    return reverse("graph:packages" if apps.is_installed("graph") else "versions:watched")


def menu(path: str) -> list[MenuItem]:
    urls = [(words, reverse(view)) for words, view, app in MENU if apps.is_installed(app)]
    return [
        MenuItem(words, url, path == url if url == "/" else path.startswith(begins(words, url)))
        for words, url in urls
    ]


def begins(words: str, url: str) -> tuple[str, ...]:
    return (url, *BELONGING.get(words, ()))
