"""`track SPEC`: add a channel and read it, in this process."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from core.console import BotsiteCommand
from graph.intake.reading import track


class Command(BotsiteCommand):
    help = "Add a channel (dir:, git:, github: or cf-graph:), or read it again."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "spec", metavar="SPEC", help="where it is, for example dir:/srv/recipes"
        )
        parser.add_argument("--name", help="what to call it; by default the last part of the place")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        return track(options["spec"], options["name"]).as_dict()

    def show(self, document: dict[str, Any]) -> None:
        self.table([*document], [[*document.values()]])

    def failed(self, document: dict[str, Any]) -> bool:
        return bool(document["failed"])
