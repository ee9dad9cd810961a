"""What a look-up is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from pypi_simple import PYPI_SIMPLE_ENDPOINT

from versions.releases import RecipeUrl


@dataclass(frozen=True, slots=True)
class LookupConfig:
    """`index_endpoint` is the simple API of the package index, or of the operator's mirror;
    `gitea_hosts` are instances of Gitea that the operator named; `software` is the version of
    Botsite, as another one may judge otherwise."""

    index_endpoint: str = PYPI_SIMPLE_ENDPOINT
    gitea_hosts: frozenset[str] = frozenset()
    software: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked up. `settings` is the `bot:` section of conda-forge.yml, as YAML gave it;
    `hidden` maps versions to the reason of the person who hid them.

    `upstream` is SOURCE:PROJECT of the source that is asked first, as far as the URLs tell. `seen`
    is what upstream said of its state when it was last judged (`versions.asking.seen`), "" if it is
    to be judged anew; that holds until `judge_again_at`. A `new` one was never checked: where files
    have to be guessed, the first look is brief, and a full one follows soon.
    """

    key: str
    name: str
    current_version: str
    urls: tuple[RecipeUrl, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    pinned: str | None = None
    upstream: str = ""
    seen: str = ""
    judge_again_at: datetime | None = None
    new: bool = False

    @classmethod
    def of(cls, *, current_version: str, urls: Iterable[Mapping[str, str]], **values: Any) -> Self:
        """A subject from `urls` as they are stored: {rendered, template, git_rev}."""
        recipe_urls = tuple(
            RecipeUrl(
                url["rendered"], url.get("template", ""), current_version, url.get("git_rev", "")
            )
            for url in urls
        )
        return cls(current_version=current_version, urls=recipe_urls, **values)

    @property
    def project(self) -> str:
        """The project of `upstream`, as its source names it."""
        return self.upstream.partition(":")[2]
