"""The tags of a git repository, as git itself is told of them.

One request of git's smart HTTP protocol lists every tag, however many there are
(https://git-scm.com/docs/http-protocol, "Smart Clients"). It tells neither dates nor which
releases are pre-releases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dulwich.errors import GitProtocolError
from dulwich.protocol import PktLineParser

from core.http import Door
from versions.outcomes import BAD_ANSWER
from versions.releases import Listing, Release, Upstream
from versions.sources.protocol import Source
from versions.sources.reading import ask, why

# The largest repositories have some hundred thousand refs, pull requests included, of 70 bytes.
_MAX_BYTES = 64 * 1024 * 1024
# Forges ask for a login rather than say whether a private repository exists.
_ABSENT = (401, 404, 410, 451)

_TAGS = b"refs/tags/"
_PEELED = b"^{}"
LONGEST_TAG = 240  # bytes; no release has a longer one


def list_tags(
    source: Source, upstream: Upstream, door: Door, *, repository: str, page: str
) -> Listing:
    """All tags of the repository at an https URL; `page` shows them to people. Raises
    OutcomeError."""
    answer = ask(
        door,
        f"{repository}/info/refs?service=git-upload-pack",
        title=source.title,
        project=upstream.project,
        max_bytes=_MAX_BYTES,
        absent=_ABSENT,
    )
    try:
        tags = read_tags(answer.body)
    except (GitProtocolError, ValueError) as error:
        raise BAD_ANSWER.error(
            title=source.title, project=upstream.project, why=why(error)
        ) from error
    return tags_listing(source.name, page, tags)


def tags_listing(source: str, page: str, tags: Iterable[str]) -> Listing:
    """What a source lists that knows no more than tags."""
    return Listing(source, page, tuple(Release(tag, source, tag, page) for tag in tags))


def read_tags(advertisement: bytes) -> list[str]:
    """The tags in a ref advertisement, protocol v0. Raises GitProtocolError or ValueError."""
    if not advertisement[4:].startswith(b"# service=git-upload-pack"):
        raise ValueError("it is not a list of git refs")
    lines: list[bytes | None] = []
    parser = PktLineParser(lines.append)
    parser.parse(advertisement)
    if parser.get_tail() or not lines or lines[-1] is not None:
        raise ValueError("the list of git refs is cut short")
    return list(dict.fromkeys(_tags(lines[1:])))


def _tags(lines: list[bytes | None]) -> Iterator[str]:
    for line in lines:
        _, _, ref = (line or b"").rstrip(b"\n").partition(b" ")
        # Capabilities follow the first ref, behind a NUL.
        name = ref.partition(b"\0")[0]
        if (
            name.startswith(_TAGS)
            and not name.endswith(_PEELED)
            and len(name) <= len(_TAGS) + LONGEST_TAG
        ):
            yield name.removeprefix(_TAGS).decode("utf-8", "replace")
