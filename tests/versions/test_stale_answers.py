"""What was found stays until something else is: upstream may be unchanged, or fail."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from core import overrides
from tests.index import JSON
from tests.loopback import Reply, Request
from tests.versions.watching import watched
from versions import sweep
from versions.models import Candidate, Package

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _pages(index, settings, tmp_path) -> None:
    settings.BOTSITE_HTTP = {**settings.BOTSITE_HTTP, "pages_folder": str(tmp_path)}


def publish(index, name: str, versions: list[str]) -> None:
    """A page that tells whether it has changed."""
    body, etag = json.dumps(index.page(name, versions)), f'"{len(versions)}"'

    def answer(request: Request) -> Reply:
        if request.headers["If-None-Match"] == etag:
            return 304, {"ETag": etag}, b""
        return 200, {**JSON, "ETag": etag}, body

    index.server.route(f"/simple/{name}/", answer)


def check(name: str) -> Package:
    sweep.check_now([f"test/{name}"])
    return Package.objects.get(name=name)


def test_an_unchanged_page_keeps_the_candidates(index, fresh_door):
    publish(index, "numpy", ["1.0", "1.1"])
    watched("numpy")
    first = check("numpy")
    candidates = list(Candidate.objects.values())
    fresh_door()

    package = check("numpy")

    assert index.server.requests[1].headers["If-None-Match"] == '"2"'
    assert (package.latest_version, package.outcome_code) == ("1.1", "ok")
    assert package.last_success_at > first.last_success_at
    assert list(Candidate.objects.values()) == candidates


def test_what_people_decided_since_then_counts_all_the_same(index, admin_user):
    publish(index, "numpy", ["1.0", "1.1"])
    watched("numpy")
    check("numpy")
    overrides.decide("hide", "test/numpy", by=admin_user, value={"version": "1.1"})
    assert check("numpy").latest_version == "1.0"


def test_a_changed_page_is_read(index):
    publish(index, "numpy", ["1.0", "1.1"])
    watched("numpy")
    check("numpy")
    publish(index, "numpy", ["1.0", "1.1", "1.2"])
    assert check("numpy").latest_version == "1.2"


def test_a_kept_page_does_not_stand_in_for_a_host_that_fails(index):
    publish(index, "numpy", ["1.0", "1.1"])
    watched("numpy")
    check("numpy")
    index.fail("numpy", 403)
    package = check("numpy")
    assert (package.latest_version, package.stale) == ("1.1", True)
    assert package.outcome_code == "http.forbidden"
    assert package.last_success_at < package.checked_at <= timezone.now()
