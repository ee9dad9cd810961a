"""Where proposals go: one file per kind of forge, one Protocol (`base`) for all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from core import github as core_github
from pulls.forges.base import Forge
from pulls.forges.git import GitForge
from pulls.forges.github import GitHubForge
from pulls.forges.outcomes import NO_FORGE
from pulls.forges.patches import Patches

PATIENCE = 5.0  # seconds; who proposes has other things to do than to wait for GitHub


def forge_for(kind: str) -> Forge:
    """The forge for a kind of channel, as the settings have it. Not for several threads at once.

    Raises OutcomeError (`pulls.no_forge`) for a channel that nothing can be proposed to.
    """
    if kind not in _KINDS:
        raise NO_FORGE.error(kind=kind)
    return _KINDS[kind]()


def can_open(kind: str) -> bool:
    """Whether the operator gave what this kind of forge needs to act."""
    return kind in _KINDS and (kind != "github" or bool(settings.GITHUB_WRITE_TOKEN))


def _github() -> Forge:
    write = core_github.writing_github(PATIENCE)
    read = core_github.github(PATIENCE) if settings.GITHUB_TOKEN else write
    return GitHubForge(read, write, forks=settings.GITHUB_FORKS)


def _git() -> Forge:
    return GitForge(_folder("scratch"), settings.GIT_AUTHOR)


def _patches() -> Forge:
    return Patches(_folder("patches"), settings.GIT_AUTHOR)


def _folder(name: str) -> Path:
    return Path(settings.VAR_DIR) / name


_KINDS: dict[str, Callable[[], Forge]] = {"dir": _patches, "git": _git, "github": _github}
