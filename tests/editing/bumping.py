"""Editing recipes given as text, for tests."""

from __future__ import annotations

import hashlib
from textwrap import dedent

from core.outcomes import Outcome, OutcomeError
from graph.recipes.model import Recipe, RecipeText
from graph.recipes.reader import read
from pulls.editing import Digests, Edited, HashResolver, edit

OLD = "0" * 63 + "1"
OLD_MD5 = "0" * 31 + "1"
OLD_SHA1 = "0" * 39 + "1"


def digests_of(url: str, _algorithms: frozenset[str] = frozenset()) -> Digests:
    """A resolver that knows every URL: the hashes of the URL itself."""
    name = url.encode()
    return Digests(
        sha256=hashlib.sha256(name).hexdigest(),
        md5=hashlib.md5(name, usedforsecurity=False).hexdigest(),
        sha1=hashlib.sha1(name, usedforsecurity=False).hexdigest(),
    )


def sha256_only(url: str, _algorithms: frozenset[str]) -> Digests:
    return Digests(sha256=digests_of(url).sha256)


def sha256_of(url: str) -> str:
    return digests_of(url).sha256


def read_here(recipe: RecipeText, platforms=()) -> Recipe | Outcome:
    """Reading in this process: quick, and for our own recipes only."""
    try:
        return read(recipe, platforms)
    except OutcomeError as error:
        return error.outcome


def bump(
    text: str | bytes,
    to_version: str,
    *,
    file: str = "meta.yaml",
    hashes: HashResolver = digests_of,
    **beside,
) -> Edited:
    data = dedent(text).encode() if isinstance(text, str) else text
    return edit(RecipeText(file, data, **beside), to_version, hashes, read_here)


def changes(text: str, to_version: str, **options) -> dict[str, str]:
    """The lines that differ after editing, stripped: what was there -> what is there now.

    Compares the files themselves, not what editing says of them. All other bytes are the same.
    """
    edited = bump(text, to_version, **options)
    assert edited.outcome.ok, edited.outcome
    before, after = dedent(text).split("\n"), edited.data.decode().split("\n")
    assert len(before) == len(after)
    differing = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [(each.before, each.after) for each in edited.edits] == differing
    return {old.strip(): new.strip() for old, new in differing}


def v1_changes(text: str, to_version: str, **options) -> dict[str, str]:
    return changes(text, to_version, file="recipe.yaml", **options)


def refusal(text: str, to_version: str = "1.3.0", **options) -> Outcome:
    """Why the recipe can't be edited; it stays as it is."""
    edited = bump(text, to_version, **options)
    assert not edited.changed
    assert edited.data == dedent(text).encode()
    assert edited.diff == ""
    return edited.outcome
