from __future__ import annotations

import statistics
from collections import Counter

import pytest

from benchmarks.world.population import SHARES, population

NUMBER = 3000


@pytest.fixture(scope="module")
def projects():
    return list(population(1, NUMBER))


def test_a_seed_always_gives_the_same_projects(projects):
    again = list(population(1, 50))
    assert [each.releases for each in again] == [each.releases for each in projects[:50]]


def test_another_seed_gives_others(projects):
    assert [each.name for each in population(2, 50)] != [each.name for each in projects[:50]]


def test_shares_of_hosts_are_those_of_conda_forge(projects):
    kinds = Counter(each.kind for each in projects)
    assert {kind: kinds[kind] / NUMBER for kind in SHARES} == pytest.approx(SHARES, abs=0.03)


def test_releases_have_the_median_and_tail_of_reality(projects):
    counts = [len(each.releases) for each in projects]
    assert statistics.median(counts) == pytest.approx(15, abs=3)
    assert statistics.quantiles(counts, n=100)[98] == pytest.approx(400, rel=0.4)


def test_names_are_unique(projects):
    assert len({each.name for each in projects}) == NUMBER


def test_most_recipes_are_up_to_date(projects):
    current = sum(each.recipe_version == each.latest.version for each in projects if each.latest)
    assert 0.7 < current / NUMBER < 0.95
