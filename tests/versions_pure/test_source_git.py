from __future__ import annotations

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.advertisement import advertisement
from tests.versions_pure.conftest import World
from versions.releases import RecipeUrl
from versions.sources.git import Git
from versions.sources.github import GitHub

URL = "https://git.example.org/path/to/repo.git"
REFS = f"{URL}/info/refs?service=git-upload-pack"


@pytest.mark.parametrize(
    ("url", "rev", "page"),
    [
        (URL, "", URL),
        (URL, "v1.0", URL),
        ("https://git.example.org/repo", "v1.0", "https://git.example.org/repo"),
        ("git://git.example.org/repo", "", "https://git.example.org/repo"),
        ("git+https://git.example.org/~user/repo/", "", "https://git.example.org/~user/repo"),
    ],
)
def test_it_knows_its_urls(url: str, rev: str, page: str) -> None:
    upstream = Git().claims(RecipeUrl(url, git_rev=rev))
    assert upstream
    assert (upstream.url, upstream.tag, upstream.lane) == (page, rev, "git.example.org")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/files/name-1.0.tar.gz",
        "file:///srv/repo.git",
        "ssh://git.example.org/repo.git",
        "/srv/repo.git",
        "git@git.example.org:repo.git",
        "https://user:password@git.example.org/repo.git",
        "https://git.example.org/{{ name }}.git",
        "https://[git.example.org/repo.git",
    ],
)
def test_it_leaves_other_urls_alone(url: str) -> None:
    assert Git().claims(RecipeUrl(url)) is None


def test_what_a_forge_claims_is_left_to_it() -> None:
    url = RecipeUrl("https://github.com/owner/repo.git")
    assert Git().claims(url)
    assert Git([GitHub()]).claims(url) is None


def test_one_request_lists_all_tags(world: World) -> None:
    world.answers(REFS, advertisement("HEAD", "refs/tags/1.0", "refs/tags/1.0^{}", "refs/tags/1.1"))
    assert [release.tag for release in world.listing(Git(), URL).releases] == ["1.0", "1.1"]
    assert world.asked() == [REFS]


def test_a_lookup_takes_the_newest_tag(world: World) -> None:
    world.answers(REFS, advertisement("refs/tags/1.0", "refs/tags/1.1"))
    assert world.look_up(URL, "1.0").latest_version == "1.1"


def test_a_missing_repository_is_not_found(world: World) -> None:
    with pytest.raises(OutcomeError) as raised:
        world.listing(Git(), URL)
    assert raised.value.outcome.code == "versions.project_not_found"


@pytest.mark.parametrize("body", [b"", b"<html>", advertisement("refs/tags/1.0")[:-4]])
def test_anything_but_refs_is_refused(world: World, body: bytes) -> None:
    world.answers(REFS, body)
    with pytest.raises(OutcomeError) as raised:
        world.listing(Git(), URL)
    assert raised.value.outcome.code == "versions.bad_answer"
