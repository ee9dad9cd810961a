"""GitHub, without a token: all tags of a repository in one request."""

from __future__ import annotations

import re
from urllib.parse import unquote

from core.http import Door
from versions.choosing.schemes import Scheme
from versions.releases import Listing, RecipeUrl, Upstream
from versions.sources.forge_urls import GIT_SCHEMES, is_repository, tag_in
from versions.sources.git_refs import list_tags
from versions.sources.protocol import Fact
from versions.sources.shared import Shared

_RAW = "raw.githubusercontent.com"
_HOSTS = frozenset({"github.com", "www.github.com", "codeload.github.com", _RAW})
_RAW_FILE = re.compile(r"(?:refs/tags/)?([^/]+)/.+")


class GitHub:
    name = "github"
    title = "GitHub"
    urls = "Archives, release downloads, raw files and `git_url`s on `github.com` and its kin"
    asks = "The repository's git refs"
    bulk = False
    knows: frozenset[Fact] = frozenset()
    scheme = Scheme.GENERIC
    curated = False

    def claims(self, url: RecipeUrl) -> Upstream | None:
        owner, repo, rest = _split(url)
        if not is_repository(owner, repo):
            return None
        page = f"https://github.com/{owner}/{repo}"
        tag = url.git_rev or tag_in(rest, repo)
        return Upstream(self.name, f"{owner}/{repo}", page, lane="github.com", tag=tag)

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        page = upstream.url
        return list_tags(self, upstream, door, repository=f"{page}.git", page=f"{page}/tags")


def _split(url: RecipeUrl) -> tuple[str, str, str]:
    """Owner, repository and the rest of the path; empty texts for a URL that is not GitHub's."""
    parts = url.parts
    if parts is None or parts.scheme not in GIT_SCHEMES or parts.hostname not in _HOSTS:
        return "", "", ""
    owner, _, rest = parts.path.lstrip("/").partition("/")
    repo, _, rest = rest.partition("/")
    if parts.hostname == _RAW:
        # A single file of a tag tells as much as the archive of all of them.
        rest = _RAW_FILE.sub(r"archive/\1", rest)
    return owner, repo.removesuffix(".git"), unquote(rest)
