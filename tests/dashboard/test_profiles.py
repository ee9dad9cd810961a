from __future__ import annotations

import marshal
import pstats
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from core import profiles
from core.models import Override, Profile
from core.profiling import Findings, profiled
from tests.factories import make_job, make_sweep, make_user
from tests.versions.watching import watched
from versions.sweep import run_sweep


def a_profile(target: str, kind: str = "core.ping") -> Profile:
    found: list[Findings] = []
    with profiled(found.append):
        sorted(range(1000), key=lambda number: -number)
    return profiles.keep(target, kind, found[0])


def test_a_job_shows_where_its_time_went(page, words):
    job = make_job(state="done")
    row = a_profile(f"job:{job.pk}")
    said = words(page(f"/jobs/{job.pk}/"))
    assert "Where the time went Show that workers run, just now" in said
    assert "tests/dashboard/test_profiles.py" in said
    assert f"{row.peak_mb:.0f} MB" in said
    assert "profile for pstats" not in said


def test_a_sweep_shows_its_own_and_those_of_its_shifts(page):
    now = timezone.now()
    sweep = make_sweep(started_at=now - timedelta(minutes=1))
    earlier = make_sweep(started_at=now - timedelta(hours=2), finished_at=now - timedelta(hours=1))
    a_profile(f"sweep:{sweep.pk}", "sweep")
    a_profile("job:7", "versions.check")
    a_profile("job:8", "core.ping")
    assert page(f"/versions/sweeps/{sweep.pk}/").count("Where the time went") == 2
    assert "Where the time went" not in page(f"/versions/sweeps/{earlier.pk}/")


def test_the_bot_team_downloads_the_file(client, staff, page, tmp_path):
    job = make_job(state="done")
    row = a_profile(f"job:{job.pk}")
    assert f'href="/profiles/{row.pk}/"' in page(f"/jobs/{job.pk}/")
    response = client.get(f"/profiles/{row.pk}/")
    assert f'filename="job-{job.pk}.pstats"' in response["Content-Disposition"]
    file = tmp_path / "job.pstats"
    file.write_bytes(response.content)
    assert pstats.Stats(str(file)).total_calls > 1000


def test_others_may_not_download_it(client, db):
    row = a_profile("job:1")
    assert client.get(f"/profiles/{row.pk}/").status_code == 302
    client.force_login(make_user("bob"))
    assert client.get(f"/profiles/{row.pk}/").status_code == 403


def test_the_next_shift_is_profiled_if_the_bot_team_asks(client, staff, page, words):
    sweep = make_sweep()
    sweep_url = f"/versions/sweeps/{sweep.pk}/"
    assert "Profile the next shift" in words(page(sweep_url))
    came_from = {"referer": f"http://testserver{sweep_url}"}
    ask = {"kind": "versions.check"}
    response = client.post("/jobs/profile/", ask, headers=came_from, follow=True)
    said = words(response.content.decode())
    assert "The next job “Check versions” is profiled." in said
    assert "staff asked, just now, for the next one to be profiled." in said
    again = client.post("/jobs/profile/", ask, headers=came_from, follow=True)
    assert "was asked for before" in words(again.content.decode())
    assert Override.objects.count() == 1


def test_an_unknown_kind_is_not_found(client, staff):
    assert client.post("/jobs/profile/", {"kind": "no.such"}).status_code == 404


def test_others_may_not_ask(client, db):
    ask = {"kind": "versions.check"}
    assert client.post("/jobs/profile/", ask).status_code == 302
    client.force_login(make_user("bob"))
    assert client.post("/jobs/profile/", ask).status_code == 403
    assert client.get("/jobs/profile/").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_profile_of_a_sweep_covers_the_threads_that_look_up(index):
    index.publish("numpy", ["1.0", "2.0"])
    watched("numpy")
    found: list[Findings] = []
    with profiled(found.append):
        run_sweep()
    stats = marshal.loads(found[0].stats)  # noqa: S302 - our own
    functions = {(Path(file).name, name) for file, _, name in stats}
    assert ("lookup.py", "look_up") in functions
