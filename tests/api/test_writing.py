from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core import access
from core.models import AccessToken, Circuit, HostState, Job, Override
from core.people import tokens
from core.people.tokens import Scope
from graph.models import Maintainer
from tests.api.conftest import token
from tests.factories import make_answered, make_candidate, make_job, make_outdated, make_sweep
from tests.index import source_url
from versions.models import Package

CHECK = "/checks/sample/numpy"
DECIDE = "/decisions/sample/numpy"
HIDE = {"kind": "hide", "version": "2.0", "reason": "It breaks scipy"}


@pytest.fixture(autouse=True)
def numpy(db):
    """mia maintains it; 1.5 and 2.0 are upstream."""
    feedstock = make_outdated("numpy", "2.0")
    Maintainer.objects.create(feedstock=feedstock, handle="mia")
    urls = [{"rendered": source_url("numpy", "1.0"), "template": ""}]
    package = make_answered("numpy", "2.0", urls=urls)
    for version, rule in (("2.0", "newest"), ("1.5", "superseded"), ("1.0", "current")):
        make_candidate(package, version, tag=version, rule=rule, artefacts=["sdist"])
    return package


def test_a_maintainer_has_an_own_package_checked(send, mia):
    response = send("POST", CHECK, token(mia))
    assert response.status_code == 202
    job = Job.objects.get()
    assert response.json()["id"] == job.pk
    assert (job.target, job.requested_by) == ("sample/numpy", mia)


def test_a_decision_shows_at_once(send, mia):
    response = send("POST", DECIDE, token(mia), HIDE)
    assert response.status_code == 200
    [decision] = response.json()
    assert decision["sentence"] == "mia hid 2.0: It breaks scipy."
    assert Package.objects.get().latest_version == "1.5"

    undone = send("DELETE", f"{DECIDE}?decision={decision['id']}", token(mia))
    assert undone.json() == []
    assert Package.objects.get().latest_version == "2.0"


def test_undoing_it_twice_says_so(send, mia):
    send("POST", DECIDE, token(mia), HIDE)
    row = Override.objects.get(kind="hide")
    send("DELETE", f"{DECIDE}?decision={row.pk}", token(mia))
    again = send("DELETE", f"{DECIDE}?decision={row.pk}", token(mia))
    assert (again.status_code, again.json()["code"]) == (409, "api.nothing_to_do")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**HIDE, "version": ""}, "body.version"),
        ({**HIDE, "version": "no version!"}, "body.version"),
        ({**HIDE, "until": "2000-01-01"}, "body.until"),
        ({"kind": "skip", "reason": "x"}, "body.until"),
        ({"kind": "source", "source": "nobody", "reason": "x"}, "body.source"),
        ({**HIDE, "reason": " "}, "reason"),
        ({**HIDE, "kind": "explode"}, "kind"),
    ],
)
def test_a_decision_that_makes_no_sense_names_the_field(send, mia, body, field):
    response = send("POST", DECIDE, token(mia), body)
    assert response.status_code == 422
    assert response.json()["field"].endswith(field)
    assert not Override.objects.exclude(kind="token").exists()


def test_what_is_no_json_is_refused(client, mia):
    response = client.post(
        f"/api/v1{DECIDE}",
        data=b"{",
        content_type="application/json",
        headers={"Authorization": f"Bearer {token(mia)}"},
    )
    assert (response.status_code, response.json()["code"]) == (400, "api.invalid_request")


def test_a_stranger_is_asked_who_it_is(send):
    response = send("POST", CHECK)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json()["code"] == "api.not_signed_in"


@pytest.mark.parametrize("secret", ["botsite_wrong", "wrong", "\x00", ""])
def test_a_wrong_token_is_refused(send, secret):
    response = send("POST", CHECK, secret or "botsite_")
    assert (response.status_code, response.json()["code"]) == (401, "api.not_signed_in")


def test_a_revoked_token_is_refused(send, mia):
    secret = token(mia)
    assert tokens.revoke(AccessToken.objects.get(), by=mia)
    assert not tokens.revoke(AccessToken.objects.get(), by=mia)
    assert send("POST", CHECK, secret).status_code == 401


