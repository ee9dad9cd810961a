"""The page of one package, and what people do there: have it checked, decide, try settings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from botsite import pipeline, subject
from botsite.subject import Subject
from core.access import acts_on_package, may_act_on, too_busy
from core.models import Override
from versions import decisions
from versions.forms import (
    FORMS,
    ReasonForm,
    SettingsForm,
    decision_form,
    decision_forms,
    line_of,
    write_settings,
)
from versions.models import AmbiguousName, Package
from versions.recording import hindsight

TOO_BUSY = "You did a lot in the last hour; wait a while before you do more."
SECONDS_BETWEEN_TRIALS = 3
UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def package_page(request: HttpRequest, name: str) -> HttpResponse:
    return act(request, key=name) if request.method == "POST" else show(request, name)


def show(request: HttpRequest, name: str) -> HttpResponse:
    try:
        found = subject.find(name)
    except AmbiguousName as error:
        choice = {"name": name, "keys": error.keys}
        return render(request, "botsite/ambiguous.html", choice, status=300)
    except subject.NoSuchPackage:
        raise Http404(f"No package is called {name}.") from None
    if found.key != name:
        return redirect("package", found.key)
    return _page(request, found, opened=request.GET.get("decide", ""))


@acts_on_package
def act(request: HttpRequest, key: str) -> HttpResponse:
    """What a form of the page asks for, by its field `decide`."""
    package = _watched(key)
    asked = request.POST.get("decide", "")
    if asked == "preview":
        return preview(request, package)
    if too_busy(request.user):
        messages.error(request, TOO_BUSY)
        return redirect("package", key)
    return undo(request, package) if asked == "undo" else decide(request, package, asked)


def decide(request: HttpRequest, package: Package, kind: str) -> HttpResponse:
    kinds = {form.kind: form for form in FORMS}
    if kind not in kinds:
        raise Http404(f"There is no decision {kind}.")
    form = decision_form(kinds[kind], decisions.sources_of(package), data=request.POST)
    if not form.is_valid():
        return _page(request, subject.find(package.key), bound=form, opened=kind)
    decisions.ACTIONS[kind](package, by=request.user, **form.cleaned_data)
    pipeline.settle(package.key, request.user)
    messages.success(request, form.said())
    return redirect("package", package.key)


def undo(request: HttpRequest, package: Package) -> HttpResponse:
    try:
        decision = decisions.undo(package, int(request.POST["decision"]), by=request.user)
    except (Override.DoesNotExist, KeyError, ValueError):
        messages.info(request, "That decision was already undone.")
    else:
        pipeline.settle(package.key, request.user)
        messages.success(request, f"Undone: {decisions.sentence(decision)}")
    return redirect("package", package.key)


def preview(request: HttpRequest, package: Package) -> HttpResponse:
    """What settings would change; nothing is saved."""
    found = subject.find(package.key)
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _page(request, found, settings_form=form, opened="preview")
    if not _may_try_again(request):
        form.add_error("text", "Wait a few seconds before you try again.")
        return _page(request, found, settings_form=form, opened="preview")
    tried = hindsight.preview(package, form.bot)
    context: dict[str, Any] = {
        "preview": tried,
        "problems": [
            (each, line_of(form.cleaned_data["text"], each.field)) for each in tried.answer.problems
        ],
        "text": write_settings(form.bot),
    }
    return _page(request, found, settings_form=form, opened="preview", **context)


@require_POST
@acts_on_package
def check_package(request: HttpRequest, key: str) -> HttpResponse:
    package = _watched(key)
    if too_busy(request.user):
        messages.error(request, TOO_BUSY)
        return redirect("package", key)
    job = pipeline.check_now(package.key, request.user)
    messages.success(request, f"Job {job.pk} checks {key} now; the answer appears here.")
    return redirect("package", key)


def _page(
    request: HttpRequest,
    found: Subject,
    *,
    opened: str,
    bound: ReasonForm | None = None,
    settings_form: SettingsForm | None = None,
    **context: Any,
) -> HttpResponse:
    context |= {
        "subject": found,
        "opened": opened,
        "may_change": may_act_on(request.user, found.key),
    }
    if context["may_change"] and found.package and found.package.retired_at is None:
        context["forms"] = _forms(found.package, bound, {"version": request.GET.get("version", "")})
        context["settings_form"] = settings_form or SettingsForm(
            initial={"text": write_settings(found.package.settings)}
        )
    refused = any(form and form.errors for form in (bound, settings_form))
    status = UNPROCESSABLE if refused else 200
    return render(request, "botsite/package.html", context, status=status)


def _forms(package: Package, bound: ReasonForm | None, initial: dict[str, str]) -> list[ReasonForm]:
    """All forms, of which one may have been sent in vain."""
    sources = decisions.sources_of(package)
    return [
        bound if bound and bound.kind == form.kind else form
        for form in decision_forms(sources, paused=package.paused, initial=initial)
    ]


def _watched(key: str) -> Package:
    package = Package.objects.watched().filter(key=key).first()
    if package is None:
        raise Http404(f"No package {key} is watched.")
    return package


def _may_try_again(request: HttpRequest) -> bool:
    """A preview may ask upstream, so that others than staff get one every few seconds."""
    user: Any = request.user
    return user.is_staff or cache.add(f"preview-{user.pk}", True, SECONDS_BETWEEN_TRIALS)
