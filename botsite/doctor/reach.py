"""Whether the hosts that most packages come from can be reached, each with one request."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from django.db.models import Count

from botsite.doctor import outcomes
from botsite.doctor.findings import Finding, fine, problem
from core.http import DoorError, door
from versions.asking.lookup import NO_LANE
from versions.models import Package
from versions.planning.lanes import url_of

MOST_HOSTS = 12
DEADLINE = 10.0  # seconds for each, all at once
# Any answer shows that a host is there; these come from a proxy on the way, or from a host in need.
NO_ANSWER = frozenset({407, 502, 503, 504})


def look() -> Iterator[Finding]:
    rows = Package.objects.watched().exclude(lane=NO_LANE).order_by().values("lane")
    lanes = rows.annotate(count=Count("pk")).order_by("-count", "lane")[:MOST_HOSTS]
    counts = {row["lane"]: row["count"] for row in lanes}
    with ThreadPoolExecutor(MOST_HOSTS) as pool:
        failures = dict(zip(counts, pool.map(_failure, counts), strict=True))
    for lane, why in failures.items():
        if why:
            yield problem(outcomes.UNREACHABLE, host=lane, packages=counts[lane], why=why)
    if reached := [lane for lane, why in failures.items() if not why]:
        yield fine(f"reached {', '.join(reached)}")


def _failure(lane: str) -> str:
    """Why a lane's host did not answer; empty if it did."""
    statuses = set(range(200, 600)) - NO_ANSWER
    try:
        door().head(url_of(lane), deadline=DEADLINE, accept_statuses=statuses)
    except DoorError as error:
        return error.outcome.message
    return ""
