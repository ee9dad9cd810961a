from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from botsite.doctor.examination import examine
from core.console import BotsiteCommand

MARKS = {"fine": "ok", "note": "note", "problem": "WRONG"}


class Command(BotsiteCommand):
    help = "Look whether all parts of the bot are well, and say how to mend what is not."
    # The doctor reports what these find.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--offline", action="store_true", help="ask no other host")
        parser.add_argument(
            "--fix", action="store_true", help="mend what can be mended without risk"
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        found = examine(offline=options["offline"], fix=options["fix"])
        return {
            "findings": [each.as_dict() for each in found],
            "problems": sum(each.is_problem for each in found),
            "mended": sum(bool(each.mended) for each in found),
        }

    def show(self, document: dict[str, Any]) -> None:
        for row in document["findings"]:
            outcome, mended = row["outcome"], row["mended"]
            mark = "mended" if mended else MARKS[row["level"]]
            self.stdout.write(f"{mark:<8}{row['check']}: {outcome['message']}")
            if mended:
                self.stdout.write(f"        {mended}")
            elif row["level"] != "fine":
                self.stdout.write(f"        {outcome['code']}. {outcome['next']}")
        self.stdout.write(f"{document['problems']} problem(s), {document['mended']} mended.")

    def failed(self, document: dict[str, Any]) -> bool:
        return bool(document["problems"])
