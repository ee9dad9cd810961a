"""`github:` without a token: the listing by REST, the texts out of the archives for people."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from core.github import GitHub
from core.github.outcomes import BAD_ANSWER, NO_OWNER, TOKEN_NEEDED
from core.http import Door, DoorError, door
from core.outcomes import Outcome, OutcomeError
from graph.channels.found import Found, Home, Settled
from graph.channels.github_repositories import (
    RECIPES,
    SETTINGS,
    Repository,
    is_variant,
    recipe_from,
)
from graph.channels.outcomes import BAD_ARCHIVE
from graph.outcomes import TOO_LARGE
from graph.recipes.model import RecipeText
from graph.recipes.text import MAX_BYTES

PAGE = 100
MAX_PAGES = 1_000
MOST_ARCHIVES = 200  # at one reading, as a courtesy
MAX_PACKED_BYTES = 8_000_000
MAX_UNPACKED_BYTES = 32_000_000
MAX_MEMBERS = 10_000

_ABOUT_THE_HOST = frozenset(
    f"http.{code}" for code in ("busy", "left_alone", "rate_limited", "unknown_host", "unreachable")
)


def find(github: GitHub, owner: str, settled: Settled) -> Iterator[Found]:
    archives = 0
    for repository in _repositories(github, owner):
        if repository.is_settled(settled):
            yield repository.unchanged(settled)
        elif archives < MOST_ARCHIVES:
            archives += 1
            yield repository.found(_read(door(), f"{github.web}/{owner}", repository))
        elif repository.feedstock in settled:
            yield repository.unchanged(settled)
        else:
            error = github.no(TOKEN_NEEDED, purpose="fetch all recipes at once")
            yield repository.found(error.outcome)


def _repositories(github: GitHub, owner: str) -> Iterator[Repository]:
    for number in range(1, MAX_PAGES + 1):
        entries = _entries(github, owner, number)
        try:
            page = [_repository(entry) for entry in entries]
        except (KeyError, TypeError, AttributeError) as error:
            raise github.no(BAD_ANSWER, problem=f"{type(error).__name__} in its listing") from None
        yield from (repository for repository in page if repository.is_feedstock)
        if len(page) < PAGE:
            return
    raise github.no(BAD_ANSWER, problem=f"a listing of more than {MAX_PAGES} pages")


def _entries(github: GitHub, owner: str, page: int) -> list[Any]:
    """One page of a listing; the path serves organisations too."""
    parameters = {"per_page": PAGE, "page": page, "sort": "full_name"}
    try:
        entries = github.get(f"users/{owner}/repos", parameters).json()
    except OutcomeError as error:
        if error.outcome.code == "http.not_found":
            raise github.no(NO_OWNER, owner=owner) from None
        if error.outcome.code == "github.rate_limited":
            raise github.no(TOKEN_NEEDED, purpose=f"list all repositories of {owner}") from None
        raise
    if not isinstance(entries, list):
        raise github.no(BAD_ANSWER, problem="its listing is no list")
    return entries


def _repository(entry: Mapping[str, Any]) -> Repository:
    home = Home(entry["html_url"][:500], entry["default_branch"][:200], bool(entry["archived"]))
    return Repository(entry["name"], (entry["pushed_at"] or "")[:64], home)


def _read(door: Door, owner_page: str, repository: Repository) -> RecipeText | Outcome:
    """Raises DoorError if there is no use in asking for another archive either."""
    url = f"{owner_page}/{repository.name}/archive/HEAD.tar.gz"
    try:
        body = door.get(url, max_bytes=MAX_PACKED_BYTES).body
        return recipe_from(_files(body))
    except DoorError as error:
        if error.outcome.code in _ABOUT_THE_HOST:
            raise
        return error.outcome
    except OutcomeError as error:
        return error.outcome
    except (OSError, EOFError, ValueError, zlib.error, tarfile.TarError) as error:
        problem = f"{type(error).__name__} while unpacking"
        return BAD_ARCHIVE.outcome(name=repository.name, problem=problem)


def _files(packed: bytes) -> dict[str, bytes]:
    """The files that count, by path. Raises OutcomeError (`recipe.too_large`), and what the
    libraries raise for an archive that is broken."""
    data = gzip.GzipFile(fileobj=io.BytesIO(packed)).read(MAX_UNPACKED_BYTES + 1)
    if len(data) > MAX_UNPACKED_BYTES:
        raise tarfile.TarError("it is too large")
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for number, member in enumerate(archive):
            if number >= MAX_MEMBERS:
                raise tarfile.TarError("it has too many members")
            path = member.name.partition("/")[2]
            if member.isreg() and (path in (*RECIPES, SETTINGS) or is_variant(path)):
                files[path] = _content(archive, member, path)
    return files


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo, path: str) -> bytes:
    if member.size > MAX_BYTES:
        raise TOO_LARGE.error(file=path, line=1, size=member.size, limit=MAX_BYTES)
    stream = archive.extractfile(member)
    return stream.read() if stream else b""
