"""How long the JSON interface, feeds, badges and metrics take with 27,000 packages: server time
inside Django, and queries.

    python -m benchmarks.api [--feedstocks 27000] [--edges 300000] [--requests 200] [ROUTE ...]
"""

from __future__ import annotations

import random
from urllib.parse import urlencode

from benchmarks.large_site import SOURCES, WORDS
from benchmarks.pages import Address, run

API = "/api/v1"


def addresses() -> dict[str, Address]:
    """Per kind of route, something that makes up the address of one."""
    from graph.models import Feedstock, Maintainer, Status
    from graph.showing.filters import ORDERS
    from pulls.models import PullRequest
    from versions.models import Sweep, VersionChange

    keys = list(Feedstock.objects.order_by("pk").values_list("key", flat=True))
    hubs = keys[:50]
    sweeps = list(Sweep.objects.recent().values_list("pk", flat=True)[1:2000])
    people = list(Maintainer.objects.values_list("handle", flat=True)[:2000])
    pulls = list(PullRequest.objects.values_list("pk", flat=True))
    newest = VersionChange.objects.order_by("-pk").values_list("pk", flat=True)[0]

    def listing(pick: random.Random) -> str:
        query = {
            "sort": pick.choice(list(ORDERS)),
            "page": pick.randrange(1, 20),
            "per_page": pick.choice([50, 200]),
        }
        offered = {
            "q": pick.choice(WORDS),
            "status": pick.choice(Status.values),
            "source": pick.choice(SOURCES),
            "maintainer": f"person-{pick.randrange(2000)}",
            "depends_on": pick.choice(hubs),
        }
        for name in pick.sample(list(offered), pick.randrange(3)):
            query[name] = offered[name]
        return f"{API}/packages?{urlencode(query)}"

    def of_package(route: str, among: list[str] = keys) -> Address:
        return lambda pick: f"{API}/{route}/{pick.choice(among)}"

    def paged(route: str, pages: int) -> Address:
        return lambda pick: f"{API}/{route}?page={pick.randrange(1, pages)}"

    return {
        "status": lambda pick: f"{API}/status",
        "packages": listing,
        "package": of_package("packages"),
        "conditions": of_package("conditions"),
        "candidates": of_package("candidates"),
        "history": of_package("history"),
        "decisions": of_package("decisions"),
        "dependents": of_package("dependents", hubs),
        "dependencies": of_package("dependencies"),
        "affected": of_package("affected", hubs),
        "watched": paged("watched", 500),
        "releases": lambda pick: f"{API}/releases?before={pick.randrange(1, newest)}",
        "maintainers": paged("maintainers", 40),
        "maintainer": lambda pick: f"{API}/maintainers/{pick.choice(people)}",
        "channels": lambda pick: f"{API}/channels",
        "builds": lambda pick: f"{API}/builds",
        "sweeps": lambda pick: f"{API}/sweeps?before={pick.choice(sweeps)}",
        "sweep": lambda pick: f"{API}/sweeps/{pick.choice(sweeps)}",
        "jobs": lambda pick: f"{API}/jobs?state={pick.choice(['done', 'failed'])}",
        "hosts": lambda pick: f"{API}/hosts",
        "outcomes": lambda pick: f"{API}/outcomes",
        "occurrences": lambda pick: f"{API}/occurrences",
        "layers": lambda pick: f"{API}/layers",
        "proposals": lambda pick: f"{API}/proposals?before={pick.choice(pulls)}",
        "proposal": lambda pick: f"{API}/proposals/{pick.choice(pulls)}",
        "tries": paged("tries", 3),
        "openapi.json": lambda pick: f"{API}/openapi.json",
        "feed": lambda pick: "/feeds/releases",
        "package feed": lambda pick: f"/feeds/packages/{pick.choice(keys)}",
        "maintainer feed": lambda pick: f"/feeds/maintainers/{pick.choice(people)}",
        "outcome feed": lambda pick: "/feeds/outcomes/http.timeout",
        "badge": lambda pick: f"/badges/version/{pick.choice(keys)}.svg",
        "metrics": lambda pick: "/metrics",
    }


if __name__ == "__main__":
    run(__doc__, addresses)
