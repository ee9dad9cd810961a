"""A form on another site can't act here in the name of whoever looks at it."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.permissions.test_roles import INTERFACE, PAGES, SIGNED_BODY

PART = re.compile(r"<(?:\w+:)?\w+>")
FORMS = sorted(path for path, who in PAGES.items() if who is not SIGNED_BODY)


@pytest.fixture
def forger(db) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.mark.parametrize("path", FORMS)
def test_no_page_takes_it(forger, path):
    assert forger.post("/" + PART.sub("1", path)).status_code == 403


@pytest.mark.parametrize("operation", sorted(INTERFACE))
def test_the_interface_does_not_take_it_either(forger, operation):
    method, path = operation.split(" ", 1)
    answer = forger.generic(method, "/api/v1" + re.sub(r"{\w+}", "1", path))
    assert answer.status_code == 403


def test_the_admin_does_not_take_it(forger):
    assert forger.post("/admin/auth/user/add/").status_code == 403
