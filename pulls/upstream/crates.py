"""crates.io: hashes and dependencies stand in the crate's file of the sparse index
(https://doc.rust-lang.org/cargo/reference/registry-index.html)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from pulls.editing import Digests
from pulls.upstream.asking import Asking
from pulls.upstream.model import Told, hexadecimal, merged, spelled
from pulls.upstream.outcomes import NOT_LISTED
from versions.releases import Upstream
from versions.sources.crates import Crates, index_url
from versions.sources.reading import reading

Line = Mapping[str, Any]


class CrateIndex:
    source = Crates.name
    title = Crates.title
    publishes = frozenset({"sha256"})

    def told(self, upstream: Upstream, version: str, ask: Asking) -> Told:
        lines = self._lines(upstream, ask)
        line = lines.get(spelled(version, lines))
        if line is None:
            raise NOT_LISTED.error(title=self.title, project=upstream.project, version=version)
        with reading(self.title, upstream.project):
            return Told(merged(_dependencies(line)))

    def digests(self, upstream: Upstream, url: str, ask: Asking) -> Digests | None:
        for version, line in self._lines(upstream, ask).items():
            ends = (f"/{upstream.project}-{version}.crate", f"/{version}/download")
            if url.endswith(ends) and (sha256 := hexadecimal(line.get("cksum"), 64)):
                return Digests(sha256=sha256)
        return None

    def _lines(self, upstream: Upstream, ask: Asking) -> dict[str, Line]:
        answer = ask.get(index_url(upstream.project))
        with reading(self.title, upstream.project):
            lines = [orjson.loads(line) for line in answer.body.splitlines() if line]
            return {str(line["vers"]): line for line in lines}


def _dependencies(line: Line) -> Iterator[tuple[str, str]]:
    """What is built with it; neither what only its own tests need, nor what features add."""
    if rust := line.get("rust_version"):
        yield "rust", f">={rust}"
    for each in line["deps"]:
        if each.get("kind") != "dev" and not each.get("optional"):
            target = f"; {each['target']}" if each.get("target") else ""
            yield str(each.get("package") or each["name"]), f"{each['req']}{target}"
