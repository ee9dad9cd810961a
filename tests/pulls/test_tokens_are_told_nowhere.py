"""Whatever fails, no token is in a log, an error, a page, an answer, or any table: those of the
queue, whose messages are pickles, included."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from core.jobs import enqueue
from core.jobs.run import run
from core.models import HostState
from graph.models import Feedstock
from pulls.acts import leases, tending
from pulls.making import proposing
from pulls.models import Account, PullRequest
from tests.forges.github_server.server import BOT, Fault, webhook_headers
from tests.pulls.forge_site import repository_of
from tests.pulls.rows import make_on_github, make_pull, remake

pytestmark = pytest.mark.django_db

READ, WRITE, SECRET = "ghp_Read3141592653", "ghp_Write2718281828", "whisper-1618033988"
HOOK = "/proposals/hooks/github/"
ASKING = "@tick-bot, please rerun bot"
STEPS = 7  # requests of a first publishing, the longest of all acts
JOB = "worker 1"
DIFF = "--- a/meta.yaml\n+++ b/meta.yaml\n@@ -1 +1 @@\n-1.0\n+2.0\n"


def hang_up(_request):
    raise ConnectionResetError


def echo(status: int):
    """A host that says whatever it was told."""

    def answer(request):
        said = str(dict(request.headers.items()))
        document = {"message": said, "errors": [{"message": said, "type": said}], "data": None}
        return status, {"X-Echo": said}, json.dumps(document)

    return answer


FAULTS = {
    "revoked": lambda _: (401, {}, b'{"message": "Bad credentials"}'),
    "forbidden": lambda _: (403, {}, b'{"message": "no"}'),
    "limited": lambda _: (403, {"Retry-After": "900"}, b""),
    "not found": lambda _: (404, {}, b'{"message": "Not Found"}'),
    "invalid": lambda _: (422, {}, b'{"message": "no"}'),
    "broken": lambda _: (502, {}, b"<html>"),
    "not json": lambda _: (200, {}, b"<html>"),
    "elsewhere": lambda _: (302, {"Location": "http://127.0.0.2:9/"}, b""),
    "hung up": hang_up,
    **{f"echoed with {status}": echo(status) for status in (200, 401, 403, 404, 422, 500)},
}


@pytest.fixture
def github(on_github, settings, fresh_door):
    """With tokens that nothing else looks like."""
    on_github.tokens = {READ: "reader", WRITE: BOT}
    on_github.readers = {READ}
    settings.GITHUB_TOKEN, settings.GITHUB_WRITE_TOKEN = READ, WRITE
    settings.GITHUB_WEBHOOK_SECRET = SECRET
    settings.PULLS_RERENDER = True
    fresh_door()
    return on_github


@pytest.fixture
def told(monkeypatch, caplog) -> list[str]:
    """What errors say of themselves, with all that they were made of."""
    errors: list[str] = []
    fail = tending.Round._fail

    def noted(self, act, pull, account, error):
        errors.append(f"{error!r} {vars(error)} {''.join(traceback.format_exception(error))}")
        fail(self, act, pull, account, error)

    monkeypatch.setattr(tending.Round, "_fail", noted)
    caplog.set_level(logging.DEBUG)
    return errors


@pytest.fixture
def pull(github) -> PullRequest:
    feedstock = make_on_github("zlib", "ada")
    repository_of(github, feedstock)
    return make_pull(feedstock, diff=DIFF)


@pytest.fixture
def work(fresh_door) -> Callable[[], None]:
    """What a worker of the queue does. Its account may act again, its rows are due, and nobody
    remembers that a host asked to be left alone."""

    def once() -> None:
        fresh_door()
        HostState.objects.all().delete()
        Account.objects.update(blocked_until=None, minute=100, hour=1000)
        waiting = PullRequest.objects.exclude(act_at=None)
        waiting.update(act_at=timezone.now(), lease_until=None, lease_token="")
        run(enqueue("pulls.tend", JOB).pk)

    return once


@pytest.fixture
def worst_day(github, pull, work) -> Callable[[Fault], None]:
    """A pull request from its opening to the end of its branch."""
    there = repository_of(github, pull.feedstock)

    def through_each_step(fault: Fault, begin: Callable[[], object] = lambda: None) -> None:
        """Have each request of an act fail, one after the other; then the act succeeds."""
        for step in range(STEPS):
            count = iter(range(1000))
            github.before = lambda request, n=count, at=step: (
                fault(request) if next(n) == at else None
            )
            begin()
            work()
        github.before = lambda _request: None
        leases.try_again(PullRequest.objects.exclude(state="withdrawn"), timezone.now())
        work()

    def live(fault: Fault) -> None:
        through_each_step(fault)
        through_each_step(fault, lambda: remake(pull, body=f"{timezone.now()}\n"))
        (made,) = there.pulls
        github.state.remark(made, "ada", text=ASKING)
        through_each_step(fault)
        Feedstock.objects.update(outdated=False, version="2.0")
        proposing.withdraw()
        through_each_step(fault)
        assert made.state == "closed"

    return live


def deliver(client: Client) -> Iterator[str]:
    body = json.dumps({"zen": SECRET[:5], "token": "x"}).encode()
    for secret in (SECRET, "another", ""):
        for data in (body, b"\xff{", b"[]"):
            headers = webhook_headers("pull_request", 1, data, secret)
            response = client.post(HOOK, data, content_type="application/json", headers=headers)
            yield f"{response.headers} {response.content.decode()}"


def examine() -> str:
    """What the doctor says."""
    out = StringIO()
    try:
        call_command("doctor", stdout=out, stderr=out)
    except (CommandError, SystemExit) as error:
        out.write(repr(error))
    return out.getvalue()


def pages(pull: PullRequest) -> Iterator[str]:
    """All that is shown of proposals, to people who may see everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("carol"))
    key = pull.feedstock.key
    names = ("pullrequest", "account", "attempt", "delivery", "heard")
    for path in (
        "/proposals/",
        f"/proposals/{pull.pk}/",
        f"/proposals/{pull.pk}.patch",
        f"/proposals/of/{key}/",
        "/proposals/refused/",
        "/proposals/dead-letters/",
        "/proposals/budget/",
        f"/packages/{key}/",
        "/outcomes/",
        "/api/v1/proposals",
        f"/api/v1/proposals/{pull.pk}",
        "/api/v1/tries",
        f"/api/v1/packages/{key}",
        "/metrics",
        *(f"/admin/pulls/{name}/" for name in names),
        f"/admin/pulls/pullrequest/{pull.pk}/change/",
    ):
        response = client.get(path)
        assert response.status_code == 200, path
        yield f"{response.headers} {response.content.decode()}"


