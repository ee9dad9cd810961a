from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from core import decisions
from core.console import BotsiteCommand
from core.decisions.importing import unknown
from core.outcomes import Outcome


class Command(BotsiteCommand):
    help = "Apply a file of decisions, as export_decisions writes it; what is so already stays."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")
        parser.add_argument(
            "--end-others", action="store_true", help="end decisions that FILE does not have"
        )
        parser.add_argument(
            "--skip-unknown",
            action="store_true",
            help="leave out entries on packages that are not here",
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        file = decisions.read(options["file"])
        here, missing = unknown(file)
        problems = [*file.problems, *([] if options["skip_unknown"] else missing)]
        if problems:
            return _document([], applied=False, problems=problems)
        changes = decisions.plan(here, end_others=options["end_others"])
        if not options["dry_run"]:
            decisions.apply(changes, options["file"].name)
        return _document(changes, applied=not options["dry_run"], skipped=missing)

    def show(self, document: dict[str, Any]) -> None:
        for change in document["changes"]:
            for mark, side in (("-", "before"), ("+", "after")):
                if change[side]:
                    self.stdout.write(f"{mark} {_words(change[side])}")
        for problem in document["problems"] + document["skipped"]:
            self.say("{file}:{line}:{field} {message}".format(**problem))
        if document["problems"]:
            self.say("Nothing was applied.")
        else:
            done = "changed" if document["applied"] else "to change"
            self.stdout.write(f"{len(document['changes'])} {done}")

    def failed(self, document: dict[str, Any]) -> bool:
        """A file that can't be used is bad input, not a failure."""
        if document["problems"]:
            sys.exit(2)
        return False


def _words(entry: dict[str, Any]) -> str:
    """As `packages conda-forge/numpy: hide 1.2 until 2026-05-01 (alice: broken)`."""
    known = {"section", "target", "decision", "reason", "author", "since", "until"}
    values = [str(value) for name, value in entry.items() if name not in known]
    until = [f"until {entry['until']:%Y-%m-%d %H:%M}"] if entry["until"] else []
    said = f"({entry['author']}: {entry['reason']})"
    what = " ".join([entry["decision"], *values, *until, said])
    return f"{entry['section']} {entry['target']}: {what}"


def _document(
    changes: list[decisions.Change],
    *,
    applied: bool,
    problems: list[Outcome] | None = None,
    skipped: list[Outcome] | None = None,
) -> dict[str, Any]:
    return {
        "applied": applied,
        "changes": [each.as_dict() for each in changes],
        "problems": [each.as_dict() for each in problems or []],
        "skipped": [each.as_dict() for each in skipped or []],
    }
