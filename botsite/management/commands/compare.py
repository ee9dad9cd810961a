from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import CommandError, CommandParser

from core.console import BotsiteCommand


class Command(BotsiteCommand):
    help = "Compare our answers with those of another bot, whose data is tracked by cf-graph:PATH."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "channel", metavar="CHANNEL", help="the channel's name, or PATH of cf-graph:PATH"
        )
        parser.add_argument(
            "--only",
            default="",
            metavar="KIND",
            help="only packages of this kind, as theirs_newer, or all; by default what differs",
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        if not apps.is_installed("graph"):
            raise CommandError("Without the app graph, no other bot's data is read.")
        from botsite.comparison.report import report

        return report(options["channel"], options["only"])

    def show(self, document: dict[str, Any]) -> None:
        self.table(["kind", "packages"], [[*each] for each in document["counts"].items()])
        self.stdout.write("")
        headings = ["package", "kind", "ours", "theirs", "why"]
        columns = ("name", "kind", "our_version", "their_version", "reason")
        self.table(headings, [[each[name] for name in columns] for each in document["packages"]])
