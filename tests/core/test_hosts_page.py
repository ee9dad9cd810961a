from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from core.models import HostState, Override
from tests.factories import make_package, make_sweep, make_user

pytestmark = pytest.mark.django_db


def a_host(host: str = "example.org", **columns) -> HostState:
    return HostState.objects.create(
        **{"origin": f"https://{host}", "in_flight": 8, "rate": 20, **columns}
    )


def an_open_one(host: str = "down.example.org") -> HostState:
    return a_host(
        host,
        circuit="open",
        failures=8,
        last_error=f"{host} could not be reached: <b>refused</b>.",
        last_error_at=timezone.now(),
        blocked_until=timezone.now() + timedelta(minutes=2),
        reason="it failed 8 times in a row",
    )


def said(response) -> str:
    assert response.status_code == 200
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r" (?=[.,:;])", "", " ".join(unescape(text).split()))


def test_it_lists_hosts_with_their_figures(client):
    a_host()
    make_package(lane="example.org")
    make_sweep(hosts={"example.org": {"requests": 1200, "failures": 3, "seconds": 600.0}})
    words = said(client.get("/hosts/"))
    assert "example.org Circuit closed 1 1 1,200 3 0.5 s 8 at once, 20/s" in words


def test_those_left_alone_come_first_and_say_why(client):
    a_host("busy.example.org")
    an_open_one()
    make_sweep(hosts={"busy.example.org": {"requests": 9, "failures": 0, "seconds": 1.0}})
    words = said(client.get("/hosts/"))
    assert words.index("down.example.org") < words.index("busy.example.org")
    assert "Circuit open Left alone, for it failed 8 times in a row; asked again in" in words
    assert "8 failures in a row, the last just now: down.example.org could not" in words
    assert "1 of 2 left alone." in words


def test_a_host_that_asked_us_to_wait_is_no_broken_one(client):
    until = timezone.now() + timedelta(hours=1)
    a_host(blocked_until=until, reason="it asked us to wait")
    words = said(client.get("/hosts/"))
    assert "Asked us to wait Left alone; asked again in 59 min" in words


def test_it_says_what_a_half_open_circuit_is(client):
    a_host(circuit="half-open")
    assert "The next request shows whether it is back." in said(client.get("/hosts/"))


def test_what_hosts_say_is_escaped(client):
    an_open_one()
    assert b"<b>refused" not in client.get("/hosts/").content


def test_it_finds_a_host(client):
    a_host("one.example.org")
    a_host("two.example.org")
    words = said(client.get("/hosts/", {"q": "two"}))
    assert "two.example.org" in words
    assert "one.example.org" not in words
    assert "No host matches" in said(client.get("/hosts/", {"q": "three"}))


def test_it_works_with_an_empty_database(client):
    assert "No host was asked yet" in said(client.get("/hosts/"))


def test_it_needs_few_queries(client, django_assert_max_num_queries):
    for number in range(150):
        a_host(f"host-{number}.example.org")
        make_package(f"package-{number}", lane=f"host-{number}.example.org")
    with django_assert_max_num_queries(6):
        client.get("/hosts/")


def test_staff_have_a_host_asked_again(client):
    row = an_open_one()
    client.force_login(make_user("staff", staff=True))
    assert "Ask again now" in said(client.get("/hosts/"))
    response = client.post(f"/hosts/{row.pk}/unblock/", {"reason": "it is back"}, follow=True)
    assert "down.example.org is asked again from now on." in said(response)
    row.refresh_from_db()
    assert (row.circuit, row.failures, row.blocked_until) == ("closed", 0, None)
    decided = Override.objects.get()
    assert (decided.kind, decided.author_name, decided.reason) == ("unblock", "staff", "it is back")


def test_a_host_that_is_well_is_left_as_it_is(client):
    row = a_host()
    client.force_login(make_user("staff", staff=True))
    response = client.post(f"/hosts/{row.pk}/unblock/", follow=True)
    assert "Nothing held example.org back." in said(response)
    assert not Override.objects.exists()


def test_others_may_not(client):
    row = an_open_one()
    assert "Ask again now" not in said(client.get("/hosts/"))
    assert client.post(f"/hosts/{row.pk}/unblock/").status_code == 302
    client.force_login(make_user("bob"))
    assert client.post(f"/hosts/{row.pk}/unblock/").status_code == 403
    assert client.get(f"/hosts/{row.pk}/unblock/").status_code == 405
    row.refresh_from_db()
    assert row.circuit == "open"
