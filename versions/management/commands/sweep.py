from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from core import profiles
from core.console import BotsiteCommand
from core.profiling import Findings, profiled
from versions import sweep
from versions.models import Package
from versions.planning import planner


class Command(BotsiteCommand):
    help = "Check all packages that are due, in this process."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--all", action="store_true", help="check all, due or not")
        parser.add_argument(
            "--profile", action="store_true", help="show where the time went, and keep it"
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["all"]:
            planner.hasten(Package.objects.all())
        found: list[Findings] = []
        with profiled(found.append if options["profile"] else None):
            done = sweep.run_sweep()
        for each in found:
            profiles.keep(f"sweep:{done.pk}", "sweep", each)
            self.say(each.report())
        return done.as_dict()

    def failed(self, document: dict[str, Any]) -> bool:
        return bool(document["failed"])

    def show(self, document: dict[str, Any]) -> None:
        self.stdout.write(
            "{checked} of {due} checked in {duration_s:.1f} s with {requests} requests, "
            "{saved} saved: {changed} changed, {unchanged} as before, {failed} failed".format(
                **document
            )
        )
        self.table(["outcome", "packages"], sorted(map(list, document["outcomes"].items())))
