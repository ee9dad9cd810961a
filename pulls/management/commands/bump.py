"""`bump`: edit one recipe to another version. No database and no network are used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from core.console import BotsiteCommand, bad_input
from core.outcomes import OK, Outcome, OutcomeError
from graph.recipes.model import RecipeText
from graph.recipes.tree import RECIPE_FILES, find_recipes
from graph.recipes.wall import ReaderPool
from pulls.editing import edit
from pulls.editing.given import GivenHashes, read_given
from pulls.outcomes import SAME_VERSION


class Command(BotsiteCommand):
    help = "Edit a recipe (a file, or a feedstock's directory) to another version."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("recipe", type=Path, metavar="RECIPE")
        parser.add_argument("--to", required=True, metavar="VERSION", dest="to_version")
        parser.add_argument(
            "--hashes",
            type=Path,
            metavar="FILE",
            help="JSON of URL to sha256, or to {sha256, md5, sha1}; the key * answers any URL",
        )
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--diff", action="store_true", help="print the diff")
        how.add_argument("--in-place", action="store_true", help="write the file")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        hashes = given(options["hashes"])
        path, recipe = found(options["recipe"])
        with ReaderPool(processes=1) as pool:
            edited = edit(recipe, options["to_version"], hashes, pool.read_one)
        if options["in_place"] and edited.changed:
            try:
                path.write_bytes(edited.data)
            except OSError as error:
                raise CommandError(f"{path}: {error.strerror}", returncode=2) from None
        self._shows_diff = options["diff"]
        return edited.as_dict()

    def show(self, document: dict[str, Any]) -> None:
        outcome = Outcome.from_dict(document["outcome"])
        if not outcome.ok:
            self.say(str(bad_input(OutcomeError(outcome))))
        elif self._shows_diff:
            self.stdout.write(document["diff"], ending="")
        else:
            rows = [
                [each["line"], each["after"].strip(), each["why"]] for each in document["edits"]
            ]
            self.table(["line", "now", "why"], rows)

    def failed(self, document: dict[str, Any]) -> bool:
        return document["outcome"]["code"] not in (OK.code, SAME_VERSION.code)


def given(path: Path | None) -> GivenHashes:
    """The hashes in a file; none if there is no file. Raises CommandError, OutcomeError."""
    if path is None:
        return GivenHashes({})
    try:
        return read_given(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise CommandError(f"{path}: {reason}", returncode=2) from None


def found(path: Path) -> tuple[Path, RecipeText]:
    """The file to edit, and its recipe with what stands beside it, as in its feedstock.

    Raises CommandError, OutcomeError.
    """
    if path.is_dir():
        return _in_directory(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=2) from None
    if path.name not in RECIPE_FILES:
        format_ = "recipe.yaml" if b"${{" in data or b"schema_version:" in data else "meta.yaml"
        return path, RecipeText(format_, data)
    feedstock = path.parent.resolve()
    if feedstock.name == "recipe" and (feedstock.parent / "conda-forge.yml").exists():
        feedstock = feedstock.parent
    _, recipe = _in_directory(feedstock)
    return path, replace(recipe, file=str(path), data=data)


def _in_directory(path: Path) -> tuple[Path, RecipeText]:
    first = next(find_recipes(path), None)
    if first is None:
        raise CommandError(f"{path}: there is no meta.yaml and no recipe.yaml", returncode=2)
    if isinstance(first.text, Outcome):
        raise OutcomeError(first.text)
    return path / first.path, replace(first.text, file=str(path / first.path))
