"""How a sweep gets on: its lanes, its speed, when it will be done, and who slows it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property

from core.models import Circuit, HostState, Override
from versions.models import Sweep
from versions.planning import pauses
from versions.planning.lanes import blocked_lanes

LANES, HOSTS, OUTCOMES = 20, 8, 12
FIGURES = ("due", "checked", "failed", "requests", "saved", "seconds")
STEADY_S = 3.0  # before, a speed means nothing


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane of a sweep; `seconds` are those of all its look-ups together.

    `state` is one of the site's marks: done, running, waiting (paused by a person), failed (its
    host is left alone) or cancelled (the sweep ended before).
    """

    name: str
    state: str
    words: str
    due: int = 0
    checked: int = 0
    failed: int = 0
    requests: int = 0
    saved: int = 0
    seconds: float = 0.0
    pause: Override | None = None

    @property
    def left(self) -> int:
        return max(0, self.due - self.checked)

    @property
    def mean_s(self) -> float | None:
        return self.seconds / self.checked if self.checked else None


@dataclass(frozen=True, slots=True)
class Host:
    """A host as a sweep met it; `row` is what is known of it now."""

    name: str
    requests: int
    failures: int
    seconds: float
    row: HostState | None

    @property
    def mean_s(self) -> float:
        return self.seconds / self.requests if self.requests else 0.0

    @property
    def is_blocked(self) -> bool:
        return self.row is not None and self.row.is_blocked()

    @property
    def circuit(self) -> str:
        return self.row.circuit if self.row else Circuit.CLOSED


class Progress:
    """Each part is at most one query, made when a page first asks for it."""

    def __init__(self, sweep: Sweep, now: datetime | None = None) -> None:
        self.sweep = sweep
        self.now = now or timezone.now()

    @property
    def running(self) -> bool:
        return self.sweep.finished_at is None

    @cached_property
    def pauses(self) -> dict[str, Override]:
        """Those in force; of a sweep that is over, none matters."""
        return pauses.paused() if self.running else {}

    @property
    def paused(self) -> Override | None:
        """All checks are paused by this decision."""
        return self.pauses.get(pauses.ALL)

    @cached_property
    def lanes(self) -> list[Lane]:
        """Those with most left to do first, then the largest."""
        blocked = blocked_lanes(self.now) if self.running else set()
        found = [self._lane(name, each, blocked) for name, each in self.sweep.lanes.items()]
        return sorted(found, key=lambda each: (-each.left, -each.due, each.name))

    def _lane(self, name: str, figures: Mapping[str, Any], blocked: set[str]) -> Lane:
        pause = self.pauses.get(name)
        if figures.get("checked", 0) >= figures.get("due", 0):
            state, words = "done", "Done"
        elif not self.running:
            state, words = "cancelled", "Not reached"
        elif pause:
            state, words = "waiting", "Paused"
        else:
            held = name in blocked
            state, words = ("failed", "Left alone") if held else ("running", "Running")
        known = {column: figures.get(column, 0) for column in FIGURES}
        return Lane(name, state, words, pause=pause, **known)

    @property
    def shown_lanes(self) -> list[Lane]:
        return self.lanes[:LANES]

    @property
    def other_lanes(self) -> int:
        return max(0, len(self.lanes) - LANES)

    @property
    def lanes_done(self) -> int:
        return sum(each.left == 0 for each in self.lanes)

    @property
    def rate(self) -> float | None:
        """Packages per second so far."""
        seconds = self.sweep.duration_s
        return self.sweep.checked / seconds if seconds >= STEADY_S and self.sweep.checked else None

    @property
    def eta_s(self) -> float | None:
        """Seconds until the last lane that moves is done, at its own speed so far."""
        if not self.running or self.paused or self.rate is None:
            return None
        seconds = self.sweep.duration_s
        moving = [each for each in self.lanes if each.state == "running"]
        known = [each.left * seconds / each.checked for each in moving if each.checked]
        return max(known) if known else self._left / self.rate

    @property
    def _left(self) -> int:
        return max(0, self.sweep.due - self.sweep.checked)

    @property
    def saved_percent(self) -> float | None:
        """The share of requests that bulk answers and what is known made needless."""
        wanted = self.sweep.requests + self.sweep.saved
        return 100 * self.sweep.saved / wanted if wanted else None

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        """Failures by code, the most frequent first."""
        failures = [(code, n) for code, n in self.sweep.outcomes.items() if code != "ok"]
        return sorted(failures, key=lambda each: (-each[1], each[0]))[:OUTCOMES]

    @cached_property
    def slowest(self) -> list[Host]:
        """The hosts that answered slowest on the average, of those that were asked."""
        asked = {name: each for name, each in self.sweep.hosts.items() if each.get("requests")}
        slow = sorted(asked, key=lambda name: -asked[name]["seconds"] / asked[name]["requests"])
        names = slow[:HOSTS]
        rows = {row.host: row for row in HostState.objects.filter(origin__in=_origins(names))}
        return [Host(name, **asked[name], row=rows.get(name)) for name in names]


def _origins(hosts: list[str]) -> list[str]:
    return [f"{scheme}://{host}" for host in hosts for scheme in ("https", "http")]
