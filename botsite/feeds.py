"""Atom feeds: new versions of one package, of a maintainer's, of all; and what ends with an
outcome."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import conditional_page, require_safe

from botsite import subject
from core import outcomes
from core.outcomes import OutcomeKind
from versions.models import AmbiguousName, Package, VersionChange

if TYPE_CHECKING:
    PlainFeed = Feed[Any, Any]
else:
    PlainFeed = Feed

ENTRIES = 50
UNWRITABLE = "\N{REPLACEMENT CHARACTER}"
EPOCH = "2026"  # tag URIs name a year in which the host was whose it is
# Columns that no entry shows.
UNSHOWN = [f"package__{column}" for column in ("urls", "settings", "outcome", "remarks")]


class SafeAtom(Atom1Feed):
    """Texts come from strangers, and XML has no way to write control characters."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, {name: _clean(each) for name, each in item.items()})

    def add_root_elements(self, handler: Any) -> None:
        self.feed = {name: _clean(each) for name, each in self.feed.items()}
        super().add_root_elements(handler)


def _clean(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return "".join(c if c.isprintable() or c == "\n" else UNWRITABLE for c in value)


class OurFeed(PlainFeed):
    feed_type = SafeAtom
    language = "en"
    author_name = "Botsite"

    def item_guid(self, item: Any) -> str:
        return f"tag:{self.host},{EPOCH}:{self.identity(item)}"

    def get_feed(self, obj: Any, request: HttpRequest) -> Any:
        self.host = request.get_host().partition(":")[0]
        return super().get_feed(obj, request)

    def feed_guid(self, obj: Any) -> str:
        return f"tag:{self.host},{EPOCH}:{self.link_of(obj)}"

    def identity(self, item: Any) -> str:
        raise NotImplementedError

    def link_of(self, obj: Any) -> str:
        raise NotImplementedError

    def link(self, obj: Any) -> str:
        return self.link_of(obj)


class ReleaseFeed(OurFeed):
    """New versions, the newest first."""

    def title(self, obj: Any) -> str:
        return "New versions · Botsite"

    def subtitle(self, obj: Any) -> str:
        return "Versions that were found upstream."

    def link_of(self, obj: Any) -> str:
        return reverse("releases")

    def rows(self, obj: Any) -> Any:
        return VersionChange.objects.all()

    def items(self, obj: Any) -> list[VersionChange]:
        rows = self.rows(obj).select_related("package").defer(*UNSHOWN)
        return list(rows.order_by("-seen_at", "-pk")[:ENTRIES])

    def identity(self, item: VersionChange) -> str:
        return f"change/{item.pk}"

    def item_title(self, item: VersionChange) -> str:
        return f"{item.package.name} {item.to_version}"

    def item_description(self, item: VersionChange) -> str:
        before = f", after {item.from_version}" if item.from_version else ""
        released = f" It was released {item.released_at:%Y-%m-%d}." if item.released_at else ""
        return f"{item.to_version} was found by {item.source}{before}.{released}"

    def item_link(self, item: VersionChange) -> str:
        return reverse("package", args=[item.package.key])

    def item_updateddate(self, item: VersionChange) -> datetime:
        return item.seen_at

    def item_pubdate(self, item: VersionChange) -> datetime:
        return item.seen_at


class PackageFeed(ReleaseFeed):
    """New versions of one package."""

    def get_object(self, request: HttpRequest, key: str) -> Package:
        try:
            found = subject.find(key)
        except (subject.NoSuchPackage, AmbiguousName):
            raise Http404(f"No one package is called {key}.") from None
        if found.package is None:
            raise Http404(f"{key} is not watched.")
        return found.package

    def title(self, obj: Package) -> str:
        return f"{obj.name} · Botsite"

    def link_of(self, obj: Package) -> str:
        return reverse("package", args=[obj.key])

    def rows(self, obj: Package) -> Any:
        return obj.changes.all()


class MaintainerFeed(ReleaseFeed):
    """New versions of the packages of one maintainer."""

    def get_object(self, request: HttpRequest, handle: str) -> str:
        if not apps.is_installed("graph"):
            raise Http404("Without a graph, nobody knows who maintains what.")
        return handle.lower()

    def title(self, obj: str) -> str:
        return f"Packages of {obj} · Botsite"

    def link_of(self, obj: str) -> str:
        return reverse("graph:maintainer", args=[obj])

    def rows(self, obj: str) -> Any:
        from graph.models import Feedstock

        keys = Feedstock.objects.present().maintained_by(obj).values("key")
        return VersionChange.objects.filter(package__key__in=keys)


class OutcomeFeed(OurFeed):
    """Packages whose last look upstream ended with one outcome, the latest to do so first."""

    def get_object(self, request: HttpRequest, code: str) -> OutcomeKind:
        found = {each.code: each for each in outcomes.declared()}
        if code not in found:
            raise Http404(f"No outcome has the code {code}.")
        return found[code]

    def title(self, obj: OutcomeKind) -> str:
        return f"{obj.title} · Botsite"

    def subtitle(self, obj: OutcomeKind) -> str:
        return f"Packages whose last look upstream ended with {obj.code}."

    def link_of(self, obj: OutcomeKind) -> str:
        return reverse("outcome", args=[obj.code])

    def items(self, obj: OutcomeKind) -> list[Package]:
        rows = Package.objects.watched().filter(outcome_code=obj.code, answered_at__isnull=False)
        return list(rows.order_by("-answered_at")[:ENTRIES])

    def identity(self, item: Package) -> str:
        return f"outcome/{item.pk}/{item.outcome_code}/{item.answered_at:%Y%m%dT%H%M%S}"

    def item_title(self, item: Package) -> str:
        return f"{item.name}: {item.outcome_kind.title}"

    def item_description(self, item: Package) -> str:
        outcome = item.get_outcome()
        return f"{outcome.message} {outcome.next}" if outcome else ""

    def item_link(self, item: Package) -> str:
        return reverse("package", args=[item.key])

    def item_updateddate(self, item: Package) -> datetime | None:
        return item.answered_at

    def item_pubdate(self, item: Package) -> datetime | None:
        return item.answered_at


def _view(feed: type[OurFeed]) -> Any:
    @require_safe
    @conditional_page
    def view(request: HttpRequest, **named: str) -> HttpResponse:
        """A feed object of its own for each request: it keeps the host."""
        response: HttpResponse = feed()(request, **named)
        return response

    return view


releases = _view(ReleaseFeed)
package = _view(PackageFeed)
maintainer = _view(MaintainerFeed)
outcome = _view(OutcomeFeed)
