"""Many rows by one statement, on either database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core import statements
from tests.factories import make_candidate
from tests.versions.watching import make_package
from versions.models import Candidate, Package

pytestmark = pytest.mark.django_db

NAMES = ("package", "source", "tag", "version", "artefacts", "verdict", "rule", "first_seen_at")
UNIQUE = ("package", "source", "tag")
THEN, NOW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


def row(package: Package, tag: str, rule: str = "newest", when: datetime = THEN) -> statements.Row:
    # Columns that the database fills in for no one.
    rest = (False, "", 0, False, "")
    return (package.pk, "pypi", tag, tag, ["sdist"], "accepted", rule, when, *rest)


ALL = (*NAMES, "tagged", "url", "position", "yanked", "sentence")


def stored() -> list[tuple[str, str, datetime]]:
    return list(Candidate.objects.order_by("tag").values_list("tag", "rule", "first_seen_at"))


def test_it_inserts():
    package = make_package()
    statements.insert(Candidate, ALL, [row(package, "1.0"), row(package, "1.1")])
    assert stored() == [("1.0", "newest", THEN), ("1.1", "newest", THEN)]
    assert Candidate.objects.first().artefacts == ["sdist"]


def test_what_is_there_already_is_left():
    package = make_package()
    make_candidate(package, tag="1.0", source="pypi", rule="old")
    statements.insert(Candidate, ALL, [row(package, "1.0")])
    assert Candidate.objects.get().rule == "old"


def test_what_is_there_already_is_updated_but_for_what_is_kept():
    package = make_package()
    statements.insert(Candidate, ALL, [row(package, "1.0")])
    again = [row(package, "1.0", "superseded", NOW), row(package, "1.1", when=NOW)]
    statements.insert(Candidate, ALL, again, unique=UNIQUE, kept=("first_seen_at",))
    assert stored() == [("1.0", "superseded", THEN), ("1.1", "newest", NOW)]


def test_it_updates_all_kinds_of_columns():
    package, other = make_package("numpy"), make_package("scipy")
    names = ("check_every", "checked_at", "remarks", "judge_again_at", "paused")
    hour = timedelta(hours=1, microseconds=5)
    assert statements.update(Package, names, [(hour, NOW, [{"a": "é"}], None, True, package.pk)])
    package.refresh_from_db()
    assert tuple(getattr(package, name) for name in names) == (hour, NOW, [{"a": "é"}], None, True)
    other.refresh_from_db()
    assert other.check_every is None
