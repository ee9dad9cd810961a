"""Looking at a recipe so that every source shows, also those of rarer platforms and variants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from core.outcomes import OutcomeError
from graph.recipes import selectors
from graph.recipes.model import HASHES, Recipe
from pulls.editing.entries import Entry
from pulls.editing.hashes import Dye, Spot
from pulls.editing.substitutions import Substitution
from pulls.editing.workbench import View, Workbench

MAX_VIEWS = 40
RARE_PLATFORMS = ("win-32", "linux-ppc64le", "linux-32", "win-arm64", "osx-32", "linux-s390x")
# On each of these a value is tried that selectors speak of.
_TRIED = ("linux-64", "linux-aarch64", "osx-64", "win-64", "win-32")
_PLATFORM_NAMES = frozenset({"linux", "osx", "win", "unix", "linux64", "win32", "win64"}) | {
    *("x86", "x86_64", "aarch64", "arm64", "ppc64le", "s390x", "target_platform")
}
_PYTHON = re.compile(r"\bpy\s*(?:[=<>!]=?\s*)?(2k|[23]\d{1,2})\b")
_TEXT = re.compile(r"[\"']([\w.+-]{1,40})[\"']")
_DASH = re.compile(r"-[ \t]*[\"']?$")
_CONDITION = re.compile(r"\s*-\s*if:")
_SKIP = re.compile(r"true|yes|on", re.IGNORECASE)
_LOCAL = ("path", "folder")


@dataclass(frozen=True, slots=True)
class Look:
    """What a view shows: before, and with all changes and every hash dyed."""

    view: View
    before: Recipe
    dyed: Recipe


def looks(
    bench: Workbench, before: Recipe, changes: list[Substitution], dye: Dye
) -> tuple[list[Look], set[Spot]]:
    """The recipe on its own platforms, and as many more views as it takes to see every hash; and
    the hashes that no view shows. Raises OutcomeError: what reading raises."""
    dyed = bench.read([*changes, *dye.substitutions])
    found = [Look(bench.whole, before, dyed)]
    missing = _in_sources(bench, dye) - _taken_up(dyed, dye)
    for view in islice(_further(bench), MAX_VIEWS if missing else 0):
        if missing and (look := _look(bench, view, changes, dye)):
            seen = _taken_up(look.dyed, dye) & missing
            missing -= seen
            found += [look] if seen else []
    return found, missing


def _look(bench: Workbench, view: View, changes: list[Substitution], dye: Dye) -> Look | None:
    """None for a platform or variant that the recipe isn't written for."""
    try:
        return Look(view, bench.read((), view), bench.read([*changes, *dye.substitutions], view))
    except OutcomeError:
        return None


def _taken_up(recipe: Recipe, dye: Dye) -> set[Spot]:
    return {spot for each in recipe.sources for spot in dye.taken_up(each).values() if spot}


def _in_sources(bench: Workbench, dye: Dye) -> set[Spot]:
    """The hashes that certainly are of downloads: they stand in one, or it names the variable."""
    sources = [each for each in bench.entries if "source" in each.path]
    used = set(re.findall(r"\w+", " ".join(each.value for each in sources)))
    spans = [(each.start, each.end) for each in bench.definitions if each.name in used]
    for item in _items(bench, sources):
        if not any(each.key in _LOCAL for each in item):
            spans += [(each.start, each.end) for each in item if each.key in HASHES]
    return {
        spot
        for spot in dye.spots
        if any(start <= spot.start and spot.end <= end for start, end in spans)
    }


def _items(bench: Workbench, sources: list[Entry]) -> Iterator[list[Entry]]:
    """The entries of each source, when there is a list of them."""
    item: list[Entry] = []
    for each in sources:
        if each.key and _DASH.search(bench.text, each.key_start - 8, each.key_start):
            yield item
            item = []
        item.append(each)
    yield item


def _further(bench: Workbench) -> Iterator[View]:
    """Without `skip`, on rarer platforms, and with the values that selectors speak of."""
    unskipped = tuple(_unskipped(bench))
    plain = replace(bench.recipe, ci_support={})
    views = [View(plain, (platform,)) for platform in RARE_PLATFORMS]
    for name, value in _values(bench.uncommented):
        files = {
            f"{platform}.yaml": f"{name}:\n- '{value}'\ntarget_platform:\n- {platform}\n"
            for platform in _TRIED
        }
        views.append(View(replace(plain, ci_support=files)))
    if unskipped:
        # Where a recipe is skipped, variables may be undefined: so both ways are tried.
        views = [View(plain), *views]
        views = [way for view in views for way in (replace(view, substitutions=unskipped), view)]
    yield from views


def _unskipped(bench: Workbench) -> Iterator[Substitution]:
    for each in bench.entries:
        if each.within("build", "skip") and _SKIP.fullmatch(each.value):
            yield Substitution(each.start, each.end, "false")


def _values(text: str) -> Iterator[tuple[str, str]]:
    """Names and values that selectors, and conditions of v1, speak of."""
    found = dict.fromkeys(_PYTHON.findall(text))
    pythons = ("2.7" if each == "2k" else f"{each[0]}.{each[1:]}" for each in found)
    yield from (("python", f"{each}.* *_cpython") for each in pythons)
    lines = [line.selector for line in selectors.split_lines(text) if line.selector]
    lines += [line.partition(":")[2] for line in text.split("\n") if _CONDITION.match(line)]
    yield from dict.fromkeys(
        (name, value)
        for line in lines
        for value in _TEXT.findall(line)
        for name in sorted(selectors.names_of(line) - _PLATFORM_NAMES)
        if value != "None"
    )
