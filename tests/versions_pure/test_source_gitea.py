from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.advertisement import advertisement
from tests.versions_pure.conftest import World
from versions.asking.lookup import LookupConfig, first_asked
from versions.releases import Listing, RecipeUrl
from versions.sources.gitea import Gitea

REPO = "https://codeberg.org/owner/repo"
ARCHIVE = f"{REPO}/archive/v1.0.tar.gz"
FILE = f"{REPO}/releases/download/v1.0/repo-1.0.tar.gz"
REFS = f"{REPO}.git/info/refs?service=git-upload-pack"
RELEASES = "https://codeberg.org/api/v1/repos/owner/repo/releases?limit=50"


def release(tag: str, **values: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "tag_name": tag,
        "name": tag,
        "draft": False,
        "prerelease": False,
        "created_at": "2026-01-01T00:00:00Z",
        "published_at": "2026-02-01T12:00:00+01:00",
        "assets": [{"name": "repo-1.0.tar.gz"}],
        **values,
    }


def listing(world: World, body: Any) -> Listing:
    world.answers(RELEASES, json.dumps(body), "application/json;charset=utf-8")
    return world.listing(Gitea(), FILE)


@pytest.mark.parametrize(
    ("url", "page", "tag"),
    [
        (ARCHIVE, REPO, "v1.0"),
        (FILE, REPO, "v1.0"),
        (f"{REPO}/archive/repo/v1.0.tar.gz", REPO, "repo/v1.0"),
        (f"{REPO}.git", REPO, ""),
        (
            "https://git.osgeo.org/gitea/owner/repo/archive/1.0.zip",
            "https://git.osgeo.org/gitea/owner/repo",
            "1.0",
        ),
        (
            "https://gitea.example.org:3000/owner/repo/archive/1.0.zip",
            "https://gitea.example.org:3000/owner/repo",
            "1.0",
        ),
    ],
)
def test_it_knows_its_urls(url: str, page: str, tag: str) -> None:
    upstream = Gitea().claims(RecipeUrl(url))
    assert upstream
    assert (upstream.project, upstream.url, upstream.tag) == ("owner/repo", page, tag)


def test_an_operator_names_further_hosts() -> None:
    url = RecipeUrl("https://git.example.org/owner/repo/archive/v1.0.tar.gz", version="1.0")
    unknown = first_asked([url], LookupConfig())
    assert unknown is None or unknown.source != "gitea"
    named = first_asked([url], LookupConfig(gitea_hosts=frozenset({"git.example.org"})))
    assert named
    assert (named.source, named.lane, named.tag) == ("gitea", "git.example.org", "v1.0")


def test_a_revision_makes_a_page_a_repository() -> None:
    upstream = Gitea().claims(RecipeUrl(REPO, git_rev="v1.0"))
    assert upstream
    assert upstream.tag == "v1.0"


def test_an_operator_can_name_instances() -> None:
    url = RecipeUrl(ARCHIVE.replace("codeberg", "git.example"))
    assert Gitea().claims(url) is None
    assert Gitea({"git.example.org"}).claims(url)


@pytest.mark.parametrize(
    "url",
    [
        REPO,
        ARCHIVE.replace("codeberg.org", "codeberg.org.example.org"),
        ARCHIVE.replace("https://", "https://codeberg.org@"),
        ARCHIVE.replace("codeberg.org", "github.com"),
        ARCHIVE.replace("owner", ".."),
        f"{REPO}/raw/branch/main/file-1.0.tar.gz",
        "https://[codeberg.org/owner/repo.git",
    ],
)
def test_it_leaves_other_urls_alone(url: str) -> None:
    assert Gitea().claims(RecipeUrl(url)) is None


def test_every_tag_has_an_archive(world: World) -> None:
    world.answers(REFS, advertisement("refs/heads/main", "refs/tags/v1.0", "refs/tags/v1.1"))
    found = world.listing(Gitea(), ARCHIVE)
    assert [each.tag for each in found.releases] == ["v1.0", "v1.1"]
    assert world.asked() == [REFS]


def test_a_file_needs_a_release(world: World) -> None:
    found = listing(world, [release("v2.0", prerelease=True), release("v1.1")])
    assert [(each.tag, each.prerelease) for each in found.releases] == [
        ("v2.0", True),
        ("v1.1", False),
    ]
    assert found.releases[1].released_at == datetime(2026, 2, 1, 11, tzinfo=UTC)
    assert found.releases[1].url == f"{REPO}/releases/tag/v1.1"
    assert world.asked() == [RELEASES]


def test_drafts_are_passed_over(world: World) -> None:
    found = listing(world, [release("v2.0", draft=True), release("v1.1")])
    assert [each.tag for each in found.releases] == ["v1.1"]


@pytest.mark.parametrize("url", [ARCHIVE, FILE])
def test_a_private_or_missing_repository_is_not_found(world: World, url: str) -> None:
    with pytest.raises(OutcomeError) as raised:
        world.listing(Gitea(), url)
    assert raised.value.outcome.code == "versions.project_not_found"


@pytest.mark.parametrize("body", [{"message": "no"}, 1, None, [1], [{}], ["x"]])
def test_anything_but_releases_is_refused(world: World, body: Any) -> None:
    with pytest.raises(OutcomeError) as raised:
        listing(world, body)
    assert raised.value.outcome.code == "versions.bad_answer"
