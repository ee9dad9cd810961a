from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from core import decisions
from core.console import BotsiteCommand
from core.decisions.outcomes import NOT_WRITTEN


class Command(BotsiteCommand):
    help = "Write people's decisions that are in force, as YAML."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")

    def run(self, options: dict[str, Any]) -> dict[str, int]:
        entries = [each.entry for each in decisions.in_force()]
        path: Path = options["file"]
        try:
            path.write_text(decisions.write(entries), encoding="utf-8")
        except OSError as error:
            raise NOT_WRITTEN.error(path=path, problem=error.strerror) from error
        return {"written": len(entries)}

    def show(self, document: dict[str, int]) -> None:
        self.stdout.write("{written} decisions written".format(**document))
