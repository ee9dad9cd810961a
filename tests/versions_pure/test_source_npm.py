from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.conftest import World
from versions.releases import RecipeUrl, Release
from versions.sources.npm import Npm

HOST = "https://registry.example.org"
URL = f"{HOST}/semver/-/semver-7.5.0.tgz"
KIND = "application/vnd.npm.install-v1+json"


def document(*versions: str, latest: str, **entry: Any) -> dict[str, Any]:
    """The short form; `entry` is added to the last version."""
    entries = {
        version: {
            "name": "semver",
            "version": version,
            "dist": {"tarball": f"{HOST}/semver/-/semver-{version}.tgz", "shasum": "0" * 40},
        }
        for version in versions
    }
    entries[versions[-1]] |= entry
    tags = {"latest": latest, "next": versions[-1]}
    return {
        "name": "semver",
        "modified": "2026-01-01T00:00:00.000Z",
        "dist-tags": tags,
        "versions": entries,
    }


def releases(world: World, body: Any) -> dict[str, Release]:
    world.answers(f"{HOST}/semver", json.dumps(body).encode(), KIND)
    return {release.version: release for release in world.listing(Npm(), URL).releases}


@pytest.mark.parametrize(
    ("url", "project", "page"),
    [
        (URL, "semver", "/semver"),
        (f"{HOST}/@scope/name/-/name-1.0.0.tgz", "@scope/name", "/@scope%2Fname"),
        (f"{HOST}/%40scope%2Fname/-/name-1.0.0.tgz", "@scope/name", "/@scope%2Fname"),
        (f"{HOST}/@scope/name/-/@scope/name-1.0.0.tgz", "@scope/name", "/@scope%2Fname"),
        (f"{HOST}/api/npm/all/name/-/name-1.0.0.tgz", "name", "/api/npm/all/name"),
        (f"{HOST}/is.odd/-/is.odd-3.0.1-rc.1.tgz", "is.odd", "/is.odd"),
    ],
)
def test_it_knows_its_urls(url: str, project: str, page: str) -> None:
    upstream = Npm().claims(RecipeUrl(url))
    assert upstream
    assert (upstream.project, upstream.url) == (project, HOST + page)
    assert upstream.lane == "registry.example.org"


@pytest.mark.parametrize(
    "url",
    [
        "https://gitlab.com/group/project/-/archive/v1.0/project-v1.0.tar.gz",
        "https://gitlab.com/group/project/-/releases/1.0/downloads/project-1.0.tgz",
        f"{HOST}/semver/-/other-7.5.0.tgz",
        f"{HOST}/semver/-/semver.tgz",
        f"{HOST}/../-/..-1.0.tgz",
        "https://user@registry.example.org/semver/-/semver-7.5.0.tgz",
        "file:///semver/-/semver-7.5.0.tgz",
        "https://[registry/semver/-/semver-7.5.0.tgz",
    ],
)
def test_it_leaves_other_urls_alone(url: str) -> None:
    assert Npm().claims(RecipeUrl(url)) is None


def test_the_short_form_is_asked_for_at_the_recipes_own_host(world: World) -> None:
    found = releases(world, document("7.5.0", "7.6.0", latest="7.6.0"))
    assert list(found) == ["7.5.0", "7.6.0"]
    assert found["7.6.0"].url == f"{HOST}/semver/-/semver-7.6.0.tgz"
    assert found["7.6.0"].released_at is None
    assert world.asked() == [f"{HOST}/semver"]
    assert world.server.requests[0].headers["Accept"].startswith(KIND)


def test_a_scope_is_part_of_the_name(world: World) -> None:
    world.answers(f"{HOST}/@scope%2Fname", json.dumps(document("1.0.0", latest="1.0.0")), KIND)
    found = world.listing(Npm(), f"{HOST}/@scope/name/-/name-0.9.0.tgz")
    assert [release.version for release in found.releases] == ["1.0.0"]


def test_the_long_form_tells_dates(world: World) -> None:
    body = document("7.5.0", "7.6.0", latest="7.6.0")
    body["time"] = {"created": "2011-02-12T00:20:25.690Z", "7.6.0": "2024-02-05T17:34:47.482Z"}
    found = releases(world, body)
    assert found["7.6.0"].released_at == datetime(2024, 2, 5, 17, 34, 47, 482000, UTC)
    assert found["7.5.0"].released_at is None


def test_what_is_ahead_of_latest_is_a_prerelease(world: World) -> None:
    found = releases(world, document("1.9.0", "2.0.0-0", "2.0.0", "3.0.0", latest="2.0.0"))
    assert {version for version, each in found.items() if each.prerelease} == {"2.0.0-0", "3.0.0"}


def test_what_is_deprecated_is_withdrawn(world: World) -> None:
    found = releases(world, document("1.0.0", "1.1.0", latest="1.1.0", deprecated="broken"))
    assert [each.yanked for each in found.values()] == [False, True]


def test_an_empty_deprecation_is_none(world: World) -> None:
    found = releases(world, document("1.0.0", latest="1.0.0", deprecated=""))
    assert not found["1.0.0"].yanked


def test_a_lookup_takes_the_latest(world: World) -> None:
    body = document("7.5.0", "7.6.0", "8.0.0", latest="7.6.0")
    world.answers(f"{HOST}/semver", json.dumps(body).encode(), KIND)
    assert world.look_up(URL, "7.5.0").latest_version == "7.6.0"


@pytest.mark.parametrize(
    "body", [[], {}, {"versions": []}, {"error": "no"}, {"versions": {"1": 1}}, "x"]
)
def test_anything_but_a_package_is_refused(world: World, body: Any) -> None:
    with pytest.raises(OutcomeError) as raised:
        releases(world, body)
    assert raised.value.outcome.code == "versions.bad_answer"
