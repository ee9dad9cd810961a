from __future__ import annotations

import hmac
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Delivery, Job, Known, Override, Watermark, Webhook
from core.outcomes import OutcomeError
from core.webhooks import deliver, events, hooks, tasks
from graph.models import Feedstock, Status
from tests.factories import make_answered, make_outdated
from tests.loopback import LoopbackServer
from versions.models import Package

EVENTS = ["outcome.changed", "package.outdated", "version.found"]


@pytest.fixture
def receiver(settings, fresh_door):
    with LoopbackServer() as server:
        settings.BOTSITE_HTTP = {
            **settings.BOTSITE_HTTP,
            "trusted_origins": [server.url],
            "proxies": {},
        }
        fresh_door()
        server.route("/hook", (204, {}, b""))
        yield server
        fresh_door()


@pytest.fixture
def hook(receiver, bob) -> Webhook:
    """Told of everything; numpy 1.5 was known when it began to listen."""
    make_outdated("numpy", "1.5", judged_at=timezone.now())
    make_answered("numpy", "1.5")
    made = hooks.register("chat", f"{receiver.url}/hook", EVENTS, by=bob)
    events.look()
    return made


def answer(**columns) -> None:
    Package.objects.update(answered_at=timezone.now(), **columns)


def told() -> list[tuple[str, str]]:
    return sorted(Delivery.objects.values_list("event", "subject"))


def test_a_new_version_is_told(hook, receiver):
    answer(latest_version="2.0")
    assert events.look() == 1
    assert deliver.deliver_due() == {"delivered": 1}

    [request] = receiver.requests
    body = json.loads(request.body)
    assert (body["event"], body["subject"], body["before"]) == (
        "version.found",
        "sample/numpy",
        "1.5",
    )
    assert body["data"]["latest_version"] == "2.0"
    assert request.headers["X-Botsite-Delivery"] == body["id"]
    assert request.headers["X-Botsite-Event"] == "version.found"


def test_it_is_signed_with_its_time(hook, receiver):
    answer(latest_version="2.0")
    tasks.look_for_events()
    assert Job.objects.get().kind == "core.deliver"
    deliver.deliver_due()

    [request] = receiver.requests
    stamp = request.headers["X-Botsite-Timestamp"]
    signed = f"{stamp}.".encode() + request.body
    key = hooks.key_of(hook)
    assert key.startswith("whsec_")
    assert request.headers["X-Botsite-Signature"] == (
        "sha256=" + hmac.new(key.encode(), signed, "sha256").hexdigest()
    )
    assert abs(int(stamp) - timezone.now().timestamp()) < 60


def test_other_events_are_told_too(hook):
    answer(outcome_code="http.timeout", outcome={"code": "http.timeout", "message": "No."})
    Feedstock.objects.update(new_version="1.6", judged_at=timezone.now())
    events.look()
    assert told() == [("outcome.changed", "sample/numpy"), ("package.outdated", "sample/numpy")]


def test_nothing_is_told_twice(hook):
    answer(latest_version="2.0")
    assert [events.look(), events.look()] == [1, 0]
    answer(latest_version="2.0")
    assert events.look() == 0


def test_what_is_no_longer_so_is_no_event(hook):
    Feedstock.objects.update(status=Status.UP_TO_DATE, outdated=False, judged_at=timezone.now())
    assert events.look() == 0
    Feedstock.objects.update(status=Status.OUTDATED, outdated=True, judged_at=timezone.now())
    assert events.look() == 1


def test_how_things_stood_at_first_is_no_event(hook):
    assert told() == []
    assert Known.objects.filter(event="version.found").get().value == "1.5"


def test_nothing_is_remembered_while_nobody_listens(hook, bob):
    hooks.end(hook, by=bob)
    events.look()
    assert not Known.objects.exists()
    assert not Watermark.objects.exists()


def test_a_webhook_is_told_only_what_it_wants(hook, receiver, bob):
    hooks.register("only failures", f"{receiver.url}/hook", ["outcome.changed"], by=bob)
    answer(latest_version="2.0")
    assert events.look() == 1


