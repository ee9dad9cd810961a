from __future__ import annotations

import os
from multiprocessing.process import BaseProcess
from typing import Any, cast

from django.conf import settings
from django_q.cluster import Cluster
from django_q.management.commands import qcluster

from core.jobs import crews, stopping

REPORT_SECONDS = 60.0


class Stoppable(Cluster):
    """A cluster that ends within seconds when asked to: its workers hand back what they have in
    hand, instead of finishing it first."""

    def sig_handler(self, signum: int, frame: object) -> None:
        stopping.ask()
        super().sig_handler(signum, frame)  # type: ignore[no-untyped-call]


class Command(qcluster.Command):
    help = "Run the workers of one queue until SIGTERM: Q_CLUSTER_NAME=net manage.py qcluster"

    def handle(self, *args: Any, **options: Any) -> None:
        if name := options["cluster_name"]:
            os.environ["Q_CLUSTER_NAME"] = name
        queue = os.environ.get("Q_CLUSTER_NAME", settings.Q_CLUSTER["name"])
        cluster = Stoppable()
        cluster.start()
        if options["run_once"]:
            cluster.stop()
            return
        with crews.enlisted(queue) as report:
            guard = cast(BaseProcess, cluster.sentinel)
            while guard.is_alive():
                report()
                guard.join(REPORT_SECONDS)
