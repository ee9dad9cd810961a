from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from core import overrides
from core.models import Override

pytestmark = pytest.mark.django_db


def test_it_works(admin_user):
    made = overrides.decide("pin", "main/numpy", by=admin_user, value={"version": "1.26"})
    assert overrides.in_force(["main/numpy"], ["pin"]) == {"main/numpy": [made]}
    assert made.author_name == "admin"


def test_undoing_ends_it_and_keeps_the_row(admin_user):
    overrides.decide("pin", "main/numpy", by=admin_user)
    assert overrides.undo("pin", "main/numpy", by=admin_user) == 1
    assert overrides.in_force(["main/numpy"], ["pin"]) == {}
    assert Override.objects.get().ended_by == "admin"


def test_it_ends_by_itself_when_it_expires():
    yesterday = timezone.now() - timedelta(days=1)
    overrides.decide("skip", "main/numpy", by=None, expires_at=yesterday)
    assert overrides.in_force(["main/numpy"], ["skip"]) == {}


def test_other_targets_and_kinds_are_left_out():
    overrides.decide("pin", "main/numpy", by=None)
    assert overrides.in_force(["main/scipy"], ["pin"]) == {}
    assert overrides.in_force(["main/numpy"], ["hide"]) == {}


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_without_a_login_it_is_the_command_line(nobody):
    assert overrides.decide("pin", "x", by=nobody).author_name == "command line"
