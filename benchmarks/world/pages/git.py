"""Git's smart HTTP protocol, as far as `git ls-remote` goes (protocol v0)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from hashlib import sha1

from benchmarks.world.histories import lognormal
from benchmarks.world.pages.page import Page
from benchmarks.world.population import Project

_CAPABILITIES = (
    "multi_ack thin-pack side-band side-band-64k ofs-delta shallow deepen-since deepen-not "
    "no-progress include-tag multi_ack_detailed symref=HEAD:refs/heads/main object-format=sha1"
)
_FOREIGN = ("nightly-2024-01-01", "docs-v99.0", "latest", "benchmark/2025")


def refs_page(project: Project) -> Page:
    content_type = "application/x-git-upload-pack-advertisement"
    return Page("git refs", advertisement(refs(project)), content_type)


def refs(project: Project) -> list[tuple[str, str]]:
    """(object id, ref) of branches, tags and pull requests, as forges advertise all of them."""
    return [(_object(project, name), name) for name in _names(project)]


def tags(project: Project) -> list[str]:
    own = [project.tag_prefix + release.version for release in project.releases]
    return [*(_FOREIGN if project.habit < 0.1 else ()), *own]


def advertisement(known: list[tuple[str, str]]) -> bytes:
    (head, first), *others = known
    lines = [f"{head} {first}\0{_CAPABILITIES}\n"]
    lines += [f"{each} {ref}\n" for each, ref in others]
    return _line("# service=git-upload-pack\n") + b"0000" + b"".join(map(_line, lines)) + b"0000"


def _names(project: Project) -> Iterator[str]:
    yield from ("HEAD", "refs/heads/main", "refs/heads/develop")
    draw = random.Random(project.number)
    for number in range(lognormal(draw, 30, 5000, 20_000)):
        yield f"refs/pull/{number + 1}/head"
    for tag in tags(project):
        yield f"refs/tags/{tag}"
        if project.habit > 0.5:
            yield f"refs/tags/{tag}^{{}}"


def _object(project: Project, name: str) -> str:
    return sha1(f"{project.number}{name}".encode(), usedforsecurity=False).hexdigest()


def _line(text: str) -> bytes:
    return f"{len(text.encode()) + 4:04x}{text}".encode()
