"""Workers share what they may ask of a host, and what they know of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.utils import timezone

from core import hosts
from core.hosts import Books, kept_books
from core.http import Door, DoorConfig, DoorError
from core.http.turns import HEARSAY, News
from core.models import Circuit, HostState, Override
from core.tasks import tidy
from tests.loopback import LoopbackServer

pytestmark = pytest.mark.django_db

NOW = timezone.now()
FAILED = News(failures=hosts.FAILURES_TO_OPEN, error="example.org could not be reached.")


class Worker:
    """A door of its own, and the one thread that may touch the database."""

    def __init__(self, door: Door, books: Books) -> None:
        self.door, self._books = door, books

    def get(self, url: str) -> str:
        """How fetching a URL ends: its body, or the code of the failure."""
        ends: list[str] = []

        def fetch() -> None:
            try:
                ends.append(self.door.get(url, deadline=5).text())
            except DoorError as error:
                ends.append(error.outcome.code)

        thread = threading.Thread(target=fetch)
        thread.start()
        while thread.is_alive():
            self._books.settle()
            thread.join(0.01)
        self._books.settle()
        return ends[0]


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.http.doors.BACK_OFF", 0.001)


@pytest.fixture
def hire(server: LoopbackServer) -> Iterator[Callable[[], Worker]]:
    """Workers that trust the server."""
    with ExitStack() as stack:

        def one() -> Worker:
            door = Door(DoorConfig.from_settings({"trusted_origins": [server.url]}))
            stack.callback(door.close)
            return Worker(door, stack.enter_context(kept_books(door)))

        yield one


def a_host(**columns: object) -> HostState:
    defaults = {"origin": "https://example.org", "in_flight": 8, "rate": 20.0, "lent_until": NOW}
    return HostState(**{**defaults, **columns})


def let_the_pause_end() -> None:
    HostState.objects.update(blocked_until=timezone.now() - timedelta(seconds=1))


# Sharing


def test_it_works(server, hire):
    assert hire().get(server.route("/", (200, {}, "page"))) == "page"
    row = HostState.objects.get()
    assert (row.origin, row.in_flight, row.rate) == (server.url, 8, 20)
    assert (row.circuit, row.failures) == ("closed", 0)


def test_no_turn_is_lent_twice():
    row = a_host()
    spans = [hosts.answer(row, name, 10, NOW).span for name in ("a", "b", "a")]
    assert [(span.starts_in, span.turns) for span in spans] == [
        (0.0, 10),
        (pytest.approx(0.5), 10),
        (pytest.approx(1.0), 10),
    ]


def test_workers_that_are_busy_at_the_same_time_share_the_rate():
    row = a_host()
    assert [hosts.answer(row, name, 1, NOW).span.share for name in "aba"] == [1, 0.5, 0.5]
    later = NOW + timedelta(seconds=2)
    assert hosts.answer(row, "a", 1, later).span.share == 1


@pytest.mark.parametrize(
    ("wanted", "rate", "turns"),
    [(1, 20.0, 2), (5, 20.0, 5), (500, 20.0, 20), (1, 0.1, 1), (9, 0.1, 1), (500, 150.0, 150)],
)
def test_a_span_lasts_a_tenth_of_a_second_to_a_whole_one(wanted, rate, turns):
    row = a_host(rate=rate)
    assert hosts.answer(row, "a", wanted, NOW).span.turns == turns
    assert (row.lent_until - NOW).total_seconds() == pytest.approx(turns / rate)


def test_nobody_is_lent_what_is_too_far_ahead():
    row = a_host(lent_until=NOW + timedelta(seconds=6))
    assert hosts.answer(row, "a", 1, NOW) == hosts.Reply()


def test_workers_share_the_requests_at_once():
    row = a_host()
    assert [hosts.answer(row, name, 1, NOW).span.slots for name in "abca"] == [8, 4, 2, 2]


def test_a_worker_that_is_gone_holds_nothing():
    row = a_host()
    hosts.answer(row, "dead", 20, NOW)
    later = NOW + timedelta(minutes=1)
    span = hosts.answer(row, "b", 1, later).span
    assert (span.starts_in, span.slots) == (0, 8)


def test_the_rate_holds_for_all_workers(server, hire):
    url = server.route("/", (200, {}, "page"))
    workers = [hire(), hire()]
    before = timezone.now()
    for _ in range(3):
        for worker in workers:
            assert worker.get(url) == "page"
    lent = HostState.objects.get().lent_until - before
    assert lent.total_seconds() >= 6 / 20


# A host that asks for patience


def test_all_workers_heed_what_one_was_told(server, hire):
    url = server.route("/", (429, {"Retry-After": "600"}, ""))
    first, second = hire(), hire()
    assert first.get(url) == "http.rate_limited"
    assert second.get(url) == "http.left_alone"
    assert len(server.requests) == 1
    row = HostState.objects.get()
    assert row.reason == "it asked us to wait"
    assert row.blocked_until - timezone.now() == pytest.approx(
        timedelta(minutes=10), abs=timedelta(seconds=9)
    )


def test_a_restart_forgets_nothing(server, hire):
    url = server.route("/", (503, {"Retry-After": "600"}, ""))
    hire().get(url)
    assert hire().get(url) == "http.left_alone"


def test_it_is_asked_again_when_the_pause_is_over(server, hire):
    url = server.route("/", (429, {"Retry-After": "600"}, ""))
    hire().get(url)
    let_the_pause_end()
    server.route("/", (200, {}, "page"))
    assert hire().get(url) == "page"


# The circuit


def test_it_opens_after_so_many_failures_of_all_workers(server, hire):
    url = server.route("/", (500, {}, ""))
    workers = [hire(), hire()]
    ends = [worker.get(url) for worker in workers * 2]
    assert ends[:2] == ["http.server_error"] * 2
    assert ends[3] == "http.left_alone"
    row = HostState.objects.get()
    assert row.circuit == "open"
    assert row.failures == len(server.requests)
    assert row.last_error == "127.0.0.1 has a problem of its own (500)."


def test_an_answer_of_any_kind_shows_that_it_is_alive(server, hire):
    worker = hire()
    for status in (500, 404, 500, 404, 500):
        worker.get(server.route("/", (status, {}, "")))
    row = HostState.objects.get()
    assert (row.circuit, row.failures) == ("closed", 3)


def test_one_request_shows_whether_it_is_back():
    row = a_host()
    hosts.hear(row, FAILED, NOW)
    later = NOW + timedelta(minutes=2)
    probe = hosts.answer(row, "a", 50, later).span
    assert (row.circuit, probe.turns) == (Circuit.HALF_OPEN, 1)
    assert hosts.answer(row, "b", 50, later) == hosts.Reply()


def test_it_closes_when_it_is(server, hire):
    url = server.route("/", (500, {}, ""))
    worker = hire()
    while worker.get(url) != "http.left_alone":
        pass
    let_the_pause_end()
    server.route("/", (200, {}, "page"))
    assert hire().get(url) == "page"
    assert HostState.objects.get().circuit == "closed"
    time.sleep(HEARSAY)
    assert worker.get(url) == "page"


def test_it_pauses_longer_each_time_it_is_not():
    row, now, pauses = a_host(), NOW, []
    for _ in range(6):
        hosts.hear(row, FAILED, now)
        pauses.append((row.blocked_until - now).total_seconds() / 60)
        now = row.blocked_until
        hosts.answer(row, "a", 1, now)
    assert pauses == [1, 2, 4, 8, 15, 15]


def test_a_probe_that_never_ends_is_made_again():
    row = a_host()
    hosts.hear(row, FAILED, NOW)
    later = NOW + timedelta(minutes=2)
    hosts.answer(row, "dead", 1, later)
    assert hosts.answer(row, "b", 1, later + timedelta(seconds=31)).span.turns == 1


def test_late_failures_do_not_open_it_twice():
    row = a_host()
    hosts.hear(row, FAILED, NOW)
    hosts.hear(row, FAILED, NOW)
    assert (row.openings, row.blocked_until) == (1, NOW + hosts.FIRST_PAUSE)


# People


def test_a_person_may_have_it_asked_at_once(server, hire, admin_user):
    url = server.route("/", (429, {"Retry-After": "600"}, ""))
    hire().get(url)
    server.route("/", (200, {}, "page"))
    assert hosts.unblock(HostState.objects.get(), by=admin_user, reason="they raised our limit")
    assert hire().get(url) == "page"
    decided = Override.objects.get()
    assert (decided.kind, decided.target) == ("unblock", f"host:127.0.0.1:{server.port}")
    assert decided.reason == "they raised our limit"


def test_the_worker_that_was_told_to_wait_hears_of_it(server, hire, admin_user):
    url = server.route("/", (429, {"Retry-After": "600"}, ""))
    worker = hire()
    worker.get(url)
    hosts.unblock(HostState.objects.get(), by=admin_user)
    server.route("/", (200, {}, "page"))
    time.sleep(HEARSAY)
    assert worker.get(url) == "page"


def test_there_is_nothing_to_decide_about_a_host_that_is_well(admin_user):
    row = a_host()
    row.save()
    assert not hosts.unblock(row, by=admin_user)
    assert not Override.objects.exists()


def test_pages_beyond_their_room_are_tidied_away(settings, tmp_path, fresh_door):
    settings.BOTSITE_HTTP = {**settings.BOTSITE_HTTP, "pages_folder": str(tmp_path)}
    settings.KEPT_PAGES_MB = 1
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "large").write_bytes(bytes(1_000_001))
    tidy()
    assert list((tmp_path / "ab").iterdir()) == []


def test_settling_without_news_asks_the_database_nothing(hire, django_assert_num_queries):
    worker = hire()
    with django_assert_num_queries(0):
        worker._books.settle()
