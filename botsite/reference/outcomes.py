"""Every outcome, by the stage that it ends."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import groupby
from pkgutil import walk_packages
from string import Formatter

from django.conf import settings

from botsite.reference.markdown import code, document, prose, section, table
from core.outcomes import OutcomeKind, declared

INTRODUCTION = """\
How any stage can end, other than well. The dashboard shows the same under *Outcomes*, with the
packages that each concerns; `/api/v1/outcomes` has it as JSON. WORDS IN CAPITALS stand for what is
known of the case. An outcome that *passes* is tried again by itself; of the others, somebody has to
take the turn."""
HEADINGS = ("code", "what it says", "what to do", "whose turn")


def page() -> str:
    _import_all()
    stages = groupby(_failures(), key=lambda each: each.code.partition(".")[0])
    return document(
        "Outcomes",
        INTRODUCTION,
        *(section(f"`{stage}`", table(HEADINGS, map(_row, kinds))) for stage, kinds in stages),
    )


def _import_all() -> None:
    """An outcome is declared when its module is imported, which may not have happened yet."""
    for app in ("botsite", "core", *settings.APPS):
        for module in walk_packages(import_module(app).__path__, f"{app}."):
            if module.name.endswith(".outcomes"):
                import_module(module.name)


def _failures() -> Iterator[OutcomeKind]:
    return (each for each in declared() if "." in each.code)


def _row(each: OutcomeKind) -> tuple[str, ...]:
    turn = "passes" if each.transient else each.turn.value
    says = f"*{prose(each.title)}*: {filled_in(each.sentence)}"
    return code(each.code), says, filled_in(each.next), turn


def filled_in(template: str) -> str:
    """A format string with the names of its fields in place of their values."""
    parts = Formatter().parse(template)
    return prose("".join(text + (field or "").upper() for text, field, _, _ in parts))
