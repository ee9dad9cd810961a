"""One recipe on the bench: its text taken apart, and what it says with parts of it exchanged."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from core.outcomes import Outcome, OutcomeError
from graph.recipes.model import Recipe, RecipeText
from pulls.editing.entries import Entry, entries, without_comments
from pulls.editing.literals import Definition, Literal, definitions, literals
from pulls.editing.model import Read
from pulls.editing.substitutions import Lines, OverlapError, Substitution, apply
from pulls.outcomes import NOT_AS_EXPECTED, TOO_ENTANGLED

MAX_READS = 120
MAX_SECONDS = 60.0  # of reading; waiting for files is the resolver's
MAX_ADDRESSES = 50


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at a recipe: with these substitutions, files beside it and platforms; all
    its own platforms if there are none."""

    recipe: RecipeText
    platforms: tuple[str, ...] = ()
    substitutions: tuple[Substitution, ...] = ()


class Workbench:
    """`text` is the file as it is; positions are of its characters."""

    def __init__(self, recipe: RecipeText, read: Read) -> None:
        self.recipe = recipe
        self.file = recipe.file
        self.is_v1 = recipe.file.endswith("recipe.yaml")
        self.whole = View(recipe)
        self._read = read
        self._reads = 0
        self._seconds = 0.0

    @cached_property
    def text(self) -> str:
        return self.recipe.data.decode()

    @cached_property
    def uncommented(self) -> str:
        return without_comments(self.text, is_v1=self.is_v1)

    @cached_property
    def entries(self) -> list[Entry]:
        return list(entries(self.uncommented))

    @cached_property
    def literals(self) -> list[Literal]:
        return literals(self.uncommented, self.entries, is_v1=self.is_v1)

    @cached_property
    def definitions(self) -> list[Definition]:
        return definitions(self.uncommented, self.entries, is_v1=self.is_v1)

    def entries_of(self, value: str) -> list[Entry]:
        """The entries with this value."""
        return self._entries_by_value.get(value, [])

    @cached_property
    def _entries_by_value(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for each in self.entries:
            found.setdefault(each.value, []).append(each)
        return found

    @cached_property
    def addresses(self) -> list[Literal]:
        """Variables that may be parts of a URL."""
        return [each for each in self.literals if each.name and "/" in each.value][:MAX_ADDRESSES]

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    def line(self, position: int) -> int:
        return self._lines.number(position)

    def line_of(self, *keys: str) -> int:
        """The line of the first entry whose path ends in these keys; 1 if there is none."""
        found = (each.key_start for each in self.entries if each.within(*keys))
        return self.line(next(found, 0))

    def read(self, substitutions: Iterable[Substitution] = (), view: View | None = None) -> Recipe:
        """What the recipe says with these substitutions.

        Raises OutcomeError: whatever reading raises, and `pulls.too_entangled`.
        """
        view = view or self.whole
        if self._reads >= MAX_READS or self._seconds > MAX_SECONDS:
            raise TOO_ENTANGLED.error(file=self.file, line=1, reads=self._reads)
        self._reads += 1
        data = self._exchanged((*substitutions, *view.substitutions))
        started = time.monotonic()
        recipe = self._read(replace(view.recipe, data=data), view.platforms)
        self._seconds += time.monotonic() - started
        if isinstance(recipe, Outcome):
            raise OutcomeError(recipe)
        return recipe

    def _exchanged(self, substitutions: Sequence[Substitution]) -> bytes:
        if not substitutions:
            return self.recipe.data
        try:
            return apply(self.text, substitutions).encode()
        except OverlapError:
            problem = "two changes meet at one place"
            raise NOT_AS_EXPECTED.error(file=self.file, line=1, problem=problem) from None

    def each_variant(self, platforms: Sequence[str]) -> Iterator[View]:
        """The recipe on one platform or variant at a time."""
        if self.recipe.ci_support:
            for file, text in self.recipe.ci_support.items():
                yield View(replace(self.recipe, ci_support={file: text}))
        else:
            for platform in platforms:
                yield View(self.recipe, (platform,))
