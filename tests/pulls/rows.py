"""Rows of proposals as they stand once they are made, ready for their forges."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from graph.models import Feedstock, Maintainer
from pulls.models import PullRequest
from pulls.words import message
from tests.factories import make_channel, make_outdated, make_reading

OWNER = "acme"
RECIPE = "recipe/meta.yaml"
OLD = "{% set version = '1.0' %}\n"


def new_text(version: str = "2.0") -> str:
    return OLD.replace("1.0", version)


def make_on_github(name: str = "zlib", *maintainers: str, **columns: Any) -> Feedstock:
    """An outdated feedstock of a `github:` channel, its recipe at 1.0."""
    make_channel(OWNER, kind="github", spec=f"github:{OWNER}")
    home = {
        "forge_url": f"https://github.com/{OWNER}/{name}-feedstock",
        "branch": "main",
        "path": f"{name}-feedstock/{RECIPE}",
        "content_hash": "first",
    }
    feedstock = make_outdated(name, channel=OWNER, **{**home, **columns})
    make_reading(feedstock, OLD)
    for handle in maintainers:
        Maintainer.objects.create(feedstock=feedstock, handle=handle)
    return feedstock


def make_pull(feedstock: Feedstock, version: str = "2.0", **columns: Any) -> PullRequest:
    """A proposal that was made this moment, and that its forge doesn't have."""
    now = timezone.now()
    words = {
        "branch": message.branch_name(version, feedstock.key),
        "title": message.title(feedstock.name, version),
        "body": f"About {version}\n",
        "recipe": new_text(version),
        "base_hash": feedstock.content_hash,
        "made_at": now,
        "act_at": now,
    }
    return PullRequest.objects.create(feedstock=feedstock, version=version, **{**words, **columns})


def make_open(feedstock: Feedstock, version: str = "2.0", **columns: Any) -> PullRequest:
    """One that is open on its forge, and is looked at some other time."""
    now = timezone.now()
    there = {
        "state": "open",
        "on_forge": "open",
        "repository": f"{OWNER}/{feedstock.name}-feedstock",
        "number": 1,
        "made_at": now,
        "published_at": now,
        "opened_at": now,
        "act_at": None,
    }
    return make_pull(feedstock, version, **{**there, **columns})


def remake(pull: PullRequest, **words: Any) -> None:
    """Give it other words, as if the recipe had changed."""
    now = timezone.now()
    PullRequest.objects.filter(pk=pull.pk).update(made_at=now, act_at=now, **words)


def wake_up() -> None:
    """All that waits is due now."""
    PullRequest.objects.exclude(act_at=None).update(act_at=timezone.now())
