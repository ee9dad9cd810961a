"""Gitea and Forgejo: Codeberg, and instances whose address says what they are.

What a recipe downloads decides what is asked, in one request: a file that was attached to a release
needs a release, so the releases are asked for (https://codeberg.org/api/swagger); for an archive of
a tag every tag will do, and many projects make no more than tags.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import quote, unquote

from core.http import Door
from versions.choosing.schemes import Scheme
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.sources.forge_urls import GIT_SCHEMES, is_repository, tag_in
from versions.sources.git_refs import list_tags
from versions.sources.protocol import Fact
from versions.sources.reading import ask, is_name, moment, path_of, reading, web_host
from versions.sources.shared import Shared

HOSTS = frozenset({"codeberg.org", "gitea.com", "code.forgejo.org", "git.osgeo.org"})

_PAGE = 50  # the most that an instance gives unless its owner says otherwise
_SHAPE = re.compile(
    r"(?P<root>(?:/(?:gitea|forgejo))?)/(?P<owner>[^/]+)/(?P<repo>[^/]+?)(?P<git>\.git)?"
    r"(?:/|/(?P<rest>(?:archive|releases/download)/.+))?"
)
_ATTACHED = "attached file"


class Gitea:
    name = "gitea"
    title = "Gitea"
    urls = "`/OWNER/REPO/archive/TAG...`, `/OWNER/REPO/releases/download/TAG/FILE` and `git_url`s \
on Codeberg, on known hosts, on those in `BOTSITE_GITEA_HOSTS`, and on hosts called `gitea.` or \
`forgejo.`"
    asks = "The repository's git refs; for a file of a release instead \
`/api/v1/repos/OWNER/REPO/releases`, the newest 50"
    bulk = False
    knows = frozenset({Fact.DATE, Fact.PRERELEASE})
    scheme = Scheme.GENERIC
    curated = False

    def __init__(self, hosts: Collection[str] = ()) -> None:
        """`hosts` are instances, beyond the known ones, that an operator named."""
        self._hosts = HOSTS | set(hosts)

    def claims(self, url: RecipeUrl) -> Upstream | None:
        host = web_host(url, GIT_SCHEMES)
        match = _SHAPE.fullmatch(path_of(url))
        if match is None or not self._is_instance(host):
            return None
        owner, repo, rest = match["owner"], match["repo"], unquote(match["rest"] or "")
        if not (is_repository(owner, repo) and (rest or match["git"] or url.git_rev)):
            return None
        return Upstream(
            self.name,
            f"{owner}/{repo}",
            f"https://{host}{match['root']}/{owner}/{repo}",
            lane=host,
            tag=url.git_rev or tag_in(rest, repo),
            artefact=_ATTACHED if rest.startswith("releases/") else "",
        )

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        if upstream.artefact == _ATTACHED:
            return self._releases(upstream, door)
        page = upstream.url
        return list_tags(self, upstream, door, repository=f"{page}.git", page=f"{page}/tags")

    def _releases(self, upstream: Upstream, door: Door) -> Listing:
        root = upstream.url.removesuffix(f"/{upstream.project}")
        url = f"{root}/api/v1/repos/{upstream.project}/releases?limit={_PAGE}"
        answer = ask(door, url, title=self.title, project=upstream.project)
        with reading(self.title, upstream.project):
            entries = answer.json()
            releases = tuple(_read(entries, upstream))
            skipped = len(entries) - len(releases)
            return Listing(self.name, f"{upstream.url}/releases", releases, skipped)

    def _is_instance(self, host: str) -> bool:
        return host in self._hosts or host.startswith(("gitea.", "forgejo."))


def _read(entries: list[Any], upstream: Upstream) -> Iterator[Release]:
    for each in entries:
        tag = each["tag_name"]
        if is_name(tag) and not each.get("draft"):
            page = f"{upstream.url}/releases/tag/{quote(tag)}"
            when = moment(each.get("published_at") or each.get("created_at"))
            yield Release(tag, Gitea.name, tag, page, when, each.get("prerelease") is True)
