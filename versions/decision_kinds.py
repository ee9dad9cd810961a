"""Decisions on packages and on checks that can stand in a file."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from core import overrides
from core.decisions.kinds import DecisionKind, Ends, Entry, declare_kind, section
from core.models import Override
from core.overrides import Person
from versions import decisions
from versions.asking.configuration import lookup_config
from versions.choosing.schemes import parse
from versions.forms import MAX_VERSION
from versions.models import Package
from versions.planning import pauses, planner
from versions.sources import registry

SLICE = 500
LANE, ALL = "lane:", "all"


def _watched(keys: Collection[str]) -> set[str]:
    ordered = sorted(keys)
    slices = [ordered[start : start + SLICE] for start in range(0, len(ordered), SLICE)]
    found = [Package.objects.filter(key__in=part).values_list("key", flat=True) for part in slices]
    return {key for part in found for key in part}


def _version(text: str) -> str:
    return "" if len(text) <= MAX_VERSION and parse(text) else "it is not a version"


def _source(text: str) -> str:
    names = [each.name for each in registry(lookup_config())]
    return "" if text in names else f"no such source; there are {', '.join(sorted(names))}"


def _package(entry: Entry) -> Package:
    return Package.objects.get(key=entry.target)


def _hide(entry: Entry, by: Person) -> None:
    version, until = entry.values["version"], entry.until
    decisions.hide(_package(entry), version, by=by, reason=entry.reason, until=until)


def _pin(entry: Entry, by: Person) -> None:
    version, until = entry.values["version"], entry.until
    decisions.pin(_package(entry), version, by=by, reason=entry.reason, until=until)


def _skip(entry: Entry, by: Person) -> None:
    if entry.until:
        decisions.skip(_package(entry), by=by, reason=entry.reason, until=entry.until)


def _choose_source(entry: Entry, by: Person) -> None:
    source, until = entry.values["source"], entry.until
    decisions.choose_source(_package(entry), source, by=by, reason=entry.reason, until=until)


def _pause(entry: Entry, by: Person) -> None:
    package = Package.objects.filter(key=entry.target)
    planner.resume(package, by=by)
    planner.pause(package, by=by, reason=entry.reason)


def _undo(row: Override, by: Person) -> None:
    """One on a package that is no longer here has no effect to undo."""
    if package := Package.objects.filter(key=row.target).first():
        decisions.undo(package, row.pk, by=by)
    else:
        overrides.end(row, by=by)


def _lanes(names: Collection[str]) -> set[str]:
    """Any: who pauses a lane may know that it will be one."""
    return set(names)


def _all(names: Collection[str]) -> set[str]:
    return {ALL}.intersection(names)


def _pause_lane(entry: Entry, by: Person) -> None:
    pauses.resume_lanes(entry.target, by=by)
    pauses.pause_lanes(entry.target, by=by, reason=entry.reason)


def _resume_lane(row: Override, by: Person) -> None:
    pauses.resume_lanes(row.target.removeprefix(LANE), by=by)


def _pause_all(entry: Entry, by: Person) -> None:
    pauses.resume_lanes(by=by)
    pauses.pause_lanes(by=by, reason=entry.reason)


def _resume_all(row: Override, by: Person) -> None:
    pauses.resume_lanes(by=by)


def _on_package(name: str, make: Callable[[Entry, Person], None], **more: Any) -> DecisionKind:
    return DecisionKind("packages", name, _watched, make, _undo, **more)


section("packages", "Packages: what is hidden, pinned, put off, asked for alone, not checked.")
VERSION, SOURCE = {"version": _version}, {"source": _source}
for kind in (
    _on_package("hide", _hide, fields=VERSION, ends=Ends.MAY, several=True),
    _on_package("pin", _pin, fields=VERSION, ends=Ends.MAY),
    _on_package("skip", _skip, ends=Ends.MUST),
    _on_package("source", _choose_source, fields=SOURCE, ends=Ends.MAY),
    _on_package("pause", _pause),
):
    declare_kind(kind)

section("lanes", "Hosts that are left alone.")
declare_kind(
    DecisionKind(
        "lanes", "pause", _lanes, _pause_lane, _resume_lane, stored="pause_lane", prefix=LANE
    )
)

section("checks", "All checks are paused.")
declare_kind(
    DecisionKind(
        *("checks", "pause", _all, _pause_all, _resume_all),
        stored="pause_checks",
        prefix=LANE,
        whole=ALL,
    )
)
