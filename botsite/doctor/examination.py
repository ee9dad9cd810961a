"""All checks in turn: what each finds, and mending what can be mended."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botsite.doctor import (
    clock,
    database,
    disk,
    leases,
    orphans,
    queues,
    reach,
    schedules,
    secrecy,
    site,
    tokens,
)
from botsite.doctor.findings import Check, Finding, Level, problem
from botsite.doctor.outcomes import CHECK_FAILED, DATABASE_UNREACHABLE, MIGRATIONS_MISSING

log = logging.getLogger(__name__)

WITHOUT_DATABASE = {DATABASE_UNREACHABLE.code, MIGRATIONS_MISSING.code}
CHECKS = (
    Check("database", database.look, needs_database=False),
    Check("settings and files", site.look, needs_database=False),
    Check("secrets", secrecy.look, needs_database=False),
    Check("disk", disk.look, needs_database=False),
    Check("size", disk.of_database),
    Check("queue", queues.broker),
    Check("waiting jobs", queues.waiting),
    Check("workers", queues.workers),
    Check("versions", queues.versions, needs_database=False),
    Check("schedules", schedules.look),
    Check("leases", leases.look),
    Check("orphans", orphans.look),
    Check("clock", clock.of_database),
    Check("clock of others", clock.of_index, outward=True, needs_database=False),
    Check("tokens", tokens.are_set, needs_database=False),
    Check("tokens tried", tokens.look, outward=True, needs_database=False),
    Check("reach", reach.look, outward=True),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of a check, and what mending it came to, if that was tried."""

    check: str
    finding: Finding
    mended: str = ""

    @property
    def is_problem(self) -> bool:
        return self.finding.level == Level.PROBLEM and not self.mended

    def as_dict(self) -> dict[str, Any]:
        return {
            "check": self.check,
            "level": self.finding.level.value,
            "outcome": self.finding.outcome.as_dict(),
            "can_be_mended": self.finding.mend is not None,
            "mended": self.mended,
        }


def examine(*, offline: bool = False, fix: bool = False) -> list[Found]:
    """Make all checks; offline, those that ask no other host."""
    found: list[Found] = []
    for check in CHECKS:
        lost = any(each.finding.outcome.code in WITHOUT_DATABASE for each in found)
        if (check.outward and offline) or (check.needs_database and lost):
            continue
        found += (_mended(check, each) if fix else Found(check.name, each) for each in _made(check))
    return found


def _made(check: Check) -> Iterator[Finding]:
    """What a check finds; one that fails is a finding, too."""
    try:
        yield from list(check.look())
    except Exception as error:
        log.exception("the check of %s failed", check.name)
        yield problem(CHECK_FAILED, check=check.name, error=type(error).__name__)


def _mended(check: Check, finding: Finding) -> Found:
    """What can't be mended after all stays a problem, and its traceback says why."""
    if finding.mend is None:
        return Found(check.name, finding)
    try:
        return Found(check.name, finding, mended=finding.mend())
    except Exception:
        log.exception("%s could not be mended", finding.outcome.code)
        return Found(check.name, finding)
