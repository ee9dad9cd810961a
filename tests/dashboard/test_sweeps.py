from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import HostState, Override
from tests.factories import make_package, make_sweep, make_user
from tests.versions.watching import watched
from versions.models import Sweep
from versions.planning.pauses import pause_lanes, paused
from versions.sweep import run_sweep

LANES = {
    "index": {"due": 60, "checked": 30, "failed": 1, "requests": 4, "saved": 26, "seconds": 15.0},
    "github.com": {"due": 20, "checked": 20, "failed": 0, "requests": 20, "saved": 0},
}
HOSTS = {
    "slow.example.org": {"requests": 4, "failures": 1, "seconds": 20.0},
    "quick.example.org": {"requests": 10, "failures": 0, "seconds": 1.0},
    "never.example.org": {"requests": 0, "failures": 0, "seconds": 0},
}


def running(**columns) -> Sweep:
    started_at = timezone.now() - timedelta(seconds=10)
    return make_sweep(**{"due": 80, "checked": 50, "started_at": started_at, **columns})


def ended(**columns) -> Sweep:
    """One that took a minute, an hour ago."""
    started_at = columns.pop("started_at", timezone.now() - timedelta(hours=1))
    return make_sweep(
        started_at=started_at, finished_at=started_at + timedelta(seconds=60), **columns
    )


def url(sweep: Sweep, act: str = "") -> str:
    return f"/versions/sweeps/{sweep.pk}/{act}"


def test_a_running_sweep_tells_how_it_gets_on(page, words):
    sweep = running(lanes=LANES, requests=24, saved=26, changed=3, failed=1, unchanged=22)
    said = words(page(url(sweep)))
    assert re.search(r"Running for 1\d s, about 1\d s to go", said)
    assert "50 of 80 packages checked" in said
    assert "Saved 52 % of all 26" in said
    assert re.search(r"packages a second [45]\.\d", said)
    assert "1 of 2 done" in said
    assert "index Running 30 of 60 1 4 26 0.5 s" in said
    assert "github.com Done 20 of 20" in said


def test_the_slowest_lane_that_moves_tells_when_it_is_done(page, words):
    slow = {"slow.example.org": {"due": 101, "checked": 1}}
    said = words(page(url(running(lanes={**LANES, **slow}))))
    assert re.search(r"about 1[6-9] min \d+ s to go", said)


def test_lanes_that_do_not_move_say_why(page, words):
    HostState.objects.create(
        origin="https://down.example.org",
        in_flight=1,
        rate=1,
        circuit="open",
        blocked_until=timezone.now() + timedelta(hours=1),
    )
    pause_lanes("index", by=make_user("carol"), reason="They asked us to")
    down = {"down.example.org": {"due": 500, "checked": 0}}
    said = words(page(url(running(lanes={**LANES, **down}))))
    assert "index Paused 30 of 60, by carol: They asked us to" in said
    assert "down.example.org Left alone 0 of 500" in said
    assert "to go" in said


def test_the_slowest_hosts_come_first_with_their_circuits(page, words):
    HostState.objects.create(
        origin="https://slow.example.org",
        in_flight=1,
        rate=1,
        circuit="open",
        blocked_until=timezone.now() + timedelta(hours=1),
    )
    said = words(page(url(running(hosts=HOSTS))))
    assert (
        "slow.example.org Circuit open, 1 failed 5.0 s 4 quick.example.org circuit closed" in said
    )
    assert "never.example.org" not in said


def test_failures_are_named(page, words):
    said = words(page(url(running(outcomes={"ok": 40, "http.timeout": 9, "versions.no_url": 1}))))
    assert said.index("http.timeout 9") < said.index("versions.no_url 1")


@pytest.mark.parametrize(("make", "polls"), [(running, True), (ended, False)])
def test_it_polls_only_while_it_runs(page, make, polls, db):
    sweep = make(lanes=LANES)
    assert ("every 2s" in page(url(sweep))) is polls
    assert ("every 3s" in page("/versions/sweeps/")) is polls


def test_a_sweep_that_ended_and_one_that_was_cancelled(page, words):
    assert "Done 59 min ago, after 1 min 0 s" in words(page(url(ended())))
    said = words(page(url(ended(cancelled_at=timezone.now(), lanes=LANES))))
    assert "Cancelled just now" in said
    assert "index Not reached 30 of 60" in said
    assert "no longer kept" in words(page(url(ended())))


def test_each_page_leads_to_its_json(page, db):
    sweep = running()
    assert f'href="/api/v1/sweeps/{sweep.pk}"' in page(url(sweep))
    assert 'href="/api/v1/sweeps"' in page("/versions/sweeps/")


def test_an_unknown_sweep_is_not_found(page):
    page("/versions/sweeps/99/", answers=404)


def test_the_list_has_charts_of_sweeps_that_ended(page, words):
    now = timezone.now()
    for hours in (3, 2, 1):
        ended(started_at=now - timedelta(hours=hours), outcomes={"ok": 5, "http.timeout": hours})
    running()
    html = page("/versions/sweeps/")
    for title in ("Duration", "Requests", "Changes found", "Failures by outcome"):
        assert f'<title id="chart-{title.lower().replace(" ", "-")}">{title}</title>' in html
    assert "Timed out: 3 at" in words(html)
    assert html.count('<td class="num">1 min</td>') == 3


