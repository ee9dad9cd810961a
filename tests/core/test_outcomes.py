from __future__ import annotations

import pytest

from core import outcomes
from core.outcomes import Outcome, OutcomeError, Turn, declare, declared, kind

COLD = declare(
    "test.cold", title="Too cold", sentence="It is {degrees} degrees.", next="Wait for {month}."
)


def test_it_works():
    outcome = COLD.outcome(degrees=-3, month="May", file="meta.yaml", line=2, field="about")
    assert outcome.as_dict() == {
        "code": "test.cold",
        "message": "It is -3 degrees.",
        "next": "Wait for May.",
        "file": "meta.yaml",
        "line": 2,
        "field": "about",
        "transient": False,
    }


def test_what_it_is_given_is_never_a_template():
    assert COLD.outcome(degrees="{month.__class__}", month="").message == (
        "It is {month.__class__} degrees."
    )


def test_a_code_is_declared_once():
    with pytest.raises(ValueError, match=r"test\.cold"):
        declare("test.cold", title="", sentence="", next="")


def test_an_error_carries_its_outcome():
    with pytest.raises(OutcomeError) as caught:
        raise COLD.error(degrees=1, month="June")
    assert caught.value.outcome.code == "test.cold"
    assert str(caught.value) == "It is 1 degrees."


def test_it_survives_json():
    outcome = COLD.outcome(degrees=1, month="June")
    assert Outcome.from_dict({**outcome.as_dict(), "added_later": 1}) == outcome


def test_a_code_of_an_app_that_is_gone_still_has_a_kind():
    assert kind("gone.code").turn == Turn.BOT_TEAM


@pytest.mark.parametrize("each", declared(), ids=lambda each: each.code)
def test_every_declared_code_can_help_a_person(each):
    if each.code.startswith("test.") or each is outcomes.OK_KIND:
        return
    assert each.title
    assert each.sentence.endswith((".", "}"))
    assert each.next
