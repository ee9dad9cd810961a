"""Hashes that a person gives, as a JSON object of URL to sha256, or to sha256, md5 and sha1."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.outcomes import OutcomeError
from pulls.editing.model import HASH_LENGTHS, Digests
from pulls.outcomes import BAD_HASHES_FILE, NO_HASH

ANY_URL = "*"
MAX_CHARACTERS = 16_000_000


class GivenHashes:
    """A HashResolver that knows what it was given, and asks nobody."""

    def __init__(self, given: Mapping[str, Digests]) -> None:
        self._given = given

    def __call__(self, url: str, algorithms: frozenset[str]) -> Digests:
        if found := self._given.get(url) or self._given.get(ANY_URL):
            return found
        raise NO_HASH.error(algorithms=" or ".join(sorted(algorithms)), url=url)


def read_given(text: str, file: str) -> GivenHashes:
    """The hashes in the text of a file. Raises OutcomeError: `pulls.bad_hashes_file`,
    `pulls.bad_hash`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        problem = error.msg if isinstance(error, json.JSONDecodeError) else "it can't be parsed"
        raise BAD_HASHES_FILE.error(file=file, line=line, problem=problem) from None
    if not isinstance(document, dict):
        raise BAD_HASHES_FILE.error(file=file, line=1, problem="it is no JSON object")
    return GivenHashes({url: _digests(url, given, file) for url, given in document.items()})


def _digests(url: str, given: Any, file: str) -> Digests:
    hashes = {"sha256": given} if isinstance(given, str) else given
    if not isinstance(hashes, dict) or not all(isinstance(each, str) for each in hashes.values()):
        raise _bad(file, url, "its hashes are neither a text nor an object of texts")
    if unknown := sorted(set(hashes) - set(HASH_LENGTHS)):
        raise _bad(file, url, f"{unknown[0]!r} is none of {', '.join(HASH_LENGTHS)}")
    digests = Digests(**hashes)
    for algorithm in hashes:
        digests.get(algorithm)
    return digests


def _bad(file: str, url: str, problem: str) -> OutcomeError:
    return BAD_HASHES_FILE.error(file=file, line=1, field=url, problem=problem)
