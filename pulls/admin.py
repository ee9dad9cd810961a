"""The admin of proposals: to look at everything. Rows are written by workers alone."""

from __future__ import annotations

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from pulls.models import Attempt, PullRequest


@admin.register(PullRequest)
class PullRequestAdmin(ReadOnlyAdmin):
    list_display = ["title", "feedstock", "state", "made_at"]
    list_select_related = ["feedstock"]
    list_filter = ["state"]
    search_fields = ["feedstock__key", "version"]


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ["feedstock", "version", "number", "outcome_code", "finished_at", "next_try_at"]
    list_select_related = ["feedstock"]
    list_filter = ["outcome_code"]
    search_fields = ["feedstock__key", "version"]
