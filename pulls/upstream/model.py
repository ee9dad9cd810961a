"""What a registry can tell about one version, and what a registry is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pulls.editing import Digests
from pulls.editing.spelling import conda_form
from pulls.upstream.asking import Asking
from pulls.words.body import DependencyChange, Link
from versions.releases import Upstream

MOST = 500  # dependencies of one version that are compared


@dataclass(frozen=True, slots=True)
class Told:
    """Of one version: what it depends on, name to constraint in upstream's words (nothing for any
    version), and pages worth reading."""

    dependencies: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()


class Registry(Protocol):
    """What is asked about versions of one of the kinds of upstream in `versions.sources`."""

    source: str
    """The name of that kind; it knows which URLs are its own."""

    title: str

    publishes: frozenset[str]
    """Which hashes of its files it tells."""

    def told(self, upstream: Upstream, version: str, ask: Asking) -> Told:
        """Raises OutcomeError: the door's, `versions.bad_answer`, `pulls.upstream_not_listed`,
        `pulls.upstream_no_metadata`."""

    def digests(self, upstream: Upstream, url: str, ask: Asking) -> Digests | None:
        """Of the file at a URL; None if it isn't listed. Raises OutcomeError as `told()`."""


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[DependencyChange]:
    """What differs, by name; a dependency on any version is shown as `any`."""
    names = sorted(before.keys() | after.keys(), key=str.lower)
    return [
        DependencyChange(name, _shown(before, name), _shown(after, name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _shown(dependencies: Mapping[str, str], name: str) -> str:
    return dependencies[name] or "any" if name in dependencies else ""


def merged(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name to constraint; of a name that comes again, as for other platforms, all of them."""
    found: dict[str, dict[str, None]] = {}
    for name, constraint in pairs:
        if name in found or len(found) < MOST:
            found.setdefault(name, {})[" ".join(constraint.split())] = None
    return {name: ", or ".join(filter(None, each)) for name, each in found.items()}


def spelled(version: str, listed: Iterable[str]) -> str:
    """The version as it is listed, where conda spells it otherwise; "" if it isn't."""
    wanted = conda_form(version)
    return next((each for each in listed if conda_form(each) == wanted), "")


def hexadecimal(value: object, digits: int) -> str:
    """A hash that is one, else nothing."""
    text = value.lower() if isinstance(value, str) else ""
    return text if re.fullmatch(rf"[0-9a-f]{{{digits}}}", text) else ""


def file_name(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].rpartition("/")[2]
