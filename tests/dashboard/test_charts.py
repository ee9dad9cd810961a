from __future__ import annotations

import pytest

from botsite.charts import segments


def test_segments_share_the_bar():
    bar = segments([("good", "good", 75), ("bad", "bad", 25)])
    assert [part.percent for part in bar] == [75, 25]
    assert bar[0].x == 0
    assert bar[1].x + bar[1].width == pytest.approx(1000, abs=0.1)


def test_empty_parts_take_no_room_and_small_ones_stay_visible():
    bar = segments([("all", "good", 27_000), ("none", "warn", 0), ("one", "bad", 1)])
    assert [part.name for part in bar] == ["all", "one"]
    assert bar[1].width > 5


def test_nothing_is_an_empty_bar():
    assert segments([("none", "good", 0)]) == []
