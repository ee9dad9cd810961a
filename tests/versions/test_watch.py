from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.versions.watching import entry
from versions.models import Package
from versions.watch import WatchReport, sync

pytestmark = pytest.mark.django_db


def test_it_works():
    assert sync("test", [entry("numpy"), entry("scipy")]) == WatchReport(2, 2, 0)
    package = Package.objects.get(key="test/numpy")
    assert (package.name, package.current_version, package.owner) == ("numpy", "1.0", "test")
    assert package.lane
    assert package.next_check_at <= timezone.now()


def test_syncing_the_same_again_writes_nothing(django_assert_num_queries):
    sync("test", [entry("numpy")])
    with django_assert_num_queries(1):
        assert sync("test", [entry("numpy")]) == WatchReport(1, 0, 0)


def test_a_new_version_in_the_recipe_is_looked_at_soon():
    sync("test", [entry("numpy")])
    later = timezone.now() + timedelta(days=1)
    Package.objects.update(next_check_at=later, latest_version="2.0")
    assert sync("test", [entry("numpy", "2.0")]).changed == 1
    package = Package.objects.get()
    assert package.current_version == "2.0"
    assert package.latest_version == "2.0"
    assert package.next_check_at < later


def test_what_is_no_longer_named_is_retired_and_kept():
    sync("test", [entry("numpy"), entry("scipy")])
    assert sync("test", [entry("numpy")]) == WatchReport(1, 0, 1)
    assert Package.objects.get(key="test/scipy").retired_at
    assert Package.objects.watched().count() == 1


def test_what_comes_back_is_watched_again():
    sync("test", [entry("numpy")])
    sync("test", [])
    sync("test", [entry("numpy")])
    assert Package.objects.watched().get().key == "test/numpy"


def test_each_owner_has_packages_of_its_own():
    sync("test", [entry("numpy")])
    assert sync("other", []).removed == 0
    assert Package.objects.watched().count() == 1


def test_a_check_under_way_is_not_disturbed():
    sync("test", [entry("numpy")])
    Package.objects.update(lease_token="mine", latest_version="3.0")
    sync("test", [entry("numpy", "2.0")])
    package = Package.objects.get()
    assert (package.lease_token, package.latest_version) == ("mine", "3.0")
