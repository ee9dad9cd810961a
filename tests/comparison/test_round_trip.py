"""What `export_versions` and `export_status` write is read back as another bot's answers."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from graph.comparison import comparing
from graph.intake.reading import refresh, track
from graph.models import Channel, TheirAnswer
from graph.readback import read_back
from tests.comparison.conftest import kinds
from versions.models import Package

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(data):
    """A checkout whose packages we looked up: one well, one not."""
    track(data.spec)
    Package.objects.filter(name="zlib").update(
        latest_version="1.4", latest_source="github", outcome_code="ok"
    )
    outcome = {"code": "http.timeout", "message": "No answer.", "next": "Wait."}
    Package.objects.filter(name="lua").update(
        outcome_code="http.timeout", outcome=outcome, failures=3
    )
    read_back(Package.objects.values_list("key", flat=True))
    return data


def test_our_own_answers_are_the_same(answered):
    (answered.root / "versions").mkdir()
    (answered.root / "status").mkdir()
    call_command("export_versions", str(answered.root), "--json")
    call_command("export_status", str(answered.root / "status/version_status.v2.json"), "--json")
    refresh(Channel.objects.get())
    comparing.compare_all()
    assert kinds() == {"zlib": "same", "lua": "failing_both"}
    lua = TheirAnswer.objects.get(feedstock__name="lua")
    assert lua.error == "Upstream: Error getting upstream version"
    assert lua.update_error == "No answer. Wait."
    assert (lua.rule, lua.reason) == ("http.timeout", "No answer.")


def test_comparing_leaves_their_data_alone(answered):
    answered.answers("zlib", "1.3")
    before = {path: path.read_bytes() for path in answered.root.rglob("*.json")}
    refresh(Channel.objects.get())
    comparing.compare_all()
    assert kinds()["zlib"] == "ours_newer"
    assert {path: path.read_bytes() for path in answered.root.rglob("*.json")} == before
