"""A door that shows what it hands over."""

from __future__ import annotations

import pytest

from core.http import DoorError


class Enough(Exception):
    pass


def test_it_works(server, door):
    shown = []
    watched = door.witnessed(shown.append)
    url = server.route("/page", (200, {}, b"text"))
    answers = [watched.get(url), watched.head(url)]
    assert shown == answers
    assert [each.body for each in shown] == [b"text", b""]


def test_errors_are_shown_and_raised(server, door):
    shown = []
    with pytest.raises(DoorError) as caught:
        door.witnessed(shown.append).get(server.route("/page", (404, {}, b"")))
    assert shown == [caught.value]


def test_what_the_witness_raises_comes_in_the_place_of_the_answer(server, door):
    def stop(_answer):
        raise Enough

    with pytest.raises(Enough):
        door.witnessed(stop).get(server.route("/page", (200, {}, b"")))


def test_the_door_itself_shows_nothing(server, door):
    shown = []
    door.witnessed(shown.append)
    door.get(server.route("/page", (200, {}, b"")))
    assert shown == []


def test_both_keep_one_account(server, door):
    door.witnessed(lambda _answer: None).get(server.route("/page", (200, {}, b"")))
    assert sum(each.requests for each in door.traffic().values()) == 1
