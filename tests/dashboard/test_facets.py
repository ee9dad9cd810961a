from __future__ import annotations

import json
import re

import pytest

from graph.models import Status
from tests.dashboard.test_package_list import names
from tests.factories import make_answered, make_feedstock, make_outdated
from tests.hostile import SCRIPT

LIST = "/packages/"


@pytest.fixture
def fleet(db) -> None:
    make_outdated("numpy")
    make_outdated("r-numpy")
    make_outdated("perl-json", new_version_source="cpan")
    make_outdated("ripgrep", new_version_source="crates")
    make_feedstock("zlib", status=Status.FAILING, version_outcome_code="http.timeout")
    make_answered("numpy", lane="index")
    make_answered("zlib", lane="zlib.example")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"host": "zlib.example"}, ["zlib"]),
        ({"host": "index"}, ["numpy"]),
        ({"language": "python"}, ["numpy"]),
        ({"language": "r"}, ["r-numpy"]),
        ({"language": "perl"}, ["perl-json"]),
        ({"language": "rust"}, ["ripgrep"]),
        ({"language": "other"}, ["zlib"]),
        ({"language": "cobol"}, []),
    ],
)
def test_it_filters_by_host_and_language(page, fleet, query, expected):
    assert names(page(LIST, **query)) == [f"sample/{name}" for name in expected]


def test_each_choice_says_how_many_packages_it_leaves(page, words, fleet):
    said = words(page(LIST))
    for choice in ("pypi (2)", "zlib.example (1)", "Perl (1)", "other (1)"):
        assert choice in said


def test_each_filter_in_force_can_be_taken_away(page, words, fleet):
    html = page(LIST, q="n", language="python", page="1")

    assert "name has n" in words(html)
    assert "language Python" in words(html)
    found = re.findall(r'<a class="chip" href="([^"]+)"', html)
    assert found == ["?language=python", "?q=n"]
    assert names(page(LIST + found[0])) == ["sample/numpy"]


def test_files_hold_exactly_what_is_filtered(client, fleet):
    found = json.loads(client.get("/packages.json?language=r").getvalue())
    assert [each["name"] for each in found] == ["r-numpy"]


def test_hostile_filters_are_only_text(page, fleet):
    html = page(LIST, host=SCRIPT, language=SCRIPT, maintainer=SCRIPT)
    assert SCRIPT not in html
    assert "No package matches" in html


def test_it_needs_few_queries(page, fleet, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        page(LIST, host="index", language="python", outcome="http.timeout")
