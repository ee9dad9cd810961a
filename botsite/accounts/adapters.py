"""How django-allauth behaves here: nobody signs up but through a forge, and only whom the operator
lets in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from botsite.accounts.transport import DoorTransport
from core.people import handles

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """By default for those who maintain a package here."""
        who = settings.GITHUB_SIGN_UP
        handle = login_name(sociallogin)
        return who == "anyone" or (who == "maintainers" and handles.is_maintainer(handle))

    def get_requests_session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", DoorTransport())
        session.mount("http://", DoorTransport())
        return session


def login_name(sociallogin: SocialLogin) -> str:
    """The name of an account at the forge, which that has just confirmed."""
    data: dict[str, Any] = sociallogin.account.extra_data
    return str(data.get("login") or "")
