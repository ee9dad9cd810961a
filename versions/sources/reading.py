"""Asking a service about one project, and reading what strangers answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeGuard

from core.http import Door, DoorError, Response
from versions.outcomes import BAD_ANSWER, PROJECT_NOT_FOUND
from versions.releases import RecipeUrl

# What reading a document of the wrong shape raises.
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)

_MAX_TEXT = 250  # no release has a longer name
_MAX_BYTES = 32 * 1024 * 1024
_WEB = frozenset({"http", "https"})
# A lane is named after its host, and has 128 characters.
_HOST = re.compile(r"(?=.{1,120}$)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*(?::[0-9]{1,5})?")


def ask(
    door: Door,
    url: str,
    *,
    title: str,
    project: str,
    headers: Mapping[str, str] | None = None,
    max_bytes: int = _MAX_BYTES,
    absent: Collection[int] = (404, 410),
) -> Response:
    """One request about a project. Raises `versions.project_not_found` for a status in `absent`,
    and whatever else the door raises."""
    try:
        return door.get(url, headers=headers, max_bytes=max_bytes)
    except DoorError as error:
        if error.status in absent:
            raise PROJECT_NOT_FOUND.error(title=title, project=project) from error
        raise


@contextmanager
def reading(title: str, project: str) -> Iterator[None]:
    """What is wrong with a document inside becomes `versions.bad_answer`."""
    try:
        yield
    except UNREADABLE as error:
        raise BAD_ANSWER.error(title=title, project=project, why=why(error)) from error


def why(error: Exception) -> str:
    """Our own reasons are written for people; those of Python are not."""
    return str(error) if type(error) is ValueError else "it has another form than expected"


def is_name(value: object) -> TypeGuard[str]:
    """Whether this may be stored and shown as a version or tag."""
    return isinstance(value, str) and 0 < len(value) <= _MAX_TEXT and value.isprintable()


def moment(text: object) -> datetime | None:
    """An ISO 8601 time in UTC, which it is taken to be if it names no zone; None for others."""
    if not isinstance(text, str):
        return None
    try:
        return in_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def in_utc(when: datetime) -> datetime:
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def web_host(url: RecipeUrl, schemes: Collection[str] = _WEB) -> str:
    """Host, with its port if it names one, of a URL that may be asked; "" for all others.

    A user name in a URL makes one host look like another, so such a URL is nobody's.
    """
    parts = url.parts
    if parts is None or parts.scheme not in schemes:
        return ""
    host = parts.netloc.lower().removesuffix(":443").removesuffix(":80")
    return host if _HOST.fullmatch(host) else ""


def path_of(url: RecipeUrl) -> str:
    return url.parts.path if url.parts else ""


def match_on(
    hosts: Collection[str], url: RecipeUrl, *shapes: re.Pattern[str]
) -> re.Match[str] | None:
    """The match of a URL's path by the first shape that has one, if it is on one of these hosts."""
    return first_match(shapes, path_of(url)) if web_host(url) in hosts else None


def first_match(shapes: Iterable[re.Pattern[str]], text: str) -> re.Match[str] | None:
    """The match of the whole text by the first shape that has one."""
    return next((match for shape in shapes if (match := shape.fullmatch(text))), None)
