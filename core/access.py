"""Who may do what.

Anyone reads. A maintainer has own packages checked and decides on them, so many times an hour. The
bot team, that is the group of this name and all staff, does everything that pages and the JSON
interface offer. A superuser has the admin besides.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from core.models import Handle, Job, Override
from core.overrides import Person, name_of
from core.people import handles

TEAM = "bot team"
ACTS_AN_HOUR = 60  # of a maintainer
DECIDE = "versions.change_package"

View = Callable[..., HttpResponse]


def with_standing(people: QuerySet[User]) -> QuerySet[User]:
    """With what nearly every page asks about a person, so that it needs no query of its own."""
    person = OuterRef("pk")
    granted = Permission.objects.filter(Q(user=person) | Q(group__user=person))
    return people.annotate(
        _in_team=Exists(Group.objects.filter(user=person, name=TEAM)),
        _has_grants=Exists(granted),
        _has_handles=Exists(Handle.objects.filter(user=person)),
    )


def in_team(user: User | AnonymousUser) -> bool:
    """Asked of the database once for each user object, that is once in a request."""
    if not user.is_active or not user.is_authenticated:
        return False
    if user.is_staff or user.is_superuser:
        return True
    known: bool | None = getattr(user, "_in_team", None)
    if known is None:
        known = user.groups.filter(name=TEAM).exists()
        vars(user)["_in_team"] = known
    return known


def may(user: User | AnonymousUser, permission: str) -> bool:
    """`permission` is Django's, as `versions.change_package`; the bot team has them all."""
    return in_team(user) or (getattr(user, "_has_grants", True) and user.has_perm(permission))


def may_act_on(user: User | AnonymousUser, key: str, permission: str = DECIDE) -> bool:
    """Whether somebody may act on one package: who may on all, and its maintainers."""
    return may(user, permission) or handles.maintains(user, key)


def acts(person: Person) -> int:
    """How often somebody decided, undid a decision, or started a job in the last hour."""
    if not isinstance(person, User):
        return 0
    hour_ago = timezone.now() - timedelta(hours=1)
    decided = Override.objects.filter(author=person, created_at__gt=hour_ago)
    undone = Override.objects.filter(ended_by=name_of(person), ended_at__gt=hour_ago)
    started = Job.objects.filter(requested_by=person, requested_at__gt=hour_ago)
    return decided.count() + undone.count() + started.count()


def too_busy(person: Person) -> bool:
    """Whether somebody, the bot team excepted, acted too often in the last hour."""
    return isinstance(person, User) and not in_team(person) and acts(person) >= ACTS_AN_HOUR


def requires(permission: str) -> Callable[[View], View]:
    """Strangers are asked to log in and come back to the page they acted on; others get 403."""
    return _guard(lambda user, _: may(user, permission))


def acts_on_package(view: View) -> View:
    """As `requires()`, for a view of one package, whose key is its argument `key`."""
    return _guard(may_act_on)(view)


def _guard(allowed: Callable[[Any, str], bool]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(page_before(request))
            if not allowed(request.user, kwargs.get("key", "")):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def page_before(request: HttpRequest) -> str:
    """The page of ours that a form was sent from, or the first page."""
    sender = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        sender, {request.get_host()}, require_https=request.is_secure()
    )
    return sender if ours else "/"
