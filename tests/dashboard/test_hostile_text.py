"""Recipes and upstream servers are written by strangers: nothing they say may become markup."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Measurement
from core.outcomes import Outcome
from tests.factories import (
    make_answered,
    make_candidate,
    make_change,
    make_dependency,
    make_job,
    make_outdated,
    make_reading,
    make_sweep,
)
from versions.pauses import pause_lanes

SCRIPT = "<script>alert(1)</script>"
QUOTED = '"><img src=x onerror=alert(1)>'
LINK = "javascript:alert(1)"


def hostile_sweeps() -> None:
    figures = {"requests": 3, "failures": 1, "seconds": 2.0}
    for pk in (1, 2, 3):
        make_sweep(
            pk=pk,
            lanes={SCRIPT: {"due": 9}},
            hosts={QUOTED: figures},
            outcomes={SCRIPT: 4},
            finished_at=timezone.now() if pk > 1 else None,
        )
    for minutes in (0, 10):
        Measurement.objects.create(
            taken_at=timezone.now() - timedelta(minutes=minutes),
            figures={f"versions.failing.{SCRIPT}": 3},
        )
    pause_lanes(SCRIPT, by=None, reason=QUOTED)


@pytest.fixture
def hostile(db) -> None:
    outcome = Outcome(f"x.{SCRIPT}"[:64], SCRIPT, QUOTED, file=SCRIPT, line=1).as_dict()
    feedstock = make_outdated(
        f"evil{SCRIPT}",
        QUOTED,
        version=SCRIPT,
        outcome_code="recipe.bad",
        outcome=outcome,
        forge_url=LINK,
        recipe_file=SCRIPT,
        new_version_source=QUOTED,
    )
    feedstock.maintainers.create(handle=SCRIPT)
    feedstock.outputs.create(name=QUOTED)
    make_reading(feedstock, f"{SCRIPT}\n{QUOTED}\n")
    make_dependency(feedstock, None, SCRIPT)
    package = make_answered(
        f"evil{SCRIPT}",
        QUOTED,
        current_version=SCRIPT,
        latest_url=LINK,
        latest_source=SCRIPT,
        failures=20,
        next_check_at=timezone.now(),
        outcome_code="http.bad",
        outcome=outcome,
        urls=[{"rendered": LINK, "template": SCRIPT}, {"rendered": "http://[bad", "template": ""}],
        lane=SCRIPT,
    )
    make_candidate(package, SCRIPT, url=LINK, sentence=QUOTED, tag=SCRIPT)
    make_change(package, QUOTED, from_version=SCRIPT)
    make_job("pipeline.check", f"sample/evil{SCRIPT}", note=SCRIPT, state="running", total=3)
    hostile_sweeps()
    make_job(SCRIPT, QUOTED, state="failed", outcome=outcome, result={SCRIPT: [QUOTED]})


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
    assert "javascript:alert(1)" in html
    assert 'href="javascript' not in html
    assert 'href="http://[bad' not in html
