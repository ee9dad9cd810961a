"""CRAN: dependencies stand in DESCRIPTION. Of a package's current version CRAN has that as a page;
those of other versions are in the mirror of CRAN on GitHub, which has a tag for each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

from pulls.editing import Digests
from pulls.upstream.asking import Asking
from pulls.upstream.model import Told, merged
from pulls.upstream.outcomes import NOT_LISTED
from pulls.words.body import Link
from versions.releases import Upstream
from versions.sources.cran import Cran
from versions.sources.reading import reading

PAGES = "https://cran.r-project.org/web/packages"
MIRROR = "https://raw.githubusercontent.com/cran"
MAX_BYTES = 1024 * 1024

_FIELDS = ("Depends", "Imports", "LinkingTo")
_DEPENDENCY = re.compile(r"([A-Za-z][A-Za-z0-9.]*)\s*(?:\(([^()]*)\))?")


class CranPackages:
    source = Cran.name
    title = Cran.title
    publishes: frozenset[str] = frozenset()

    def told(self, upstream: Upstream, version: str, ask: Asking) -> Told:
        name, version = upstream.project, version.replace("_", "-")
        current = self._description(f"{PAGES}/{name}/DESCRIPTION", name, ask)
        if current["Version"] == version:
            return Told(merged(_dependencies(current)), tuple(_news(name, ask)))
        old = self._description(f"{MIRROR}/{name}/{version}/DESCRIPTION", name, ask)
        if old["Version"] != version:
            raise NOT_LISTED.error(title=self.title, project=name, version=version)
        return Told(merged(_dependencies(old)))

    def digests(self, upstream: Upstream, url: str, ask: Asking) -> Digests | None:
        return None

    def _description(self, url: str, name: str, ask: Asking) -> Message:
        answer = ask.get(url, max_bytes=MAX_BYTES)
        with reading(self.title, name):
            description = message_from_bytes(answer.body)
            if description["Package"] != name:
                raise ValueError("it is the DESCRIPTION of no such package")
            return description


def _news(name: str, ask: Asking) -> Iterator[Link]:
    """Only packages that keep one have such a page."""
    page = f"{PAGES}/{name}/news/news.html"
    if ask.has(page):
        yield Link("news", page)


def _dependencies(description: Message) -> Iterator[tuple[str, str]]:
    for field in _FIELDS:
        for item in str(description[field] or "").split(","):
            if found := _DEPENDENCY.fullmatch(item.strip()):
                yield found[1], found[2] or ""
    if needs := description["SystemRequirements"]:
        yield "SystemRequirements", str(needs)
