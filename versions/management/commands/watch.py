from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from core.console import BotsiteCommand
from versions import watch, watchfile


class Command(BotsiteCommand):
    help = "Watch the packages of a YAML or JSON list of {name, version, urls, settings}."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--owner",
            default="watch",
            help="who watches: packages of the same owner that FILE no longer lists are retired",
        )

    def run(self, options: dict[str, Any]) -> dict[str, int]:
        entries = watchfile.load(options["file"], options["owner"])
        return asdict(watch.sync(options["owner"], entries))

    def show(self, document: dict[str, int]) -> None:
        self.stdout.write(
            "{watched} watched, {changed} changed, {removed} removed".format(**document)
        )
