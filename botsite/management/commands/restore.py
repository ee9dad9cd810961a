from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from botsite import backup
from core.console import BotsiteCommand


class Command(BotsiteCommand):
    help = "Restore a backup, while the site is stopped; an older one is migrated."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--replace", action="store_true", help="replace what is in the database"
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        return backup.restore(options["file"], replace=options["replace"]).as_dict()

    def show(self, document: dict[str, Any]) -> None:
        self.stdout.write(f"Restored as of {document['made_at']:%Y-%m-%d %X} UTC.")
        resumed = [[f"{what} given back", count] for what, count in document["resumed"].items()]
        self.table(["what", "count"], [["migrations since", document["migrated"]], *resumed])
