"""The pages of webhooks, for the bot team: addresses and keys are nobody else's business."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import requires
from core.outcomes import OutcomeError
from core.webhooks import deliver, hooks
from core.webhooks.forms import WebhookForm
from core.webhooks.models import Delivery, DeliveryState, Webhook

CHANGE = "core.change_webhook"
ROWS = 50
STATES = tuple(state.value for state in DeliveryState)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def webhook_list(request: HttpRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = _register(request, form)
        if made is not None:
            messages.success(request, f"{made.name} is told from now on.")
            return redirect("core:webhook", made.pk)
    counts = {state: Count("deliveries", filter=Q(deliveries__state=state)) for state in STATES}
    rows = Webhook.objects.active().annotate(**counts).order_by("name", "pk")
    context = {"form": form, "webhooks": rows[: hooks.MOST]}
    status = 422 if form.is_bound else 200
    return render(request, "core/webhook_list.html", context, status=status)


@never_cache
@require_safe
@requires(CHANGE)
def webhook_page(request: HttpRequest, webhook_id: int) -> HttpResponse:
    hook = get_object_or_404(Webhook, pk=webhook_id)
    rows = hook.deliveries.order_by("-created_at", "-pk")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {"webhook": hook, "key": hooks.key_of(hook), "page": page}
    return render(request, "core/webhook.html", context)


@require_POST
@requires(CHANGE)
def end_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    hook = get_object_or_404(Webhook, pk=webhook_id)
    if hooks.end(hook, by=_person(request)):
        messages.success(request, f"{hook.name} is told nothing more.")
    else:
        messages.info(request, f"{hook.name} was ended before.")
    return redirect("core:webhooks")


@require_POST
@requires(CHANGE)
def send_again(request: HttpRequest, delivery_id: int) -> HttpResponse:
    row = get_object_or_404(Delivery, pk=delivery_id)
    if deliver.send_again(row, by=request.user):
        messages.success(request, "It is sent again within a minute.")
    else:
        messages.info(request, "It is not given up, or the webhook was ended.")
    return redirect("core:webhook", row.webhook_id)


def _register(request: HttpRequest, form: WebhookForm) -> Webhook | None:
    if Webhook.objects.active().count() >= hooks.MOST:
        form.add_error(None, f"{hooks.MOST} webhooks are enough; end one first.")
        return None
    try:
        return hooks.register(**form.cleaned_data, by=_person(request))
    except OutcomeError as error:
        form.add_error("url", f"{error.outcome.message} {error.outcome.next}")
        return None


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - `requires` saw to it
    return request.user
