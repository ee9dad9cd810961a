from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.conftest import World
from versions.releases import Listing, RecipeUrl
from versions.sources.gitlab import GitLab

PROJECT = "https://gitlab.example.org/group/sub/project"
URL = f"{PROJECT}/-/archive/v1.0/project-v1.0.tar.gz"
TAGS = "https://gitlab.example.org/api/v4/projects/group%2Fsub%2Fproject/repository/tags"


def page_url(number: int) -> str:
    return f"{TAGS}?per_page=100&page={number}&order_by=updated&sort=desc"


def tag(name: str, **values: Any) -> dict[str, Any]:
    return {
        "name": name,
        "message": "",
        "target": "0" * 40,
        "commit": {"id": "0" * 40, "created_at": "2024-01-02T03:04:05.000+02:00"},
        "release": None,
        "protected": False,
        "created_at": None,
        **values,
    }


def publish(world: World, number: int, *names: str) -> None:
    world.answers(page_url(number), json.dumps([tag(name) for name in names]), "application/json")


def listing(world: World, body: Any) -> Listing:
    world.answers(page_url(1), json.dumps(body), "application/json")
    return world.listing(GitLab(), URL)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/-/archive/v1.0/project-v1.0.tar.gz", "v1.0"),
        ("/-/archive/refs/tags/v1.0/project-v1.0.tar.bz2", "v1.0"),
        ("/-/archive/lib/v1.0/project-lib-v1.0.zip", "lib/v1.0"),
        ("/-/archive/lib%2Fv1.0/project-lib-v1.0.zip", "lib/v1.0"),
        ("/-/archive/v1.0.tar.gz", "v1.0"),
        ("/-/releases/v1.0/downloads/project-1.0.tar.gz", "v1.0"),
        ("/repository/archive.tar.gz?ref=v1.0", "v1.0"),
        ("/repository/v1.0/archive.tar.gz", "v1.0"),
    ],
)
def test_it_knows_its_urls_on_any_host(path: str, name: str) -> None:
    upstream = GitLab().claims(RecipeUrl(PROJECT + path))
    assert upstream
    assert (upstream.project, upstream.tag) == ("group/sub/project", name)
    assert (upstream.url, upstream.lane) == (PROJECT, "gitlab.example.org")


@pytest.mark.parametrize(
    ("url", "rev"),
    [
        ("https://gitlab.com/group/project.git", ""),
        ("https://gitlab.com/group/project", "v1.0"),
        ("git+https://gitlab.com/group/project.git", "v1.0"),
    ],
)
def test_it_knows_repositories_on_its_own_host(url: str, rev: str) -> None:
    upstream = GitLab().claims(RecipeUrl(url, git_rev=rev))
    assert upstream
    assert (upstream.project, upstream.tag) == ("group/project", rev)
    assert upstream.url == "https://gitlab.com/group/project"


@pytest.mark.parametrize(
    "url",
    [
        "https://gitlab.com.example.org/group/project.git",
        "https://gitlab.com@example.org/group/project/-/archive/v1.0/project-v1.0.tar.gz",
        "https://github.com/owner/repo/archive/v1.0.tar.gz",
        "https://gitlab.com/group/project",
        "https://gitlab.com/project/-/archive/v1.0/project-v1.0.tar.gz",
        "https://gitlab.com/../project/-/archive/v1.0/project-v1.0.tar.gz",
        "https://gitlab.gnome.org/-/project/37671/uploads/1caa/name-1.0.tar.xz",
        "file:///group/project/-/archive/v1.0/project-v1.0.tar.gz",
    ],
)
def test_it_leaves_other_urls_alone(url: str) -> None:
    assert GitLab().claims(RecipeUrl(url)) is None


def test_one_request_lists_the_newest_tags(world: World) -> None:
    publish(world, 1, "v1.1", "v1.0")
    found = world.listing(GitLab(), URL)
    assert [release.tag for release in found.releases] == ["v1.1", "v1.0"]
    assert found.releases[0].url == f"{PROJECT}/-/tags/v1.1"
    assert world.asked() == [page_url(1)]


def test_a_tag_is_as_old_as_itself_or_else_as_its_commit(world: World) -> None:
    made = tag("v1.1", created_at="2024-05-06T07:08:09.000Z")
    found = listing(world, [made, tag("v1.0"), tag("v0.9", commit=None)])
    assert [release.released_at for release in found.releases] == [
        datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC),
        None,
    ]


def test_pages_are_turned_until_the_recipes_own_tag(world: World) -> None:
    publish(world, 1, *(f"nightly-{n}" for n in range(100)))
    publish(world, 2, "v1.1", "v1.0", *(f"v0.{n}" for n in range(98)))
    assert len(world.listing(GitLab(), URL).releases) == 200
    assert world.asked() == [page_url(1), page_url(2)]


def test_pages_are_not_turned_for_ever(world: World) -> None:
    for number in range(1, 9):
        publish(world, number, *(f"nightly-{number}-{n}" for n in range(100)))
    assert len(world.listing(GitLab(), URL).releases) == 500


def test_a_private_or_missing_project_is_not_found(world: World) -> None:
    world.answers(page_url(1), '{"message":"404 Project Not Found"}', "application/json", 404)
    with pytest.raises(OutcomeError) as raised:
        world.listing(GitLab(), URL)
    assert raised.value.outcome.code == "versions.project_not_found"


@pytest.mark.parametrize("body", [{"message": "no"}, 1, None, [1], [{}], [{"name": "v1"}, "x"]])
def test_anything_but_tags_is_refused(world: World, body: Any) -> None:
    with pytest.raises(OutcomeError) as raised:
        listing(world, body)
    assert raised.value.outcome.code == "versions.bad_answer"
