"""What upstream offers, as plain values: releases, listings, and where they were seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from urllib.parse import SplitResult, urlsplit

import orjson

_MAX_URL = 4000


@dataclass(frozen=True, slots=True)
class RecipeUrl:
    """One URL of one source of a recipe; a list of mirrors is one RecipeUrl for each.

    `rendered` is what would be downloaded for `version`, `template` the text in the recipe. For a
    `git_url`, `git_rev` is the rendered revision or tag.
    """

    rendered: str
    template: str = ""
    version: str = ""
    git_rev: str = ""

    @property
    def parts(self) -> SplitResult | None:
        """The URL taken apart; None for what is no URL, or longer than any honest one."""
        try:
            return urlsplit(self.rendered) if len(self.rendered) <= _MAX_URL else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Upstream:
    """What a source recognised in a recipe's URL.

    `lane` names the queue of the host that will be asked; `tag` is the tag this recipe itself
    downloads, `artefact` the kind of file ("sdist" or "wheel"): each "" where the source has none.
    `found_in` is the URL itself, for the sources that learn from how it is spelled. `brief` asks
    those that guess for the likeliest versions only.
    """

    source: str
    project: str
    url: str
    lane: str
    tag: str = ""
    artefact: str = ""
    found_in: RecipeUrl | None = None
    brief: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """One version seen upstream, spelled as upstream spells it.

    `source` is the name of the source that saw it. `prerelease` is the forge's own flag, None where
    it has none. `artefacts` holds the kinds of file of this release ("sdist", "wheel" ...), and
    means something only if `artefacts_known`.
    """

    version: str
    source: str = ""
    tag: str = ""
    url: str = ""
    released_at: datetime | None = None
    prerelease: bool | None = None
    yanked: bool = False
    artefacts: frozenset[str] = frozenset()
    artefacts_known: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """All releases of one upstream project, from one place.

    `url` is where a person can look, `skipped` counts entries that no version can be read from,
    `remark` says what could not be learned, `state` is what upstream itself calls this state of the
    project, in words of `versions.asking.seen` ("serial:123"); "" if nothing does.
    """

    source: str
    url: str
    releases: tuple[Release, ...]
    skipped: int = 0
    remark: str = ""
    state: str = ""

    @property
    def digest(self) -> str:
        """Changes if and only if a release does, whatever the order and format of the answer."""
        lines = sorted(orjson.dumps(release, default=sorted) for release in self.releases)
        return blake2b(b"\n".join(lines), digest_size=16).hexdigest()
