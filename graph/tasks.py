"""Background work of the graph: refresh channels, build, read back."""

from __future__ import annotations

from typing import Any

from core.jobs import Running, enqueue, every, job_kind
from graph import readback
from graph.build import build, is_due, update
from graph.channels import git
from graph.comparison import comparing
from graph.intake.reading import refresh
from graph.models import Channel
from graph.outcomes import NO_SUCH_CHANNEL


# Not on the default queue: a first reading takes minutes, and would hold up schedules and reruns.
@job_kind("graph.refresh", title="Read a channel", queue="net")
def refresh_channel(running: Running) -> dict[str, Any]:
    channel = Channel.objects.filter(name=running.target).first()
    if channel is None:
        raise NO_SUCH_CHANNEL.error(name=running.target)
    report = refresh(channel, running.progress)
    build_if_due()
    return report.as_dict()


@job_kind("graph.build", title="Build the graph")
def build_graph(running: Running) -> dict[str, Any]:
    return build(running.progress).figures()


@job_kind("graph.update", title="Update the graph")
def update_graph(running: Running) -> dict[str, Any]:
    return update(running.progress).figures()


@every(minutes=15, name="graph.refresh", title="Read all channels again")
def refresh_all() -> None:
    for name in Channel.objects.values_list("name", flat=True):
        enqueue("graph.refresh", name)


@every(minutes=1440, name="graph.tidy", title="Forget clones of channels that are gone")
def tidy() -> None:
    specs = Channel.objects.filter(kind="git").values_list("spec", flat=True)
    git.forget_clones(spec.partition(":")[2] for spec in specs)


@every(minutes=1, name="graph.read_back", title="Take over new versions")
def read_back() -> None:
    readback.read_back()


@every(minutes=5, name="graph.compare", title="Compare with the answers of another bot")
def compare() -> None:
    comparing.compare_all()


@every(minutes=5, name="graph.build", title="Update the graph where something changed")
def build_if_due() -> None:
    if is_due():
        enqueue("graph.update")
