"""What maintainers and people decided about a package's versions, as one value.

The keys of the `bot:` section of conda-forge.yml keep their meaning
(https://conda-forge.org/docs/maintainer/conda_forge_yml/#bot); docs/bot-settings.md tells of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import regex

from core.http import DoorError
from core.http.origins import parse_url
from versions.choosing.patterns import BadPattern, Pattern, Rewrite
from versions.choosing.schemes import Scheme
from versions.choosing.settings_reader import Problem, SettingsReader

__all__ = ["KEYS", "SOURCE_NAMES", "PageSettings", "Policy", "Problem", "read_policy"]

_MAX_COOLDOWN = 365.0  # days
_STREAM = regex.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9}){0,3})(?:\.[x*])?")  # type: ignore[no-untyped-call]

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

# What `version_updates.sources` may name, in lower case: the bot's names for its sources, with ours
# that do the same work, and our own. Those without a counterpart here stand for none.
SOURCE_NAMES: Mapping[str, tuple[str, ...]] = {
    "pypi": ("pypi",),
    "cran": ("cran",),
    "bioconductor": ("bioconductor",),
    "npm": ("npm",),
    "cratesio": ("crates",),
    "crates": ("crates",),
    "rubygems": ("rubygems",),
    "cpan": ("cpan",),
    "github": ("github",),
    "githubreleases": ("github",),
    "gitlab": ("gitlab",),
    "gitea": ("gitea",),
    "nvidia": ("nvidia",),
    "sourceforge": ("sourceforge",),
    "git": ("git",),
    "gittags": ("git", "github", "gitlab", "gitea"),
    "listing": ("listing",),
    "page": ("page",),
    "probe": ("probe",),
    "rawurl": ("probe",),
    "incrementalpharawurl": ("probe",),
    "rosdistro": (),
    "librariesio": (),
}


@dataclass(frozen=True, slots=True)
class PageSettings:
    """A page that lists versions, and the pattern that finds them on it."""

    url: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Policy:
    """`prereleases` is None unless somebody said whether they are wanted. `stream` holds the
    numbers that versions must begin with, `hidden` maps versions to the reason of the person who
    hid them."""

    exclude: frozenset[str] = frozenset()
    skip: bool = False
    random_fraction_to_keep: float | None = None
    even_odd_versions: bool = False
    allowed_tag_globs: tuple[Pattern, ...] = ()
    sources: tuple[str, ...] | None = None
    use_curl: bool | None = None
    nvidia_compute_subdir: str = ""
    nvidia_json_name: str = ""
    include_pattern: Pattern | None = None
    exclude_pattern: Pattern | None = None
    rewrite: Rewrite | None = None
    prereleases: bool | None = None
    prerelease_words: frozenset[str] = frozenset()
    stream: tuple[int, ...] = ()
    cooldown_days: float = 0.0
    scheme: Scheme | None = None
    page: PageSettings | None = None
    hidden: Mapping[str, str] = field(default_factory=dict)
    pinned: str | None = None

    def allows_tag(self, tag: str) -> bool:
        """Raises OutcomeError `versions.slow_pattern`."""
        globs = self.allowed_tag_globs
        return not globs or any(glob.fullmatch(tag) for glob in globs)


def read_policy(
    bot: Any, *, hidden: Mapping[str, str] | None = None, pinned: str | None = None
) -> tuple[Policy, tuple[Problem, ...]]:
    """The policy in a `bot:` section, as YAML gave it, with what is wrong with it. Never raises."""
    reader = SettingsReader()
    section = reader.section("bot", bot, _OTHER_BOT_KEYS)
    where = "bot.version_updates"
    updates = reader.section(where, section.get("version_updates"), _READERS)
    values = {
        key: value
        for key, read in _READERS.items()
        if key in updates and (value := read(reader, f"{where}.{key}", updates[key])) is not None
    }
    values |= values.pop("nvidia", {})
    policy = Policy(**values, hidden=dict(hidden or {}), pinned=pinned or None)
    return policy, tuple(reader.problems)


def _versions(reader: SettingsReader, where: str, value: Any) -> frozenset[str] | None:
    texts = reader.strings(where, value)
    return None if texts is None else frozenset(texts)


def _words(reader: SettingsReader, where: str, value: Any) -> frozenset[str] | None:
    words = reader.strings(where, value)
    if words is None or all(word.isalpha() for word in words):
        return None if words is None else frozenset(word.lower() for word in words)
    reader.problem(where, "must be words of letters only.")
    return None


def _sources(reader: SettingsReader, where: str, value: Any) -> tuple[str, ...] | None:
    names = reader.strings(where, value)
    if names is None:
        return None
    ours: list[str] = []
    for name in names:
        if name.lower() not in SOURCE_NAMES:
            reader.problem(where, f"{name!r} is not a known source.")
        ours += SOURCE_NAMES.get(name.lower(), ())
    return tuple(dict.fromkeys(ours))


def _stream(reader: SettingsReader, where: str, value: Any) -> tuple[int, ...] | None:
    text = reader.text(where, value)
    match = _STREAM.fullmatch(text) if text is not None else None
    if match:
        return tuple(int(number) for number in match[1].split("."))
    if text is not None:
        reader.problem(where, "must be the start of a version, such as 3.x or 3.1.")
    return None


def _scheme(reader: SettingsReader, where: str, value: Any) -> Scheme | None:
    name = reader.choice(where, value, [scheme.value for scheme in Scheme])
    return Scheme(name) if name else None


def _nvidia(reader: SettingsReader, where: str, value: Any) -> dict[str, str]:
    keys = NESTED_KEYS["nvidia"]
    section = reader.section(where, value, keys)
    return {
        f"nvidia_{key}": text
        for key in keys
        if key in section and (text := reader.text(f"{where}.{key}", section[key])) is not None
    }


def _rewrite(reader: SettingsReader, where: str, value: Any) -> Rewrite | None:
    section = reader.section(where, value, NESTED_KEYS["rewrite"])
    if not isinstance(value, Mapping):
        return None
    extract = reader.pattern(f"{where}.extract", section.get("extract"))
    replace = section.get("replace")
    if replace is not None and reader.text(f"{where}.replace", replace) is None:
        return None
    try:
        return Rewrite.read(extract, replace) if extract else None
    except BadPattern as error:
        reader.problem(f"{where}.replace", f"{error}.")
        return None


def _page(reader: SettingsReader, where: str, value: Any) -> PageSettings | None:
    section = reader.section(where, value, NESTED_KEYS["page"])
    if not isinstance(value, Mapping):
        return None
    url = reader.text(f"{where}.url", section.get("url"))
    pattern = reader.pattern(f"{where}.pattern", section.get("pattern"))
    if url is None or pattern is None:
        return None
    try:
        parse_url(url)
    except DoorError as error:
        reader.problem(f"{where}.url", error.outcome.message)
        return None
    return PageSettings(url, pattern)


_READERS: dict[str, Callable[[SettingsReader, str, Any], Any]] = {
    "exclude": _versions,
    "skip": SettingsReader.flag,
    "random_fraction_to_keep": partial(SettingsReader.number, most=1),
    "even_odd_versions": SettingsReader.flag,
    "allowed_tag_globs": SettingsReader.globs,
    "sources": _sources,
    "use_curl": SettingsReader.flag,
    "nvidia": _nvidia,
    "include_pattern": SettingsReader.pattern,
    "exclude_pattern": SettingsReader.pattern,
    "rewrite": _rewrite,
    "prereleases": SettingsReader.flag,
    "prerelease_words": _words,
    "stream": _stream,
    "cooldown_days": partial(SettingsReader.number, most=_MAX_COOLDOWN),
    "scheme": _scheme,
    "page": _page,
}

NESTED_KEYS: Mapping[str, tuple[str, ...]] = {
    "nvidia": ("compute_subdir", "json_name"),
    "rewrite": ("extract", "replace"),
    "page": ("url", "pattern"),
}
# All settings under bot.version_updates, nested ones with a dot.
KEYS = (*_READERS, *(f"{key}.{each}" for key, nested in NESTED_KEYS.items() for each in nested))
