"""GitLab: gitlab.com, and every instance whose archives a recipe downloads.

Tags come newest first (https://docs.gitlab.com/api/tags/). Pages are turned until the recipe's own
tag is seen: older ones are of no use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from core.http import Door
from versions.choosing.schemes import Scheme
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.sources.forge_urls import GIT_SCHEMES
from versions.sources.protocol import Fact
from versions.sources.reading import (
    ask,
    first_match,
    is_name,
    moment,
    path_of,
    reading,
    web_host,
)
from versions.sources.shared import Shared

_PAGE = 100  # the most that GitLab gives
_MAX_PAGES = 5
_HOST = "gitlab.com"
_PROJECT = r"(?P<project>[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*){1,20})"
# These paths are GitLab's alone, whatever its host is called.
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        rf"/{_PROJECT}/-/archive/(?:refs/tags/)?(?P<tag>.+)/[^/]+",
        rf"/{_PROJECT}/-/archive/(?P<tag>[^/]+?)\.(?:tar(?:\.[a-z0-9]+)?|zip)",
        rf"/{_PROJECT}/-/releases/(?P<tag>.+)/downloads/.+",
        rf"/{_PROJECT}/repository/(?:archive/)?(?P<tag>[^/]+)/archive\.[a-z0-9.]+",
        rf"/{_PROJECT}/repository/archive\.[a-z0-9.]+(?P<tag>)",
    )
)
_REPOSITORY = re.compile(rf"/{_PROJECT}")
_REF = re.compile(r"(?:^|&)(?:ref|sha)=([^&]+)")


@dataclass(frozen=True, slots=True)
class _Page:
    releases: tuple[Release, ...]
    skipped: int
    is_last: bool


class GitLab:
    name = "gitlab"
    title = "GitLab"
    urls = "`/GROUP/PROJECT/-/archive/...` and other downloads of GitLab on any host; `git_url`s \
on `gitlab.com`"
    asks = "`/api/v4/projects/PROJECT/repository/tags` at the recipe's own host, 100 to a page, \
until the recipe's own tag is seen"
    bulk = False
    knows = frozenset({Fact.DATE})
    scheme = Scheme.GENERIC
    curated = False

    def claims(self, url: RecipeUrl) -> Upstream | None:
        host, (project, tag) = web_host(url, GIT_SCHEMES), _project_and_tag(url)
        if not (host and project):
            return None
        page = f"https://{host}/{project}"
        return Upstream(self.name, project, page, lane=host, tag=url.git_rev or tag)

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        releases: list[Release] = []
        skipped = 0
        for number in range(1, _MAX_PAGES + 1):
            page = self._page(upstream, number, door)
            releases += page.releases
            skipped += page.skipped
            if page.is_last or any(each.tag == upstream.tag for each in page.releases):
                break
        return Listing(self.name, f"{upstream.url}/-/tags", tuple(releases), skipped)

    def _page(self, upstream: Upstream, number: int, door: Door) -> _Page:
        root = upstream.url.removesuffix(f"/{upstream.project}")
        project = quote(upstream.project, safe="")
        query = f"per_page={_PAGE}&page={number}&order_by=updated&sort=desc"
        url = f"{root}/api/v4/projects/{project}/repository/tags?{query}"
        answer = ask(door, url, title=self.title, project=upstream.project)
        with reading(self.title, upstream.project):
            entries = answer.json()
            releases = tuple(_releases(entries, upstream))
            return _Page(releases, len(entries) - len(releases), len(entries) < _PAGE)


def _releases(entries: list[Any], upstream: Upstream) -> Iterator[Release]:
    for each in entries:
        tag = each["name"]
        if is_name(tag):
            # Older instances know only when the commit was made, not the tag.
            when = moment(each.get("created_at") or (each.get("commit") or {}).get("created_at"))
            url = f"{upstream.url}/-/tags/{quote(tag, safe='')}"
            yield Release(tag, GitLab.name, tag, url, when)


def _project_and_tag(url: RecipeUrl) -> tuple[str, str]:
    path = unquote(path_of(url))
    if match := first_match(_SHAPES, path):
        return match["project"], match["tag"] or _ref(url)
    if web_host(url, GIT_SCHEMES) == _HOST and (url.git_rev or path.endswith(".git")):
        match = _REPOSITORY.fullmatch(path.rstrip("/").removesuffix(".git"))
        return (match["project"], "") if match else ("", "")
    return "", ""


def _ref(url: RecipeUrl) -> str:
    match = _REF.search(url.parts.query) if url.parts else None
    return unquote(match[1]) if match else ""