def test_a_failure_is_tried_again_later(hook, receiver):
    receiver.route("/hook", (500, {}, b"no"))
    answer(latest_version="2.0")
    events.look()
    assert deliver.deliver_due() == {"waiting": 1}
    assert deliver.deliver_due() == {}
    row = Delivery.objects.get()
    assert (row.attempts, row.outcome["code"]) == (1, "http.server_error")
    assert row.next_attempt_at > timezone.now() + timedelta(seconds=30)

    receiver.route("/hook", (200, {}, b"ok"))
    Delivery.objects.update(next_attempt_at=timezone.now())
    assert deliver.deliver_due() == {"delivered": 1}
    bodies = {request.body for request in receiver.requests}
    assert len(bodies) == 1


def test_it_is_given_up_in_the_end_and_sent_again_by_hand(hook, receiver, bob):
    receiver.route("/hook", (500, {}, b"no"))
    answer(latest_version="2.0")
    events.look()
    Delivery.objects.update(attempts=deliver.MOST_ATTEMPTS - 1)
    assert deliver.deliver_due() == {"dead": 1}
    row = Delivery.objects.get()
    assert row.outcome["code"] == "webhooks.given_up"

    assert deliver.send_again(row, by=bob)
    assert not deliver.send_again(row, by=bob)
    receiver.route("/hook", (200, {}, b"ok"))
    assert deliver.deliver_due() == {"delivered": 1}
    assert Override.objects.get(kind="send again").author == bob


def test_waits_grow_up_to_half_a_day():
    waits = [deliver.back_off(attempts) for attempts in range(1, deliver.MOST_ATTEMPTS)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits[-1] == timedelta(hours=12)
    assert timedelta(days=1) < sum(waits, timedelta()) < timedelta(days=5)


def test_two_workers_send_it_once(hook, receiver):
    answer(latest_version="2.0")
    events.look()
    row = Delivery.objects.select_related("webhook").get()
    assert deliver._claim(row)
    assert not deliver._claim(row)


def test_an_end_is_an_end(hook, receiver, bob):
    answer(latest_version="2.0")
    events.look()
    assert hooks.end(hook, by=bob)
    assert not hooks.end(hook, by=bob)
    assert deliver.deliver_due() == {}
    assert Delivery.objects.get().outcome["code"] == "webhooks.ended"


def test_a_redirect_is_not_followed(hook, receiver):
    receiver.route("/hook", (302, {"Location": "/elsewhere"}, b""))
    answer(latest_version="2.0")
    events.look()
    assert deliver.deliver_due() == {"waiting": 1}
    assert receiver.paths() == ["/hook"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "https://127.0.0.1/hook",
        "https://10.0.0.1/",
        "https://localhost/hook",
        "ftp://example.org/",
        "javascript:alert(1)",
        "",
    ],
)
def test_an_address_that_can_not_be_told_is_refused(bob, url):
    with pytest.raises(OutcomeError) as caught:
        hooks.register("x", url, EVENTS, by=bob)
    assert caught.value.outcome.code == "webhooks.bad_target"
    assert not Webhook.objects.exists()


def test_a_private_address_that_was_public_once_is_not_told(bob, fresh_door):
    hook = Webhook.objects.create(name="x", url="https://127.0.0.1/", events=EVENTS, salt="s")
    Delivery.objects.create(
        webhook=hook, number="12345678123456781234567812345678", event="e", subject="s", body="{}"
    )
    assert deliver.deliver_due() == {"waiting": 1}
    assert Delivery.objects.get().outcome["code"] == "http.refused_address"


def test_the_team_registers_one_on_its_page(client, bob, receiver):
    client.force_login(bob)
    fields = {"name": "chat", "url": f"{receiver.url}/hook", "events": ["version.found"]}
    page = client.post("/webhooks/", fields, follow=True).content.decode()
    hook = Webhook.objects.get()
    assert hooks.key_of(hook) in page
    assert "chat" in client.get("/webhooks/").content.decode()
    assert Override.objects.get(kind="webhook").author == bob

    client.post(f"/webhooks/{hook.pk}/end/")
    hook.refresh_from_db()
    assert hook.ended_at


def test_the_page_says_what_is_wrong(client, bob):
    client.force_login(bob)
    fields = {"name": "chat", "url": "http://example.org/", "events": ["version.found"]}
    response = client.post("/webhooks/", fields)
    assert response.status_code == 422
    assert "it is not encrypted" in response.content.decode()


def test_nobody_else_sees_addresses_and_keys(client, alice, hook):
    client.force_login(alice)
    assert client.get("/webhooks/").status_code == 403
    assert client.get(f"/webhooks/{hook.pk}/").status_code == 403
