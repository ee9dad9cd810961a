"""Lanes: the hosts that packages are looked up at first, by the names they have here."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from core import hosts
from core.hosts import Figures
from versions.models import Package

# Lanes have the name of the host that is asked, but for these and the index.
HOSTS = {"cran": "cran.r-project.org", "bioconductor": "bioconductor.org"}
# Hosts that are asked for the packages of another one's lane.
_ON_BEHALF = {"api.github.com": "github.com"}


def url_of(lane: str) -> str:
    """Where the host of a lane is."""
    if lane == "index":
        return str(settings.BOTSITE_HTTP["index_endpoint"])
    return f"https://{HOSTS.get(lane, lane)}"


def lane_of_host(host: str) -> str:
    """The lane that a request to a host was made for, most likely."""
    return _lanes_by_host().get(host, host)


def blocked_lanes(now: datetime) -> set[str]:
    """The lanes whose host is left alone."""
    blocked = hosts.blocked(now)
    return blocked | {lane for lane, host in _named_otherwise().items() if host in blocked}


def _named_otherwise() -> dict[str, str]:
    return HOSTS | {"index": urlsplit(url_of("index")).netloc}


def _lanes_by_host() -> dict[str, str]:
    return _ON_BEHALF | {host: lane for lane, host in _named_otherwise().items()}


@hosts.tells_of_hosts
def lane_figures() -> dict[str, Figures]:
    """How many packages each lane has, and how many of them are due, by host."""
    now = timezone.now()
    due = Q(next_check_at__lte=now, paused=False)
    counted = {"packages": Count("pk"), "waiting": Count("pk", filter=due)}
    rows = Package.objects.watched().values_list("lane").annotate(**counted)
    names = _named_otherwise()
    return {
        names.get(lane, lane): Figures(packages=packages, due=waiting)
        for lane, packages, waiting in rows
    }
