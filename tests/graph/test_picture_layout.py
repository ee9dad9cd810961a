"""Where a picture puts feedstocks and lines, without a database."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest

from graph.showing.picture_layout import BEND, GAP, ROW, TALLEST, draw


def drawn(*pairs, alone=()):
    """A pair is "ab": a needs b."""
    names = sorted({each for pair in pairs for each in pair} | set(alone))
    drawing = draw({ord(name): 50.0 for name in names}, [(ord(a), ord(b)) for a, b in pairs])
    return drawing, {chr(node): box for node, box in drawing.boxes.items()}


def lines(drawing):
    """A line is "ab": from a to its user b."""
    return {chr(line.needed) + chr(line.user) for line in drawing.lines}


def test_what_is_needed_stands_left_of_its_users():
    drawing, boxes = drawn("ba", "cb")
    assert boxes["a"].x < boxes["b"].x < boxes["c"].x
    assert boxes["a"].y == boxes["b"].y == boxes["c"].y
    assert lines(drawing) == {"ab", "bc"}
    assert drawing.lines[0].path.startswith("M66 33C102 33 102 33 138 33")


def test_a_line_that_follows_from_others_is_left_out():
    drawing, _ = drawn("ba", "cb", "ca")
    assert lines(drawing) == {"ab", "bc"}


def test_a_feedstock_stands_close_to_its_users():
    _, boxes = drawn("ba", "cb", "cd")
    assert boxes["d"].x == boxes["b"].x


def test_a_line_over_several_columns_passes_between_boxes():
    drawing, boxes = drawn("ba", "cb", "dc", "da", "db", "ea", "fe", "df")
    for line in drawing.lines:
        for x, y in line.points[1:-1]:
            inside = [box for box in boxes.values() if box.x <= x <= box.x + box.width]
            assert all(abs(box.y - y) >= (ROW + BEND) / 2 - 0.01 for box in inside)


def test_members_of_a_cycle_share_a_column_and_their_lines_say_so():
    drawing, boxes = drawn("ab", "ba", "ca")
    assert boxes["a"].x == boxes["b"].x < boxes["c"].x
    assert {line.closes for line in drawing.lines if chr(line.user) in "ab"} == {True}
    assert lines(drawing) == {"ab", "ba", "ac"}


def test_many_in_one_layer_stand_in_several_columns():
    users = range(1, 2 * TALLEST + 2)
    drawing = draw(dict.fromkeys([0, *users], 40.0), [(user, 0) for user in users])
    assert len({box.x for box in drawing.boxes.values()}) == 4
    assert drawing.height < (TALLEST + 3) * ROW


def test_few_lines_cross():
    """Two chains that need nothing of each other are drawn beside each other."""
    _, boxes = drawn("ba", "cb", "dc", "wv", "xw", "yx")
    above = boxes["a"].y < boxes["v"].y
    assert all((boxes[a].y < boxes[b].y) == above for a, b in ["bw", "cx", "dy"])


def test_nothing_alone_makes_a_small_picture():
    drawing, boxes = drawn(alone="a")
    assert (drawing.lines, len(boxes)) == ((), 1)
    assert drawing.width < 50 + 2 * GAP


@pytest.mark.parametrize("seed", range(5))
def test_boxes_never_overlap_and_the_largest_picture_is_quick(seed):
    pick = random.Random(seed)  # noqa: S311 - the same draws each time
    pairs = [(pick.randrange(150), pick.randrange(150)) for _ in range(400)]
    clock = time.process_time()
    drawing = draw(dict.fromkeys(range(150), 80.0), pairs)
    assert time.process_time() - clock < 1
    columns: dict[float, list[float]] = {}
    for box in drawing.boxes.values():
        columns.setdefault(box.x, []).append(box.y)
        assert 0 < box.y < drawing.height
        assert box.x + box.width < drawing.width
    for heights in columns.values():
        heights.sort()
        gaps = [after - before for before, after in pairwise(heights)]
        assert all(gap >= ROW - 0.01 for gap in gaps)
