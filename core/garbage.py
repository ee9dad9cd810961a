"""How often Python looks for reference cycles, in work whose many objects are in none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 20_000  # new objects between two looks; Python's own 700 are gone through in one page


@contextmanager
def collected_seldom() -> Iterator[None]:
    """For parsing page after page: what was there before is not looked at again, what is new only
    now and then."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def uncollected() -> Iterator[None]:
    """For hundreds of thousands of objects at once, that would be visited again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
