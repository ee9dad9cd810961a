"""The page of one package, and the button that checks it now."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from botsite import pipeline, subject
from core.access import may, requires
from versions.models import AmbiguousName, Package

CHANGE = "versions.change_package"


@require_safe
def package_page(request: HttpRequest, name: str) -> HttpResponse:
    try:
        found = subject.find(name)
    except AmbiguousName as error:
        choice = {"name": name, "keys": error.keys}
        return render(request, "botsite/ambiguous.html", choice, status=300)
    except subject.NoSuchPackage:
        raise Http404(f"No package is called {name}.") from None
    if found.key != name:
        return redirect("package", found.key)
    context = {"subject": found, "may_check": may(request.user, CHANGE)}
    return render(request, "botsite/package.html", context)


@require_POST
@requires(CHANGE)
def check_package(request: HttpRequest, key: str) -> HttpResponse:
    if not Package.objects.watched().filter(key=key).exists():
        raise Http404(f"No package {key} is watched.")
    job = pipeline.check_now(key, request.user)
    messages.success(request, f"Job {job.pk} checks {key} now; the answer appears here.")
    return redirect("package", key)
