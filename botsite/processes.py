"""The processes of a site, and how each is started: by `up` all of them on one machine, by `serve`
and `work` each on its own."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from botsite.supervisor import Child
from core.jobs import schedules

GRACEFUL_SECONDS = "15"  # less than the supervisor waits


def prepare_database() -> None:
    """Once for each new version, on one host. Those that run meanwhile go on."""
    call_command("migrate", verbosity=0)
    schedules.sync()


def prepare_host() -> None:
    """What a web server needs on its own disk."""
    call_command("collectstatic", interactive=False, verbosity=0)


def unapplied_migrations() -> list[str]:
    """What this version expects of the database, and does not find there."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def web_command() -> list[str]:
    """What proxies say of a request is Django's to believe or not, see settings; gunicorn's own
    rule, to believe whoever is local, is turned off."""
    return [
        *(sys.executable, "-m", "gunicorn", "botsite.wsgi"),
        *("--bind", settings.BIND, "--workers", str(settings.WEB_PROCESSES)),
        *("--worker-class", "gthread", "--threads", str(settings.WEB_THREADS)),
        *("--graceful-timeout", GRACEFUL_SECONDS, "--log-level", "warning"),
        *("--forwarded-allow-ips", "", "--no-control-socket"),
    ]


def web() -> Child:
    return Child("web", web_command())


def queue(name: str) -> Child:
    cluster = [sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster"]
    return Child(f"{name} queue", cluster, {"Q_CLUSTER_NAME": name})


def queues() -> list[Child]:
    return [queue(name) for name in served_queues()]


def served_queues() -> list[str]:
    """That of pull requests only where they are to be opened."""
    unused = set() if settings.PULLS == "open" else {"pulls"}
    return [name for name in settings.WORKERS if name not in unused]