def test_one_sweep_makes_no_chart(page, words):
    ended()
    assert "Two sweeps that are over make the first chart." in words(page("/versions/sweeps/"))


def test_the_list_works_with_an_empty_database(page, words):
    assert "No sweep ran yet" in words(page("/versions/sweeps/"))


def test_it_pages(page):
    for _ in range(49):
        ended()
    assert 'href="?page=2"' in page("/versions/sweeps/")


def test_the_bot_team_cancels_a_sweep(client, staff, page, words):
    sweep = running()
    assert "Cancel the sweep" in words(page(url(sweep)))
    response = client.post(url(sweep, "cancel/"), follow=True)
    assert f"Sweep {sweep.pk} ends" in words(response.content.decode())
    sweep.refresh_from_db()
    assert sweep.cancelled_at is not None
    assert sweep.finished_at is not None


def test_a_sweep_that_is_over_can_not_be_cancelled(client, staff, words):
    response = client.post(url(ended(), "cancel/"), follow=True)
    assert "had already ended" in words(response.content.decode())


def test_all_checks_are_paused_with_a_reason_and_resumed(client, staff, words):
    came_from = {"referer": "http://testserver/versions/queue/"}
    reason = {"reason": "The proxy is moved"}
    response = client.post("/versions/queue/pause/", reason, headers=came_from, follow=True)
    said = words(response.content.decode())
    assert response.redirect_chain == [("http://testserver/versions/queue/", 302)]
    assert "All checks are paused since just now, by staff: The proxy is moved" in said
    assert paused()[""].author_name == "staff"

    response = client.post("/versions/queue/resume/", headers=came_from, follow=True)
    assert "All checks are resumed." in words(response.content.decode())
    assert paused() == {}


def test_one_lane_is_paused_and_resumed(client, staff, page):
    sweep = running(lanes=LANES)
    client.post("/versions/queue/pause/", {"lane": "index"})
    assert list(paused()) == ["index"]
    html = page(url(sweep))
    assert "Resume<span" in html
    client.post("/versions/queue/resume/", {"lane": "index"})
    assert paused() == {}
    assert Override.objects.get().ended_by == "staff"


def test_pausing_and_resuming_twice_is_told(client, staff, words):
    def said(act: str) -> str:
        return words(client.post(f"/versions/queue/{act}/", follow=True).content.decode())

    assert "All checks are not paused." in said("resume")
    said("pause")
    assert "All checks are already paused." in said("pause")


@pytest.mark.parametrize("act", ["sweeps/1/cancel", "queue/pause", "queue/resume"])
def test_others_may_not(client, page, words, act):
    sweep = running(pk=1, lanes=LANES)
    assert "Cancel the sweep" not in words(page(url(sweep)))
    assert "Pause" not in words(page(url(sweep))).replace("Paused", "")
    assert client.post(f"/versions/{act}/").status_code == 302
    client.force_login(make_user("bob"))
    assert client.post(f"/versions/{act}/").status_code == 403
    assert client.get(f"/versions/{act}/").status_code == 405
    sweep.refresh_from_db()
    assert sweep.finished_at is None
    assert paused() == {}


def test_it_needs_few_queries(page, staff, django_assert_max_num_queries):
    many = {f"host-{number}.example.org": {"due": 5, "checked": 1} for number in range(60)}
    hosts = {name: {"requests": 1, "failures": 0, "seconds": 1.0} for name in many}
    sweep = running(lanes=many, hosts=hosts)
    make_package()
    for _ in range(20):
        ended(outcomes={"ok": 3, "http.timeout": 1})
    with django_assert_max_num_queries(12):
        page(url(sweep))
    with django_assert_max_num_queries(8):
        page("/versions/sweeps/")


@pytest.mark.django_db(transaction=True)
def test_the_page_of_a_sweep_that_really_ran(index, page, words):
    for name in ("numpy", "scipy"):
        index.publish(name, ["1.0", "2.0"])
    index.fail("missing", 404)
    watched("numpy", "scipy", "missing")
    sweep = run_sweep()
    said = words(page(url(sweep)))
    assert "3 of 3 packages checked" in said
    assert "1 of 1 done" in said
    assert re.search(r"index Done 3 of 3 1 \d", said)
    assert "Project not found versions.project_not_found 1" in said
    assert "circuit closed" in said


def test_the_admin_lists_sweeps_cancels_them_and_leads_to_their_pages(client, admin_user, words):
    client.force_login(admin_user)
    sweep = running()
    changelist = "/admin/versions/sweep/"
    said = words(client.get(changelist).content.decode())
    assert "Cancelled at" in said
    assert client.get(f"{changelist}{sweep.pk}/change/").status_code == 200
    for action in ("profile_next_shift", "cancel_sweeps"):
        chosen = {"action": action, "_selected_action": [str(sweep.pk)]}
        response = client.post(changelist, chosen, follow=True)
    assert "1 cancelled." in words(response.content.decode())
    sweep.refresh_from_db()
    assert sweep.cancelled_at is not None
    kinds = Override.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["profile", "cancel"]
