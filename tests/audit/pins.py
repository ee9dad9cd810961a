"""What a file of requirements pins: pure reading of what `make lock` wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})\b")


@dataclass(frozen=True, slots=True)
class Pin:
    """`here` is false for one that only other platforms or versions of Python install."""

    name: str
    version: str
    hashes: frozenset[str]
    here: bool = True


class NotAPin(ValueError):
    """A line that would install something else than one version."""


def read_pins(path: Path) -> list[Pin]:
    text = re.sub(r"\\\n", " ", path.read_text())
    lines = (line.split(" #")[0].strip() for line in text.splitlines())
    return [_pin(line) for line in lines if line and not line.startswith("#")]


def _pin(line: str) -> Pin:
    stated, _, hashes = line.partition("--hash")
    try:
        requirement = Requirement(stated)
    except InvalidRequirement:
        raise NotAPin(line[:100]) from None
    specifiers = list(requirement.specifier)
    if len(specifiers) != 1 or specifiers[0].operator != "==":
        raise NotAPin(line[:100])
    here = requirement.marker is None or requirement.marker.evaluate()
    digests = frozenset(_HASH.findall(f"--hash{hashes}"))
    return Pin(requirement.name, specifiers[0].version, digests, here)
