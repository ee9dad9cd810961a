from __future__ import annotations

import csv
from io import StringIO

import orjson
import pytest
from django.test import Client

from graph.models import Maintainer
from tests.factories import make_feedstock, make_outdated


@pytest.fixture(autouse=True)
def _packages(db) -> None:
    Maintainer.objects.create(feedstock=make_outdated("numpy", "2.0"), handle="mia")
    make_feedstock("scipy")
    make_feedstock("six", "other")


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    return b"".join(response.streaming_content).decode()


def rows(client: Client, query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text(client, f"/packages.csv{query}"))))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["numpy", "scipy", "six"]),
        ("?status=outdated", ["numpy"]),
        ("?maintainer=mia", ["numpy"]),
        ("?q=s&sort=-name", ["six", "scipy"]),
        ("?channel=other", ["six"]),
        ("?q=nobody", []),
    ],
)
def test_files_hold_what_the_page_shows(client, query, names):
    assert [row["name"] for row in rows(client, query)] == names
    assert [row["name"] for row in orjson.loads(text(client, f"/packages.json{query}"))] == names
    page = client.get(f"/packages/{query}").content.decode()
    assert all(f"/{name}/" in page for name in names)


def test_the_page_links_to_its_files(client):
    page = client.get("/packages/?status=outdated").content.decode()
    assert 'href="/packages.csv?status=outdated"' in page
    assert 'href="/packages.json?status=outdated"' in page


def test_a_cell_is_no_formula(client):
    make_outdated("evil", '=HYPERLINK("http://x")')
    [row] = rows(client, "?q=evil")
    assert row["new_version"] == '\'=HYPERLINK("http://x")'


def test_a_row_is_complete(client):
    [row] = rows(client, "?q=numpy")
    assert row["outdated"] == "yes"
    assert row["released_at"].endswith("Z")


def test_long_lists_take_few_queries(client, django_assert_max_num_queries):
    for number in range(60):
        make_feedstock(f"p{number}")
    with django_assert_max_num_queries(3):
        assert len(rows(client, "")) == 63
    with django_assert_max_num_queries(12):
        client.get("/packages/")
