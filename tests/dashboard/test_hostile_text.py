"""Recipes and upstream servers are written by strangers: nothing they say may become markup."""

from __future__ import annotations

import pytest

from tests.hostile import LINK, QUOTED, SCRIPT, make_hostile_package, make_hostile_work


@pytest.fixture
def hostile(db) -> None:
    make_hostile_package()
    make_hostile_work()


@pytest.mark.parametrize(
    ("url", "query"),
    [
        ("/", {}),
        ("/packages/", {}),
        ("/packages/", {"q": SCRIPT, "status": QUOTED, "sort": QUOTED, "page": SCRIPT}),
        ("/packages/", {"depends_on": SCRIPT, "needed_by": QUOTED, "maintainer": QUOTED}),
        ("/packages/sample/evil%3Cscript%3Ealert(1)%3C/script%3E/", {}),
        ("/versions/", {"q": "evil"}),
        ("/versions/queue/", {"q": SCRIPT, "lane": QUOTED}),
        ("/versions/queue/", {"lane": SCRIPT}),
        ("/versions/sweeps/", {}),
        ("/versions/sweeps/1/", {}),
        ("/versions/dead-letters/", {"outcome": SCRIPT}),
        ("/versions/dead-letters/", {}),
        ("/jobs/", {}),
        ("/jobs/", {"state": QUOTED}),
    ],
)
def test_it_stays_text(page, hostile, url, query):
    html = page(url, **query)
    assert SCRIPT not in html
    assert "<img src=x" not in html
    assert 'href="javascript:' not in html


def test_it_stays_text_on_the_page_of_a_job(page, hostile):
    from core.models import Job

    for job in Job.objects.all():
        assert SCRIPT not in page(f"/jobs/{job.pk}/")


def test_it_stays_text_in_an_error(page, db):
    assert SCRIPT not in page(f"/packages/{SCRIPT}/", answers=404)


def test_links_of_a_recipe_lead_to_the_web_only(page, hostile):
    html = page("/packages/sample/evil%3Cscript%3Ealert(1)%3C/script%3E/")
    assert LINK in html
    assert 'href="javascript' not in html
    assert 'href="http://[bad' not in html
