"""A person finds an outdated package, logs in, and has it checked."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from core.models import Job
from tests.factories import (
    make_answered,
    make_candidate,
    make_feedstock,
    make_heartbeat,
    make_job,
    make_outdated,
    make_reading,
    make_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def fleet() -> None:
    make_heartbeat()
    make_outdated("numpy", "2.0", dependents_count=900)
    make_candidate(make_answered("numpy", "2.0"), "2.0")
    make_feedstock("scipy")
    make_user("staff", staff=True)


def test_from_the_overview_to_a_check(fleet, open_page):
    from playwright.sync_api import expect

    page = open_page()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 of 2 packages is outdated")

    page.keyboard.press("/")
    page.keyboard.type("num")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="scipy")).to_have_count(0)
    page.get_by_role("link", name="numpy").click()
    expect(page.get_by_text("Why is there no pull request?")).to_be_visible()

    page.get_by_role("link", name="Log in to check now").click()
    page.get_by_label("Name", exact=True).fill("staff")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Sign in").click()

    page.get_by_role("button", name="Check now").click()
    answer = page.get_by_role("region", name="Answer")
    expect(answer.get_by_text("Queued")).to_be_visible()
    Job.objects.update(state="done", finished_at=timezone.now())
    expect(answer.get_by_text("Queued")).to_have_count(0)

    page.get_by_role("link", name="Jobs", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="sample/numpy")).to_contain_text("staff")


def test_the_list_follows_what_is_typed_and_the_address_follows_the_list(fleet, open_page):
    from playwright.sync_api import expect

    page = open_page()
    page.goto("/packages/")
    page.get_by_label("Name").fill("sci")

    expect(page.get_by_role("link", name="numpy")).to_have_count(0)
    expect(page).to_have_url("/packages/?q=sci")
    page.go_back()
    expect(page.get_by_role("link", name="numpy")).to_be_visible()


def test_progress_moves_and_polling_ends_with_the_job(fleet, open_page):
    from playwright.sync_api import expect

    job = make_job(state="running", done=1, total=4)
    page = open_page()
    page.goto(f"/jobs/{job.pk}/")
    expect(page.get_by_text("1 of 4")).to_be_visible()

    Job.objects.update(done=3)
    expect(page.get_by_text("3 of 4")).to_be_visible()

    Job.objects.update(state="done", finished_at=timezone.now())
    expect(page.get_by_role("progressbar")).to_have_count(0)
    assert page.locator("[hx-trigger]").count() == 0


def test_the_theme_can_be_switched_and_stays(fleet, open_page):
    page = open_page(color_scheme="light")
    page.goto("/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch between light and dark").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    page.goto("/packages/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_it_works_without_scripts(fleet, open_page):
    from playwright.sync_api import expect

    page = open_page(java_script_enabled=False)
    page.goto("/packages/")
    page.get_by_label("Name").fill("num")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="scipy")).to_have_count(0)
    page.get_by_role("link", name="numpy").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("numpy")


@pytest.mark.parametrize("path", ["/", "/packages/", "/packages/sample/numpy/", "/jobs/"])
def test_nothing_is_wider_than_a_phone(fleet, open_page, path):
    make_reading(make_feedstock("wide" * 40), "x" * 900)
    make_job(target="t" * 250, state="failed", outcome={"code": "x" * 60, "message": "m" * 900})
    page = open_page(viewport={"width": 360, "height": 800})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hostile_text_is_inert(open_page):
    script = "<script>alert(1)</script>"
    image = '"><img src="//evil.example/x" onerror="alert(1)">'
    make_outdated(f"evil{script}", image, version=script)
    package = make_answered(f"evil{script}", image, latest_url="javascript:alert(1)")
    make_candidate(package, script, sentence=image, url="javascript:alert(1)")
    page = open_page()
    for path in ("/", "/packages/", "/packages/sample/evil%3Cscript%3Ealert(1)%3C%2Fscript%3E/"):
        page.goto(path)
        assert page.locator("main img, main script").count() == 0


def test_keys_step_through_the_rows(fleet, open_page):
    from playwright.sync_api import expect

    page = open_page()
    page.goto("/packages/")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="numpy")).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="scipy")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/packages/sample/numpy/$"))


def test_on_a_phone_the_menu_shows_where_one_is(fleet, open_page):
    page = open_page(viewport={"width": 390, "height": 800})
    page.goto("/hosts/")
    current = page.locator(".menu [aria-current]").bounding_box()
    assert current["x"] >= 0
    assert current["x"] + current["width"] <= 390
