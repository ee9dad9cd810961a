from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from core.console import BotsiteCommand
from versions import reports, sweep, watchfile
from versions.asking.lookup import Answer
from versions.forms import line_of
from versions.naming import packages_named


class Command(BotsiteCommand):
    help = "Look upstream for packages now, in this process."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("names", nargs="+", metavar="NAME")
        parser.add_argument("--explain", action="store_true", help="print every verdict")
        parser.add_argument(
            "--bot-settings",
            type=Path,
            metavar="FILE",
            help="(also --settings) try this `bot:` section, YAML or JSON; nothing is saved",
        )

    def run(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        packages = packages_named(options["names"])
        if path := options["bot_settings"]:
            settings = watchfile.load_settings(path)
            answers = sweep.preview(packages, settings)
            self.say_problems(path, answers)
            return [*map(reports.of_preview, packages, answers)]
        sweep.check_now([package.key for package in packages])
        for package in packages:
            package.refresh_from_db()
            for problem in package.problems:
                self.say(f"{package.key}: {problem['field']} {problem['message']}")
        return [reports.of_package(package) for package in packages]

    def say_problems(self, path: Path, answers: list[Answer]) -> None:
        """They are the same for each package, since the settings are."""
        text = path.read_text(encoding="utf-8")
        for problem in answers[0].problems:
            place = f"{path}:{line_of(text, problem.field)}"
            self.say(f"{place}: {problem.field} {problem.message}")

    def failed(self, document: list[dict[str, Any]]) -> bool:
        return any(row["outcome"]["code"] != "ok" for row in document)

    def handle(self, *args: Any, **options: Any) -> None:
        self.explain = options["explain"]
        super().handle(*args, **options)

    def show(self, document: list[dict[str, Any]]) -> None:
        for row in document:
            self.stdout.write(
                f"{row['key']}: {row['current_version'] or 'none'} -> "
                f"{row['latest_version'] or 'unknown'}  "
                f"[{row['outcome']['code']}] {row['outcome']['message']}"
            )
            if self.explain:
                self.table(
                    ["version", "verdict", "rule", "released"],
                    [
                        [each["version"], each["verdict"], each["rule"], each["released_at"] or ""]
                        for each in row["candidates"]
                    ],
                )
