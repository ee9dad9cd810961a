"""Many things in few queries."""

from __future__ import annotations

import pytest

from core.github import Answer, in_batches
from core.github.outcomes import QUERY_FAILED, RATE_LIMITED
from core.outcomes import Outcome, OutcomeError


def failed():
    return QUERY_FAILED.error(host="github", problem="too much")


class Asked:
    """Answers with what it was asked, but neither for more than `most`, nor for any of `bad`."""

    def __init__(self, most=1000, bad=()):
        self.most, self.bad = most, set(bad)
        self.sizes = []

    def __call__(self, items):
        self.sizes.append(len(items))
        if len(items) > self.most or self.bad & set(items):
            raise failed()
        return Answer({"items": items})


def answered(batches):
    return [
        item
        for batch, answer in batches
        if isinstance(answer, Answer)
        for item in answer.data["items"]
    ]


def test_it_works():
    ask = Asked()
    assert answered(in_batches(range(100), ask)) == list(range(100))
    assert ask.sizes == [40, 40, 20]


def test_nothing_is_not_asked_for():
    ask = Asked()
    assert list(in_batches([], ask)) == []
    assert ask.sizes == []


def test_what_is_too_much_is_asked_for_in_parts():
    ask = Asked(most=12)
    assert answered(in_batches(range(40), ask)) == list(range(40))
    assert ask.sizes[:3] == [40, 20, 10]


def test_batches_grow_again():
    ask = Asked(bad=[0])
    list(in_batches(range(200), ask))
    assert ask.sizes == [40, 20, 10, 5, 2, 1, 2, 4, 8, 16, 32, 40, 40, 40, 17]


def test_one_that_fails_alone_is_told_apart():
    batches = list(in_batches(range(40), Asked(bad=[7])))
    assert [batch[0] for batch, answer in batches if isinstance(answer, Outcome)] == [7]
    assert answered(batches) == [each for each in range(40) if each != 7]


def test_all_that_fail_end_it():
    ask = Asked(most=0)
    with pytest.raises(OutcomeError):
        list(in_batches(range(40), ask))
    assert len(ask.sizes) < 20


def test_what_smaller_queries_do_not_help_ends_it():
    def ask(items):
        raise RATE_LIMITED.error(host="github", until="noon")

    with pytest.raises(OutcomeError) as caught:
        list(in_batches(range(40), ask))
    assert caught.value.outcome.code == "github.rate_limited"
