"""Admin of the plumbing: jobs, heartbeats and decisions, all written by code alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename
from django.http import HttpRequest

from core import hosts
from core.jobs import cancel, enqueue, schedules
from core.models import Heartbeat, HostState, Job, Override

if TYPE_CHECKING:
    from django.db.models import QuerySet

    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """For models that a worker alone writes: people look, filter and start actions."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may start actions: those whom Django's permissions let change such rows."""
        permission = get_permission_codename("change", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{permission}")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = [
        "kind",
        "target",
        "state",
        "done",
        "total",
        "worker",
        "requested_by",
        "requested_at",
    ]
    list_filter = ["state", "kind", "queue"]
    search_fields = ["target"]
    list_select_related = ["requested_by"]
    date_hierarchy = "requested_at"
    actions = ["cancel_jobs", "start_again"]

    @admin.action(description="Cancel", permissions=["operate"])
    def cancel_jobs(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        count = sum(cancel(job) for job in queryset)
        self.message_user(request, f"{count} cancelled.")

    @admin.action(description="Start again", permissions=["operate"])
    def start_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        jobs = [
            enqueue(job.kind, job.target, by=request.user, payload=job.payload) for job in queryset
        ]
        self.message_user(request, f"{len(jobs)} queued.")


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["name", "started_at", "finished_at", "outcome_code"]
    ordering = ["name"]
    actions = ["pause", "resume"]

    @admin.display(description="outcome")
    def outcome_code(self, heartbeat: Heartbeat) -> str:
        return str(heartbeat.outcome.get("code", ""))

    @admin.action(description="Pause these schedules", permissions=["operate"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Heartbeat]) -> None:
        for heartbeat in queryset:
            schedules.pause(heartbeat.name, by=request.user)
        self.message_user(request, "Paused, until someone resumes them.", messages.WARNING)

    @admin.action(description="Resume these schedules", permissions=["operate"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Heartbeat]) -> None:
        for heartbeat in queryset:
            schedules.resume(heartbeat.name, by=request.user)
        self.message_user(request, "Resumed.")


@admin.register(HostState)
class HostStateAdmin(ReadOnlyAdmin):
    list_display = ["origin", "circuit", "failures", "blocked_until", "reason", "updated_at"]
    list_filter = ["circuit"]
    search_fields = ["origin"]
    ordering = ["origin"]
    actions = ["unblock"]

    @admin.action(description="Ask these hosts again now", permissions=["operate"])
    def unblock(self, request: HttpRequest, queryset: QuerySet[HostState]) -> None:
        count = sum(hosts.unblock(row, by=request.user) for row in queryset)
        self.message_user(request, f"{count} asked again.")


@admin.register(Override)
class OverrideAdmin(ReadOnlyAdmin):
    list_display = [
        "kind",
        "target",
        "reason",
        "author_name",
        "created_at",
        "expires_at",
        "ended_at",
    ]
    list_filter = ["kind", "author_name"]
    search_fields = ["target", "reason"]
    date_hierarchy = "created_at"
