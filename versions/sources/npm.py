"""npm, on whichever registry a recipe downloads from, known by the shape of its URLs.

The short form of a package's document is asked for
(https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md); registries that know
only the long one answer with that, and then dates are known too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from core.http import Door
from versions.choosing.schemes import Scheme, parse
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.sources.protocol import Fact
from versions.sources.reading import ask, is_name, moment, path_of, reading, web_host
from versions.sources.shared import Shared

ACCEPT = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8"
MAX_BYTES = 64 * 1024 * 1024  # the long form of the largest packages has some 30 MB
_WORD = r"[A-Za-z0-9~_][A-Za-z0-9._~-]{0,213}"
# /NAME/-/NAME-1.0.0.tgz, /@SCOPE/NAME/-/NAME-1.0.0.tgz, behind the path of a private registry
_SHAPE = re.compile(
    rf"(?P<root>(?:/[A-Za-z0-9._-]+)*)/(?P<project>(?:@{_WORD}/)?(?P<name>{_WORD}))"
    rf"/-/(?:@{_WORD}/)?(?P=name)-[^/]+\.tgz"
)


class Npm:
    name = "npm"
    title = "The npm registry"
    urls = "`/NAME/-/NAME-VERSION.tgz` and `/@SCOPE/NAME/-/NAME-VERSION.tgz`, on any host"
    asks = "`/NAME` at the recipe's own host, in its short form"
    bulk = False
    knows = frozenset({Fact.DATE, Fact.PRERELEASE, Fact.YANKED})
    scheme = Scheme.GENERIC
    curated = True

    def claims(self, url: RecipeUrl) -> Upstream | None:
        host, match = web_host(url), _SHAPE.fullmatch(unquote(path_of(url)))
        if not host or match is None:
            return None
        project = match["project"]
        page = f"https://{host}{match['root']}/{project.replace('/', '%2F')}"
        return Upstream(self.name, project, page, lane=host)

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        answer = ask(
            door,
            upstream.url,
            title=self.title,
            project=upstream.project,
            headers={"Accept": ACCEPT},
            max_bytes=MAX_BYTES,
        )
        with reading(self.title, upstream.project):
            document = answer.json()
            releases = tuple(read_document(document))
            skipped = len(document["versions"]) - len(releases)
            return Listing(self.name, upstream.url, releases, skipped)


def read_document(document: Mapping[str, Any]) -> Iterator[Release]:
    """The releases of a package. Raises one of `reading.UNREADABLE`."""
    latest = parse(document.get("dist-tags", {}).get("latest", ""))
    times = document.get("time") or {}
    for text, entry in document["versions"].items():
        version = parse(text)
        # Above what its owners tag `latest` are trials of things to come, whatever their number.
        is_ahead = latest is not None and version is not None and version > latest
        if is_name(text):
            yield Release(
                text,
                Npm.name,
                url=_url(entry),
                released_at=moment(times.get(text)),
                prerelease=is_ahead or "-" in text,  # https://semver.org, 9
                yanked=bool(entry.get("deprecated")),
            )


def _url(entry: Mapping[str, Any]) -> str:
    url = entry.get("dist", {}).get("tarball")
    is_safe = isinstance(url, str) and url.startswith("https://") and url.isprintable()
    return url if is_safe and len(url) <= 2000 else ""
