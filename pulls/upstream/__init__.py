"""What the registries that recipes download from tell about two versions: one file per kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.outcomes import OutcomeError
from pulls.upstream.asking import Asking
from pulls.upstream.cran import CranPackages
from pulls.upstream.crates import CrateIndex
from pulls.upstream.index import Index
from pulls.upstream.model import Registry, changes
from pulls.upstream.npm import NpmRegistry
from pulls.upstream.rubygems import Gems
from pulls.words.body import DependencyChange, Link
from versions.asking.subjects import LookupConfig
from versions.releases import RecipeUrl, Upstream
from versions.sources import registry

__all__ = ["Asking", "Learned", "Registries"]


@dataclass(frozen=True, slots=True)
class Learned:
    """How a new version's dependencies differ; `compared` is whose metadata says so, or else
    `problem` why nothing is known."""

    changes: tuple[DependencyChange, ...] = ()
    links: tuple[Link, ...] = ()
    compared: str = ""
    problem: str = ""


class Registries:
    """Those that are known, as the settings have them."""

    def __init__(self, config: LookupConfig) -> None:
        kinds: tuple[Registry, ...] = (
            Index(config.index_endpoint),
            CranPackages(),
            NpmRegistry(),
            CrateIndex(),
            Gems(),
        )
        self._kinds = {each.source: each for each in kinds}
        self._sources = [each for each in registry(config) if each.name in self._kinds]

    def of(self, url: RecipeUrl) -> tuple[Registry, Upstream] | None:
        """The registry that a URL is of, and the project there."""
        claims = (each.claims(url) for each in self._sources)
        return next(((self._kinds[each.source], each) for each in claims if each), None)

    def learn(self, urls: Iterable[RecipeUrl], old: str, new: str, ask: Asking) -> Learned:
        """About the first project of a registry that the recipe downloads from."""
        found = next(filter(None, map(self.of, urls)), None)
        if found is None:
            return Learned(problem="it comes from no registry that tells them")
        registry, upstream = found
        learned = Learned(compared=registry.title)
        try:
            after = registry.told(upstream, new, ask)
            learned = replace(learned, links=after.links)
            before = registry.told(upstream, old, ask)
        except OutcomeError as error:
            return replace(learned, compared="", problem=error.outcome.message)
        return replace(learned, changes=tuple(changes(before.dependencies, after.dependencies)))
