"""Packages on their way to a look-up: with people's decisions, and what this process shares."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from core import overrides
from core.http import Door
from core.logs import bound
from core.models import Override
from core.outcomes import INTERNAL
from versions.asking.answers import Answer
from versions.asking.configuration import lookup_config
from versions.asking.lookup import look_up
from versions.asking.subjects import Subject
from versions.models import Package
from versions.sources import Shared

log = logging.getLogger(__name__)

DECISIONS = ("hide", "pin", "source")


def look(subject: Subject, door: Door, shared: Shared) -> Answer:
    """A fault of ours in one look-up is that package's outcome, not the end of the others."""
    with bound(package=subject.key):
        try:
            return look_up(subject, door, shared, lookup_config())
        except Exception as error:
            log.exception("look-up of %s failed", subject.key)
            return Answer.failed(INTERNAL.outcome(error=type(error).__name__))


@cache
def shared() -> Shared:
    """What sources have read that serves many packages, kept by this process."""
    return Shared()


# A forked worker would wait for ever for what its parent was loading.
os.register_at_fork(after_in_child=shared.cache_clear)


def decisions_on(packages: Sequence[Package]) -> dict[str, list[Override]]:
    """The decisions in force that a look-up obeys, by key."""
    return overrides.in_force([package.key for package in packages], DECISIONS)


def subject_of(package: Package, decisions: Iterable[Override]) -> Subject:
    """A package as `look_up()` wants it, with people's decisions on it."""
    decisions = list(decisions)
    hidden = {each.value["version"]: each.reason for each in decisions if each.kind == "hide"}
    pins = [each.value["version"] for each in decisions if each.kind == "pin"]
    chosen = [each.value["source"] for each in decisions if each.kind == "source"]
    return Subject.of(
        key=package.key,
        name=package.name,
        current_version=package.current_version,
        urls=package.urls,
        settings=_with_sources(package.settings, chosen[:1]),
        hidden=hidden,
        pinned=pins[0] if pins else None,
        upstream=package.upstream,
        seen=package.seen,
        judge_again_at=package.judge_again_at,
        new=package.checked_at is None,
    )


def first_end(decisions: Iterable[Override]) -> datetime | None:
    """When the first of these decisions ends, which may change the answer."""
    return min((each.expires_at for each in decisions if each.expires_at), default=None)


def _with_sources(bot: dict[str, Any], sources: list[str]) -> dict[str, Any]:
    """The settings with the source that a person chose, if any, in place of their own choice."""
    updates = bot.get("version_updates")
    updates = updates if isinstance(updates, dict) else {}
    return {**bot, "version_updates": {**updates, "sources": sources}} if sources else bot
