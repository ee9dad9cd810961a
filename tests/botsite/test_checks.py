from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.checks import run_checks

from botsite import checks


def ids() -> set[str]:
    return {message.id for message in run_checks() if message.id.startswith("botsite.")}


def test_it_works():
    assert ids() == set()


def test_a_github_of_your_own_may_allow_more(settings):
    settings.GITHUB_API, settings.PULLS_PER_MINUTE = "https://forge.example/api/v3", 600
    assert ids() == set()


def test_hosts_may_have_ports_and_capitals(settings):
    settings.BOTSITE_GITEA_HOSTS = ["Git.example.org", "git.example.org:3000"]
    assert ids() == set()


@pytest.mark.parametrize(
    ("id_", "changes"),
    [
        ("botsite.E003", {"DEBUG": True, "BIND": "0.0.0.0:80", "ALLOWED_HOSTS": ["bot.example"]}),
        ("botsite.E004", {"BOTSITE_GITEA_HOSTS": ["https://git.example.org"]}),
        ("botsite.E007", {"PULLS_PER_MINUTE": 81}),
        ("botsite.E007", {"PULLS_PER_HOUR": 501}),
        ("botsite.W001", {"BIND": "0.0.0.0:80", "ALLOWED_HOSTS": ["localhost"]}),
        ("botsite.W002", {"REDIS_URL": "redis://127.0.0.1"}),
        ("botsite.E005", {"HTTPS": True}),
    ],
)
def test_each_mistake_has_its_id(settings, monkeypatch, id_, changes):
    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="sqlite"))
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ids() == {id_}


@pytest.mark.parametrize(
    ("id_", "changes"),
    [
        ("botsite.E001", {"mirrors": {"not an origin": "x"}}),
        ("botsite.E002", {"ca_bundle": "/nowhere/ca.pem"}),
    ],
)
def test_network_settings_are_checked(settings, id_, changes):
    settings.BOTSITE_HTTP = {**settings.BOTSITE_HTTP, **changes}
    assert id_ in ids()


def test_every_message_has_a_hint(settings):
    settings.BIND, settings.ALLOWED_HOSTS = "0.0.0.0:80", ["localhost"]
    assert all(message.hint for message in run_checks() if message.id == "botsite.W001")
