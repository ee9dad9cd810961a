from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError, CommandParser

from core.console import BotsiteCommand


class Command(BotsiteCommand):
    help = "Write what is outdated and what fails, as conda-forge's version_status.v2.json."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--channel", default="", help="only packages of this channel")

    def run(self, options: dict[str, Any]) -> dict[str, int]:
        if not apps.is_installed("graph"):
            raise CommandError("Without the app graph, nothing is known to be outdated.")
        from botsite.status_export import export

        written = export(options["file"], options["channel"])
        return {"written": int(written), "unchanged": int(not written)}

    def show(self, document: dict[str, int]) -> None:
        self.stdout.write("written" if document["written"] else "unchanged")
