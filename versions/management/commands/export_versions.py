from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from core.console import BotsiteCommand
from versions.exporting import export


class Command(BotsiteCommand):
    help = "Write the answers into `versions/` of a checkout of conda-forge's bot data."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("directory", type=Path, metavar="DIR")
        parser.add_argument(
            "--owner", default="", help="only packages of this owner, as channel:NAME"
        )

    def run(self, options: dict[str, Any]) -> dict[str, int]:
        return asdict(export(options["directory"], options["owner"]))

    def show(self, document: dict[str, int]) -> None:
        self.stdout.write("{written} written, {unchanged} unchanged".format(**document))
