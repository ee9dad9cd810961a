"""The package index: hashes from a project's page; dependencies from the metadata file of a wheel
(PEP 658), or where there is none from the index's own JSON API, per version."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import unquote, urljoin

from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pypi_simple import ACCEPT_JSON_PREFERRED, UnparsableFilenameError, parse_filename

from pulls.editing import Digests
from pulls.editing.spelling import upstream_forms
from pulls.upstream.asking import Asking
from pulls.upstream.model import MOST, Told, file_name, hexadecimal, merged
from pulls.upstream.outcomes import NO_METADATA
from pulls.words.body import Link
from versions.releases import Upstream
from versions.sources.index_pages import File, IndexPage, read_simple
from versions.sources.pypi import MAX_BYTES, PackageIndex
from versions.sources.reading import reading

METADATA_BYTES = 4 * 1024 * 1024
LONGEST_NAME = 255  # of a file, as in file systems
LONGEST_REQUIREMENT = 1000

_BY_HASH = re.compile(r"/packages/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}/")
_OF_EXTRA = re.compile(r"\bextra\b")
_HAS_METADATA = ("core-metadata", "dist-info-metadata", "data-dist-info-metadata")
# https://packaging.python.org/en/latest/specifications/well-known-project-urls/
_LABELS = dict.fromkeys(("changelog", "changes", "whatsnew", "history"), "changelog")
_LABELS["releasenotes"] = "release notes"
_PLAIN_LABEL = str.maketrans("", "", string.punctuation + string.whitespace)


class Index:
    source = PackageIndex.name
    title = PackageIndex.title
    publishes = frozenset({"sha256"})

    def __init__(self, endpoint: str) -> None:
        self._index = PackageIndex(endpoint)

    def told(self, upstream: Upstream, version: str, ask: Asking) -> Told:
        project = upstream.project
        page = self._page(upstream, ask)
        with reading(self.title, project):
            url = _metadata_url(page, project, version)
        answer = ask.get(url, max_bytes=METADATA_BYTES) if url else None
        with reading(self.title, project):
            metadata = parse_email(answer.body)[0] if answer else self._info(project, version, ask)
            return _told(metadata)

    def digests(self, upstream: Upstream, url: str, ask: Asking) -> Digests | None:
        page = self._page(upstream, ask)
        name = unquote(file_name(url))
        found = _file_of(page, name, upstream.project)
        sha256 = hexadecimal(_hashes(found[1]).get("sha256"), 64) if found else ""
        if found is None or not sha256:
            return None
        listed, file = found
        if _BY_HASH.search(url):
            with reading(self.title, upstream.project):
                return Digests(sha256=sha256, url=urljoin(page.base, _url(file)))
        renamed = f"{url.rpartition('/')[0]}/{listed}"
        return Digests(sha256=sha256, url="" if listed == name else renamed)

    def _info(self, project: str, version: str, ask: Asking) -> Mapping[str, Any]:
        answer = ask.get(self._index.json_url(project, _plain(version)))
        info: Mapping[str, Any] = answer.json()["info"]
        if info.get("requires_dist") is None:
            # The same null stands for nothing and for not known.
            raise NO_METADATA.error(title=self.title, project=project, version=version)
        return info

    def _page(self, upstream: Upstream, ask: Asking) -> IndexPage:
        answer = ask.get(upstream.url, accept=ACCEPT_JSON_PREFERRED, max_bytes=MAX_BYTES)
        with reading(self.title, upstream.project):
            return read_simple(answer, upstream.project, in_full=True)


def _told(metadata: Mapping[str, Any]) -> Told:
    """From core metadata, whose keys are those of the JSON API too. Raises one of UNREADABLE."""
    urls = metadata.get("project_urls") or {}
    links = (Link(_label(label), url) for label, url in urls.items() if isinstance(url, str))
    return Told(merged(_dependencies(metadata)), tuple(each for each in links if each.label))


def _label(label: str) -> str:
    return _LABELS.get(label.translate(_PLAIN_LABEL).lower(), "")


def _dependencies(metadata: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Without those of extras, which recipes seldom have."""
    if python := metadata.get("requires_python"):
        yield "python", str(python)
    for text in islice(metadata.get("requires_dist") or (), MOST):
        if len(text) > LONGEST_REQUIREMENT:
            continue
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            yield text, ""
            continue
        marker = str(requirement.marker or "")
        if not _OF_EXTRA.search(marker):
            yield canonicalize_name(requirement.name), _constraint(requirement, marker)


def _constraint(requirement: Requirement, marker: str) -> str:
    wanted = str(requirement.specifier) or (f"@ {requirement.url}" if requirement.url else "")
    return f"{wanted}; {marker}" if marker else wanted


def _metadata_url(page: IndexPage, project: str, version: str) -> str:
    """That of the wheel that suits most, if any has its metadata beside it."""
    wheels = sorted(
        (not name.endswith("-none-any.whl"), name)
        for name, file in page.files.items()
        if name.endswith(".whl") and any(file.get(key) for key in _HAS_METADATA)
    )
    wanted = _version(version)
    for _, name in wheels:
        meaning = _meaning(name, project)
        if wanted and meaning and meaning[0] == wanted:
            url = _url(page.files[name]).partition("#")[0]
            return urljoin(page.base, url) + ".metadata"
    return ""


def _version(text: str) -> Version | None:
    for form in upstream_forms(text):
        try:
            return Version(form)
        except InvalidVersion:
            continue
    return None


def _plain(version: str) -> str:
    return str(_version(version) or version)


def _url(file: File) -> str:
    return str(file.get("url", ""))


def _hashes(file: File) -> Mapping[str, object]:
    hashes = file.get("hashes")
    return hashes if isinstance(hashes, dict) else {}


def _file_of(page: IndexPage, name: str, project: str) -> tuple[str, File] | None:
    """The file of this name, or the one that differs by how the project or version is spelled, as
    since PEP 625 those of a source distribution are."""
    if name in page.files:
        return name, page.files[name]
    wanted = _meaning(name, project)
    if wanted is None:
        return None
    same: Iterable[tuple[str, File]] = page.files.items()
    return next((each for each in same if _meaning(each[0], project) == wanted), None)


def _meaning(name: str, project: str) -> tuple[Version, str] | None:
    """Version and kind of a file of the project; wheels are told apart by their tags."""
    if len(name) > LONGEST_NAME:
        return None
    try:
        of, version, kind = parse_filename(name, project)
        if kind == "wheel":
            kind = name.partition("-")[2].partition("-")[2]
        return (Version(version), kind) if canonicalize_name(of) == project else None
    except (UnparsableFilenameError, InvalidVersion):
        return None
