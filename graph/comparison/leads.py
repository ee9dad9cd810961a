"""By how much one bot was ahead with a version that both have now.

That is known only where both were seen to find it: not where a bot had it when it was first asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from graph.comparison.models import Kind, TheirAnswer
from versions.choosing.schemes import same_version
from versions.models import VersionChange

Finds = dict[str, list[tuple[str, datetime]]]


class Leads:
    """Of these answers, with one question to the database for all of them at once."""

    def __init__(self, kinds: Mapping[TheirAnswer, Kind]) -> None:
        self._finds = _finds(
            answer.feedstock.key for answer, kind in kinds.items() if _may_be_known(answer, kind)
        )

    def of(self, answer: TheirAnswer, kind: Kind) -> timedelta | None:
        """Ours; negative where they were first, None where it is not known."""
        theirs = answer.version_since
        if theirs is None or not _may_be_known(answer, kind):
            return None
        ours = answer.feedstock.new_version
        finds = self._finds.get(answer.feedstock.key, ())
        return next((theirs - at for found, at in finds if same_version(found, ours)), None)


def _may_be_known(answer: TheirAnswer, kind: Kind) -> bool:
    return kind is Kind.SAME and answer.version_since is not None


def _finds(keys: Iterable[str]) -> Finds:
    """Versions that we found after others, and when, the last first."""
    rows = VersionChange.objects.filter(package__key__in=list(keys)).exclude(from_version="")
    finds: Finds = {}
    for key, version, at in rows.values_list("package__key", "to_version", "seen_at"):
        finds.setdefault(key, []).append((version, at))
    return finds
