"""BOTSITE_HTTPS, and whom the site believes that a request came by it."""

from __future__ import annotations

import pytest

PRODUCTION = {
    "BOTSITE_HTTPS": "true",
    "BOTSITE_TRUSTED_PROXIES": "1",
    "BOTSITE_CSRF_TRUSTED_ORIGINS": "https://bot.example.org",
}
BY_HTTPS = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "192.0.2.7"}


def test_the_settings_of_production_leave_nothing_to_warn_of(new_site):
    done = new_site(**PRODUCTION).run("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_https_without_a_proxy_is_refused(new_site):
    done = new_site(BOTSITE_HTTPS="true").run("prepare")
    assert done.returncode == 1
    assert "botsite.E005" in done.stderr


def test_hosts_with_secrets_of_their_own_are_warned_of(new_site):
    site = new_site(**PRODUCTION, REDIS_URL="redis://127.0.0.1:1")
    assert "botsite.E006" in site.run("check", "--deploy").stderr


@pytest.mark.cluster
@pytest.mark.timeout(180)
def test_people_come_by_https_only(new_site):
    site = new_site(**PRODUCTION)
    site.serve()

    status, headers, _ = site.get("/packages/?q=a")
    assert (status, headers["Location"]) == (301, "https://bot.example.org/packages/?q=a")

    status, headers, _ = site.get("/account/login/", **BY_HTTPS)
    assert status == 200
    assert headers["Strict-Transport-Security"] == f"max-age={30 * 86_400}"
    assert "Secure" in headers["Set-Cookie"]

    for path in ("/livez", "/healthz", "/metrics"):  # asked from inside, without a proxy
        assert site.get(path)[0] in (200, 401, 403, 503)


@pytest.mark.cluster
@pytest.mark.timeout(180)
def test_without_trusted_proxies_nobody_is_believed(new_site):
    site = new_site()
    site.serve()
    code, _, document = site.get("/opensearch.xml", **BY_HTTPS)
    assert code == 200
    assert "http://bot.example.org/" in document
    assert "https://bot.example.org/" not in document
