"""Whether the promises were kept, by what the forge saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from benchmarks.proposals import population
from benchmarks.proposals.forge import Saw

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Promise:
    """`broken` are the cases that broke it."""

    text: str
    broken: list[str]

    @property
    def kept(self) -> bool:
        return not self.broken

    def __str__(self) -> str:
        shown = "; ".join(self.broken[:SHOWN])
        return (
            f"{self.text}: {'kept' if self.kept else f'BROKEN {len(self.broken)} times: {shown}'}"
        )


def promises(saw: Saw, feedstocks: int, per_minute: int, per_hour: int) -> list[Promise]:
    names = [population.repository_of(number) for number in range(feedstocks)]
    counts = {name: len(saw.opened.get(name, ())) for name in names}
    twice = [f"{name} has {count}" for name, count in counts.items() if count > 1]
    if saw.forks > feedstocks:
        twice.append(f"{saw.forks} forks")
    lost = [name for name, count in counts.items() if not count]
    return [
        Promise("no pull request twice", twice),
        Promise("none lost", [*lost, *_unlike_the_rows(saw)]),
        Promise("none before what it is built with was merged", list(_out_of_order(saw))),
        *(
            Promise(
                f"no more than {most} changing requests in any {what}",
                [] if busiest(saw.changing, seconds) <= most else [what],
            )
            for what, seconds, most in (("minute", 60, per_minute), ("hour", 3600, per_hour))
        ),
    ]


def busiest(times: Iterable[float], seconds: float) -> int:
    """The most that came in any so many seconds."""
    ordered = sorted(times)
    most = first = 0
    for last, at in enumerate(ordered):
        while ordered[first] <= at - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def _unlike_the_rows(saw: Saw) -> Iterator[str]:
    """Rows that don't know the one pull request that the forge has of them, and its end."""
    from pulls.models import PullRequest

    rows = PullRequest.objects.values_list("repository", "number", "state", "title")
    for repository, number, state, title in rows:
        if (number, state) != (1, "merged") or repository not in saw.merged:
            yield f"the row of {title} says {number}, {state}"


def _out_of_order(saw: Saw) -> Iterator[str]:
    for dependent, needed in _edges().items():
        opened = min(saw.opened.get(dependent, [float("inf")]))
        for name in needed:
            if opened < saw.merged.get(name, float("inf")):
                yield f"{dependent} before {name}"


def _edges() -> Mapping[str, list[str]]:
    """What each is built with, in the graph as it was built; members of a cycle don't wait for
    each other."""
    from django.db.models import F

    from graph.models import Dependency

    edges = Dependency.objects.filter(test_only=False, target__depth__lt=F("feedstock__depth"))
    found: dict[str, list[str]] = {}
    for name, target in edges.values_list("feedstock__name", "target__name"):
        suffix = "-feedstock"
        place = f"{population.OWNER}/{name}{suffix}"
        found.setdefault(place, []).append(f"{population.OWNER}/{target}{suffix}")
    return found
