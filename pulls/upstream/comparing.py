"""Pages on which a forge shows what changed between two tags. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pulls.words.body import Link
from versions.releases import RecipeUrl, Upstream
from versions.sources import Source

# Below the page of a project.
_COMPARISONS = {
    "github": "/compare/{old}...{new}",
    "gitea": "/compare/{old}...{new}",
    "gitlab": "/-/compare/{old}...{new}",
}
_RELEASES = {
    "github": "/releases/tag/{new}",
    "gitea": "/releases/tag/{new}",
    "gitlab": "/-/tags/{new}",
}


def forge_links(
    before: Iterable[RecipeUrl],
    after: Iterable[RecipeUrl],
    new_tags: Mapping[str, str],
    sources: Iterable[Source],
) -> list[Link]:
    """For the first project of a forge that a recipe downloads from, before and after.

    The new tag is that in a URL of the new recipe, or in `new_tags` that of the forge, which was
    seen upstream; nothing where no tag is known.
    """
    forges = [each for each in sources if each.name in _COMPARISONS]
    news = {(each.source, each.project): each.tag for each in _projects(after, forges)}
    for old in _projects(before, forges):
        new = news.get((old.source, old.project)) or new_tags.get(old.source, "")
        if new and new != old.tag:
            return list(_links(old, new))
    return []


def _projects(urls: Iterable[RecipeUrl], forges: list[Source]) -> Iterator[Upstream]:
    claimed = (each for url in urls for forge in forges if (each := forge.claims(url)))
    return (each for each in claimed if each.tag)


def _links(old: Upstream, new: str) -> Iterator[Link]:
    tags = {"old": old.tag, "new": new}
    yield Link("release", old.url + _RELEASES[old.source].format(**tags))
    yield Link("all changes", old.url + _COMPARISONS[old.source].format(**tags))
