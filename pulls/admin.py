"""The admin of proposals: to look at everything, and to act on many. Rows are written by workers,
and by the functions that leave a decision behind."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin
from django.db.models import URLField
from django.http import HttpRequest
from django.urls import reverse

from core.admin import ReadOnlyAdmin
from pulls.forms import WISHES, Wish
from pulls.models import Account, Attempt, Delivery, Heard, PullRequest, PullRequestQuerySet

Action = Callable[["PullRequestAdmin", HttpRequest, PullRequestQuerySet], None]


def _action(wish: Wish) -> Action:
    """The same as on the page of a proposal, for many; those to which it does not apply are left as
    they are."""

    @admin.action(description=wish.title, permissions=["operate"])
    def action(self: PullRequestAdmin, request: HttpRequest, queryset: PullRequestQuerySet) -> None:
        rows = queryset.listed()
        done = sum(
            wish.do(pull, request.user, f"{wish.title}, in the admin")
            for pull in rows
            if wish.offered(pull)
        )
        self.message_user(request, f"{wish.title}: {done} of {len(rows)}.")

    return action


@admin.register(PullRequest)
class PullRequestAdmin(ReadOnlyAdmin):
    list_display = ["title", "feedstock", "state", "on_forge", "number", "outcome_code", "made_at"]
    list_select_related = ["feedstock"]
    list_filter = ["state", "on_forge", "outcome_code"]
    # Nobody enters one, but Django wants to know how it would be understood.
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    search_fields = ["feedstock__key", "version"]
    actions = [wish.name for wish in WISHES]

    hasten, retry, close, reject, allow = map(_action, WISHES)

    def view_on_site(self, row: PullRequest) -> str:
        return reverse("pulls:proposal", args=[row.pk])


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ["feedstock", "version", "number", "outcome_code", "finished_at", "next_try_at"]
    list_select_related = ["feedstock"]
    list_filter = ["outcome_code"]
    search_fields = ["feedstock__key", "version"]


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["name", "minute", "hour", "counted_at", "blocked_until", "reason", "spent"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["delivery_id", "event", "action", "repository", "number", "received_at"]
    list_filter = ["event"]
    search_fields = ["delivery_id", "repository"]


@admin.register(Heard)
class HeardAdmin(ReadOnlyAdmin):
    list_display = ["pull", "wish", "by", "at"]
    list_select_related = ["pull"]
    search_fields = ["by"]
