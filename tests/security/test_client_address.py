"""Failed sign-ins count for an address that visitors can't make up."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

SIGN_IN = "/account/login/"
TOO_MANY = "Too many failed login attempts"
TRIES = 12  # of different people: more than one address may have in a minute


@pytest.fixture(autouse=True)
def _nobody_tried(db) -> None:
    cache.clear()


def tried(forwarded_for: str, *, address: str = "10.0.0.1") -> list[bool]:
    """Of so many tries, which were refused; {n} is another each time."""
    client = Client(REMOTE_ADDR=address)
    return [
        TOO_MANY
        in client.post(
            SIGN_IN,
            {"login": f"somebody-{n}", "password": "x"},
            headers={"x-forwarded-for": forwarded_for.format(n=n)},
        ).content.decode()
        for n in range(TRIES)
    ]


def test_without_proxies_the_header_is_ignored(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert tried("203.0.113.{n}")[-1]


def test_behind_one_it_is_what_the_proxy_added(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert tried("203.0.113.{n}, 192.0.2.7")[-1]


def test_behind_one_visitors_are_told_apart(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert not any(tried("192.0.2.{n}"))


def test_behind_two_it_is_what_the_first_of_them_added(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert tried("203.0.113.{n}, 192.0.2.7, 10.0.0.{n}")[-1]
