"""The frame of a command: a table for people, or one JSON document with `--json`.

Exit codes: 0 done, 1 done with failures, 2 bad usage or input.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from core.outcomes import OutcomeError


class BotsiteCommand(BaseCommand):
    """Subclasses give `run()`, which returns a JSON-serialisable document, `show()`, which prints
    it for people, and `failed()`, which tells whether the document holds failures."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def run(self, options: dict[str, Any]) -> Any:
        raise NotImplementedError

    def show(self, document: Any) -> None:
        raise NotImplementedError

    def failed(self, document: Any) -> bool:
        return False

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with ended_by_sigterm():
                document = self.run(options)
        except OutcomeError as error:
            raise bad_input(error) from error
        if options["json"]:
            self.stdout.write(json.dumps(document, indent=2, cls=DjangoJSONEncoder))
        else:
            self.show(document)
        if self.failed(document):
            sys.exit(1)

    def say(self, line: str) -> None:
        """Anything but the document goes to stderr, so that `--json` can be piped."""
        self.stderr.write(line, style_func=str)

    def table(self, headings: list[str], rows: list[list[object]]) -> None:
        cells = [headings, *[[str(cell) for cell in row] for row in rows]]
        widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
        for row in cells:
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write(line.rstrip())


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does: it gives back what it holds on its way out."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, frame: object) -> None:
    sys.exit(128 + number)


def bad_input(error: OutcomeError) -> CommandError:
    """The outcome as the message of a command that ends with exit code 2."""
    outcome = error.outcome
    place = ":".join(str(part) for part in (outcome.file, outcome.line, outcome.field) if part)
    lines = [f"{place}: {outcome.message}" if place else outcome.message, outcome.next]
    return CommandError("\n".join(line for line in lines if line), returncode=2)
