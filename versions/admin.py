"""Admin of step 3. Answers are written by workers alone; people start actions and decide."""

from __future__ import annotations

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse

from core import profiles
from core.admin import ReadOnlyAdmin
from versions.models import (
    Candidate,
    Package,
    PackageQuerySet,
    Sweep,
    SweepQuerySet,
    VersionChange,
)
from versions.planning import planner
from versions.planning.dispatch import CHECK_JOB
from versions.recording import corrections
from versions.sweep import cancel


@admin.register(Package)
class PackageAdmin(ReadOnlyAdmin):
    list_display = [
        "key",
        "current_version",
        "latest_version",
        "outcome_code",
        "checked_at",
        "next_check_at",
        "paused",
    ]
    list_filter = ["outcome_code", "latest_source", "paused", "owner"]
    search_fields = ["name", "key"]
    ordering = ["name"]
    actions = ["check_versions", "pause", "resume", "reset"]

    @admin.action(description="Check versions now", permissions=["operate"])
    def check_versions(self, request: HttpRequest, queryset: PackageQuerySet) -> None:
        count = planner.hasten(queryset)
        self.message_user(request, f"{count} packages are due now.")

    @admin.action(description="Pause checks", permissions=["operate"])
    def pause(self, request: HttpRequest, queryset: PackageQuerySet) -> None:
        count = planner.pause(queryset, by=request.user)
        self.message_user(request, f"{count} paused, until someone resumes them.", messages.WARNING)

    @admin.action(description="Resume checks", permissions=["operate"])
    def resume(self, request: HttpRequest, queryset: PackageQuerySet) -> None:
        self.message_user(request, f"{planner.resume(queryset, by=request.user)} resumed.")

    @admin.action(description="Reset the answer and look again", permissions=["operate"])
    def reset(self, request: HttpRequest, queryset: PackageQuerySet) -> None:
        count = corrections.reset(queryset, by=request.user)
        self.message_user(request, f"{count} reset; they are looked up again.")


@admin.register(Candidate)
class CandidateAdmin(ReadOnlyAdmin):
    list_display = ["package", "version", "verdict", "rule", "source", "released_at"]
    list_filter = ["verdict", "rule", "source"]
    search_fields = ["package__name", "version"]
    list_select_related = ["package"]


@admin.register(VersionChange)
class VersionChangeAdmin(ReadOnlyAdmin):
    list_display = ["package", "from_version", "to_version", "source", "seen_at", "released_at"]
    list_filter = ["source"]
    search_fields = ["package__name"]
    list_select_related = ["package"]
    date_hierarchy = "seen_at"


@admin.register(Sweep)
class SweepAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "trigger",
        "started_at",
        "finished_at",
        "cancelled_at",
        "due",
        "checked",
        "unchanged",
        "changed",
        "failed",
        "requests",
        "saved",
    ]
    list_filter = ["trigger"]
    date_hierarchy = "started_at"
    actions = ["cancel_sweeps", "profile_next_shift"]

    def view_on_site(self, row: Sweep) -> str:
        return reverse("versions:sweep", args=[row.pk])

    @admin.action(description="Cancel", permissions=["operate"])
    def cancel_sweeps(self, request: HttpRequest, queryset: SweepQuerySet) -> None:
        count = sum(cancel(row, by=request.user) for row in queryset)
        self.message_user(request, f"{count} cancelled.")

    @admin.action(description="Profile the next shift", permissions=["operate"])
    def profile_next_shift(self, request: HttpRequest, queryset: SweepQuerySet) -> None:
        profiles.ask(CHECK_JOB, by=request.user)
        self.message_user(request, "The next shift is profiled; the page of its sweep shows it.")
