"""Asking conda-forge's web service to rerender a feedstock, which the bot does not do itself."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from pulls.forges.base import Forge, Pull
from pulls.words import message


def requests(seen: Pull, forge: Forge) -> list[Callable[[], None]]:
    """What asks for it beside a pull request that was just published: a comment, made once for each
    commit of its branch."""
    if not settings.PULLS_RERENDER or forge.kind != "github":
        return []
    key = f"rerender {seen.head_sha}"
    return [lambda: forge.comment(seen.ref, message.RERENDER, key=key)]
