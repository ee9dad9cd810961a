"""What another bot answers is read from its checkout, whatever stands there."""

from __future__ import annotations

import json

import pytest

from graph import channels
from graph.channels import bot_answers
from graph.channels.bot_answers import Answer
from graph.channels.bot_files import path_of

BAD = "Upstream: Error getting upstream version"


def answers(data, *names):
    return dict(channels.parse(data.spec).answers(names or ["zlib", "lua"]))


def test_it_works(data):
    data.answers("zlib", "1.4")
    data.fails("lua", last_good="5.4")
    data.can_not_update(zlib=["No hash.", "See the log."])
    assert answers(data) == {
        "zlib": Answer("1.4", "", "No hash. See the log."),
        "lua": Answer("5.4", BAD),
    }


def test_nothing_found_is_no_failure(data):
    data.answers("zlib", None)
    assert answers(data) == {"zlib": Answer(), "lua": Answer()}


def test_a_checkout_without_answers_has_none(data):
    assert answers(data) == {}


def test_other_channels_have_none(tmp_path):
    assert dict(channels.parse(f"dir:{tmp_path}").answers(["zlib"])) == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is no JSON"),
        ("[]", "it is no JSON object"),
        ('{"new_version": 1.4}', "its version is no text"),
        ('{"new_version": "1.4\\u202e"}', "its version is none"),
        (json.dumps({"new_version": "1" * 129}), "its version is none"),
        (" " * 65_000, "it is larger than 64000 bytes"),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error(data, text, why):
    data.put(path_of("versions", "zlib"), text)
    data.answers("lua", "5.4")
    found = answers(data)
    assert found["zlib"] == Answer("", f"Its file in versions can't be used: {why}")
    assert found["lua"] == Answer("5.4")


def test_links_are_not_followed(data, tmp_path):
    data.answers("zlib", "1.4")
    path = data.root / path_of("versions", "zlib")
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    assert "can't be used" in answers(data)["zlib"].error


def test_a_name_leads_nowhere_else(data):
    data.answers("zlib", "1.4")
    assert answers(data, "../../zlib", "zlib") == {"zlib": Answer("1.4")}


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("a\nb\x00c\u202ed", "a b c d"),
        (["first", 3, "second"], "first second"),
        ({"x": 1}, "it failed without a word"),
        (True, "it failed without a word"),
        ("x" * 10_000_000, "x" * 499 + "…"),
    ],
)
def test_an_error_becomes_one_short_line(data, monkeypatch, why, told):
    monkeypatch.setattr(bot_answers, "MAX_ANSWER_BYTES", 20_000_000)
    data.fails("zlib", why)
    assert answers(data)["zlib"].error == told


@pytest.mark.parametrize("text", ["{", '{"errors": []}', '{"errors": {"zlib": 3, "lua": {}}}'])
def test_a_broken_report_of_updates_hides_no_version(data, text):
    data.answers("zlib", "1.4")
    data.put("status/version_status.v2.json", text)
    assert answers(data)["zlib"].version == "1.4"
