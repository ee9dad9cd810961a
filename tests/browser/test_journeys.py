"""Whole journeys, through a real server and real workers that ask a real (local) index."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from core.access import TEAM
from core.models import Handle, Job
from core.outcomes import Outcome
from tests.cluster import running_cluster
from tests.factories import make_answered, make_feedstock, make_heartbeat, make_outdated, make_user
from tests.index import FakeIndex, source_url
from tests.loopback import LoopbackServer
from versions.models import Package, Sweep

pytestmark = [
    pytest.mark.browser,
    pytest.mark.cluster,
    pytest.mark.django_db(transaction=True),
]

SECONDS = 40_000  # that a worker may need to start and to do it, in milliseconds
UNREADABLE = Outcome("versions.unreadable", "The index answered nonsense.", "Wait.").as_dict()


@pytest.fixture
def index() -> Iterator[FakeIndex]:
    with LoopbackServer() as server:
        yield FakeIndex(server)


@pytest.fixture
def work(index) -> Iterator[Callable[[str], None]]:
    """Starts the workers of a queue."""
    environment = {
        "BOTSITE_PYPI_INDEX": index.endpoint,
        "BOTSITE_MIRRORS": json.dumps({"*": f"{index.server.url}/hosts/{{host}}"}),
        "BOTSITE_NET_WORKERS": "1",
        "no_proxy": "127.0.0.1",
    }
    with ExitStack() as running:
        yield lambda queue: running.enter_context(running_cluster(queue, environment)) and None


def log_in(page: Any, name: str) -> None:
    page.get_by_role("link", name="Log in", exact=True).click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Sign in").click()


def make_failing(name: str, code: str) -> Package:
    """One whose look-ups fail for days."""
    return make_answered(
        name,
        "1.1",
        urls=[{"rendered": source_url(name, "1.0"), "template": ""}],
        failures=14,
        outcome_code=code,
        outcome={**UNREADABLE, "code": code},
        last_success_at=timezone.now() - timedelta(days=9),
    )


def test_a_maintainer_has_the_own_package_checked(open_page, index, work):
    from playwright.sync_api import expect

    make_heartbeat()
    make_feedstock("scipy")
    make_outdated("six", "1.1").maintainers.create(handle="mia")
    package = make_failing("six", "versions.unreadable")
    Handle.objects.create(user=make_user("mia"), handle="mia", proven_by="admin")
    index.publish("six", ["1.0", "1.1", "1.2"])
    work("default")

    page = open_page()
    page.goto("/packages/")
    log_in(page, "mia")
    page.get_by_label("Maintainer", exact=True).fill("mia")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("link", name="scipy")).to_have_count(0)
    page.get_by_role("link", name="six", exact=True).click()

    conditions = page.get_by_role("region", name="Why is there no pull request?")
    expect(conditions).to_contain_text("The index answered nonsense.")
    answer = page.get_by_role("region", name="Answer")
    expect(answer).to_contain_text("1.1")

    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("status").first).to_contain_text("checks sample/six now")
    expect(answer).to_contain_text("1.2", timeout=SECONDS)
    expect(conditions).not_to_contain_text("nonsense")
    assert Job.objects.get().state == "done"
    package.refresh_from_db()
    assert (package.latest_version, package.failures) == ("1.2", 0)

    feed = page.get_by_role("link", name="Feed").get_attribute("href")
    assert page.locator(f'link[type="application/atom+xml"][href="{feed}"]').count() == 1
    entries = page.request.get(feed).text()
    assert "<entry>" in entries
    assert "1.2" in entries


def test_the_bot_team_retries_all_with_one_outcome(open_page, index, work):
    from playwright.sync_api import expect

    make_heartbeat()
    make_user("tess").groups.add(Group.objects.get_or_create(name=TEAM)[0])
    names = ["attrs", "numpy", "pandas"]
    for name in names:
        make_feedstock(name)
        make_failing(name, "http.timeout")
        index.publish(name, ["1.0", "2.0"])
    make_failing("gone", "versions.project_not_found")
    work("net")

    page = open_page()
    page.goto("/versions/dead-letters/")
    log_in(page, "tess")
    outcome = page.get_by_role("region", name="By outcome").get_by_role("row").filter(has_text="3")
    outcome.get_by_role("link").click()
    packages = page.get_by_role("region", name="Packages", exact=True)
    for name in names:
        expect(packages.get_by_role("link", name=name, exact=True)).to_be_visible()
    expect(packages.get_by_role("link", name="gone")).to_have_count(0)

    outcome.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("status").first).to_contain_text("3 tried again now")
    page.get_by_role("link", name="Sweeps", exact=True).click()
    page.get_by_role("row").nth(1).get_by_role("link").click()
    progress = page.get_by_role("region", name="Progress")
    expect(progress.get_by_text("Done")).to_be_visible(timeout=SECONDS)
    expect(progress).to_contain_text("3 of 3 packages checked")
    assert Sweep.objects.get().changed == 3

    page.get_by_role("link", name="Sweeps", exact=True).click()
    page.get_by_role("link", name="Dead letters").click()
    expect(packages.get_by_role("link", name="gone", exact=True)).to_be_visible()
    expect(packages.get_by_role("link", name="numpy")).to_have_count(0)


def test_the_bot_team_pauses_the_bot_and_everybody_sees_it(open_page):
    from playwright.sync_api import expect

    make_heartbeat()
    make_outdated("numpy")
    make_user("tess").groups.add(Group.objects.get_or_create(name=TEAM)[0])
    page, stranger = open_page(), open_page()
    page.goto("/versions/queue/")
    log_in(page, "tess")
    page.locator("summary", has_text="Pause all checks").click()
    page.get_by_label("Reason, which everybody sees").fill("The proxy is moved")
    page.get_by_role("button", name="Pause until resumed").click()

    banner = stranger.get_by_text("All checks are paused")
    for path in ("/", "/packages/sample/numpy/"):
        stranger.goto(path)
        expect(banner).to_be_visible()
        expect(stranger.locator("main")).to_contain_text("by tess: The proxy is moved")

    page.get_by_role("button", name="Resume all checks").click()
    stranger.reload()
    expect(banner).to_have_count(0)
