from __future__ import annotations

import pytest

from graph.comparison.models import Kind
from graph.models import TheirAnswer
from tests.dashboard.conftest import _no_cache, page, words  # noqa: F401
from tests.factories import make_answered, make_channel, make_outdated
from tests.graph.bot_data import BotData


@pytest.fixture
def data(tmp_path) -> BotData:
    return BotData(tmp_path / "bot-data")


@pytest.fixture
def beside(db):
    """A feedstock for which we found `ours`, and another bot `theirs`; not compared yet."""
    make_channel("forge", kind="cf-graph", spec="cf-graph:/data")

    def make(name="numpy", ours="2.0", theirs="2.0", *, error="", update_error="", **columns):
        feedstock = make_outdated(name, ours, channel="forge", **columns)
        outcome = {"code": feedstock.version_outcome_code, "message": "Said upstream."}
        make_answered(name, ours, channel="forge", key=feedstock.key, outcome=outcome)
        return TheirAnswer.objects.create(
            feedstock=feedstock, version=theirs, error=error, update_error=update_error
        )

    return make


def kinds() -> dict[str, Kind]:
    return dict(TheirAnswer.objects.values_list("feedstock__name", "kind"))
