"""Packages to watch, for the tests of this folder."""

from __future__ import annotations

from tests.index import source_url
from versions.models import Package
from versions.watch import WatchEntry, WatchUrl, sync


def make_package(name: str = "numpy", channel: str = "sample", **columns) -> Package:
    """One that was never checked."""
    defaults = {
        "key": f"{channel}/{name}",
        "owner": f"channel:{channel}",
        "current_version": "1.0",
        "lane": "index",
    }
    return Package.objects.create(name=name, **{**defaults, **columns})


def entry(name: str, version: str = "1.0", **columns) -> WatchEntry:
    urls = (WatchUrl(source_url(name, version)),)
    return WatchEntry(f"test/{name}", name, version, **{"urls": urls, **columns})


def watched(*names: str, version: str = "1.0") -> list[Package]:
    """Rows of packages that the index serves."""
    sync("test", [entry(name, version) for name in names])
    return list(Package.objects.order_by("pk"))
