"""Candidates as they are stored: for many packages at once, and only where something changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from core import statements
from versions.choosing.selection import Judgement, kept
from versions.models import Candidate, Package

SLICE = 500
UNIQUE = ("package", "source", "tag")
COLUMNS = (
    *UNIQUE,
    "tagged",
    "version",
    "url",
    "position",
    "released_at",
    "prerelease",
    "yanked",
    "artefacts",
    "verdict",
    "rule",
    "sentence",
    "first_seen_at",
)


@dataclass(frozen=True, slots=True)
class Worth:
    """What is worth storing of one package's judgements. `digest` tells whether it changed."""

    package: Package
    source: str
    judgements: tuple[Judgement, ...]
    left_out: int
    digest: str


def worth_storing(package: Package, source: str, judgements: Sequence[Judgement]) -> Worth:
    keep, left_out = kept(judgements, package.current_version)
    unique = tuple(_unique(keep))
    return Worth(package, source, unique, left_out, _digest(source, unique))


def tag_of(judgement: Judgement) -> str:
    """What tells a release from others of its source."""
    return (judgement.release.tag or judgement.release.version)[:255]


def replace(many: Sequence[Worth], now: datetime) -> None:
    """Make the stored candidates of these packages exactly these."""
    rows = [row for each in many for row in _rows(each, now)]
    for start in range(0, len(rows), SLICE):
        part = rows[start : start + SLICE]
        statements.insert(Candidate, COLUMNS, part, unique=UNIQUE, kept=("first_seen_at",))
    _forget_others(many)


def _forget_others(many: Sequence[Worth]) -> None:
    """Those that upstream has no longer, or that are not worth storing any more."""
    known = [each for each in many if each.package.candidates_digest]
    current = {
        (each.package.pk, each.source, tag_of(judgement))
        for each in known
        for judgement in each.judgements
    }
    stored = Candidate.objects.filter(package__in=[each.package.pk for each in known])
    gone = [
        pk
        for pk, *place in stored.values_list("pk", "package_id", "source", "tag")
        if tuple(place) not in current
    ]
    for start in range(0, len(gone), SLICE):
        Candidate.objects.filter(pk__in=gone[start : start + SLICE]).delete()


def _unique(judgements: Iterable[Judgement]) -> Iterator[Judgement]:
    """The first judgement of each tag."""
    seen: set[str] = set()
    for each in judgements:
        if (tag := tag_of(each)) not in seen:
            seen.add(tag)
            yield each


def _digest(source: str, judgements: Iterable[Judgement]) -> str:
    content = [
        (
            each.version,
            each.verdict.value,
            each.rule,
            each.sentence,
            each.release.tag,
            each.release.version,
            each.release.url,
            each.release.released_at and each.release.released_at.isoformat(),
            each.release.prerelease,
            each.release.yanked,
            sorted(each.release.artefacts),
        )
        for each in judgements
    ]
    return blake2b(repr((source, content)).encode(), digest_size=16).hexdigest()


def _rows(worth: Worth, now: datetime) -> Iterator[statements.Row]:
    """The values of COLUMNS."""
    for position, each in enumerate(worth.judgements):
        release = each.release
        yield (
            worth.package.pk,
            worth.source,
            tag_of(each),
            bool(release.tag),
            each.version[:128],
            release.url if len(release.url) <= 1000 else "",
            position,
            release.released_at,
            release.prerelease,
            release.yanked,
            sorted(release.artefacts),
            each.verdict.value,
            each.rule,
            each.sentence[:300],
            now,
        )
