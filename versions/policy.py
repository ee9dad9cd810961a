"""What maintainers and people decided about a package's versions, as one value.

The keys of the `bot:` section of conda-forge.yml keep their meaning
(https://conda-forge.org/docs/maintainer/conda_forge_yml/#bot).
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import regex

_GLOB_TIMEOUT = 0.1  # seconds; a tag and a glob are both short
_MAX_GLOB = 200

# Keys of `bot:` that other stages act on; known, so that a misspelt one stands out.
_OTHER_BOT_KEYS = frozenset(
    {
        "abi_migration_branches",
        "automerge",
        "check_solvable",
        "inspection",
        "remake_prs_with_conflicts",
        "run_deps_from_wheel",
        "update_static_libs",
        "version_updates",
    }
)

# The bot's names for its sources, and ours that do the same work. "" are its names that have no
# counterpart here yet.
SOURCE_NAMES: Mapping[str, str] = {
    "pypi": "pypi",
    "cran": "cran",
    "github": "github",
    "githubreleases": "github",
    "gittags": "github",
    "npm": "",
    "cratesio": "",
    "nvidia": "",
    "rosdistro": "",
    "librariesio": "",
    "rawurl": "",
    "incrementalpharawurl": "",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A setting that was not understood, and is not obeyed."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Policy:
    """`hidden` maps versions to the reason of the person who hid them."""

    exclude: frozenset[str] = frozenset()
    skip: bool = False
    random_fraction_to_keep: float | None = None
    even_odd_versions: bool = False
    allowed_tag_globs: tuple[str, ...] = ()
    sources: tuple[str, ...] | None = None
    use_curl: bool | None = None
    nvidia_compute_subdir: str = ""
    nvidia_json_name: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict)
    pinned: str | None = None

    def allows_tag(self, tag: str) -> bool:
        return not self.allowed_tag_globs or any(_glob(g, tag) for g in self.allowed_tag_globs)


def read_policy(
    bot: Any, *, hidden: Mapping[str, str] | None = None, pinned: str | None = None
) -> tuple[Policy, tuple[Problem, ...]]:
    """The policy in a `bot:` section, as YAML gave it, with what is wrong with it. Never raises."""
    reader = _Reader()
    section = reader.section(bot, "bot", _OTHER_BOT_KEYS)
    updates = reader.section(
        section.get("version_updates"), "bot.version_updates", _READERS.keys() | {"nvidia"}
    )
    values = {
        key: value
        for key, read in _READERS.items()
        if updates.get(key) is not None
        and (value := read(reader, f"bot.version_updates.{key}", updates[key])) is not None
    }
    values |= reader.nvidia(updates.get("nvidia"))
    policy = Policy(**values, hidden=dict(hidden or {}), pinned=pinned or None)
    return policy, tuple(reader.problems)


class _Reader:
    """Reads settings of unknown shape; a bad value is a problem, and None."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(self, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))

    def section(self, value: Any, where: str, known: frozenset[str] | set[str]) -> dict[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.problem(where, "must be a mapping.")
            return {}
        for key in value:
            if key not in known:
                self.problem(f"{where}.{key}", "is not a known setting.")
        return {str(key): each for key, each in value.items()}

    def flag(self, where: str, value: Any) -> bool | None:
        if isinstance(value, bool):
            return value
        self.problem(where, "must be true or false.")
        return None

    def text(self, where: str, value: Any) -> str | None:
        if isinstance(value, str):
            return value
        self.problem(where, "must be a string.")
        return None

    def fraction(self, where: str, value: Any) -> float | None:
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
        self.problem(where, "must be a number from 0 to 1.")
        return None

    def strings(self, where: str, value: Any) -> tuple[str, ...] | None:
        if not isinstance(value, list):
            self.problem(where, "must be a list of strings.")
            return None
        # YAML reads an unquoted version as a number, which loses 1.10; the quoted one is meant.
        for each in value:
            if not isinstance(each, str):
                self.problem(where, f"{each!r} must be quoted, to be read as a string.")
        return tuple(str(each) for each in value)

    def versions(self, where: str, value: Any) -> frozenset[str] | None:
        texts = self.strings(where, value)
        return None if texts is None else frozenset(texts)

    def globs(self, where: str, value: Any) -> tuple[str, ...] | None:
        texts = self.strings(where, [value] if isinstance(value, str) else value)
        if texts and any(len(each) > _MAX_GLOB for each in texts):
            self.problem(where, f"a pattern is longer than {_MAX_GLOB} characters.")
            return None
        return texts

    def sources(self, where: str, value: Any) -> tuple[str, ...] | None:
        names = self.strings(where, value)
        if names is None:
            return None
        ours: list[str] = []
        for name in names:
            if name.lower() not in SOURCE_NAMES:
                self.problem(where, f"{name!r} is not a known source.")
            elif (known := SOURCE_NAMES[name.lower()]) and known not in ours:
                ours.append(known)
        return tuple(ours)

    def nvidia(self, value: Any) -> dict[str, str]:
        where = "bot.version_updates.nvidia"
        section = self.section(value, where, {"compute_subdir", "json_name"})
        return {
            f"nvidia_{key}": text
            for key in ("compute_subdir", "json_name")
            if section.get(key) is not None
            and (text := self.text(f"{where}.{key}", section[key])) is not None
        }


_READERS: dict[str, Callable[[_Reader, str, Any], Any]] = {
    "exclude": _Reader.versions,
    "skip": _Reader.flag,
    "random_fraction_to_keep": _Reader.fraction,
    "even_odd_versions": _Reader.flag,
    "allowed_tag_globs": _Reader.globs,
    "sources": _Reader.sources,
    "use_curl": _Reader.flag,
}


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    return regex.compile(fnmatch.translate(pattern))  # type: ignore[no-untyped-call]


def _glob(pattern: str, tag: str) -> bool:
    """A pattern that takes too long does not match; the candidate's verdict shows it."""
    try:
        return bool(_compiled(pattern).fullmatch(tag, timeout=_GLOB_TIMEOUT))
    except TimeoutError:
        return False
