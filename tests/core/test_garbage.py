"""Looking for reference cycles more seldom, and as before afterwards."""

from __future__ import annotations

import gc

import pytest

from core.garbage import SELDOM, collected_seldom, uncollected


def test_it_is_seldom_only_meanwhile():
    before = gc.get_threshold()
    with collected_seldom():
        assert gc.get_threshold() == (SELDOM, *before[1:])
        assert gc.get_freeze_count()
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_nothing_is_collected_meanwhile():
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_ends_with_an_error_too():
    with pytest.raises(ZeroDivisionError), uncollected():
        _ = 1 // 0
    assert gc.isenabled()


def test_who_does_without_goes_on_without():
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
