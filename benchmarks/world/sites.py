"""Which page stands behind a host and a path."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from pypi_simple import PYPI_SIMPLE_ENDPOINT

from benchmarks.world.config import WorldConfig
from benchmarks.world.pages import cran, git, index, listings, registries
from benchmarks.world.pages.page import Page, missing
from benchmarks.world.population import HOSTS, Kind, Project, population
from benchmarks.world.recipes import owner

_INDEX_HOSTS = frozenset({HOSTS[Kind.INDEX], urlsplit(PYPI_SIMPLE_ENDPOINT).hostname})
_CRAN_INDEX = "/src/contrib/PACKAGES.gz"


@dataclass(frozen=True, slots=True)
class Spot:
    """`stamp` changes whenever what `render()` gives does."""

    stamp: int
    render: Callable[[], Page]


class Sites:
    """All hosts of a world."""

    def __init__(self, config: WorldConfig) -> None:
        self._config = config
        self._draw = random.Random(f"{config.seed}/advance")
        self.projects = list(population(config.seed, config.packages, config.crowd))
        self.serial = max(each.serial for each in self.projects)
        self._places = {_place(each): each for each in self.projects}
        self._listed: dict[str, list[Project]] = defaultdict(list)
        for each in self._of(Kind.LISTING):
            self._listed[each.host].append(each)
        watched = sum(each.kind is Kind.INDEX for each in self.projects)
        self._unwatched = index.unwatched(config.seed, max(0, config.index_projects - watched))

    def advance(self, share: float) -> list[str]:
        """New releases of a share of all projects; returns their names."""
        living = [each for each in self.projects if not each.gone]
        changed = self._draw.sample(living, round(share * len(living)))
        for each in changed:
            self.serial += self._draw.randrange(1, 50)
            each.publish(self.serial)
        return [each.name for each in changed]

    def truth(self) -> dict[str, dict[str, str]]:
        """By package: the version that a look-up should find, "" if its project is gone; the host
        that knows; the kind of project."""
        return {
            each.name: {"version": each.conda_version, "host": each.host, "kind": each.kind}
            for each in self.projects
        }

    def find(self, host: str, path: str) -> Spot:
        """What a GET of a path, without its query, meets."""
        if host in _INDEX_HOSTS:
            return self._index(path)
        if host == HOSTS[Kind.CRAN] and path == _CRAN_INDEX:
            return Spot(self.serial, self._cran)
        if path == listings.ABOVE and (held := self._listed.get(host)):
            return Spot(max(each.serial for each in held), lambda: listings.above_page(held))
        project = self._places.get(_place_of(host, path))
        if project is None or project.gone:
            return _nothing("unknown" if project is None else "gone")
        return Spot(project.serial, lambda: page_of(project, path, html=self._config.html_only))

    def main_pages(self) -> Iterator[tuple[Project, str, str]]:
        """(project, host, path) of the pages that are worth making before anyone asks."""
        for each in self.projects:
            if each.kind is Kind.INDEX:
                yield each, each.host, f"/simple/{each.name}/"
            elif each.kind is Kind.GITHUB:
                yield each, each.host, f"/{owner(each)}/{each.name}.git/info/refs"

    def shared_pages(self) -> Iterator[tuple[str, str]]:
        """(host, path) of those that speak of many projects."""
        yield HOSTS[Kind.INDEX], "/simple/"
        yield HOSTS[Kind.CRAN], _CRAN_INDEX

    def _index(self, path: str) -> Spot:
        if path == "/simple/":
            return Spot(self.serial, self._list)
        name = path.removeprefix("/simple/").rstrip("/")
        project = self._places.get(f"{HOSTS[Kind.INDEX]}/{name}")
        if project is None or project.gone:
            return _nothing("index page")
        return Spot(project.serial, lambda: page_of(project, path, html=self._config.html_only))

    def _list(self) -> Page:
        watched = [(each.name, each.serial) for each in self._of(Kind.INDEX)]
        everything = sorted(watched + self._unwatched)
        return index.list_page(everything, self.serial, html=self._config.html_only)

    def _cran(self) -> Page:
        return cran.index_page(self._of(Kind.CRAN), self._config.cran_packages)

    def _of(self, kind: Kind) -> Iterable[Project]:
        return (each for each in self.projects if each.kind is kind and not each.gone)


def page_of(project: Project, path: str, *, html: bool) -> Page:
    match project.kind:
        case Kind.INDEX:
            return index.project_page(project, html=html)
        case Kind.GITHUB if path.endswith("/info/refs"):
            return git.refs_page(project)
        case Kind.NPM:
            return registries.npm_page(project)
        case Kind.GEMS:
            return registries.gems_page(project)
        case Kind.LISTING | Kind.UNLISTED:
            return listings.listed_page(project, unquote(path))
        case _:
            return missing("unknown")


def _nothing(kind: str) -> Spot:
    return Spot(0, lambda: missing(kind))


def _place(project: Project) -> str:
    match project.kind:
        case Kind.GITHUB:
            return f"{project.host}/{owner(project)}/{project.name}"
        case Kind.LISTING | Kind.UNLISTED:
            return f"{project.host}/pub/{project.name}"
        case _:
            return f"{project.host}/{project.name}"


def _place_of(host: str, path: str) -> str:
    """The place of the project that a path of this host belongs to."""
    if host == HOSTS[Kind.GEMS]:
        return f"{host}/{path.removeprefix('/api/v1/versions/').removesuffix('.json')}"
    first, _, rest = path.lstrip("/").partition("/")
    second = rest.partition("/")[0].removesuffix(".git")
    return f"{host}/{first}/{second}" if second else f"{host}/{first}"
