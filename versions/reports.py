"""The answer on a package as a JSON document."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from versions.asking.lookup import Answer
from versions.choosing.selection import Judgement
from versions.models import Candidate, Package


def of_package(package: Package) -> dict[str, Any]:
    """What is known of a package, as stored."""
    outcome = package.get_outcome()
    return {
        "key": package.key,
        "name": package.name,
        "current_version": package.current_version,
        "latest_version": package.latest_version,
        "source": package.latest_source,
        "url": package.latest_url,
        "outcome": outcome.as_dict() if outcome else None,
        "stale": package.stale,
        "candidates": [of_candidate(each) for each in package.candidates.all()],
    }


def of_candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "version": candidate.version,
        "verdict": candidate.verdict,
        "rule": candidate.rule,
        "source": candidate.source,
        "url": candidate.url,
        "released_at": iso(candidate.released_at),
        "prerelease": candidate.prerelease,
        "yanked": candidate.yanked,
    }


def of_preview(package: Package, answer: Answer) -> dict[str, Any]:
    """What a check would answer; nothing of it is stored."""
    return {
        "key": package.key,
        "name": package.name,
        "current_version": package.current_version,
        "latest_version": answer.latest_version,
        "source": answer.source,
        "url": answer.url,
        "outcome": answer.outcome.as_dict(),
        "stale": False,
        "candidates": [of_judgement(each, answer.source) for each in answer.judgements],
    }


def of_judgement(judgement: Judgement, source: str) -> dict[str, Any]:
    release = judgement.release
    return {
        "version": judgement.version,
        "verdict": judgement.verdict,
        "rule": judgement.rule,
        "source": source,
        "url": release.url,
        "released_at": iso(release.released_at),
        "prerelease": release.prerelease,
        "yanked": release.yanked,
    }


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
