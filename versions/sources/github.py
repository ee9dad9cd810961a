"""GitHub, without a token: the tags of a repository, as git itself is told of them.

One request of git's smart HTTP protocol lists every tag, however many there are
(https://git-scm.com/docs/http-protocol, "Smart Clients"). It tells neither dates nor which
releases are pre-releases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from dulwich.errors import GitProtocolError
from dulwich.protocol import PktLineParser

from core.http import Door, DoorError
from core.outcomes import OutcomeError
from versions.outcomes import BAD_ANSWER, PROJECT_NOT_FOUND
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.schemes import Scheme
from versions.sources.shared import Shared

# The largest repositories have some hundred thousand refs, pull requests included, of 70 bytes.
_MAX_BYTES = 64 * 1024 * 1024

_HOSTS = frozenset({"github.com", "www.github.com", "codeload.github.com"})
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
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_TAGS = b"refs/tags/"
_PEELED = b"^{}"


class GitHub:
    name = "github"
    title = "GitHub"
    scheme = Scheme.GENERIC
    curated = False

    def claims(self, url: RecipeUrl) -> Upstream | None:
        owner, repo, rest = _split(url.rendered)
        if not (_NAME.fullmatch(owner) and _NAME.fullmatch(repo)):
            return None
        page = f"https://github.com/{owner}/{repo}"
        tag = url.git_rev or _tag(rest, repo)
        return Upstream(self.name, f"{owner}/{repo}", page, lane="github.com", tag=tag)

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        try:
            answer = door.get(
                f"{upstream.url}.git/info/refs?service=git-upload-pack", max_bytes=_MAX_BYTES
            )
        except DoorError as error:
            # GitHub asks for a login rather than say whether a private repository exists.
            if error.status in (401, 404, 410, 451):
                raise self._not_found(upstream) from error
            raise
        try:
            tags = read_tags(answer.body)
        except (GitProtocolError, ValueError) as error:
            raise self._bad_answer(upstream, error) from error
        page = f"{upstream.url}/tags"
        return Listing(self.name, page, tuple(Release(tag, self.name, tag, page) for tag in tags))

    def _not_found(self, upstream: Upstream) -> OutcomeError:
        return PROJECT_NOT_FOUND.error(title=self.title, project=upstream.project)

    def _bad_answer(self, upstream: Upstream, error: Exception) -> OutcomeError:
        return BAD_ANSWER.error(title=self.title, project=upstream.project, why=error)


def read_tags(advertisement: bytes) -> list[str]:
    """The tags in a ref advertisement, protocol v0. Raises GitProtocolError or ValueError."""
    if not advertisement[4:].startswith(b"# service=git-upload-pack"):
        raise ValueError("it is not a list of git refs")
    lines: list[bytes | None] = []
    parser = PktLineParser(lines.append)
    parser.parse(advertisement)
    if parser.get_tail() or not lines or lines[-1] is not None:
        raise ValueError("the list of git refs is cut short")
    return list(_tags(lines[1:]))


def _tags(lines: list[bytes | None]) -> Iterator[str]:
    for line in lines:
        _, _, ref = (line or b"").rstrip(b"\n").partition(b" ")
        # Capabilities follow the first ref, behind a NUL.
        name = ref.partition(b"\0")[0]
        if name.startswith(_TAGS) and not name.endswith(_PEELED):
            yield name.removeprefix(_TAGS).decode("utf-8", "replace")


def _split(url: str) -> tuple[str, str, str]:
    """Owner, repository and the rest of the path; empty texts for a URL that is not GitHub's."""
    try:
        parts = urlsplit(url.removeprefix("git+"))
        host = (parts.hostname or "").lower()
    except ValueError:
        return "", "", ""
    if host not in _HOSTS or parts.scheme not in ("http", "https", "git", "ssh"):
        return "", "", ""
    owner, _, rest = parts.path.lstrip("/").partition("/")
    repo, _, rest = rest.partition("/")
    return owner, repo.removesuffix(".git"), unquote(rest)


def _tag(rest: str, repo: str) -> str:
    for shape in _TAG_SHAPES:
        if match := shape.fullmatch(rest):
            return _without_file_name(match["tag"], repo)
    return ""


def _without_file_name(tag: str, repo: str) -> str:
    """Older recipes ask for archive/TAG/REPO-VERSION.tar.gz; GitHub ignores the file name."""
    head, _, last = tag.rpartition("/")
    return head if head and last.lower().startswith(f"{repo.lower()}-") else tag
