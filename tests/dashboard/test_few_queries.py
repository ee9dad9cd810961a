"""No page and no route of the JSON interface asks the database more than a few times, whoever
reads it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from botsite.api import api
from core.access import TEAM
from core.models import Handle, Job, JobState
from tests.browser.test_every_page import PAGES
from tests.factories import make_user
from tests.hostile import SCRIPT, make_hostile_site
from tests.permissions.routes import Route

MOST = 12
READERS = ["stranger", "reader", "maintainer", "other maintainer", "team", "superuser"]
PREFIX = "/api/v1"
READ = [path for path, methods in api.get_openapi_schema()["paths"].items() if "get" in methods]
# What an address of the interface names by `id`.
NUMBERED = {"jobs": "job_id", "sweeps": "sweep_id", "proposals": "pull_id"}


@pytest.fixture(autouse=True)
def _no_cache() -> None:
    """Here the cache stays: that all checks are paused is told in passing."""


@pytest.fixture
def parts(db) -> dict[str, Any]:
    boss = make_user("boss", staff=True)
    boss.is_superuser = True
    boss.save()
    parts = make_hostile_site(boss)
    Job.objects.update(state=JobState.DONE)
    return parts


@pytest.fixture
def reader(parts, request) -> Client:
    client = Client()
    if request.param == "superuser":
        client.login(username="boss", password="secret")
    elif request.param != "stranger":
        client.force_login(make_user(request.param))
    if request.param == "team":
        client.force_login(made := make_user("bob"))
        made.groups.add(Group.objects.get(name=TEAM))
    if request.param.endswith("maintainer"):
        handle = SCRIPT.lower() if request.param == "maintainer" else "somebody"
        client.force_login(made := make_user("mia"))
        Handle.objects.create(user=made, handle=handle, proven_by="github")
    return client


@pytest.mark.parametrize("reader", READERS, indirect=True)
@pytest.mark.parametrize("path", PAGES)
def test_pages(reader, parts, path, django_assert_max_num_queries):
    quoted = {name: quote(str(value)) for name, value in parts.items()}
    address = Route(path, "").address(quoted) + PAGES[path]
    reader.get(address)
    with django_assert_max_num_queries(MOST):
        reader.get(address)


@pytest.mark.parametrize("path", READ)
def test_the_interface(parts, path, django_assert_max_num_queries):
    named = {name: quote(str(value)) for name, value in parts.items()}
    number = NUMBERED.get(path.removeprefix(PREFIX).split("/")[1], "")
    address = path.format(**named, id=parts.get(number))
    with django_assert_max_num_queries(MOST):
        assert Client().get(address).status_code == 200
