"""Signing in at GitHub, against a server that answers as GitHub does."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from django.contrib.auth.models import User
from django.test import Client

from core.models import Handle
from graph.models import Maintainer
from tests.factories import make_answered, make_outdated, make_user
from tests.loopback import LoopbackServer, Request

JSON = {"Content-Type": "application/json"}


class FakeGitHub:
    """Whom it confirms is `login`; what it was asked is kept."""

    def __init__(self, server: LoopbackServer) -> None:
        self.server = server
        self.login, self.number = "Mia", 7
        self.asked: dict[str, list[str]] = {}
        server.route("/login/oauth/access_token", self._token)
        server.route("/user", self._user)

    def _token(self, request: Request):
        self.asked = parse_qs(request.body.decode())
        if self.asked.get("code") != ["good"]:
            return 200, JSON, json.dumps({"error": "bad_verification_code"})
        return 200, JSON, json.dumps({"access_token": "gho_1", "token_type": "bearer"})

    def _user(self, request: Request):
        if request.headers["Authorization"] != "token gho_1":
            return 401, JSON, b"{}"
        return 200, JSON, json.dumps({"id": self.number, "login": self.login})


@pytest.fixture
def github(settings, fresh_door, monkeypatch):
    with LoopbackServer() as server:
        settings.GITHUB_OAUTH_ID = "client-1"
        settings.SOCIALACCOUNT_PROVIDERS = {
            "github": {"APPS": [{"client_id": "client-1", "secret": "hush", "key": ""}]}
        }
        settings.BOTSITE_HTTP = {
            **settings.BOTSITE_HTTP,
            "trusted_origins": [server.url],
            "proxies": {},
        }
        monkeypatch.setattr(
            GitHubOAuth2Adapter, "access_token_url", f"{server.url}/login/oauth/access_token"
        )
        monkeypatch.setattr(GitHubOAuth2Adapter, "profile_url", f"{server.url}/user")
        fresh_door()
        yield FakeGitHub(server)
        fresh_door()


@pytest.fixture(autouse=True)
def _numpy(db) -> None:
    Maintainer.objects.create(feedstock=make_outdated("numpy"), handle="mia")
    make_answered("numpy")


def sign_in(client: Client, code: str = "good", **changed: str):
    """All the way to GitHub and back; the last response."""
    away = client.post("/account/github/login/?next=/packages/sample/numpy/")
    asked = parse_qs(urlsplit(away["Location"]).query)
    back = {"code": code, "state": asked["state"][0], **changed}
    return client.get("/account/github/callback/", back, follow=True)


def test_a_maintainer_gets_an_account_and_own_packages(client, github):
    response = sign_in(client)
    assert response.redirect_chain[-1] == ("/packages/sample/numpy/", 302)
    assert "Check now" in response.content.decode()
    handle = Handle.objects.get()
    assert (handle.handle, handle.proven_by) == ("mia", "github")
    assert (handle.user.username, handle.user.has_usable_password()) == ("Mia", False)
    assert github.asked["client_id"] == ["client-1"]


def test_it_is_the_same_person_the_next_time(client, github):
    sign_in(client)
    client.post("/account/logout/")
    github.login = "Mia-renamed"
    sign_in(client)
    assert User.objects.count() == 1
    assert Handle.objects.get().handle == "mia-renamed"


def test_who_maintains_nothing_gets_no_account(client, github):
    github.login = "stranger"
    response = sign_in(client)
    assert "There is no account for you here" in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize(("who", "users"), [("anyone", 1), ("nobody", 0)])
def test_the_operator_decides_who_gets_one(client, github, settings, who, users):
    settings.GITHUB_SIGN_UP = who
    github.login = "stranger" if who == "anyone" else "Mia"
    sign_in(client)
    assert User.objects.count() == users


def test_a_name_that_is_taken_is_not_taken_over(client, github):
    make_user("Mia")
    sign_in(client)
    assert Handle.objects.get().user.username != "Mia"


@pytest.mark.parametrize(
    "changed",
    [{"code": "bad"}, {"state": "forged"}, {"error": "server_error", "code": ""}],
)
def test_what_went_wrong_signs_nobody_in(client, github, changed):
    response = sign_in(client, **changed)
    assert "Signing in did not work" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_who_turns_back_is_told_so(client, github):
    response = sign_in(client, error="access_denied")
    assert "You did not sign in." in response.content.decode()


def test_a_server_that_is_down_is_no_error_of_ours(client, github):
    github.server.route("/user", (500, {}, b"down"))
    assert "Signing in did not work" in sign_in(client).content.decode()


def test_secrets_are_not_kept(client, github):
    sign_in(client)
    assert not SocialToken.objects.exists()


def test_the_page_lets_its_form_lead_there_and_nowhere_else(client, github):
    response = client.get("/account/login/")
    assert "Sign in at GitHub" in response.content.decode()
    policy = response.headers["Content-Security-Policy"]
    assert "form-action 'self' https://github.com;" in policy
    assert "unsafe" not in policy


def test_going_there_takes_a_form(client, github):
    assert client.get("/account/github/login/").status_code == 405


def test_it_is_not_there_unless_it_is_set_up(client, db):
    assert client.post("/account/github/login/").status_code == 404
    assert client.get("/account/github/callback/").status_code == 404
    assert "GitHub" not in client.get("/account/login/").content.decode()