def tables() -> Iterator[str]:
    """Every value of every column of every table; the queue's messages unpacked, too."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                yield f"{table}: {[_text(value) for value in row]}"
    for message in OrmQ.objects.all():
        yield repr(SignedPackage.loads(message.payload))


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return str(value)


def assert_told_nowhere(where: str, texts: Iterator[str] | list[str]) -> None:
    for text in texts:
        for token in (READ, WRITE, SECRET):
            assert token not in text, f"{where} tells it"


@pytest.mark.parametrize("fault", FAULTS)
def test_no_token_is_told(github, pull, worst_day, told, caplog, fault):
    worst_day(FAULTS[fault])
    assert told, "something failed"
    github.before = FAULTS[fault]
    assert_told_nowhere("the doctor", [examine()])
    assert_told_nowhere("the webhook", deliver(Client()))
    assert_told_nowhere("an error", told)
    assert_told_nowhere("the log", [caplog.text, *(repr(vars(each)) for each in caplog.records)])
    assert_told_nowhere("a page", pages(pull))
    assert_told_nowhere("a table", tables())


def test_what_would_tell_it_is_found(github, pull):
    """The search itself works: in a column, and in a message of the queue."""
    PullRequest.objects.update(outcome={"message": f"bearer {WRITE}"})
    with pytest.raises(AssertionError, match="a table tells it"):
        assert_told_nowhere("a table", tables())
    PullRequest.objects.update(outcome={})
    OrmQ.objects.create(key="x", payload=SignedPackage.dumps({"args": (READ,)}), lock=None)
    with pytest.raises(AssertionError, match="a table tells it"):
        assert_told_nowhere("a table", tables())
