"""Every route that writes, and every role: who may, and who may not.

The routes are found by walking the URLconf, so that a new one fails here until the table knows it.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.test import Client, RequestFactory
from django.utils import timezone

from botsite.api import api
from core.access import TEAM
from core.models import Delivery, Handle, HostState, Webhook
from core.people import tokens
from core.people.tokens import Scope
from graph.models import Maintainer
from tests.factories import (
    make_answered,
    make_candidate,
    make_job,
    make_outdated,
    make_sweep,
    make_user,
)
from tests.permissions.routes import admin_routes, routes
from tests.pulls.rows import make_pull

ROLES = ["stranger", "reader", "maintainer", "team", "superuser"]
ANYONE, SIGNED_IN, OWN, TEAM_ONLY = ROLES, ROLES[1:], ROLES[2:], ROLES[3:]
SIGNED_BODY: list[str] = []  # no person, but a forge that knows the secret

# Route -> who may. A maintainer may on own packages only, see below.
PAGES: dict[str, list[str]] = {
    "packages/<key:name>/": OWN,
    "check/<key:key>/": OWN,
    "proposals/<int:pull_id>/": OWN,
    "proposals/again/<key:key>/": OWN,
    "proposals/refused/retry/": TEAM_ONLY,
    "proposals/hooks/github/": SIGNED_BODY,
    "jobs/<int:job_id>/cancel/": TEAM_ONLY,
    "jobs/profile/": TEAM_ONLY,
    "hosts/<int:host_id>/unblock/": TEAM_ONLY,
    "versions/sweeps/<int:sweep_id>/cancel/": TEAM_ONLY,
    "versions/queue/pause/": TEAM_ONLY,
    "versions/queue/resume/": TEAM_ONLY,
    "versions/dead-letters/retry/": TEAM_ONLY,
    "webhooks/": TEAM_ONLY,
    "webhooks/<int:webhook_id>/end/": TEAM_ONLY,
    "deliveries/<int:delivery_id>/send/": TEAM_ONLY,
    "account/login/": ANYONE,
    "account/logout/": ANYONE,
    "account/github/login/": ANYONE,
    "account/tokens/": SIGNED_IN,
    "account/tokens/<int:token_id>/revoke/": SIGNED_IN,
    "account/password/": SIGNED_IN,
}
INTERFACE: dict[str, list[str]] = {
    "POST /checks/{key}": OWN,
    "POST /decisions/{key}": OWN,
    "DELETE /decisions/{key}": OWN,
    "POST /jobs/{id}/cancel": TEAM_ONLY,
    "POST /hosts/{id}/unblock": TEAM_ONLY,
    "POST /sweeps/{id}/cancel": TEAM_ONLY,
    "POST /retries": TEAM_ONLY,
    "POST /tries/{key}": OWN,
    "POST /tries": TEAM_ONLY,
}
# What a route needs beyond its address to get as far as asking who it is.
FIELDS: dict[str, dict[str, Any]] = {
    "packages/<key:name>/": {"decide": "pause", "reason": "x"},
    "versions/queue/pause/": {"lane": "index", "reason": "x"},
    "versions/queue/resume/": {"lane": "index"},
    "versions/dead-letters/retry/": {"outcome": "http.timeout"},
    "proposals/refused/retry/": {"outcome": "http.timeout"},
    "proposals/<int:pull_id>/": {"decide": "reject", "reason": "x"},
    "POST /decisions/{key}": {"kind": "pause", "reason": "x"},
    "POST /retries": {"outcome": "http.timeout"},
    "POST /tries": {"outcome": "http.timeout"},
}
ACTIONS = {
    "auth.group": [],
    "auth.user": [],
    "core.accesstoken": ["revoke"],
    "core.delivery": [],
    "core.handle": [],
    "core.heartbeat": ["pause", "resume"],
    "core.hoststate": ["unblock"],
    "core.job": ["cancel_jobs", "start_again"],
    "core.override": [],
    "core.webhook": [],
    "graph.channel": ["read_again"],
    "graph.feedstock": ["rebuild_graph", "reread"],
    "pulls.account": [],
    "pulls.attempt": [],
    "pulls.delivery": [],
    "pulls.heard": [],
    "pulls.pullrequest": ["allow", "close", "hasten", "reject", "retry"],
    "versions.package": ["check_versions", "pause", "reset", "resume"],
    "versions.sweep": ["cancel_sweeps", "profile_next_shift"],
}
PEOPLE = {"auth.group", "auth.user", "core.handle"}
OURS = ("core", "versions", "graph", "pulls", "botsite", "auth")


@pytest.fixture
def parts() -> dict[str, Any]:
    """Rows that all addresses lead to; mia maintains the package."""
    feedstock = make_outdated("numpy")
    Maintainer.objects.create(feedstock=feedstock, handle="mia")
    package = make_answered("numpy", outcome_code="http.timeout", failures=1)
    make_candidate(package)
    host = HostState.objects.create(
        origin="https://example.org",
        in_flight=1,
        rate=1,
        blocked_until=timezone.now() + timedelta(hours=1),
    )
    hook = Webhook.objects.create(name="x", url="https://example.org/", salt="s")
    delivery = Delivery.objects.create(
        webhook=hook, number="12345678123456781234567812345678", event="e", subject="s", body="{}"
    )
    return {
        "key": package.key,
        "name": package.key,
        "job_id": make_job().pk,
        "host_id": host.pk,
        "sweep_id": make_sweep().pk,
        "webhook_id": hook.pk,
        "delivery_id": delivery.pk,
        "pull_id": make_pull(feedstock).pk,
    }


@pytest.fixture
def people(db) -> dict[str, User | None]:
    mia, team = make_user("mia"), make_user("team")
    Handle.objects.create(user=mia, handle="mia", proven_by="github")
    team.groups.add(Group.objects.get(name=TEAM))
    root = User.objects.create_superuser("root", password="secret")
    return {
        "stranger": None,
        "reader": make_user("reader"),
        "maintainer": mia,
        "team": team,
        "superuser": root,
    }


def signed_in(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def refused(response: Any) -> bool:
    to_sign_in = response.status_code == 302 and response["Location"].startswith("/account/login/")
    return response.status_code in (401, 403) or to_sign_in


def test_each_page_that_takes_a_post_is_in_the_table(people, parts, settings):
    settings.GITHUB_OAUTH_ID = ""
    client = signed_in(people["superuser"])
    anything: dict[str, Any] = {"code": "ok", "handle": "mia", "kind": "check"}
    parts = anything | {"token_id": 1, "profile_id": 1} | parts
    found = set()
    for route in routes():
        if route.path.startswith("api/"):
            continue
        response = client.post(route.address(parts))
        if response.status_code != 405:
            found.add(route.path)
        client.force_login(people["superuser"])
    assert found == set(PAGES)


def test_each_operation_that_writes_is_in_the_table():
    prefix = "/api/v1"
    found = {
        f"{method.upper()} {path.removeprefix(prefix)}"
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
        if method != "get"
    }
    assert found == set(INTERFACE)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", sorted(PAGES))
def test_pages(path, role, people, parts, settings):
    settings.GITHUB_WEBHOOK_SECRET = "hooked"
    person = people[role]
    if person is not None:
        parts["token_id"] = tokens.issue(person, "x", [Scope.CHECK])[0].pk
    else:
        parts["token_id"] = 1
    [route] = [each for each in routes() if each.path == path]
    response = signed_in(person).post(route.address(parts), FIELDS.get(path, {}))
    assert refused(response) == (role not in PAGES[path]), response.status_code
    assert response.status_code < 500


@pytest.mark.parametrize("by", ["token", "session"])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", sorted(INTERFACE))
def test_interface(operation, role, by, people, parts):
    person = people[role]
    client = signed_in(person if by == "session" else None)
    headers = {}
    if by == "token" and person is not None:
        headers["Authorization"] = f"Bearer {tokens.issue(person, 'x', list(Scope))[1]}"
    method, path = operation.split(" ")
    kind = path.split("/")[1].rstrip("s")
    address = path.format(key=parts["key"], id=parts.get(f"{kind}_id"))
    query = "?decision=1" if method == "DELETE" else ""
    response = client.generic(
        method,
        f"/api/v1{address}{query}",
        json.dumps(FIELDS.get(operation, {})),
        "application/json",
        headers=headers,
    )
    assert refused(response) == (role not in INTERFACE[operation]), response.content
    assert response.status_code < 500


@pytest.mark.parametrize("path", [path for path, roles in sorted(PAGES.items()) if roles is OWN])
def test_a_maintainer_acts_on_no_page_of_others(path, people, parts):
    scipy = make_outdated("scipy")
    make_answered("scipy")
    [route] = [each for each in routes() if each.path == path]
    others = {"key": scipy.key, "name": scipy.key, "pull_id": make_pull(scipy).pk}
    address = route.address(others)
    assert signed_in(people["maintainer"]).post(address, FIELDS.get(path, {})).status_code == 403


@pytest.mark.parametrize("operation", [each for each, roles in INTERFACE.items() if roles is OWN])
def test_a_maintainer_acts_on_no_package_of_others(operation, people, parts):
    make_outdated("scipy")
    make_answered("scipy")
    method, path = operation.split(" ")
    response = signed_in(people["maintainer"]).generic(
        method,
        f"/api/v1{path.format(key='sample/scipy')}?decision=1",
        json.dumps(FIELDS.get(operation, {})),
        "application/json",
    )
    assert response.status_code == 403


def test_each_model_of_ours_in_the_admin_is_in_the_table(db):
    request = RequestFactory().get("/")
    request.user = User.objects.create_superuser("root")
    found = {}
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label in OURS:
            names = sorted(set(model_admin.get_actions(request)) - {"delete_selected"})
            if names or model._meta.label_lower in ACTIONS:
                found[model._meta.label_lower] = names
    assert found == ACTIONS


@pytest.mark.parametrize("label", sorted(label for label, names in ACTIONS.items() if names))
def test_actions_of_the_admin_take_the_permission(label, db):
    """Staff without it have none, who may change the app's rows has them all."""
    registered = {model._meta.label_lower: each for model, each in admin.site._registry.items()}
    model_admin = registered[label]
    request = RequestFactory().get("/")
    request.user = make_user("staff", staff=True)
    assert not set(model_admin.get_actions(request)) & set(ACTIONS[label])

    operator = make_user("operator", staff=True)
    app = label.partition(".")[0]
    change = Permission.objects.filter(content_type__app_label=app, codename__startswith="change_")
    operator.user_permissions.set(change)
    request.user = User.objects.get(pk=operator.pk)
    assert set(ACTIONS[label]) <= set(model_admin.get_actions(request))


@pytest.mark.parametrize("role", ["stranger", "reader", "maintainer", "team"])
def test_the_admin_is_for_staff(role, people, parts):
    client = signed_in(people[role])
    checked = 0
    for path in admin_routes():
        if path.endswith(("/login/", "/logout/")):
            continue
        for response in (client.get(path), client.post(path)):
            assert response.status_code in (302, 403), path
        checked += 1
    assert checked > 30


@pytest.mark.parametrize("label", sorted(ACTIONS.keys() - PEOPLE))
def test_workers_rows_are_read_only_even_for_a_superuser(label, people, parts):
    client = signed_in(people["superuser"])
    path = f"/admin/{label.replace('.', '/')}/"
    assert client.get(path).status_code == 200
    assert client.get(f"{path}add/").status_code == 403


def test_an_administrator_says_who_somebody_is(people):
    client = signed_in(people["superuser"])
    reader = people["reader"]
    client.post("/admin/core/handle/add/", {"user": reader.pk, "handle": "Octo"})
    row = Handle.objects.get(user=reader)
    assert (row.handle, row.proven_by) == ("octo", "administrator")
    client.post(f"/admin/core/handle/{row.pk}/delete/", {"post": "yes"})
    assert not Handle.objects.filter(user=reader).exists()
