"""What an account may write: never more than the settings say, whoever asks and however often."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from pulls.acts import budget
from pulls.acts.budget import SENDING, Bucket
from pulls.acts.next_act import Act
from pulls.models import Account

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ACCOUNT = "github https://api.github.com"


@pytest.fixture(autouse=True)
def limits(settings):
    settings.PULLS_PER_MINUTE, settings.PULLS_PER_HOUR = 20, 200
    return settings


def spent(start, seconds, every):
    """When something was spent, by one who asks all the time."""
    times, now = [], start
    while now < start + timedelta(seconds=seconds):
        if not budget.take(ACCOUNT, 1, now):
            times.append(now)
        now += timedelta(seconds=every)
    return times


def most_in(times, window):
    return max(sum(start <= at < start + window for at in times) for start in times)


@pytest.mark.django_db
def test_it_works():
    assert budget.take(ACCOUNT, 1, NOW) == 0
    row = Account.objects.get()
    assert (row.name, row.spent) == (ACCOUNT, 1)


@pytest.mark.django_db
def test_in_no_minute_is_more_spent_and_hardly_less(limits):
    limits.PULLS_PER_HOUR = 500
    times = spent(NOW, 300, every=1)
    assert most_in(times, timedelta(minutes=1)) <= 20
    assert len(times) > 5 * 20 * 0.6


@pytest.mark.django_db
def test_what_is_sent_late_is_not_too_much_for_the_next_minute():
    times = spent(NOW, 300, every=1)
    for late in (1, 5, 15):
        sent = [at + timedelta(seconds=late * (number % 2)) for number, at in enumerate(times)]
        assert most_in(sent, timedelta(minutes=1)) <= 20


@pytest.mark.django_db
def test_in_no_hour_is_more_spent(limits):
    limits.PULLS_PER_MINUTE = 80
    times = spent(NOW, 7500, every=15)
    assert most_in(times, timedelta(hours=1)) <= 200
    assert len(times) > 2 * 200 * 0.7


@pytest.mark.parametrize("most", [1, 2, 3, 20, 80, 500])
def test_a_bucket_gives_no_more_than_that_in_its_time(most):
    bucket = Bucket(most, 60.0)
    # What is there at once, and what flows in until just before the time is over.
    assert bucket.size + bucket.rate * (60 + SENDING) < most + 1.01
    assert bucket.size >= 1


@pytest.mark.django_db
def test_it_tells_how_long_to_wait():
    while not (seconds := budget.take(ACCOUNT, 1, NOW)):
        pass
    assert 0 < seconds <= 5
    assert budget.take(ACCOUNT, 1, NOW + timedelta(seconds=seconds + 0.001)) == 0


@pytest.mark.django_db
def test_asking_takes_nothing():
    budget.take(ACCOUNT, 1, NOW)
    for _ in range(50):
        assert budget.wait(ACCOUNT, 1, NOW) == 0
    assert Account.objects.get().spent == 1


@pytest.mark.django_db
def test_a_blocked_account_waits_until_then_and_the_longer_block_counts():
    budget.block(ACCOUNT, NOW + timedelta(minutes=5), "too fast", NOW)
    budget.block(ACCOUNT, NOW + timedelta(minutes=1), "sooner", NOW)
    assert budget.take(ACCOUNT, 1, NOW) == pytest.approx(300)
    assert budget.take(ACCOUNT, 0, NOW) == pytest.approx(300), "nor is anything read"
    assert budget.take(ACCOUNT, 1, NOW + timedelta(minutes=6)) == 0
    assert Account.objects.get().reason == "too fast"


@pytest.mark.django_db
def test_a_clock_that_goes_back_gives_nothing_more():
    for _ in range(5):
        assert budget.take(ACCOUNT, 1, NOW) == 0
    assert budget.take(ACCOUNT, 1, NOW - timedelta(hours=1)) > 0
    assert budget.take(ACCOUNT, 1, NOW) > 0


@pytest.mark.django_db
def test_lower_limits_count_at_once(limits):
    budget.take(ACCOUNT, 1, NOW)
    limits.PULLS_PER_MINUTE = 4
    assert budget.take(ACCOUNT, 1, NOW) == 0
    assert budget.take(ACCOUNT, 1, NOW) > 0


def test_who_has_no_limits_has_no_account():
    assert budget.account_of("git", Act.PUBLISH) == ""
    assert budget.account_of("dir", Act.PUBLISH) == ""
    assert budget.take("", 1, NOW) == 0


def test_reading_with_another_token_is_another_account(settings):
    settings.GITHUB_TOKEN = "readfish"
    reading = budget.account_of("github", Act.FOLLOW)
    assert reading != budget.account_of("github", Act.CLOSE)
    settings.GITHUB_TOKEN = ""
    assert budget.account_of("github", Act.FOLLOW) == budget.account_of("github", Act.CLOSE)


@pytest.mark.django_db(transaction=True)
def test_many_threads_never_spend_more_together():
    now, taken = timezone.now(), []
    start = threading.Barrier(6)

    def spend():
        start.wait(20)
        try:
            taken.extend(budget.take(ACCOUNT, 1, now) for _ in range(5))
        finally:
            connection.close()

    threads = [threading.Thread(target=spend) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == 30
    assert sum(not seconds for seconds in taken) == Bucket(20, 60.0).size
    assert Account.objects.get().spent == Bucket(20, 60.0).size
