"""The list of proposals as a reader asked for it, out of the address."""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.db.models import Count
from django.http import QueryDict

from graph.models import Feedstock
from pulls.models import PullRequest, PullRequestQuerySet, State


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """Empty is no filter. `q` is part of a package's name, `channel` and `maintainer` are names."""

    q: str = ""
    channel: str = ""
    maintainer: str = ""
    state: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> ProposalFilter:
        """A state that there isn't is left out. PostgreSQL can't be asked for the character NUL."""
        given = {
            each.name: query.get(each.name, "").replace("\0", "").strip() for each in fields(cls)
        }
        if given["state"] not in State.values:
            given["state"] = ""
        return cls(**given)

    @property
    def narrowing(self) -> bool:
        """Whether anything but the state narrows the list."""
        return bool(self.q or self.channel or self.maintainer)

    def but_state(self) -> PullRequestQuerySet:
        """All filters except the state, so that each state can be counted."""
        rows = PullRequest.objects.all()
        if not self.narrowing:
            return rows
        feedstocks = Feedstock.objects.search(self.q)
        if self.channel:
            feedstocks = feedstocks.filter(channel__name=self.channel)
        if self.maintainer:
            feedstocks = feedstocks.maintained_by(self.maintainer)
        return rows.filter(feedstock__in=feedstocks.order_by().values("pk"))

    def counts(self) -> dict[str, int]:
        """How many there are in each state."""
        rows = self.but_state().order_by().values_list("state").annotate(Count("pk"))
        return dict.fromkeys(State.values, 0) | dict(rows)

    def rows(self) -> PullRequestQuerySet:
        rows = self.but_state()
        return (rows.filter(state=self.state) if self.state else rows).listed().latest_first()
