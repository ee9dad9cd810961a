from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from core import forgetting
from core.console import BotsiteCommand


class Command(BotsiteCommand):
    help = "Forget what is past keeping, now and all of it; a schedule does so each day."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def run(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        found = forgetting.preview() if options["dry_run"] else forgetting.prune()
        return [each.as_dict() for each in found]

    def show(self, document: list[dict[str, Any]]) -> None:
        rows = [[each["title"], f"{each['days']} days", each["rows"]] for each in document]
        self.table(["what", "kept", "rows"], rows)
