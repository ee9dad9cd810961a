"""The admin of the graph: to look at everything, and to have it done again.

Rows are written by workers alone, so all of it is read-only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

from core.admin import ReadOnlyAdmin
from core.jobs import enqueue
from graph.models import (
    Channel,
    Dependency,
    Feedstock,
    GraphBuild,
    Maintainer,
    Output,
    ReadbackState,
    Reading,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from graph.models import FeedstockQuerySet


class GraphAdmin(ReadOnlyAdmin):
    list_per_page = 50

    def has_rerun_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("graph.change_feedstock")

    def _refresh(self, request: HttpRequest, channels: list[str]) -> None:
        for name in channels:
            enqueue("graph.refresh", name, by=request.user)


@admin.register(Channel)
class ChannelAdmin(GraphAdmin):
    list_display = ["name", "spec", "outcome_code", "last_read_at", "changed_at"]
    list_filter = ["kind", "outcome_code"]
    search_fields = ["name", "spec"]
    actions = ["read_again"]

    @admin.action(description="Read again what changed", permissions=["rerun"])
    def read_again(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        names = [channel.name for channel in queryset]
        self._refresh(request, names)
        self.message_user(request, f"{len(names)} channels are being read.")


@admin.register(Feedstock)
class FeedstockAdmin(GraphAdmin):
    list_display = ["key", "version", "status", "new_version", "outcome_code", "dependents_count"]
    list_filter = ["status", "channel", "schema_version", "in_cycle", "archived", "outcome_code"]
    search_fields = ["key", "recipe_name"]
    ordering = ["key"]
    actions = ["reread", "rebuild_graph"]

    @admin.action(description="Read the recipe again", permissions=["rerun"])
    def reread(self, request: HttpRequest, queryset: FeedstockQuerySet) -> None:
        channels = sorted(set(queryset.order_by().values_list("channel__name", flat=True)))
        count = queryset.mark_unread()
        self._refresh(request, channels)
        self.message_user(request, f"{count} recipes are being read again.")

    @admin.action(description="Rebuild the graph", permissions=["rerun"])
    def rebuild_graph(self, request: HttpRequest, queryset: FeedstockQuerySet) -> None:
        enqueue("graph.build", by=request.user)
        self.message_user(request, "The graph is being built.")


@admin.register(Reading)
class ReadingAdmin(GraphAdmin):
    list_display = ["feedstock"]
    list_select_related = ["feedstock"]
    search_fields = ["feedstock__key"]


@admin.register(Maintainer)
class MaintainerAdmin(GraphAdmin):
    list_display = ["handle", "feedstock"]
    list_select_related = ["feedstock"]
    search_fields = ["handle"]


@admin.register(Output)
class OutputAdmin(GraphAdmin):
    list_display = ["name", "version", "feedstock"]
    list_select_related = ["feedstock"]
    search_fields = ["name"]


@admin.register(Dependency)
class DependencyAdmin(GraphAdmin):
    list_display = ["feedstock", "name", "target", "labels", "via", "test_only"]
    list_select_related = ["feedstock", "target"]
    list_filter = ["test_only", ("target", admin.EmptyFieldListFilter)]
    search_fields = ["name", "feedstock__name"]


@admin.register(GraphBuild)
class GraphBuildAdmin(GraphAdmin):
    list_display = [
        "started_at",
        "feedstocks",
        "edges",
        "external",
        "changed",
        "duration_s",
        "what_changed",
    ]
    ordering = ["-started_at"]
    readonly_fields = ["what_changed"]
    exclude = ["changes"]

    @admin.display(description="what changed")
    def what_changed(self, row: GraphBuild) -> str:
        return ". ".join(map(str, row.told()))


@admin.register(ReadbackState)
class ReadbackStateAdmin(GraphAdmin):
    list_display = ["watermark"]
