from __future__ import annotations

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.advertisement import REFS, advertisement
from tests.versions_pure.conftest import World
from versions.releases import Listing, RecipeUrl
from versions.sources.github import GitHub


def listing(world: World) -> Listing:
    upstream = GitHub().claims(RecipeUrl("https://github.com/owner/repo/archive/v1.0.tar.gz"))
    assert upstream
    return GitHub().list_releases(upstream, world.door, world.shared)


@pytest.mark.parametrize(
    ("url", "tag"),
    [
        ("https://github.com/owner/repo/archive/v1.0.tar.gz", "v1.0"),
        ("http://www.github.com/owner/repo/archive/v1.0.zip", "v1.0"),
        ("https://github.com/owner/repo/archive/refs/tags/v1.0.tar.gz", "v1.0"),
        ("https://github.com/owner/repo/archive/refs/tags/sub/dir-1.0.tar.gz", "sub/dir-1.0"),
        ("https://github.com/owner/repo/archive/v1.0/repo-1.0.tar.gz", "v1.0"),
        ("https://github.com/owner/repo/archive/v1.0", "v1.0"),
        ("https://github.com/owner/repo/releases/download/v1.0/anything-1.0.tgz", "v1.0"),
        ("https://github.com/owner/repo/releases/download/a%2Fv1.0/x.tgz", "a/v1.0"),
        ("https://github.com/owner/repo/tarball/v1.0", "v1.0"),
        ("https://codeload.github.com/owner/repo/tar.gz/refs/tags/v1.0", "v1.0"),
        ("https://codeload.github.com/owner/repo/zip/v1.0", "v1.0"),
        ("https://raw.githubusercontent.com/owner/repo/v1.0/include/repo.h", "v1.0"),
        ("https://raw.githubusercontent.com/owner/repo/refs/tags/v1.0/LICENSE", "v1.0"),
        ("https://github.com/owner/repo.git", ""),
        ("git://github.com/owner/repo.git", ""),
        ("git+https://github.com/owner/repo", ""),
    ],
)
def test_it_knows_its_urls(url: str, tag: str) -> None:
    upstream = GitHub().claims(RecipeUrl(url))
    assert upstream
    assert (upstream.project, upstream.tag, upstream.lane) == ("owner/repo", tag, "github.com")


def test_the_revision_of_a_git_url_is_its_tag() -> None:
    upstream = GitHub().claims(RecipeUrl("https://github.com/owner/repo.git", git_rev="v1.0"))
    assert upstream
    assert upstream.tag == "v1.0"


@pytest.mark.parametrize(
    "url",
    [
        "https://gitlab.com/owner/repo/-/archive/v1.0/repo-v1.0.tar.gz",
        "https://github.com.example.org/owner/repo/archive/v1.0.tar.gz",
        "https://github.com@example.org/owner/repo/archive/v1.0.tar.gz",
        "https://github.com/owner",
        "https://github.com/../repo/archive/v1.0.tar.gz",
        "https://github.com/owner/..",
        "https://github.com/{{ org }}/repo/archive/v1.0.tar.gz",
        "file:///github.com/owner/repo",
        "https://[github.com/owner/repo",
    ],
)
def test_it_leaves_other_urls_alone(url: str) -> None:
    assert GitHub().claims(RecipeUrl(url)) is None


def test_one_request_lists_all_tags(world: World) -> None:
    refs = ["HEAD", "refs/heads/main", "refs/pull/1/head", "refs/tags/v1.0", "refs/tags/v1.0^{}"]
    world.answers(REFS, advertisement(*refs, "refs/tags/sub/é-2"))
    assert [release.tag for release in listing(world).releases] == ["v1.0", "sub/é-2"]
    assert world.asked() == [REFS]


def test_a_renamed_repository_is_followed(world: World) -> None:
    new = "https://github.com/other/name.git/info/refs?service=git-upload-pack"
    path = REFS.removeprefix("https:/")
    world.server.route(path, (301, {"Location": new}, b""))
    world.answers(new, advertisement("refs/tags/v1.1"))
    assert [release.tag for release in listing(world).releases] == ["v1.1"]


def test_an_empty_repository_has_no_tags(world: World) -> None:
    world.answers(REFS, advertisement())
    assert listing(world).releases == ()


@pytest.mark.parametrize("status", [401, 404])
def test_a_private_or_missing_repository_is_not_found(world: World, status: int) -> None:
    world.answers(REFS, "Repository not found.", status=status)
    with pytest.raises(OutcomeError) as raised:
        listing(world)
    assert raised.value.outcome.code == "versions.project_not_found"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Unicorn!</html>",
        b"0000",
        advertisement("refs/tags/v1.0")[:-4],
        advertisement("refs/tags/v1.0")[:-10],
        advertisement("refs/tags/v1.0") + b"zzzz",
        advertisement("refs/tags/v1.0") + b"0003",
    ],
)
def test_anything_but_refs_is_refused(world: World, body: bytes) -> None:
    world.answers(REFS, body)
    with pytest.raises(OutcomeError) as raised:
        listing(world)
    assert raised.value.outcome.code == "versions.bad_answer"
