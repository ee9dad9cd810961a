"""Going from md5 or sha1 to sha256, where nothing else is known of the new file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pulls.editing.hashes import Spot
from pulls.editing.substitutions import Substitution
from pulls.editing.workbench import Workbench

_WHY = "only the sha256 of the new file is known"
_SHA256 = "sha256"


def moved_to_sha256(bench: Workbench, spot: Spot, algorithm: str) -> list[Substitution]:
    """What makes the hash at `spot` a sha256 instead: the key before it, or, if it stands in a
    variable, the keys before that, and the variable's name where it speaks of the algorithm."""
    names = [
        each.name for each in bench.definitions if each.start <= spot.start and spot.end <= each.end
    ]
    if not names:
        return list(_key_before(bench, spot, algorithm))
    return [*_keys_before(bench, names[0], algorithm), *_renamed(bench, names[0], algorithm)]


def _key_before(bench: Workbench, spot: Spot, algorithm: str) -> Iterator[Substitution]:
    for entry in bench.entries:
        if entry.start <= spot.start and spot.end <= entry.end:
            yield from _rekeyed(bench, entry.key_start, entry.key_end, algorithm)


def _keys_before(bench: Workbench, name: str, algorithm: str) -> Iterator[Substitution]:
    for entry in bench.entries:
        if "{{" in entry.value and re.search(rf"\b{name}\b", entry.value):
            yield from _rekeyed(bench, entry.key_start, entry.key_end, algorithm)


def _rekeyed(bench: Workbench, start: int, end: int, algorithm: str) -> Iterator[Substitution]:
    """The key itself, or what it is a template of: `{{ hash_type }}: ...`."""
    key = bench.text[start:end]
    if key == algorithm:
        yield Substitution(start, end, _SHA256, _WHY)
    elif key.startswith("{{"):
        variable = key.strip("{} ")
        for each in bench.literals:
            if each.name == variable and each.value == algorithm:
                yield each.becoming(_SHA256, _WHY)


def _renamed(bench: Workbench, name: str, algorithm: str) -> Iterator[Substitution]:
    """`md5_linux` becomes `sha256_linux` wherever a template or statement names it."""
    new = name.replace(algorithm, _SHA256)
    taken = {each.name for each in bench.definitions}
    if new == name or new in taken:
        return
    word = re.compile(rf"(?<![\w.\"'-]){name}(?![\w\"'-])")
    for tag in re.finditer(r"\{\{[^{}]{0,500}\}\}|\{%[^%]{0,500}%\}", bench.uncommented):
        for found in word.finditer(bench.uncommented, *tag.span()):
            yield Substitution(*found.span(), new, _WHY)
