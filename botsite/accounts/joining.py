"""What joins people to packages: recipes name maintainers, and forges tell who somebody is."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_logged_in
from django.apps import apps
from django.contrib.auth.models import User
from django.dispatch import receiver

from botsite.accounts.adapters import login_name
from core.people import handles
from core.people.handles import Handles
from core.people.models import Handle


@handles.tells_of_maintainers
def maintained_here(names: Handles, key: str | None) -> bool:
    """Whether recipes name one of these handles: that of a key, or any."""
    if not apps.is_installed("graph"):
        return False
    from graph.models import Maintainer

    rows = Maintainer.objects.filter(handle__in=names, feedstock__gone_at=None)
    return (rows.filter(feedstock__key=key) if key is not None else rows).exists()


@receiver(user_logged_in)
def take_handle(sender: Any, user: User, sociallogin: Any = None, **kwargs: Any) -> None:
    """Who signed in at GitHub is, from then on, whom recipes mean by that name."""
    if sociallogin is not None and (handle := login_name(sociallogin)):
        handles.prove(user, handle, Handle.Proof.GITHUB, by=user)
