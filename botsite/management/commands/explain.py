from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from botsite import subject
from botsite.explain import conditions_of
from core.console import BotsiteCommand
from versions.models import AmbiguousName
from versions.outcomes import AMBIGUOUS_NAME, UNKNOWN_NAME

MARKS = {"passed": "ok", "failed": "FAILED", "waiting": "waits", "unknown": "?"}


class Command(BotsiteCommand):
    help = "Why is there no pull request? The conditions of packages, in pipeline order."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("names", nargs="+", metavar="NAME")

    def run(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        found = [_find(name) for name in options["names"]]
        return [
            {"key": each.key, "conditions": [row.as_dict() for row in conditions_of(each.key)]}
            for each in found
        ]

    def show(self, document: list[dict[str, Any]]) -> None:
        for row in document:
            self.stdout.write(row["key"])
            for each in row["conditions"]:
                self.stdout.write(f"  {MARKS[each['state']]:<8}{each['stage']}: {each['sentence']}")
                if each["action"]:
                    self.stdout.write(f"          {each['action']}")
                if each["next_try_at"]:
                    self.stdout.write(f"          next try {each['next_try_at']}")


def _find(name: str) -> subject.Subject:
    try:
        return subject.find(name)
    except subject.NoSuchPackage:
        raise UNKNOWN_NAME.error(name=name) from None
    except AmbiguousName as error:
        raise AMBIGUOUS_NAME.error(name=name, keys=", ".join(error.keys)) from None
