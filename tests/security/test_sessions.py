from __future__ import annotations

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from botsite.settings import VAR_DIR
from tests.factories import make_user

SIGN_IN = "/account/login/"
WORDS = {"login": "alice", "password": "secret"}
TWO_WEEKS = 14 * 86_400


@pytest.fixture
def alice(db) -> User:
    return make_user("alice")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, alice):
    cookie = client.post(SIGN_IN, WORDS).cookies[configured.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) <= TWO_WEEKS


def test_signing_in_changes_the_key(client, alice):
    """Whoever planted a session before does not share the one after."""
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key

    client.post(SIGN_IN, WORDS)

    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_signing_out_ends_it_on_the_server(client, alice):
    client.force_login(alice)
    key = client.session.session_key
    client.post("/account/logout/")
    assert not Session.objects.filter(session_key=key).exists()


def test_a_new_password_ends_the_sessions_of_others(client, alice):
    elsewhere = Client()
    for each in (client, elsewhere):
        each.force_login(alice)
    new = "a long enough phrase"
    fields = {"old_password": "secret", "new_password1": new, "new_password2": new}
    client.post("/account/password/", fields)
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_somebody_switched_off_is_out_at_once(client, alice):
    client.force_login(alice)
    User.objects.update(is_active=False)
    assert client.get("/account/").status_code == 302


def test_the_secret_that_signs_them_is_its_owners():
    assert (VAR_DIR / "secret-key").stat().st_mode & 0o777 == 0o600
