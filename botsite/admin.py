"""Admin of people and of whom they have told: who is who is an administrator's to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_q.admin  # noqa: F401 - registers what is taken out below
from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest

from core.admin import ReadOnlyAdmin
from core.models import AccessToken, Delivery, Handle, Webhook
from core.people import handles, tokens

if TYPE_CHECKING:
    from django.db.models import QuerySet

    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

# A schedule of django-q2 names any function to call: a form for that would be a shell. Schedules
# are declared in code, and shown on the page about this bot.
admin.site.unregister(
    [
        model
        for model in apps.get_app_config("django_q").get_models()
        if admin.site.is_registered(model)
    ]
)


@admin.register(Handle)
class HandleAdmin(ModelAdmin):
    """Added and deleted, never changed; each by the functions that leave a decision behind."""

    fields = ["user", "handle"]
    list_display = ["handle", "user", "proven_by", "proven_at"]
    list_filter = ["proven_by"]
    search_fields = ["handle", "user__username"]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Handle, form: Any, change: bool) -> None:
        proof = Handle.Proof.ADMINISTRATOR
        obj.pk = handles.prove(obj.user, obj.handle, proof, by=request.user).pk

    def delete_model(self, request: HttpRequest, obj: Handle) -> None:
        handles.forget(obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Handle]) -> None:
        for row in queryset:
            handles.forget(row, by=request.user)


@admin.register(AccessToken)
class AccessTokenAdmin(ReadOnlyAdmin):
    list_display = ["prefix", "name", "owner", "scopes", "created_at", "expires_at", "revoked_at"]
    list_select_related = ["owner"]
    search_fields = ["prefix", "name", "owner__username"]
    exclude = ["digest"]
    actions = ["revoke"]

    @admin.action(description="Revoke", permissions=["operate"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[AccessToken]) -> None:
        count = sum(tokens.revoke(token, by=request.user) for token in queryset)
        self.message_user(request, f"{count} revoked.")


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    list_display = ["name", "url", "events", "created_by", "created_at", "ended_at"]
    list_select_related = ["created_by"]
    search_fields = ["name", "url"]
    exclude = ["salt"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["event", "subject", "webhook", "state", "attempts", "created_at", "ended_at"]
    list_filter = ["state", "event"]
    list_select_related = ["webhook"]
    search_fields = ["subject", "number"]
