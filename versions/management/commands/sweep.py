from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from core.console import BotsiteCommand
from core.profiling import profiled
from versions import planner, sweep
from versions.models import Package


class Command(BotsiteCommand):
    help = "Check all packages that are due, in this process."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--all", action="store_true", help="check all, due or not")
        parser.add_argument(
            "--profile", action="store_true", help="print the costliest functions to stderr"
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["all"]:
            planner.hasten(Package.objects.all())
        with profiled(self.say if options["profile"] else None):
            return sweep.run_sweep().as_dict()

    def failed(self, document: dict[str, Any]) -> bool:
        return bool(document["failed"])

    def show(self, document: dict[str, Any]) -> None:
        self.stdout.write(
            "{checked} of {due} checked in {duration_s:.1f} s with {requests} requests: "
            "{changed} changed, {failed} failed".format(**document)
        )
        self.table(["outcome", "packages"], sorted(map(list, document["outcomes"].items())))
