"""Who somebody is, asked of the database once in a request."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import User

from core.access import with_standing


class Backend(AuthenticationBackend):
    def get_user(self, user_id: Any) -> User | None:
        user = with_standing(User.objects.all()).filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
