"""Any git repository that is served over https: what a recipe names as `git_url`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.http import Door
from versions.choosing.schemes import Scheme
from versions.releases import Listing, RecipeUrl, Upstream
from versions.sources.git_refs import list_tags
from versions.sources.protocol import Fact, Source
from versions.sources.reading import path_of, web_host
from versions.sources.shared import Shared

_GIT_ONLY = frozenset({"git", "git+http", "git+https"})
_SCHEMES = _GIT_ONLY | {"http", "https"}
_PATH = re.compile(r"(?:/[A-Za-z0-9._~+-]{1,100}){1,12}")


class Git:
    name = "git"
    title = "The git server"
    urls = "`git_url`s on any other host, if it speaks git's smart HTTP protocol"
    asks = "The repository's git refs"
    bulk = False
    knows: frozenset[Fact] = frozenset()
    scheme = Scheme.GENERIC
    curated = False

    def __init__(self, forges: Sequence[Source] = ()) -> None:
        """What one of `forges` claims is left to it."""
        self._forges = forges

    def claims(self, url: RecipeUrl) -> Upstream | None:
        if any(forge.claims(url) for forge in self._forges):
            return None
        host, path = web_host(url, _SCHEMES), path_of(url).rstrip("/")
        if not (host and _PATH.fullmatch(path) and _is_repository(url, path)):
            return None
        page = f"https://{host}{path}"
        return Upstream(self.name, f"{host}{path}", page, lane=host, tag=url.git_rev)

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        return list_tags(self, upstream, door, repository=upstream.url, page=upstream.url)


def _is_repository(url: RecipeUrl, path: str) -> bool:
    """A `git_url` looks like a download, but for its revision, its scheme or its name."""
    scheme = url.parts.scheme if url.parts else ""
    return bool(url.git_rev) or scheme in _GIT_ONLY or path.endswith(".git")
