"""The map of the whole graph."""

from __future__ import annotations

import re

import pytest

from graph.models import Feedstock, Status
from graph.showing.map import ACROSS, CELL, Layer
from tests.factories import make_feedstock, make_graph_build, make_outdated

pytestmark = pytest.mark.django_db
RECTANGLE = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z")


def cells(path: str) -> list[tuple[int, int]]:
    """Line and column of each cell that a path fills."""
    return [
        (line, column)
        for x, y, width, height in (map(int, found) for found in RECTANGLE.findall(path))
        for line in range(y // CELL, (y + height) // CELL)
        for column in range(x // CELL, (x + width) // CELL)
    ]


@pytest.mark.parametrize("outdated", [1, 7, ACROSS, ACROSS + 1, 5 * ACROSS - 3])
@pytest.mark.parametrize("failing", [0, 3, ACROSS - 1, ACROSS, 2 * ACROSS + 5])
def test_each_feedstock_has_a_cell_of_its_own(failing, outdated):
    counts = {Status.FAILING: failing, Status.OUTDATED: outdated}
    layer = Layer(0, dict.fromkeys(Status.values, 0) | counts)
    places = [place for patch in layer.patches for place in cells(patch.path)]
    assert sorted(places) == [divmod(at, ACROSS) for at in range(failing + outdated)]
    assert layer.height == CELL * (max(line for line, _ in places) + 1)


def test_the_page_has_a_row_for_each_layer(client):
    make_graph_build()
    make_feedstock("zlib", depth=0)
    make_outdated("numpy", depth=2)
    make_feedstock("gone", depth=7, gone_at="2026-01-01T00:00:00Z")
    html = client.get("/graph/map/").content.decode()
    assert "2 feedstocks in 2 layers" in html
    assert '?layer=2&amp;status=outdated" aria-label="1 outdated in layer 2"' in html
    assert "Layer 7" not in html


def test_it_leads_to_the_packages_of_a_layer(client):
    make_feedstock("zlib", depth=0)
    make_feedstock("numpy", depth=2)
    html = client.get("/packages/?layer=2").content.decode()
    assert "/packages/sample/numpy/" in html
    assert "/packages/sample/zlib/" not in html
    assert "/packages/sample/" not in client.get("/packages/?layer=two").content.decode()


def test_programs_read_it_too(client):
    make_outdated("numpy", depth=2)
    counts = {"up_to_date": 0, "outdated": 1, "unknown": 0, "failing": 0}
    document = client.get("/api/v1/layers").json()
    assert document == [{"layer": 2, "feedstocks": 1, "counts": counts}]


def test_a_large_graph_is_one_query_and_few_shapes(client, django_assert_max_num_queries):
    channel = make_feedstock("zlib").channel
    Feedstock.objects.bulk_create(
        Feedstock(channel=channel, name=f"f-{at}", key=f"sample/f-{at}", depth=at % 3)
        for at in range(3000)
    )
    with django_assert_max_num_queries(4):
        html = client.get("/graph/map/").content
    assert len(html) < 40_000


def test_nothing_is_known_yet(client):
    assert "No feedstock is known yet" in client.get("/graph/map/").content.decode()
