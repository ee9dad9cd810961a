"""What is watched says where it is looked up first, and is judged anew when that matters."""

from __future__ import annotations

import pytest

from tests.index import source_url
from versions.models import Package
from versions.watch import WatchEntry, WatchUrl, sync

pytestmark = pytest.mark.django_db


def watch(*urls: str, **columns) -> Package:
    values = {"key": "test/foo", "name": "foo", "current_version": "1.0", **columns}
    sync("test", [WatchEntry(urls=tuple(map(WatchUrl, urls)), **values)])
    return Package.objects.get(key=values["key"])


@pytest.mark.parametrize(
    ("url", "upstream", "lane"),
    [
        (source_url("Foo_Bar", "1.0"), "pypi:foo-bar", "index"),
        ("https://github.com/a/b/archive/v1.0.tar.gz", "github:a/b", "github.com"),
        ("https://cran.r-project.org/src/contrib/foo_1.0.tar.gz", "cran:foo", "cran"),
        (
            "https://example.org/foo-1.0.zip",
            "listing:example.org/foo-1.0.zip",
            "example.org",
        ),
        ("https://example.org/foo.zip", "", "none"),
        (f"https://example.org/{'x' * 300}-1.0.zip", "", "example.org"),
    ],
)
def test_it_works(url, upstream, lane):
    package = watch(url)
    assert (package.upstream, package.lane) == (upstream, lane)


@pytest.mark.parametrize(
    "change",
    [{"current_version": "1.1"}, {"settings": {"version_updates": {"exclude": ["2.0"]}}}],
    ids=lambda change: next(iter(change)),
)
def test_what_is_judged_by_has_changed(change):
    url = source_url("foo", "1.0")
    watch(url)
    Package.objects.update(seen="serial:1", next_check_at="2027-01-01T00:00:00Z")
    package = watch(url, **change)
    assert package.seen == ""
    assert package.next_check_at.year == 2026


def test_another_url_is_judged_anew():
    watch(source_url("foo", "1.0"))
    Package.objects.update(seen="serial:1")
    assert watch("https://github.com/a/b/archive/v1.0.tar.gz").seen == ""


def test_another_priority_changes_no_verdict():
    url = source_url("foo", "1.0")
    watch(url)
    Package.objects.update(seen="serial:1", next_check_at="2027-01-01T00:00:00Z")
    package = watch(url, priority=5)
    assert (package.priority, package.seen) == (5, "serial:1")
    assert package.next_check_at.year == 2027
