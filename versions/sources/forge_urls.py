"""The tag in a URL of a forge, which most forges spell as GitHub does."""

from __future__ import annotations

import re

from versions.sources.reading import first_match

GIT_SCHEMES = frozenset({"http", "https", "git", "ssh", "git+http", "git+https", "git+ssh"})

_ARCHIVE = r"(?:\.tar\.(?:gz|bz2|xz)|\.tgz|\.zip)"
# What follows /OWNER/REPO in a URL, and holds the tag. A tag may contain slashes.
_TAG_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"releases/download/(?P<tag>.+)/[^/]+",
        rf"archive/(?:refs/tags/)?(?P<tag>.+?){_ARCHIVE}",
        r"(?:legacy\.)?(?:tar\.gz|zip|tarball|zipball)/(?:refs/tags/)?(?P<tag>.+)",
        r"archive/(?:refs/tags/)?(?P<tag>.+)",
    )
)
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")


def is_repository(owner: str, repo: str) -> bool:
    """Whether these can be the names of an owner and a repository."""
    return bool(_NAME.fullmatch(owner) and _NAME.fullmatch(repo))


def tag_in(rest: str, repo: str) -> str:
    """The tag in what follows /OWNER/REPO/; "" if there is none."""
    match = first_match(_TAG_SHAPES, rest)
    return _without_file_name(match["tag"], repo) if match else ""


def _without_file_name(tag: str, repo: str) -> str:
    """Older recipes ask for archive/TAG/REPO-VERSION.tar.gz; GitHub ignores the file name."""
    head, _, last = tag.rpartition("/")
    return head if head and last.lower().startswith(f"{repo.lower()}-") else tag
