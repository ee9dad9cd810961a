"""What `versions` can say to "why is there no pull request?"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils import timezone

from core.conditions import Condition, State
from core.models import Override
from core.outcomes import Outcome
from versions import decisions, outcomes
from versions.models import Package
from versions.planning import lanes

WATCHED, CHECKED, DECIDED = "watch", "version", "decisions"

# Remarks that hold nothing back, but cast doubt on the answer.
DOUBTS = frozenset(
    {
        outcomes.SOURCES_DISAGREE.code,
        outcomes.NOT_COMPARED.code,
        outcomes.PARTIAL_ANSWER.code,
        outcomes.NEWER_THAN_UPSTREAM.code,
    }
)


def conditions(key: str) -> list[Condition]:
    """In pipeline order; for a key that is not watched, that and nothing else."""
    return conditions_of(Package.objects.filter(key=key).first())


def conditions_of(
    package: Package | None, decided: Sequence[Override] | None = None
) -> list[Condition]:
    """The same for a row that is at hand, and for decisions that are."""
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
    decided = decisions.of(package) if decided is None else decided
    return [
        _watched(package, [each for each in decided if each.kind == "pause"]),
        *(_decision(each) for each in decided if each.kind != "pause"),
        *_settings(package),
        _checked(package),
        *_remarks(package),
    ]


def _watched(package: Package, pauses: list[Override]) -> Condition:
    evidence = {"urls": [url["rendered"] for url in package.urls], "lane": package.lane}
    if not package.paused:
        sentence = f"Upstream is watched for versions after {package.current_version or 'none'}."
        return Condition(
            WATCHED, "ok", State.PASSED, sentence, evidence, checked_at=package.watched_at
        )
    by = decisions.sentence(pauses[0]) if pauses else "Somebody paused the checks."
    return Condition(
        WATCHED,
        "versions.paused",
        State.WAITING,
        by,
        evidence,
        checked_at=pauses[0].created_at if pauses else package.watched_at,
        action="Resume the checks when the reason is gone.",
    )


def _checked(package: Package) -> Condition:
    outcome = package.get_outcome()
    if outcome is None:
        left_alone = package.lane in lanes.blocked_lanes(timezone.now())
        return Condition(
            CHECKED,
            "http.left_alone" if left_alone else "versions.not_checked_yet",
            State.WAITING,
            f"Upstream was not asked yet: {package.lane} is left alone for now."
            if left_alone
            else "Upstream was not asked yet.",
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


def _decision(decision: Override) -> Condition:
    until = decision.expires_at
    return Condition(
        DECIDED,
        f"versions.{decision.kind}",
        State.WAITING,
        decisions.sentence(decision),
        evidence={
            "by": decision.author_name,
            "reason": decision.reason,
            **decision.value,
            "until": until.isoformat() if until else None,
        },
        checked_at=decision.created_at,
        next_try_at=until,
        action="Undo the decision if its reason is gone.",
    )


def _settings(package: Package) -> Iterator[Condition]:
    """Settings that are not obeyed, because they are not understood."""
    for problem in package.problems:
        setting, why = problem["field"], problem["message"]
        outcome = outcomes.BAD_SETTING.outcome(setting=setting, why=why, field=setting)
        yield Condition(
            DECIDED,
            outcome.code,
            State.FAILED,
            outcome.message,
            evidence={"field": setting},
            checked_at=package.checked_at,
            action=outcome.next,
        )


def _remarks(package: Package) -> Iterator[Condition]:
    """What stands beside the answer: a newer version that waits, or a doubt."""
    for remark in map(Outcome.from_dict, package.remarks):
        yield Condition(
            CHECKED,
            remark.code,
            State.UNKNOWN if remark.code in DOUBTS else State.WAITING,
            remark.message,
            evidence=_evidence(package),
            checked_at=package.checked_at,
            next_try_at=package.next_check_at,
            action=remark.next,
        )
