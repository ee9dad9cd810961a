"""Rows as reading leaves them, without reading."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.models import outcome_values
from core.outcomes import OK
from graph.intake.requirements import labelled
from graph.models import Channel, Feedstock, Output, Reading


@pytest.fixture
def channel(db):
    return Channel.objects.create(name="main", kind="dir", spec="dir:/nowhere")


@pytest.fixture
def feedstock(channel):
    """Make a feedstock that was read: `needs` is {section: [name]}, all on linux-64."""

    def make(name, *, version="1.0", needs=None, outputs=None, exports=None, outcome=OK, of=None):
        home = of or channel
        row = Feedstock.objects.create(
            channel=home,
            name=name,
            key=home.key_of(name),
            recipe_name=name,
            version=version,
            read_at=timezone.now(),
            **outcome_values(outcome),
        )
        listed = {"linux-64": {section: tuple(names) for section, names in (needs or {}).items()}}
        Reading.objects.create(
            feedstock=row, requirements=labelled(listed), run_exports=exports or {}
        )
        for each in outputs or [name]:
            Output.objects.create(feedstock=row, name=each, version=version)
        Channel.objects.filter(pk=home.pk).update(changed_at=timezone.now())
        return row

    return make
