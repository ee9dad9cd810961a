"""A recipe as its page shows it: the text with what is wrong in it, and what was understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property

from core.outcomes import Outcome
from graph.models import Feedstock, Reading
from graph.recipes.model import SECTIONS

# Of a text, so many lines and so much of each are shown.
LINES, LONGEST = 3_000, 500


@dataclass(frozen=True, slots=True)
class Line:
    """`problems` are the sentences on what is wrong with it."""

    number: int
    text: str
    problems: list[str]


@dataclass(frozen=True, slots=True)
class Need:
    """A spec, and for each platform of the recipe whether it is needed there."""

    spec: str
    platforms: list[tuple[str, bool]]


@dataclass(frozen=True)
class Understood:
    """What is on record of a feedstock's recipe. All but the text is from the last time that it
    could be read."""

    feedstock: Feedstock
    reading: Reading

    @cached_property
    def problems(self) -> list[Outcome]:
        """What kept it from being read, or else what didn't."""
        outcome = self.feedstock.get_outcome()
        if outcome and not outcome.ok:
            return [outcome]
        return [Outcome.from_dict(each) for each in self._said("remarks", [])]

    @cached_property
    def lines(self) -> list[Line]:
        wrong: dict[int, list[str]] = {}
        for each in self.problems:
            if each.file in ("", self.feedstock.recipe_file):
                wrong.setdefault(each.line, []).append(each.message)
        texts = self.reading.recipe_text.splitlines()[:LINES]
        return [
            Line(number, text[:LONGEST], wrong.get(number, []))
            for number, text in enumerate(texts, start=1)
        ]

    @property
    def left_out(self) -> int:
        return len(self.reading.recipe_text.splitlines()) - len(self.lines)

    @cached_property
    def platforms(self) -> list[str]:
        """Sorted: not every database keeps the order of what is stored as JSON."""
        return sorted(self._said("requirements_by_platform", {}))

    @cached_property
    def sections(self) -> list[tuple[str, list[Need]]]:
        """Sections that need anything, with all that any platform needs there."""
        found = ((section, self._needs(section)) for section in SECTIONS)
        return [(section, needs) for section, needs in found if needs]

    def _needs(self, section: str) -> list[Need]:
        by_platform: Mapping[str, Mapping[str, list[str]]]
        by_platform = self._said("requirements_by_platform", {})
        listed = {each: by_platform[each].get(section, ()) for each in self.platforms}
        specs = dict.fromkeys(spec for each in listed.values() for spec in each)
        return [
            Need(spec, [(platform, spec in each) for platform, each in listed.items()])
            for spec in sorted(specs)
        ]

    @property
    def sources(self) -> list[dict[str, Any]]:
        return list(self._said("sources", []))

    @property
    def outputs(self) -> list[dict[str, Any]]:
        return list(self._said("outputs", []))

    @property
    def assumed(self) -> dict[str, str]:
        """Variant values that the recipe uses and nobody gave."""
        return dict(self._said("assumed", {}))

    def _said(self, name: str, default: Any) -> Any:
        return self.reading.attributes.get(name, default)
