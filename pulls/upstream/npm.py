"""The npm registry that a recipe downloads from: hashes and dependencies stand in the package's
document (https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from pulls.editing import Digests
from pulls.upstream.asking import Asking
from pulls.upstream.model import Told, file_name, hexadecimal, merged, spelled
from pulls.upstream.outcomes import NOT_LISTED
from versions.releases import Upstream
from versions.sources.npm import ACCEPT, MAX_BYTES, Npm
from versions.sources.reading import reading

Entry = Mapping[str, Any]


class NpmRegistry:
    source = Npm.name
    title = Npm.title
    # Its `integrity` is a sha512, which recipes don't have.
    publishes = frozenset({"sha1"})

    def told(self, upstream: Upstream, version: str, ask: Asking) -> Told:
        versions = self._versions(upstream, ask)
        entry = versions.get(spelled(version, versions))
        if entry is None:
            raise NOT_LISTED.error(title=self.title, project=upstream.project, version=version)
        with reading(self.title, upstream.project):
            return Told(merged(_dependencies(entry)))

    def digests(self, upstream: Upstream, url: str, ask: Asking) -> Digests | None:
        versions = self._versions(upstream, ask)
        name = unquote(file_name(url))
        base = upstream.project.rpartition("/")[2]
        entry = versions.get(name.removeprefix(f"{base}-").removesuffix(".tgz"), {})
        with reading(self.title, upstream.project):
            sha1 = hexadecimal(entry.get("dist", {}).get("shasum"), 40)
            return Digests(sha1=sha1) if sha1 else None

    def _versions(self, upstream: Upstream, ask: Asking) -> Mapping[str, Entry]:
        answer = ask.get(upstream.url, accept=ACCEPT, max_bytes=MAX_BYTES)
        with reading(self.title, upstream.project):
            return dict(answer.json()["versions"])


def _dependencies(entry: Entry) -> Iterator[tuple[str, str]]:
    engines = entry.get("engines")
    if isinstance(engines, dict) and "node" in engines:
        yield "node", str(engines["node"])
    for kind in ("dependencies", "peerDependencies"):
        for name, constraint in (entry.get(kind) or {}).items():
            yield name, str(constraint)
