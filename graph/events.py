"""What the graph tells webhooks of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from core.webhooks.events import State, tells_of
from graph import documents
from graph.models import Channel, Feedstock


@tells_of("package.outdated", title="A package became outdated, or has a newer version to go to")
def outdated(since: datetime | None) -> Iterator[State]:
    """The value is the version to go to; none for what is not outdated."""
    channels = dict(Channel.objects.values_list("pk", "name"))
    rows = Feedstock.objects.present().filter(judged_at__isnull=False).order_by("judged_at")
    if since is not None:
        rows = rows.filter(judged_at__gte=since)
    for row in rows.defer("outcome").iterator(chunk_size=500):
        assert row.judged_at is not None  # noqa: S101 - those alone are asked for
        value = row.new_version if row.outdated else ""
        document = documents.of_feedstock(row, channels[row.channel_id])
        yield State(row.key, value, row.judged_at, document)
