"""Read-back: from the answers of the version service to how each feedstock stands.

The only writer of the answer columns of `Feedstock`. Nothing is sent up from `versions`: once a
minute this asks what was answered since its watermark. Versions are compared here, when they are
read, so that a wrong or missing answer never sticks.

The status, the first that holds:

- failing: the recipe can't be read, so its version can't be trusted;
- outdated: a newer version is known, even if the last check failed (then it is shown as stale);
- unknown: never checked, nothing upstream to compare with, or versions that conda can't order;
- failing: the last check failed;
- up to date: the last check found nothing newer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import statements
from graph.models import Feedstock, ReadbackState, Status
from graph.slices import slices
from versions.choosing.schemes import parse
from versions.models import Package
from versions.outcomes import NO_CANDIDATES, NO_SOURCE, NO_URL, ONLY_WITHOUT_SDIST

# Answers become visible when their transaction ends, a little after the time they carry.
OVERLAP = timedelta(minutes=1)
# All that judging reads and writes: rows are wide, and tens of thousands may have been answered.
ANSWER = (
    "key",
    "latest_version",
    "latest_source",
    "latest_url",
    "latest_released_at",
    "outcome_code",
    "checked_at",
    "failures",
)
READ = ("key", "version", "outcome_code", "read_at")
JUDGED = (
    "status",
    "outdated",
    "new_version",
    "new_version_source",
    "new_version_url",
    "released_at",
    "version_outcome_code",
    "version_checked_at",
    "version_stale",
    "judged_at",
)
START = datetime(2000, 1, 1, tzinfo=timezone.get_default_timezone())
NOTHING_TO_COMPARE = frozenset(
    each.code for each in (NO_URL, NO_SOURCE, NO_CANDIDATES, ONLY_WITHOUT_SDIST)
)


def read_back(keys: Iterable[str] | None = None) -> int:
    """Judge the feedstocks of these keys, or all with a new answer or a recipe read since they
    were last judged. Returns how many rows changed."""
    if keys is not None:
        return sum(_judge_slice(each) for each in slices(keys))
    return _new_answers() + sum(_judge_slice(each) for each in slices(_unjudged()))


def _new_answers() -> int:
    """Oldest first, with the watermark moved after each slice: a run cut short loses nothing."""
    watermark = _watermark()
    answered = Package.objects.answered_since(watermark - OVERLAP)
    changed = 0
    # Read to the end before anything is written: SQLite refuses to write beside a cursor that is
    # open on what others have changed since.
    for rows in slices(list(answered.values_list("key", "answered_at"))):
        changed += _judge_slice([key for key, _ in rows])
        watermark = max([watermark, *(moment for _, moment in rows if moment)])
        _advance(watermark)
    return changed


def _advance(watermark: datetime) -> None:
    if not ReadbackState.objects.filter(pk=1, watermark=watermark).exists():
        ReadbackState.objects.update_or_create(pk=1, defaults={"watermark": watermark})


def _watermark() -> datetime:
    state = ReadbackState.objects.first()
    return state.watermark if state else START


def _unjudged() -> list[str]:
    return list(Feedstock.objects.unjudged().values_list("key", flat=True))


def _judge_slice(keys: list[str]) -> int:
    packages = Package.objects.watched().only(*ANSWER).in_bulk(keys, field_name="key")
    feedstocks = Feedstock.objects.present().filter(key__in=keys).only(*READ, *JUDGED)
    changes = [(row, _changes(row, packages.get(row.key))) for row in feedstocks]
    judged = [(row, values) for row, values in changes if len(values) > 1]
    confirmed: dict[Any, list[int]] = {}
    for row, values in changes:
        if values.keys() == {"version_checked_at"}:
            confirmed.setdefault(values["version_checked_at"], []).append(row.pk)
    with transaction.atomic():
        written = _write(judged) if judged else 0
        return written + sum(_confirm(moment, ids) for moment, ids in confirmed.items())


def _changes(feedstock: Feedstock, package: Package | None) -> dict[str, Any]:
    """The columns to write: empty where all is as it was, and judged since it was read."""
    wanted = judge(feedstock, package)
    changed = {name: value for name, value in wanted.items() if getattr(feedstock, name) != value}
    if feedstock.is_judged and changed.keys() <= {"version_checked_at"}:
        return changed
    return wanted | {"judged_at": timezone.now()}


def _write(judged: Iterable[tuple[Feedstock, Mapping[str, Any]]]) -> int:
    """Only while the recipe is still the one judged; else the next run judges the new one."""
    rows = [
        (*(values[name] for name in JUDGED), row.version, row.outcome_code, row.pk)
        for row, values in judged
    ]
    return statements.update(Feedstock, JUDGED, rows, same=("version", "outcome_code"))


def _confirm(checked_at: datetime | None, ids: list[int]) -> int:
    """Checked again with the same answer, as most are: one update for all that a worker checked
    at once."""
    return Feedstock.objects.filter(pk__in=ids).update(version_checked_at=checked_at)


def judge(feedstock: Feedstock, package: Package | None) -> dict[str, Any]:
    """The answer columns of a feedstock, from its package; None where it isn't watched."""
    status = _status(feedstock, package)
    return {
        "status": status,
        "outdated": status == Status.OUTDATED,
        "new_version": package.latest_version if package else "",
        "new_version_source": package.latest_source if package else "",
        "new_version_url": package.latest_url if package else "",
        "released_at": package.latest_released_at if package else None,
        "version_outcome_code": package.outcome_code if package else "",
        "version_checked_at": package.checked_at if package else None,
        "version_stale": package.stale if package else False,
    }


def _status(feedstock: Feedstock, package: Package | None) -> Status:
    if feedstock.outcome_code not in ("ok", ""):
        return Status.FAILING
    newer = is_newer(package.latest_version, feedstock.version) if package else None
    if newer:
        return Status.OUTDATED
    if package is None or not package.outcome_code or package.outcome_code in NOTHING_TO_COMPARE:
        return Status.UNKNOWN
    if package.outcome_code != "ok":
        return Status.FAILING
    return Status.UNKNOWN if newer is None else Status.UP_TO_DATE


def is_newer(latest: str, current: str) -> bool | None:
    """Whether conda orders `latest` after `current`; None where it can't compare them."""
    if latest and latest == current:
        return False
    ours, theirs = parse(current), parse(latest)
    return None if ours is None or theirs is None else bool(theirs > ours)
