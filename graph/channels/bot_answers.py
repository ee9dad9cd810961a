"""What conda-forge's bot itself found out, from a checkout of its data repository.

`versions/` has a file for each feedstock, `{"new_version": VERSION or null}` or `{"bad": TEXT}`
where its last look upstream failed; then `version_pr_info/` still knows the last good version. Why
it could not propose a version stands in `status/version_status.v2.json`, for all at once. It keeps
no times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.channels.bot_files import NAME, BadFile, load, path_of

VERSIONS = "versions"
ATTEMPTS = "version_pr_info"
STATUS = "status/version_status.v2.json"
MAX_ANSWER_BYTES = 64_000
MAX_ATTEMPTS_BYTES = 4_000_000
MAX_STATUS_BYTES = 64_000_000
LONGEST_VERSION = 128
LONGEST_ERROR = 500
_READ_OF_ERROR = 40 * LONGEST_ERROR  # whole logs are in there


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one feedstock. With an `error`, its last look upstream failed, and `version` is the last
    good one, if any. `update_error` says why it could not propose an update."""

    version: str = ""
    error: str = ""
    update_error: str = ""


def answers(place: str, names: Iterable[str]) -> Iterator[tuple[str, Answer]]:
    """Of each feedstock that has a name of one; none at all if the checkout has no answers."""
    root = Path(place)
    if not (root / VERSIONS).is_dir():
        return
    update_errors = _update_errors(root)
    for name in names:
        if NAME.fullmatch(name):
            version, error = _found(root, name)
            yield name, Answer(version, error, update_errors.get(name, ""))


def _found(root: Path, name: str) -> tuple[str, str]:
    """Version and error."""
    try:
        answer = load(root / path_of(VERSIONS, name), MAX_ANSWER_BYTES)
        if answer.get("bad"):
            return _last_good(root, name), as_line(answer["bad"]) or "it failed without a word"
        return _version(answer.get("new_version")), ""
    except FileNotFoundError:
        return "", ""
    except (BadFile, OSError) as error:
        return "", as_line(f"Its file in {VERSIONS} can't be used: {_problem(error)}")


def _last_good(root: Path, name: str) -> str:
    try:
        known = load(root / path_of(ATTEMPTS, name), MAX_ATTEMPTS_BYTES)
        return _version(known.get("new_version"))
    except (BadFile, OSError):
        return ""  # what failed is told already; this would only have been something beside it


def _update_errors(root: Path) -> dict[str, str]:
    """By name. The file is a report for people: without it versions are compared all the same."""
    try:
        errors = load(root / STATUS, MAX_STATUS_BYTES).get("errors")
    except (BadFile, OSError):
        return {}
    return {name: _words(error) for name, error in _items(errors)}


def _words(error: Any) -> str:
    """Why an update failed: the first lines of all messages, or in older files a text."""
    messages = error.get("messages") if isinstance(error, dict) else error
    return as_line(messages) or "it failed without a word"


def _items(value: Any) -> Iterable[tuple[str, Any]]:
    return value.items() if isinstance(value, dict) else ()


def _version(value: Any) -> str:
    """Raises BadFile for what no version can be."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadFile("its version is no text")
    if len(value) > LONGEST_VERSION or value != as_line(value):
        raise BadFile("its version is none")
    return value


def _problem(error: BadFile | OSError) -> str:
    return str(getattr(error, "strerror", None) or error)


def as_line(value: Any) -> str:
    """A stranger's text on one line, without control, bidirectional or unassigned characters."""
    texts = value if isinstance(value, list) else [value]
    text = " ".join(each[:_READ_OF_ERROR] for each in texts[:20] if isinstance(each, str))
    plain = "".join(each if each.isprintable() else " " for each in text[:_READ_OF_ERROR])
    line = " ".join(plain.split())
    return line if len(line) <= LONGEST_ERROR else f"{line[: LONGEST_ERROR - 1]}…"
