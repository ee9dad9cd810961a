"""Feedstocks, and who depends on whom."""

from __future__ import annotations

import random
from datetime import timedelta

from benchmarks.large_site.proportions import SLICE, SOURCES, WORDS


def make_feedstocks(pick: random.Random, number: int) -> None:
    from django.utils import timezone

    from graph.models import Channel, Feedstock, Maintainer, Output, Status

    channel = Channel.objects.create(name="big", kind="dir", spec="dir:/big")
    now = timezone.now()
    rows = []
    for index in range(number):
        name = f"{pick.choice(WORDS)}-{pick.choice(WORDS)}-{index}"
        status = pick.choices(list(Status), weights=[70, 20, 5, 5])[0]
        rows.append(
            Feedstock(
                channel=channel,
                name=name,
                key=f"big/{name}",
                version="1.0",
                status=status,
                outdated=status == Status.OUTDATED,
                new_version="1.1",
                new_version_source=pick.choice(SOURCES),
                outcome_code="recipe.undefined_variable" if pick.random() < 0.02 else "ok",
                version_outcome_code="http.timeout" if pick.random() < 0.05 else "ok",
                outcome={"code": "ok", "message": "Done."},
                read_at=now,
                released_at=now - timedelta(hours=pick.randrange(20_000)),
                version_checked_at=now - timedelta(minutes=pick.randrange(1500)),
                dependents_count=int(number / (index + 1)),
                direct_dependents_count=int(number / (index + 1) / 3),
            )
        )
    Feedstock.objects.bulk_create(rows, batch_size=SLICE)
    rows = list(Feedstock.objects.only("pk", "name"))
    Maintainer.objects.bulk_create(
        [
            Maintainer(feedstock=row, handle=f"person-{person}")
            for row in rows
            for person in pick.sample(range(2000), 2)
        ],
        batch_size=SLICE,
    )
    Output.objects.bulk_create(
        [Output(feedstock=row, name=row.name) for row in rows], batch_size=SLICE
    )


def make_edges(pick: random.Random, number: int) -> None:
    """Most feedstocks need the few hubs; the rest of the edges goes anywhere."""
    from django.utils import timezone

    from graph.models import Dependency, Feedstock, GraphBuild

    keys = list(Feedstock.objects.order_by("pk").values_list("pk", flat=True))
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < number:
        hub = int(len(keys) * pick.random() ** 4)
        pairs.add((pick.choice(keys), keys[hub]))
    rows = [
        Dependency(feedstock_id=one, target_id=other, name=f"p{other}", labels="run:linux-64")
        for one, other in pairs
    ]
    Dependency.objects.bulk_create(rows, batch_size=SLICE)
    GraphBuild.objects.create(
        finished_at=timezone.now(), feedstocks=len(keys), edges=number, layers=23
    )
