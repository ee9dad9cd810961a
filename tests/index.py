"""A package index on the loopback interface, for tests that look versions up for real."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.loopback import LoopbackServer

JSON = {"Content-Type": "application/vnd.pypi.simple.v1+json"}


class FakeIndex:
    """Speaks the JSON form of the simple API; each version has an sdist, uploaded in its turn."""

    def __init__(self, server: LoopbackServer) -> None:
        self.server = server

    @property
    def endpoint(self) -> str:
        return f"{self.server.url}/simple/"

    def publish(self, name: str, versions: Iterable[str], serial: int = 0) -> None:
        body = json.dumps(self.page(name, list(versions))).encode()
        headers = JSON | ({"X-PyPI-Last-Serial": str(serial)} if serial else {})
        self.server.route(f"/simple/{name}/", (200, headers, body))

    def publish_list(self, **serials: int) -> None:
        """The list of all projects, with the serial of each."""
        projects = [{"name": name, "_last-serial": each} for name, each in serials.items()]
        document = {"meta": {"api-version": "1.1"}, "projects": projects}
        self.server.route("/simple/", (200, JSON, json.dumps(document)))

    def fail(self, name: str, status: int, headers: dict[str, str] | None = None) -> None:
        self.server.route(f"/simple/{name}/", (status, headers or {}, b"no"))

    def page(self, name: str, versions: list[str]) -> dict[str, Any]:
        folder = f"{self.server.url}/packages/source/{name[0]}/{name}"
        files = [
            {
                "filename": f"{name}-{version}.tar.gz",
                "url": f"{folder}/{name}-{version}.tar.gz",
                "hashes": {"sha256": "0" * 64},
                "upload-time": f"2026-01-{1 + day:02}T00:00:00Z",
                "size": 1,
            }
            for day, version in enumerate(versions)
        ]
        return {
            "meta": {"api-version": "1.1"},
            "name": name,
            "versions": versions,
            "files": files,
        }

    def asked_for(self, name: str) -> int:
        return self.server.paths().count(f"/simple/{name}/")


def source_url(name: str, version: str) -> str:
    """As recipes write it, in its legacy form."""
    return f"https://pypi.io/packages/source/{name[0]}/{name}/{name}-{version}.tar.gz"
