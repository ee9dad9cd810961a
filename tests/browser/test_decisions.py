"""A person corrects the bot: hides a bad version, sees the answer change, and undoes it."""

from __future__ import annotations

import pytest

from tests.factories import (
    make_answered,
    make_candidate,
    make_heartbeat,
    make_outdated,
    make_user,
)
from tests.index import source_url

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NUMPY = "/packages/sample/numpy/"


@pytest.fixture
def numpy() -> None:
    """At 1.0, with 1.5 and 2.0 upstream."""
    make_heartbeat()
    make_outdated("numpy", "2.0")
    urls = [{"rendered": source_url("numpy", "1.0"), "template": ""}]
    package = make_answered("numpy", "2.0", urls=urls)
    for version, rule in (("2.0", "newest"), ("1.5", "superseded"), ("1.0", "current")):
        make_candidate(
            package,
            version,
            tag=version,
            rule=rule,
            artefacts=["sdist"],
            sentence=f"{version} is {rule}.",
        )
    make_user("staff", staff=True)


def log_in(page) -> None:
    page.goto(f"/account/login/?next={NUMPY}")
    page.get_by_label("Name").fill("staff")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_version_is_hidden_and_shown_again(numpy, open_page, scripts):
    from playwright.sync_api import expect

    page = open_page(java_script_enabled=scripts)
    log_in(page)
    answer = page.get_by_role("region", name="Answer")
    expect(answer).to_contain_text("2.0")

    page.get_by_role("link", name="Hide 2.0").click()
    hide = page.locator("details[open]").filter(has_text="It is passed over")
    expect(hide.get_by_label("Version")).to_have_value("2.0")
    hide.get_by_label("Reason").fill("Breaks scipy")
    hide.get_by_role("button", name="Hide a version").click()

    expect(page.get_by_role("status").first).to_have_text("2.0 is hidden.")
    expect(answer).to_contain_text("1.5")
    expect(answer).not_to_contain_text("2.0")
    decisions = page.get_by_role("region", name="Decisions")
    expect(decisions).to_contain_text("staff hid 2.0: Breaks scipy.")

    decisions.get_by_role("button", name="Undo").click()
    expect(answer).to_contain_text("2.0")
    expect(decisions).to_contain_text("None is in force.")


def test_settings_are_tried_before_they_are_saved(numpy, open_page):
    from playwright.sync_api import expect

    page = open_page()
    log_in(page)
    page.get_by_text("Try other settings").click()
    page.get_by_label("Change them").fill("bot:\n  version_updates:\n    exclude: ['2.0']\n")
    page.get_by_role("button", name="Show what changes").click()

    settings = page.get_by_role("region", name="Settings", exact=True)
    expect(settings).to_contain_text("With these settings the newest version is 2.0")
    expect(settings.get_by_role("row").filter(has_text="exclude names")).to_contain_text("Rejected")
    expect(page.get_by_role("region", name="Answer")).to_contain_text("2.0")


@pytest.mark.parametrize("opened", ["", "hide", "source"])
def test_it_fits_a_phone(numpy, open_page, opened):
    page = open_page(viewport={"width": 360, "height": 800})
    log_in(page)
    page.goto(f"{NUMPY}?decide={opened}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
