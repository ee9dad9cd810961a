"""Their answers are taken over when their channel is read."""

from __future__ import annotations

import pytest

from graph import channels
from graph.comparison import taking_over
from graph.intake.reading import refresh, track
from graph.models import Channel, TheirAnswer
from tests.graph.git_repository import Repository

pytestmark = pytest.mark.django_db


def taken() -> dict[str, tuple[str, str]]:
    rows = TheirAnswer.objects.values_list("feedstock__name", "version", "error")
    return {name: (version, error) for name, version, error in rows}


@pytest.fixture
def tracked(data):
    data.answers("zlib", "1.4")
    data.fails("lua")
    data.answers("old", "0.2")
    track(data.spec)
    return data


def test_it_works(tracked):
    """But for archived feedstocks, which nobody builds any more."""
    assert taken() == {"zlib": ("1.4", ""), "lua": ("", "Upstream: Error getting upstream version")}


def test_what_changed_is_written_and_nothing_else(tracked):
    before = dict(TheirAnswer.objects.values_list("feedstock__name", "seen_at"))
    tracked.answers("zlib", "1.5")
    refresh(Channel.objects.get())
    after = dict(TheirAnswer.objects.values_list("feedstock__name", "seen_at"))
    assert taken()["zlib"] == ("1.5", "")
    assert after["zlib"] > before["zlib"]
    assert after["lua"] == before["lua"]


def test_a_comparison_outlasts_a_new_answer_until_the_next(tracked):
    TheirAnswer.objects.update(kind="same", our_version="1.4", reason="because")
    tracked.answers("zlib", "1.5")
    channel = Channel.objects.get()
    taking_over.take_over(channel, channels.parse(channel.spec), "")
    row = TheirAnswer.objects.get(feedstock__name="zlib")
    assert (row.version, row.kind, row.our_version, row.reason) == ("1.5", "same", "1.4", "because")


def test_what_is_archived_or_gone_is_forgotten(tracked):
    tracked.list(active=["zlib"], archived=["old", "lua"])
    refresh(Channel.objects.get())
    assert [*taken()] == ["zlib"]
    tracked.list(active=["new"], archived=["old"])
    refresh(Channel.objects.get())
    assert [*taken()] == ["new"]


def test_half_a_checkout_leaves_answers_alone(tracked):
    (tracked.root / "versions").rename(tracked.root / "elsewhere")
    refresh(Channel.objects.get())
    assert len(taken()) == 2


@pytest.fixture
def committed(tmp_path, data):
    """Tracked, and with a commit to be at."""
    repository = Repository(tmp_path / "data")
    data.answers("zlib", "1.4")
    for path in data.root.iterdir():
        path.rename(repository.path / path.name)
    repository.commit({})
    track(f"cf-graph:{repository.path}")


def test_a_checkout_at_the_same_commit_is_not_looked_through(committed, monkeypatch):
    monkeypatch.setattr(taking_over, "_held", None)
    refresh(Channel.objects.get())
    assert taken()["zlib"] == ("1.4", "")


def test_answers_of_a_channel_read_by_an_older_botsite_are_taken_over(committed):
    TheirAnswer.objects.all().delete()
    refresh(Channel.objects.get())
    assert taken()["zlib"] == ("1.4", "")
