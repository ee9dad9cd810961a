"""What `versions` can say to "why is there no pull request?"."""

from __future__ import annotations

from core import overrides
from core.conditions import Condition, State
from versions.models import Package

WATCHED, CHECKED, DECIDED = "watch", "version", "decisions"


def conditions(key: str) -> list[Condition]:
    """In pipeline order; for a key that is not watched, that and nothing else."""
    return conditions_of(Package.objects.filter(key=key).first())


def conditions_of(package: Package | None) -> list[Condition]:
    """The same for a row that is at hand."""
    if package is None or package.retired_at is not None:
        return [
            Condition(
                WATCHED,
                "versions.not_watched",
                State.FAILED,
                "No upstream version is looked for: nothing asks to watch this package.",
                action="See whether its recipe could be read and names a source.",
            )
        ]
    return [_watched(package), _checked(package), *_decisions(package)]


def _watched(package: Package) -> Condition:
    state = State.WAITING if package.paused else State.PASSED
    sentence = (
        "Checks are paused by a person."
        if package.paused
        else f"Upstream is watched for versions after {package.current_version or 'none'}."
    )
    return Condition(
        WATCHED,
        "versions.paused" if package.paused else "ok",
        state,
        sentence,
        evidence={"urls": [url["rendered"] for url in package.urls], "lane": package.lane},
        checked_at=package.watched_at,
        action="Resume the checks." if package.paused else "",
    )


def _checked(package: Package) -> Condition:
    outcome = package.get_outcome()
    if outcome is None:
        return Condition(
            CHECKED,
            "versions.not_checked_yet",
            State.WAITING,
            "Upstream was not asked yet.",
            next_try_at=package.next_check_at,
        )
    if outcome.ok:
        return Condition(
            CHECKED,
            "ok",
            State.PASSED,
            f"The newest version is {package.latest_version}, found by {package.latest_source}.",
            evidence=_evidence(package),
            checked_at=package.checked_at,
            next_try_at=package.next_check_at,
        )
    stale = f" The last good answer, {package.latest_version}, is kept." if package.stale else ""
    return Condition(
        CHECKED,
        outcome.code,
        State.WAITING if outcome.transient else State.FAILED,
        outcome.message + stale,
        evidence=_evidence(package),
        checked_at=package.checked_at,
        next_try_at=package.next_check_at,
        action=outcome.next,
    )


def _evidence(package: Package) -> dict[str, object]:
    return {
        "latest_version": package.latest_version,
        "source": package.latest_source,
        "url": package.latest_url,
        "released_at": package.latest_released_at.isoformat()
        if package.latest_released_at
        else None,
        "last_success_at": package.last_success_at.isoformat() if package.last_success_at else None,
        "failures": package.failures,
    }


def _decisions(package: Package) -> list[Condition]:
    rows = overrides.in_force([package.key], ["hide", "pin"]).get(package.key, [])
    return [
        Condition(
            DECIDED,
            f"versions.{row.kind}",
            State.WAITING,
            f"{row.author_name} asked to {row.kind} {row.value.get('version', '')}"
            + (f": {row.reason}" if row.reason else "."),
            evidence={"expires_at": row.expires_at.isoformat() if row.expires_at else None},
            checked_at=row.created_at,
            action="Undo the decision if it no longer holds.",
        )
        for row in rows
    ]
