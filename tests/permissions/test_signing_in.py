from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from core.models import AccessToken, Handle, Override
from core.people import handles, tokens
from tests.factories import make_outdated, make_user

SIGN_IN = "/account/login/"
WORDS = {"login": "alice", "password": "secret"}


@pytest.fixture(autouse=True)
def _cache(settings, tmp_path) -> None:
    """Attempts are counted in the cache, for this test alone."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": tmp_path,
        }
    }


@pytest.fixture
def alice(db) -> User:
    return make_user("alice")


def test_it_works(client, alice):
    response = client.post(f"{SIGN_IN}?next=/jobs/", {**WORDS, "next": "/jobs/"})
    assert response["Location"] == "/jobs/"
    assert "alice" in client.get("/account/").content.decode()


def test_without_a_page_to_return_to_it_is_the_account(client, alice):
    assert client.post(SIGN_IN, WORDS)["Location"] == "/account/"


def test_signing_out(client, alice):
    client.force_login(alice)
    assert client.get("/account/logout/").status_code == 405
    assert client.post("/account/logout/")["Location"] == "/"
    assert client.get("/account/")["Location"].startswith(SIGN_IN)


def test_a_wrong_password_says_no_more_than_that(client, alice):
    wrong = client.post(SIGN_IN, {**WORDS, "password": "x"}).content.decode()
    nobody = client.post(SIGN_IN, {"login": "nobody", "password": "x"}).content.decode()
    for page in (wrong, nobody):
        assert "are not correct" in page


def test_nobody_tries_passwords_for_long(client, alice):
    for _ in range(5):
        client.post(SIGN_IN, {**WORDS, "password": "x"})
    response = client.post(SIGN_IN, WORDS)
    assert response.status_code == 200
    assert "Too many failed login attempts" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_admin_has_no_door_of_its_own(client, alice):
    for method in (client.get, client.post):
        response = method("/admin/login/?next=/admin/", WORDS)
        assert response.status_code == 302
        assert response["Location"].startswith(SIGN_IN)


def test_it_leads_nowhere_else(client, alice):
    for evil in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        response = client.post(SIGN_IN, {**WORDS, "next": evil})
        assert response["Location"] == "/account/"
        client.post("/account/logout/")


def test_nobody_signs_up(client, db):
    assert client.get("/account/signup/").status_code == 404


def test_the_password_is_changed(client, alice):
    client.force_login(alice)
    new = "a long enough phrase"
    fields = {"old_password": "secret", "new_password1": new, "new_password2": new}
    assert client.post("/account/password/", fields)["Location"] == "/account/"
    alice.refresh_from_db()
    assert alice.check_password(new)


def test_a_token_is_made_shown_once_and_revoked(client, alice):
    client.force_login(alice)
    fields = {"name": "script", "scopes": ["check"], "days": "30"}
    made = client.post("/account/tokens/", fields)
    row = AccessToken.objects.get()
    [secret] = re.findall(r"botsite_[\w-]{43}", made.content.decode())
    assert tokens.find(secret) == row
    assert made.headers["Cache-Control"].count("no-store") == 1
    assert (row.owner, row.scopes, row.is_usable) == (alice, ["check"], True)
    page = client.get("/account/").content.decode()
    assert row.prefix in page
    assert secret not in page
    assert row.digest not in page

    client.post(f"/account/tokens/{row.pk}/revoke/")
    row.refresh_from_db()
    assert not row.is_usable
    decision = Override.objects.get(kind="token")
    assert (decision.author, decision.ended_by) == (alice, "alice")


def test_a_token_without_a_scope_is_refused(client, alice):
    client.force_login(alice)
    response = client.post("/account/tokens/", {"name": "script", "days": "30"})
    assert response.status_code == 422
    assert not AccessToken.objects.exists()


def test_nobody_revokes_what_is_not_theirs(client, alice):
    bob = make_user("bob")
    client.force_login(bob)
    client.post("/account/tokens/", {"name": "script", "scopes": ["check"], "days": "0"})
    client.force_login(alice)
    row = AccessToken.objects.get()
    assert client.post(f"/account/tokens/{row.pk}/revoke/").status_code == 404


def test_the_account_tells_what_somebody_maintains(client, alice):
    make_outdated("numpy")
    handles.prove(alice, "Mia", Handle.Proof.ADMINISTRATOR, by=None)
    client.force_login(alice)
    assert "/packages/?maintainer=mia" in client.get("/account/").content.decode()


def test_a_handle_belongs_to_whom_it_was_proved_of_last(alice):
    bob = make_user("bob")
    handles.prove(alice, "mia", Handle.Proof.GITHUB, by=alice)
    handles.prove(bob, "mia", Handle.Proof.GITHUB, by=bob)
    assert handles.handles_of(alice) == []
    assert handles.handles_of(bob) == ["mia"]
    handles.prove(bob, "mia-new", Handle.Proof.GITHUB, by=bob)
    assert handles.handles_of(bob) == ["mia-new"]


def test_forms_need_their_proof(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    for path in ("/account/logout/", "/account/tokens/", "/account/password/"):
        assert client.post(path).status_code == 403
