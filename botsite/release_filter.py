"""The timeline of releases as a reader asked for it, out of the address."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.db.models import Q, QuerySet
from django.http import QueryDict

from versions.models import VersionChange

ROWS = 60
DAY = timedelta(days=1)
SHOWN = ("from_version", "to_version", "source", "seen_at", "released_at")


@dataclass(frozen=True, slots=True)
class ReleaseFilter:
    """Empty is no filter. `day` is the last to be shown, as 2026-11-23; `first` shows also what was
    found when a package was asked for the first time, which is no release of that day."""

    maintainer: str = ""
    channel: str = ""
    source: str = ""
    day: str = ""
    first: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> ReleaseFilter:
        """A day that is none is left out."""
        given = {
            each.name: query.get(each.name, "").replace("\0", "").strip() for each in fields(cls)
        }
        if _day(given["day"]) is None:
            given["day"] = ""
        return cls(**given)

    @property
    def narrowing(self) -> bool:
        return any((self.maintainer, self.channel, self.source, self.day))

    def rows(self) -> QuerySet[VersionChange]:
        """The newest first."""
        rows = VersionChange.objects.order_by("-seen_at", "-pk")
        if not self.first:
            rows = rows.exclude(from_version="")
        if self.source:
            rows = rows.filter(source=self.source)
        if self.channel:
            rows = rows.filter(package__owner=f"channel:{self.channel}")
        if self.maintainer:
            rows = rows.filter(_maintained_by(self.maintainer))
        last = _day(self.day)
        return rows.filter(seen_at__lt=last + DAY) if last else rows


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of a timeline, and the number that the next stretch begins before; 0 at the end."""

    rows: list[VersionChange]
    before: int


def stretch(rows: QuerySet[VersionChange], before: str) -> Stretch:
    """What follows the row with this number; from the top if there is none."""
    found = VersionChange.objects.filter(pk=int(before)).first() if _is_number(before) else None
    if found:
        same = Q(seen_at=found.seen_at, pk__gte=found.pk)
        rows = rows.filter(seen_at__lte=found.seen_at).exclude(same)
    shown = rows.select_related("package").only(*SHOWN, "package__key", "package__name")
    seen = list(shown[: ROWS + 1])
    return Stretch(seen[:ROWS], seen[ROWS - 1].pk if len(seen) > ROWS else 0)


def _maintained_by(handle: str) -> Q:
    """Without a graph nobody knows who maintains what."""
    if not apps.is_installed("graph"):
        return Q(pk=None)
    from graph.models import Feedstock

    keys = Feedstock.objects.present().maintained_by(handle).values("key")
    return Q(package__key__in=keys)


def _day(text: str) -> datetime | None:
    try:
        found = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    return found if found.year < 9999 else None  # the day after it must be one, too


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
