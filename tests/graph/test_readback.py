"""From answers of the version service to the status of feedstocks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from graph import readback
from graph.models import Feedstock, ReadbackState, Status
from graph.outcomes import BAD_YAML
from graph.readback import is_newer, read_back
from versions.models import Package

pytestmark = pytest.mark.django_db

BROKEN = BAD_YAML.outcome(problem="a tab", file="meta.yaml", line=3)


def answer(row, latest="", code="ok", **more):
    now = timezone.now()
    values = {"latest_version": latest, "outcome_code": code, "checked_at": now, "answered_at": now}
    return Package.objects.update_or_create(
        key=row.key,
        defaults={"name": row.name, "owner": "channel:main", "lane": "x", **values, **more},
    )[0]


def judged(row):
    read_back()
    row.refresh_from_db()
    return row.status


def test_it_works(feedstock):
    row = feedstock("numpy", version="1.9")
    package = answer(row, "1.10", latest_source="index", latest_url="https://example.org/numpy")
    assert judged(row) == Status.OUTDATED
    assert row.outdated
    assert row.new_version == "1.10"
    assert row.new_version_source == "index"
    assert row.new_version_url == "https://example.org/numpy"
    assert row.version_checked_at == package.checked_at


def test_an_equal_version_is_up_to_date(feedstock):
    row = feedstock("numpy", version="1.10")
    answer(row, "1.10.0")
    assert judged(row) == Status.UP_TO_DATE


def test_an_older_version_is_up_to_date(feedstock):
    row = feedstock("numpy", version="2.0")
    answer(row, "1.10")
    assert judged(row) == Status.UP_TO_DATE


def test_what_was_never_checked_is_unknown(feedstock):
    row = feedstock("numpy")
    assert judged(row) == Status.UNKNOWN
    answer(row, code="", checked_at=None)
    assert judged(row) == Status.UNKNOWN


def test_what_has_no_source_is_unknown(feedstock):
    row = feedstock("metapackage")
    answer(row, code="versions.no_url")
    assert judged(row) == Status.UNKNOWN
    assert row.version_outcome_code == "versions.no_url"


def test_a_version_that_conda_cannot_order_is_unknown(feedstock):
    row = feedstock("numpy", version="a/b")
    answer(row, "1.10")
    assert judged(row) == Status.UNKNOWN


def test_a_failed_check_is_failing(feedstock):
    row = feedstock("numpy", version="1.10")
    answer(row, "1.10", code="http.server_error", failures=1)
    assert judged(row) == Status.FAILING
    assert row.version_stale


def test_an_outdated_package_stays_outdated_while_checks_fail(feedstock):
    row = feedstock("numpy", version="1.9")
    answer(row, "1.10", code="http.server_error", failures=2)
    assert judged(row) == Status.OUTDATED
    assert row.version_stale


def test_an_unreadable_recipe_is_failing(feedstock):
    row = feedstock("numpy", version="1.9", outcome=BROKEN)
    answer(row, "1.10")
    assert judged(row) == Status.FAILING
    assert not row.outdated


def test_a_recipe_that_caught_up_is_judged_again(feedstock):
    row = feedstock("numpy", version="1.9")
    answer(row, "1.10")
    assert judged(row) == Status.OUTDATED
    Feedstock.objects.filter(pk=row.pk).update(version="1.10", read_at=timezone.now())
    assert judged(row) == Status.UP_TO_DATE


def test_a_retired_package_is_no_answer(feedstock):
    row = feedstock("numpy", version="1.9")
    answer(row, "1.10", retired_at=timezone.now())
    assert judged(row) == Status.UNKNOWN


def test_only_changed_rows_are_written(feedstock):
    first, second = feedstock("numpy", version="1.9"), feedstock("scipy")
    answer(first, "1.10")
    answer(second, "1.0")
    assert read_back() == 2
    assert read_back() == 0
    answer(second, "1.1")
    assert read_back() == 1


def test_the_same_answer_again_moves_only_its_time(feedstock):
    row = feedstock("numpy", version="1.9")
    answer(row, "1.10")
    judged(row)
    before = row.judged_at
    package = answer(row, "1.10")
    assert read_back() == 1
    row.refresh_from_db()
    assert row.version_checked_at == package.checked_at
    assert (row.status, row.judged_at) == (Status.OUTDATED, before)


def test_an_answer_that_became_visible_late_is_not_missed(feedstock):
    first, second = feedstock("numpy", version="1.9"), feedstock("scipy", version="1.9")
    answer(first, "1.10")
    read_back()
    answer(second, "1.10", answered_at=timezone.now() - timedelta(seconds=30))
    assert judged(second) == Status.OUTDATED


def test_named_keys_are_judged_at_once(feedstock):
    first, second = feedstock("numpy", version="1.9"), feedstock("scipy", version="1.9")
    answer(first, "1.10")
    answer(second, "1.10")
    assert read_back([first.key]) == 1
    second.refresh_from_db()
    assert second.status == Status.UNKNOWN


@pytest.mark.parametrize(
    ("latest", "current", "newer"),
    [
        ("1.10", "1.9", True),
        ("1.0", "1.0rc1", True),
        ("1.0", "1.0", False),
        ("", "1.0", None),
        ("1.0", "", None),
        ("not a version", "not a version", False),
    ],
)
def test_versions_are_compared_as_conda_does(latest, current, newer):
    assert is_newer(latest, current) is newer


@pytest.mark.django_db(transaction=True)
def test_others_may_write_between_two_slices(monkeypatch):
    now = timezone.now()
    Package.objects.bulk_create(
        Package(key=f"a/{number}", name="x", owner="a", answered_at=now) for number in range(1200)
    )
    judge_slice = readback._judge_slice

    def after_another_wrote(keys: list[str]) -> int:
        with ThreadPoolExecutor(1) as other:
            other.submit(_write_and_leave).result()
        return judge_slice(keys)

    monkeypatch.setattr(readback, "_judge_slice", after_another_wrote)
    readback.read_back()
    assert ReadbackState.objects.get().watermark == now


def _write_and_leave() -> None:
    Package.objects.filter(key="a/0").update(checks=1)
    connection.close()
