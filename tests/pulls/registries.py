"""Registries on the loopback interface, in the shapes of the real ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.index import JSON, FakeIndex

SHA256, SHA1 = "c" * 64, "d" * 40


def host(index: FakeIndex, url: str, body: bytes | str | Mapping[str, Any]) -> None:
    """What a host of the world answers."""
    text = json.dumps(body) if isinstance(body, Mapping) else body
    path = url.removeprefix("https://")
    index.server.route(f"/hosts/{path}", (200, {"Content-Type": "text/plain"}, text))


def wheels(index: FakeIndex, name: str, metadata: Mapping[str, str]) -> None:
    """A project with a source distribution and a wheel of each version, whose metadata is told."""
    page = index.page(name, list(metadata))
    for version, text in metadata.items():
        wheel = f"{name}-{version}-py3-none-any.whl"
        url = index.server.route(f"/files/{wheel}.metadata", (200, {}, text))
        page["files"].append(
            {
                "filename": wheel,
                "url": url.removesuffix(".metadata"),
                "hashes": {"sha256": "1" * 64},
                "core-metadata": {"sha256": "2" * 64},
            }
        )
    index.server.route(f"/simple/{name}/", (200, JSON, json.dumps(page)))


def core_metadata(*lines: str) -> str:
    return "\n".join(["Metadata-Version: 2.4", "Name: foo", "Version: 1.0", *lines, "", "Words."])


def crate(index: FakeIndex, **versions: list[dict[str, Any]]) -> None:
    """The crate `ripgrep`; its versions are spelled v1_0_0 here."""
    lines = [
        {
            "name": "ripgrep",
            "vers": name.removeprefix("v").replace("_", "."),
            "deps": deps,
            "cksum": SHA256,
            "features": {},
            "yanked": False,
        }
        for name, deps in versions.items()
    ]
    body = "\n".join(json.dumps(line) for line in lines)
    host(index, "https://index.crates.io/ri/pg/ripgrep", body)


def npm(index: FakeIndex, versions: Mapping[str, dict[str, str]]) -> None:
    """The package `@scope/tool`."""
    entries = {
        version: {
            "dependencies": dependencies,
            "engines": {"node": ">=18"},
            "dist": {"shasum": SHA1, "integrity": "sha512-AAAA"},
        }
        for version, dependencies in versions.items()
    }
    document = {"name": "@scope/tool", "dist-tags": {"latest": "2.0.0"}, "versions": entries}
    host(index, "https://npm.example.org/@scope%2Ftool", document)


def gem(index: FakeIndex, version: str, runtime: Mapping[str, str], **more: Any) -> None:
    """The gem `rake`."""
    needs = [{"name": name, "requirements": each} for name, each in runtime.items()]
    page = {"name": "rake", "dependencies": {"development": [], "runtime": needs}, **more}
    host(index, f"https://rubygems.org/api/v2/rubygems/rake/versions/{version}.json", page)


def gems(index: FakeIndex) -> None:
    """The list of the versions of `rake`."""
    listed = [
        {"number": "2.0", "platform": "java", "sha": "e" * 64},
        {"number": "2.0", "platform": "ruby", "sha": SHA256},
    ]
    host(index, "https://rubygems.org/api/v1/versions/rake.json", json.dumps(listed))


def description(version: str, *fields: str) -> str:
    return "\n".join(["Package: rlang", f"Version: {version}", *fields, ""])
