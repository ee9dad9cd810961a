"""crates.io: the sparse index has a small file for each crate, with one line for each version
(https://doc.rust-lang.org/cargo/reference/registry-index.html).
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from core.http import Door
from versions.choosing.schemes import Scheme
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.sources.protocol import Fact
from versions.sources.reading import ask, is_name, match_on, moment, reading
from versions.sources.shared import Shared

_HOSTS = frozenset({"crates.io", "www.crates.io", "static.crates.io"})
_NAME = r"(?P<name>[A-Za-z][A-Za-z0-9_-]{0,63})"
_SHAPES = (
    re.compile(rf"/api/v1/crates/{_NAME}/[^/]+/download"),
    re.compile(rf"/crates/{_NAME}/(?:(?P=name)-[^/]+\.crate|[^/]+/download)"),
)


class Crates:
    name = "crates"
    title = "crates.io"
    urls = "`static.crates.io/crates/NAME/...` and `crates.io/api/v1/crates/NAME/VERSION/download`"
    asks = "The crate's file in the sparse index, `index.crates.io`"
    bulk = False
    knows = frozenset({Fact.DATE, Fact.PRERELEASE, Fact.YANKED})
    scheme = Scheme.GENERIC
    curated = True

    def claims(self, url: RecipeUrl) -> Upstream | None:
        match = match_on(_HOSTS, url, *_SHAPES)
        if match is None:
            return None
        page = f"https://crates.io/crates/{match['name']}"
        return Upstream(self.name, match["name"], page, lane="index.crates.io")

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        project = upstream.project
        url = index_url(project)
        answer = ask(door, url, title=self.title, project=project, absent=(404, 410, 451))
        with reading(self.title, project):
            lines = [orjson.loads(line) for line in answer.body.splitlines() if line]
            if not lines:
                raise ValueError("it lists no versions")
            releases = tuple(_release(line, upstream) for line in lines if is_name(line["vers"]))
            return Listing(self.name, upstream.url, releases, len(lines) - len(releases))


def index_url(project: str) -> str:
    """Where the sparse index has a crate's file."""
    return f"https://index.crates.io/{_place(project.lower())}"


def _place(name: str) -> str:
    if len(name) < 3:
        return f"{len(name)}/{name}"
    return f"3/{name[0]}/{name}" if len(name) == 3 else f"{name[:2]}/{name[2:4]}/{name}"


def _release(line: dict[str, Any], upstream: Upstream) -> Release:
    version = line["vers"]
    return Release(
        version,
        Crates.name,
        url=f"{upstream.url}/{version}",
        released_at=moment(line.get("pubtime")),
        prerelease="-" in version.partition("+")[0],  # https://semver.org, 9 and 10
        yanked=line.get("yanked") is True,
    )
