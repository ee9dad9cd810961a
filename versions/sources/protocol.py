"""What a version source is."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.http import Door
from versions.choosing.schemes import Scheme
from versions.releases import Listing, RecipeUrl, Upstream
from versions.sources.shared import Shared


class Fact(StrEnum):
    """What a source may know of a release besides its version."""

    DATE = "date"
    PRERELEASE = "pre-release"
    YANKED = "withdrawn"
    ARTEFACTS = "kinds of file"


class Source(Protocol):
    """A kind of upstream that can list versions; one file each.

    It returns data, unfiltered: which version wins is the business of versions.selection.
    """

    @property
    def name(self) -> str:
        """Short and stable: it is stored, and written in settings."""

    @property
    def title(self) -> str:
        """What people call this upstream, as the subject of a sentence."""

    @property
    def urls(self) -> str:
        """For the documentation: which URLs of recipes are its own."""

    @property
    def asks(self) -> str:
        """For the documentation: which requests it makes for one package."""

    @property
    def bulk(self) -> bool:
        """Whether what it asks for serves other packages of the same batch too."""

    @property
    def knows(self) -> frozenset[Fact]:
        """What it tells of its releases, at least of some."""

    @property
    def scheme(self) -> Scheme:
        """Whose rules its versions follow."""

    @property
    def curated(self) -> bool:
        """Whether each entry was published as a release; tags may be anything."""

    def claims(self, url: RecipeUrl) -> Upstream | None:
        """The project behind a URL, judged by host or shape alone; None if it is another's."""

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        """All releases. Raises OutcomeError: the door's, or one of versions.outcomes."""


@runtime_checkable
class Watchful(Protocol):
    """A source for whose projects it takes fewer requests to see that nothing has changed."""

    def still(self, state: str, upstream: Upstream, door: Door, shared: Shared) -> bool:
        """Whether a project is still in the `Listing.state` that this source named, as far as a few
        requests tell. Raises as `list_releases()`."""
