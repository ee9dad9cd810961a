"""npm and RubyGems: one JSON document for each package."""

from __future__ import annotations

import json

from benchmarks.world.pages.page import Page
from benchmarks.world.population import Project
from benchmarks.world.recipes import urls


def npm_page(project: Project) -> Page:
    """The short form of a package's document."""
    latest = project.latest
    document = {
        "name": project.name,
        "modified": project.releases[-1].released_at.isoformat(),
        "dist-tags": {"latest": latest.version if latest else ""},
        "versions": {
            each.version: {
                "name": project.name,
                "version": each.version,
                "dist": {
                    "tarball": urls(project, each.version)[0],
                    "integrity": "sha512-" + "A" * 88,
                },
            }
            for each in project.releases
        },
    }
    return _json("npm document", document, project)


def gems_page(project: Project) -> Page:
    versions = [
        {
            "number": each.version,
            "platform": "ruby",
            "prerelease": each.prerelease,
            "created_at": each.released_at.isoformat(),
            "sha": "0" * 64,
        }
        for each in reversed(project.releases)
    ]
    return _json("gem versions", versions, project)


def _json(kind: str, document: object, project: Project) -> Page:
    etag = f"{project.name}-{project.serial}"
    return Page(kind, json.dumps(document).encode(), "application/json", etag, packed=True)
