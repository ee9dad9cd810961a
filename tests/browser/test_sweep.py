"""The live page of a sweep: it moves by itself, obeys buttons, and works without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core import measurements
from core.models import Measurement
from tests.factories import make_heartbeat, make_outdated, make_package, make_sweep, make_user
from versions.models import Sweep
from versions.planning.pauses import paused

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCRIPT = "<script>alert(1)</script>"


def lanes(checked: int) -> dict[str, dict[str, int]]:
    return {"index": {"due": 80, "checked": checked}, "cran": {"due": 5, "checked": 5}}


@pytest.fixture
def sweep() -> Sweep:
    make_heartbeat()
    make_user("staff", staff=True)
    started_at = timezone.now() - timedelta(seconds=30)
    return make_sweep(due=85, checked=25, started_at=started_at, lanes=lanes(20))


def log_in(page) -> None:
    page.get_by_role("link", name="Log in").first.click()
    page.get_by_label("Name", exact=True).fill("staff")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Sign in").click()


def test_progress_moves_and_polling_ends_with_the_sweep(sweep, open_page):
    from playwright.sync_api import expect

    page = open_page()
    page.goto(f"/versions/sweeps/{sweep.pk}/")
    expect(page.get_by_text("25 of 85 packages checked")).to_be_visible()

    Sweep.objects.update(checked=65, lanes=lanes(60))
    expect(page.get_by_text("65 of 85 packages checked")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Progress of index")).to_have_attribute(
        "value", "60"
    )

    Sweep.objects.update(checked=85, lanes=lanes(80), finished_at=timezone.now())
    expect(page.get_by_role("region", name="Progress").get_by_text("Done")).to_be_visible()
    expect(page.locator("[hx-trigger]")).to_have_count(0)


def test_a_tab_that_nobody_sees_asks_for_nothing(sweep, open_page):
    page = open_page()
    page.add_init_script("Object.defineProperty(document, 'hidden', {get: () => true})")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    path = f"/versions/sweeps/{sweep.pk}/"
    page.goto(path)
    page.wait_for_timeout(5000)
    assert [url.endswith(path) for url in asked].count(True) == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_the_bot_team_pauses_resumes_and_cancels(sweep, open_page, scripts):
    from playwright.sync_api import expect

    page = open_page(java_script_enabled=scripts)
    page.goto(f"/versions/sweeps/{sweep.pk}/")
    log_in(page)

    page.get_by_role("button", name="Pause index").click()
    expect(page.get_by_role("row").filter(has_text="index")).to_contain_text("by staff")
    page.get_by_role("button", name="Resume index").click()
    assert paused() == {}

    page.locator("summary", has_text="Pause all checks").click()
    page.get_by_label("Reason, which everybody sees").fill("The proxy is moved")
    page.get_by_role("button", name="Pause until resumed").click()
    expect(page.get_by_text("by staff: The proxy is moved")).to_be_visible()
    page.get_by_role("button", name="Resume all checks").click()
    expect(page.get_by_text("The proxy is moved")).to_have_count(0)

    page.get_by_role("button", name="Cancel the sweep").click()
    expect(page.get_by_role("region", name="Progress").get_by_text("Cancelled")).to_be_visible()


def measured() -> None:
    now = timezone.now()
    for minutes in range(0, 60, 5):
        Measurement.objects.create(
            taken_at=now - timedelta(minutes=minutes),
            figures={"graph.outdated": minutes, "versions.age_p50_s": 60 * minutes},
        )
    assert measurements.history().known > 10


def test_charts_say_in_words_what_they_draw(open_page):
    from playwright.sync_api import expect

    make_outdated("numpy")
    measured()
    page = open_page()
    page.goto("/")
    drawing = page.get_by_role("img", name="Outdated packages")
    expect(drawing).to_be_visible()
    assert "outdated: 55 at" in (drawing.text_content() or "")
    page.locator("summary", has_text="Figures of Outdated packages").click()
    expect(page.get_by_role("region", name="Table of Outdated packages")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/", "/versions/sweeps/", "/versions/sweeps/1/", "/versions/queue/?q=a/b"]
)
def test_nothing_is_wider_than_a_phone(open_page, path):
    long = "x" * 120
    measured()
    make_outdated("numpy")
    make_package(long, key="a/b", lane=long, next_check_at=timezone.now() - timedelta(hours=1))
    figures = {"requests": 3, "failures": 1, "seconds": 2.0}
    for _ in range(3):
        make_sweep(
            finished_at=timezone.now(),
            lanes={long: {"due": 9}},
            hosts={long: figures},
            outcomes={long: 4},
        )
    Sweep.objects.filter(pk=Sweep.objects.earliest("pk").pk).update(finished_at=None)
    page = open_page(viewport={"width": 360, "height": 800})
    page.goto(path.replace("/1/", f"/{Sweep.objects.earliest('pk').pk}/"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hostile_names_are_inert(sweep, open_page):
    figures = {"requests": 3, "failures": 1, "seconds": 2.0}
    Sweep.objects.update(lanes={SCRIPT: {"due": 9}}, hosts={SCRIPT: figures}, outcomes={SCRIPT: 4})
    make_package(
        SCRIPT, lane=SCRIPT, failures=20, outcome={"code": "x", "message": SCRIPT, "next": SCRIPT}
    )
    page = open_page()
    for path in (f"sweeps/{sweep.pk}/", "sweeps/", "queue/", "dead-letters/"):
        page.goto(f"/versions/{path}")
        assert page.locator("main script").count() == 0
