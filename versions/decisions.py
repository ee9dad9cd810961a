"""What people decide about a package, and the answer that follows from it.

Each decision is an Override, with author, reason and often an end, and can be undone. It shows at
once, even if the host is down: the stored candidates are judged again, and upstream is asked only
if they don't tell enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from core import overrides
from core.models import Override
from core.outcomes import OutcomeError
from core.overrides import Person
from versions.asking.claims import claims_on
from versions.asking.configuration import lookup_config
from versions.asking.lookup import Answer
from versions.choosing.policy import Policy
from versions.choosing.schemes import same_version
from versions.choosing.selection import Verdict
from versions.models import Package, PackageQuerySet
from versions.planning import planner
from versions.recording import corrections, hindsight
from versions.shifts.looking import DECISIONS, subject_of
from versions.sources import registry

KINDS = ("hide", "pin", "skip", "source", "pause")


def hide(
    package: Package, version: str, *, by: Person, reason: str, until: datetime | None = None
) -> Override:
    """Pass a version over, as if upstream had not published it."""
    for row in _in_force(package, "hide"):
        if same_version(row.value["version"], version):
            overrides.end(row, by=by)
    value = {"version": version}
    decision = overrides.decide(
        "hide", package.key, by=by, reason=reason, value=value, expires_at=until
    )
    _take_effect(package)
    return decision


def pin(
    package: Package, version: str, *, by: Person, reason: str, until: datetime | None = None
) -> Override:
    """Take this version, whatever the rules say of it, and no other."""
    value = {"version": version}
    decision = _replace("pin", package, by=by, reason=reason, value=value, until=until)
    _take_effect(package)
    return decision


def skip(package: Package, *, by: Person, reason: str, until: datetime) -> Override:
    """Propose no update before a day. Upstream is watched all the same, and the answer shown."""
    return _replace("skip", package, by=by, reason=reason, until=until)


def choose_source(
    package: Package, source: str, *, by: Person, reason: str, until: datetime | None = None
) -> Override:
    """Ask this source alone, whatever the settings say; `sources_of()` has the choice."""
    value = {"source": source}
    decision = _replace("source", package, by=by, reason=reason, value=value, until=until)
    _ask_again(package)
    return decision


def pause(package: Package, *, by: Person, reason: str) -> None:
    """Ask upstream no more, until somebody resumes it."""
    planner.pause(_row(package), by=by, reason=reason)


def reset(package: Package, *, by: Person, reason: str) -> None:
    """Forget the answer and look again. The decisions, and the history, stay."""
    corrections.reset(_row(package), by=by, reason=reason)


ACTIONS: Mapping[str, Callable[..., object]] = {
    "hide": hide,
    "pin": pin,
    "skip": skip,
    "source": choose_source,
    "pause": pause,
    "reset": reset,
}


def undo(package: Package, decision_id: int, *, by: Person) -> Override:
    """End one decision. Raises Override.DoesNotExist if it is not in force on this package."""
    decision = Override.objects.active().get(pk=decision_id, target=package.key, kind__in=KINDS)
    if decision.kind == "pause":
        planner.resume(_row(package), by=by)
    overrides.end(decision, by=by)
    if decision.kind == "source":
        _ask_again(package)
    elif decision.kind in DECISIONS:
        _take_effect(package)
    return decision


def of(package: Package) -> list[Override]:
    """The decisions in force, newest first."""
    return _in_force(package, *KINDS)


def sentence(decision: Override) -> str:
    """Who decided what, and why."""
    what = {
        "hide": "hid {version}",
        "pin": "pinned {version}",
        "skip": "wants no update proposed before {day}",
        "source": "chose {source} as the only source",
        "pause": "paused the checks",
    }[decision.kind]
    until = decision.expires_at
    told = what.format(**decision.value, day=f"{until.day} {until:%B %Y}" if until else "")
    reason = f": {decision.reason}" if decision.reason else ""
    return f"{decision.author_name} {told}{reason}".rstrip(".") + "."


def sources_of(package: Package) -> list[str]:
    """The names of the sources that can be asked for a package, in the order of the registry."""
    sources = registry(lookup_config())
    able = Policy(sources=tuple(each.name for each in sources))
    try:
        claims = claims_on(subject_of(package, ()).urls, sources, able, package.name)
    except OutcomeError:
        return []
    return list(dict.fromkeys(claim.source.name for claim in claims))


def _replace(
    kind: str,
    package: Package,
    *,
    by: Person,
    reason: str,
    value: dict[str, Any] | None = None,
    until: datetime | None = None,
) -> Override:
    """A package has one pin, one source and one day to wait for."""
    overrides.undo(kind, package.key, by=by)
    return overrides.decide(kind, package.key, by=by, reason=reason, value=value, expires_at=until)


def _in_force(package: Package, *kinds: str) -> list[Override]:
    return overrides.in_force([package.key], kinds).get(package.key, [])


def _row(package: Package) -> PackageQuerySet:
    return Package.objects.filter(pk=package.pk)


# The answer that follows


def _take_effect(package: Package) -> None:
    package.refresh_from_db()
    remembered = hindsight.remember(package, hindsight.subject_now(package))
    if remembered is not None and remembered.complete:
        corrections.rejudge(package, remembered.answer)
        return
    if remembered is not None and _rejects(remembered.answer, package.latest_version):
        corrections.withdraw(package)
    _ask_again(package)


def _ask_again(package: Package) -> None:
    corrections.judge_anew(_row(package))
    planner.hasten(_row(package))


def _rejects(answer: Answer, version: str) -> bool:
    return any(
        each.version == version and each.verdict is Verdict.REJECTED for each in answer.judgements
    )
