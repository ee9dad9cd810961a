"""`git:URL[#BRANCH][:SUBDIR]`: a tree of recipes in a git repository, cloned and kept up to date.

The operator names the URL, so private addresses are fine; transports that run a command are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings

from core.http import DoorConfig
from core.http.origins import Origin, parse_origin
from core.http.outcomes import DoorError
from core.outcomes import OutcomeError
from graph.channels import clones
from graph.channels.clones import Clone
from graph.channels.found import Found, Home, Settled
from graph.channels.outcomes import BAD_GIT_PLACE, CREDENTIALS_IN_URL, GIT_NO_SUBDIR
from graph.recipes.tree import find_recipes

_SCP = re.compile(r"[A-Za-z0-9_][\w.-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^:/\s][^:\s]*")
_SSH_NETLOC = re.compile(r"([A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?")
_BRANCH = re.compile(r"(?!.*(?:\.\.|//|@\{|\.lock$|[./]$))[A-Za-z0-9_][\w./+@#-]{0,199}", re.ASCII)
_WORD = re.compile(r"[^\x00-\x20\x7f]+")


@dataclass(frozen=True, slots=True)
class GitPlace:
    """A located place. An empty `branch` is the default one, an empty `subdir` the whole tree."""

    url: str
    branch: str
    subdir: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises OutcomeError: `graph.bad_git_place`, `graph.credentials_in_url`."""
        if not _WORD.fullmatch(text):
            raise _bad("it holds a space or a control character")
        rest, hash_, tail = text.partition("#")
        if hash_:
            url, (branch, _, subdir) = rest, tail.partition(":")
            if not _BRANCH.fullmatch(branch):
                raise _bad("what stands behind # is no name of a branch")
        else:
            branch = ""
            url, subdir = _split(rest)
        return cls(_checked_url(url), branch, _checked_subdir(subdir))

    def __str__(self) -> str:
        branch = f"#{self.branch}" if self.branch else ""
        return self.url + branch + (f":{self.subdir}" if self.subdir else "")

    @property
    def name(self) -> str:
        """What the repository is called."""
        last = re.split(r"[/:]", self.url.rstrip("/"))[-1].removesuffix(".git")
        return re.sub(r"[^A-Za-z0-9._-]+", "-", last).lstrip(".-_") or "recipes"

    @property
    def page(self) -> str:
        """Where people find the repository, if that can be told."""
        return self.url.removesuffix(".git")[:500] if self.url.startswith("http") else ""


def locate(place: str) -> str:
    return str(GitPlace.parse(place))


def suggest_name(place: str) -> str:
    at = GitPlace.parse(place)
    return at.subdir.rpartition("/")[2] or at.name


def position(place: str) -> str:
    """The commit, once the clone is there."""
    return _clone(GitPlace.parse(place)).update()


def find(place: str, settled: Settled) -> Iterator[Found]:
    at = GitPlace.parse(place)
    clone = _clone(at)
    home = Home(at.page, at.branch)
    with clone.held():
        for recipe in find_recipes(_directory(at, clone.tree)):
            yield Found(recipe.name, recipe.path, recipe.text, home)


def forget_clones(places: Iterable[str]) -> int:
    """Delete the clones of all but these places; returns how many."""
    kept = {_clone(GitPlace.parse(place)).home for place in places}
    return clones.forget(settings.VAR_DIR / "clones", kept)


def _directory(at: GitPlace, tree: Path) -> Path:
    """The directory of recipes; a link in the repository must not lead out of it."""
    directory = (tree / at.subdir).resolve()
    if not (directory.is_dir() and directory.is_relative_to(tree.resolve())):
        raise GIT_NO_SUBDIR.error(url=at.url, subdir=at.subdir or ".")
    return directory


def _clone(at: GitPlace) -> Clone:
    return Clone(settings.VAR_DIR / "clones", at.url, at.branch, at.name, secret_config(at.url))


def secret_config(url: str) -> dict[str, str]:
    """How the operator wants the network used: authorities, proxy, and the header for an origin."""
    if not url.startswith("http"):
        return {}
    config = DoorConfig.from_settings(settings.BOTSITE_HTTP)
    origin = _origin(url)
    headers = config.credentials.headers_for(origin)
    options = {
        "http.proxy": config.proxies.choose(origin) or "",
        # A redirect could carry the header to another host.
        "http.followRedirects": "false" if headers else "initial",
    }
    for name, value in headers.items():
        options[f"http.{origin}/.extraHeader"] = f"{name}: {value}"
    if config.ca_bundle:
        kind = "sslCAPath" if Path(config.ca_bundle).is_dir() else "sslCAInfo"
        options[f"http.{kind}"] = config.ca_bundle
    return options


def _split(text: str) -> tuple[str, str]:
    """URL and SUBDIR of what has no BRANCH: a colon of the host or its port separates nothing."""
    start = text.find("/", text.index("://") + 3) if "://" in text else text.find(":") + 1
    if start < 0:
        return text, ""
    path, _, subdir = text[start:].partition(":")
    return text[:start] + path, subdir


def _checked_url(url: str) -> str:
    scheme, separator, _ = url.partition("://")
    if separator and scheme in ("http", "https"):
        return _checked_http(url)
    if separator and scheme == "ssh":
        if "@" in (netloc := urlsplit(url).netloc) and ":" in netloc.rpartition("@")[0]:
            raise CREDENTIALS_IN_URL.error(host=netloc.rpartition("@")[2])
        if not _SSH_NETLOC.fullmatch(netloc):
            raise _bad("its host is malformed")
        return url
    if separator and scheme == "file":
        if not re.fullmatch(r"file:///[^?]+", url):
            raise _bad("a file URL is file:// and an absolute path")
        return url
    if _SCP.fullmatch(url):
        return url
    raise _bad("its URL is none of https, http, ssh, file and user@host:path")


def _checked_http(url: str) -> str:
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise CREDENTIALS_IN_URL.error(host=parts.netloc.rpartition("@")[2])
    if parts.query:
        raise _bad("its URL has a query")
    return f"{_origin(url)}{parts.path}"


def _origin(url: str) -> Origin:
    try:
        parts = urlsplit(url)
        return parse_origin(f"{parts.scheme}://{parts.netloc}")
    except (DoorError, ValueError):
        raise _bad("its host is malformed") from None


def _checked_subdir(subdir: str) -> str:
    parts = [part for part in subdir.split("/") if part]
    if any(part in (".", "..", ".git") or "\\" in part for part in parts):
        raise _bad("its SUBDIR leads out of the repository")
    return "/".join(parts)


def _bad(problem: str) -> OutcomeError:
    return BAD_GIT_PLACE.error(problem=problem)
