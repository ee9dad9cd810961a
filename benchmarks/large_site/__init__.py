"""The database of a large site: 27,000 packages and a year in their life, for benchmarks.

All of it is made up from a fixed seed. `scratch()` sets Django up first.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.large_site.feedstocks import make_edges, make_feedstocks
from benchmarks.large_site.history import make_hosts, make_jobs, make_measurements, make_sweeps
from benchmarks.large_site.packages import make_packages
from benchmarks.large_site.proportions import SOURCES, WORDS
from benchmarks.large_site.proposals import make_proposals

__all__ = ["SOURCES", "WORDS", "fill", "scratch"]


@contextmanager
def scratch() -> Iterator[None]:
    """Django, set up on an empty SQLite file; DATABASE_URL may name another database instead."""
    with tempfile.TemporaryDirectory(prefix="botsite-pages-") as directory:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{directory}/pages.sqlite3")
        os.environ |= {"BOTSITE_VAR_DIR": directory, "DJANGO_SETTINGS_MODULE": "botsite.settings"}
        os.environ["BOTSITE_ALLOWED_HOSTS"] = "testserver"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        yield


def fill(feedstocks: int, edges: int) -> None:
    """A year in the life of a large channel."""
    pick = random.Random(7)
    make_feedstocks(pick, feedstocks)
    make_packages(pick, feedstocks)
    make_edges(pick, edges)
    make_proposals(pick)
    make_sweeps(pick, feedstocks)
    make_measurements(pick, feedstocks)
    make_jobs(pick)
    make_hosts(pick)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
