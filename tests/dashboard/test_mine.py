from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from core.people import handles
from core.people.models import Handle
from tests.factories import make_feedstock, make_user


@pytest.fixture
def alice(client: Client, db) -> User:
    user = make_user("alice")
    client.force_login(user)
    return user


def test_it_leads_maintainers_to_what_needs_them(client, alice):
    make_feedstock().maintainers.create(handle="alice-on-github")
    handles.prove(alice, "Alice-on-GitHub", Handle.Proof.GITHUB, by=alice)

    assert client.get("/mine/").headers["Location"] == "/maintainers/alice-on-github/"
    assert client.get("/mine/", follow=True).status_code == 200


def test_it_leads_others_to_their_account(client, alice):
    assert client.get("/mine/").headers["Location"] == "/account/"


def test_it_leads_to_the_account_to_choose_among_handles(client, alice):
    handles.prove(alice, "alice", Handle.Proof.GITHUB, by=alice)
    handles.prove(alice, "alice-at-work", Handle.Proof.ADMINISTRATOR, by=alice)
    assert client.get("/mine/").headers["Location"] == "/account/"


def test_strangers_are_asked_to_log_in(client, db):
    assert client.get("/mine/").headers["Location"] == "/account/login/?next=/mine/"


def test_it_is_in_the_menu_of_who_is_signed_in(client, page, alice):
    assert 'href="/mine/"' in page("/keys/")
    client.logout()
    assert 'href="/mine/"' not in page("/keys/")
