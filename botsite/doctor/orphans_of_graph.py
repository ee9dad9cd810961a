"""Packages that are watched for nobody, and edges of feedstocks that are gone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db.models import Count, Exists, OuterRef

from botsite.doctor import outcomes
from botsite.doctor.findings import Finding, problem, some
from core.jobs import enqueue
from graph.intake import watching
from graph.models import Channel, Dependency, Feedstock, GraphBuild
from versions import watch
from versions.models import Package

FOR_CHANNELS = "channel:"


def look() -> Iterator[Finding]:
    owners = {channel.owner: channel for channel in Channel.objects.all()}
    yield from _for_nobody(owners)
    yield from _without_feedstock(owners)
    yield from _edges()


def _for_nobody(owners: dict[str, Channel]) -> Iterator[Finding]:
    rows = Package.objects.watched().filter(owner__startswith=FOR_CHANNELS).order_by()
    counts = dict(rows.values_list("owner").annotate(Count("pk")))
    if gone := sorted(counts.keys() - owners.keys()):
        yield problem(
            outcomes.WATCHED_FOR_NOBODY,
            partial(_retire, gone),
            count=sum(counts[owner] for owner in gone),
            channels=some(owner.removeprefix(FOR_CHANNELS) for owner in gone),
        )


def _retire(owners: list[str]) -> str:
    removed = sum(watch.sync(owner, []).removed for owner in owners)
    return f"{removed} packages are watched no longer"


def _without_feedstock(owners: dict[str, Channel]) -> Iterator[Finding]:
    present = Feedstock.objects.present().filter(key=OuterRef("key"))
    rows = Package.objects.watched().filter(owner__in=owners).exclude(Exists(present))
    if lost := list(rows.order_by("key").values_list("key", "owner")):
        concerned = [owners[owner] for owner in sorted({owner for _, owner in lost})]
        yield problem(
            outcomes.WATCHED_WITHOUT_FEEDSTOCK,
            partial(_watch_anew, concerned),
            count=len(lost),
            names=some(key for key, _ in lost),
        )


def _watch_anew(channels: list[Channel]) -> str:
    removed = sum(watching.sync(channel).removed for channel in channels)
    return f"{removed} packages are watched no longer"


def _edges() -> Iterator[Finding]:
    last = GraphBuild.objects.finished().first()
    if last is None:
        return
    rows = Dependency.objects.filter(feedstock__gone_at__lt=last.started_at)
    if count := rows.count():
        yield problem(outcomes.EDGES_OF_GONE, _build, count=count)


def _build() -> str:
    return f"the graph is built anew, by job {enqueue('graph.build').pk}"
