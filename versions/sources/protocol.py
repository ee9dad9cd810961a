"""What a version source is."""

from __future__ import annotations

from typing import Protocol

from core.http import Door
from versions.releases import Listing, RecipeUrl, Upstream
from versions.schemes import Scheme
from versions.sources.shared import Shared


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
    def scheme(self) -> Scheme:
        """Whose rules its versions follow."""

    @property
    def curated(self) -> bool:
        """Whether each entry was published as a release; tags may be anything."""

    def claims(self, url: RecipeUrl) -> Upstream | None:
        """The project behind a URL, judged by host or shape alone; None if it is another's."""

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        """All releases. Raises OutcomeError: the door's, or one of versions.outcomes."""