def test_a_token_that_has_ended_is_refused(send, mia):
    _, secret = tokens.issue(
        mia, "old", [Scope.CHECK], expires_at=timezone.now() - timedelta(seconds=1)
    )
    assert send("POST", CHECK, secret).status_code == 401


def test_a_token_ends_with_its_owner(send, mia):
    secret = token(mia)
    mia.is_active = False
    mia.save(update_fields=["is_active"])
    assert send("POST", CHECK, secret).status_code == 401


def test_a_token_is_kept_as_a_digest_and_its_use_is_noted(send, mia):
    secret = token(mia)
    row = AccessToken.objects.get()
    assert secret.startswith(row.prefix)
    assert secret not in str(vars(row))
    send("POST", CHECK, secret)
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_a_token_does_only_what_it_was_made_for(send, mia):
    response = send("POST", DECIDE, token(mia, Scope.CHECK), HIDE)
    assert (response.status_code, response.json()["code"]) == (403, "api.scope_missing")


def test_a_token_does_no_more_than_its_owner_may(send, alice):
    response = send("POST", CHECK, token(alice))
    assert (response.status_code, response.json()["code"]) == (403, "api.forbidden")
    assert not Job.objects.exists()


def test_a_maintainer_has_a_limit(send, mia, monkeypatch):
    monkeypatch.setattr(access, "ACTS_AN_HOUR", 2)
    secret = token(mia)  # making it is an act, too
    assert send("POST", CHECK, secret).status_code == 202
    response = send("POST", DECIDE, secret, HIDE)
    assert (response.status_code, response.json()["code"]) == (429, "api.too_often")
    assert int(response.headers["Retry-After"]) > 0


def test_a_session_acts_with_proof_that_a_page_sent_it(mia):
    client = Client(enforce_csrf_checks=True)
    client.force_login(mia)
    forged = client.post(f"/api/v1{CHECK}")
    assert (forged.status_code, forged.json()["code"]) == (403, "api.forged")

    client.get("/account/")
    proof = client.cookies["csrftoken"].value
    response = client.post(f"/api/v1{CHECK}", headers={"X-CSRFToken": proof})
    assert response.status_code == 202


def test_the_bot_team_retries_by_outcome(send, bob, numpy):
    Package.objects.update(
        outcome_code="http.timeout", failures=3, next_check_at=timezone.now() + timedelta(days=1)
    )
    response = send("POST", "/retries", token(bob), {"outcome": "http.timeout"})
    assert response.json() == {"retried": 1}
    assert Package.objects.due(timezone.now()).exists()
    assert Override.objects.get(kind="retry").author == bob


def test_the_bot_team_cancels_jobs_and_sweeps(send, bob):
    job, sweep = make_job(), make_sweep()
    assert send("POST", f"/jobs/{job.pk}/cancel", token(bob)).json()["state"] == "cancelled"
    assert send("POST", f"/jobs/{job.pk}/cancel", token(bob)).status_code == 409
    cancelled = send("POST", f"/sweeps/{sweep.pk}/cancel", token(bob))
    assert cancelled.json()["cancelled_at"]
    assert send("POST", f"/sweeps/{sweep.pk}/cancel", token(bob)).status_code == 409


def test_the_bot_team_has_a_host_asked_again(send, bob):
    host = HostState.objects.create(
        origin="https://example.org",
        in_flight=8,
        rate=20,
        circuit=Circuit.OPEN,
        blocked_until=timezone.now() + timedelta(hours=1),
    )
    assert send("POST", f"/hosts/{host.pk}/unblock", token(bob)).status_code == 204
    assert send("POST", f"/hosts/{host.pk}/unblock", token(bob)).status_code == 409
    assert send("POST", "/hosts/999/unblock", token(bob)).status_code == 404


def test_what_is_not_watched_can_not_be_checked(send, bob):
    make_outdated("loose")
    response = send("POST", "/checks/loose", token(bob))
    assert (response.status_code, response.json()["message"]) == (
        404,
        "sample/loose is not watched.",
    )
