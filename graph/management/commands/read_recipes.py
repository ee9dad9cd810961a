"""Read every recipe below a directory, without a database, and say how each went."""

from __future__ import annotations

import json
import resource
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from core.outcomes import OK, Outcome
from graph.recipes.model import Recipe, RecipeText, as_line
from graph.recipes.tree import find_recipes
from graph.recipes.wall import PROCESSES, ReaderPool

DEFAULT_PLATFORMS = ("linux-64",)


class Command(BaseCommand):
    help = "Read every recipe below PATH. No database is used."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH")
        parser.add_argument("--jsonl", type=Path, metavar="FILE", help="one JSON line a recipe")
        parser.add_argument(
            "--platform",
            action="extend",
            nargs="+",
            metavar="P",
            help="platforms to read for (default: linux-64)",
        )
        parser.add_argument("--processes", type=int, default=PROCESSES, metavar="N")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.is_dir():
            raise CommandError(f"{path} is no directory", returncode=2)
        if options["processes"] < 1:
            raise CommandError("--processes must be at least 1", returncode=2)
        started = time.monotonic()
        platforms = options["platform"] or DEFAULT_PLATFORMS
        results = read_tree(path, platforms, options["processes"])
        counts = self._write(results, options["jsonl"])
        self._table(counts, time.monotonic() - started)
        if set(counts) - {OK.code}:
            raise SystemExit(1)

    def _write(
        self, results: Iterator[tuple[str, Recipe | Outcome]], file: Path | None
    ) -> Counter[str]:
        if file is None:
            return self._count(results, None)
        try:
            with file.open("w", encoding="utf-8") as stream:
                return self._count(results, stream)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from None

    def _count(
        self, results: Iterator[tuple[str, Recipe | Outcome]], stream: TextIO | None
    ) -> Counter[str]:
        counts: Counter[str] = Counter()
        for path, read in results:
            counts[read.code if isinstance(read, Outcome) else OK.code] += 1
            if isinstance(read, Outcome):
                self.stderr.write(f"{path}:{read.line}: {read.code}: {read.message}")
            if stream is not None:
                stream.write(json.dumps(as_line(path, read)) + "\n")
        return counts

    def _table(self, counts: Counter[str], seconds: float) -> None:
        total = counts.total()
        for code, count in counts.most_common():
            self.stdout.write(f"{code:<32}{count:>8}{count / total:>9.2%}")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        self.stdout.write(
            f"{total} recipes in {seconds:.1f} s; a reader needed at most {peak:.0f} MB"
        )


def read_tree(
    root: Path, platforms: tuple[str, ...], processes: int
) -> Iterator[tuple[str, Recipe | Outcome]]:
    """The path of every recipe below `root` and what it says, in the order they are done."""
    unreadable: list[tuple[str, Outcome]] = []

    def texts() -> Iterator[RecipeText]:
        for found in find_recipes(root):
            if isinstance(found.text, Outcome):
                unreadable.append((found.path, found.text))
            else:
                yield found.text

    with ReaderPool(processes) as pool:
        for text, read in pool.read_all(texts(), platforms):
            yield text.file, read
    yield from unreadable
