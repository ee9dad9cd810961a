from __future__ import annotations

import random

import pytest

from benchmarks.world.histories import Form, Habits, following, history
from versions.choosing.schemes import parse

FLAWED = Habits(Form.THREE, lambda version: f"{version}rc1", flawed=True)


def drawn(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311


@pytest.mark.parametrize("form", list(Form))
def test_versions_only_rise(form):
    for seed in range(40):
        versions = [parse(each.version) for each in history(drawn(seed), Habits(form))]
        assert versions == sorted(versions)
        assert len(set(versions)) == len(versions)


def test_the_first_release_is_one_that_a_recipe_may_take():
    assert all(history(drawn(seed), FLAWED)[0].good for seed in range(200))


def test_what_follows_is_good_and_above_all_else():
    for seed in range(40):
        draw = drawn(seed)
        releases = history(draw, FLAWED)
        new = following(draw, FLAWED, releases)
        assert new.good
        assert all(parse(new.version) > parse(each.version) for each in releases)


def test_some_releases_are_flawed():
    releases = [each for seed in range(50) for each in history(drawn(seed), FLAWED)]
    assert any(each.yanked for each in releases)
    assert any(each.prerelease for each in releases)
    assert any(not each.sdist for each in releases)
