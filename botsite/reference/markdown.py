"""Markdown out of plain text."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence

WRITTEN = "<!-- Written by `manage.py write_reference`; a change made here is lost. -->\n"


def document(title: str, introduction: str, *sections: str) -> str:
    return "\n".join([WRITTEN, f"# {title}\n", f"{introduction}\n", *sections]).rstrip() + "\n"


def section(title: str, *parts: str, level: int = 2) -> str:
    """Parts that are empty are left out."""
    return "\n".join([f"{'#' * level} {title}\n", *(f"{part}\n" for part in parts if part)])


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Nothing where there are no rows."""
    lines = [_row(row) for row in rows]
    return "\n".join([_row(headings), _row(["---"] * len(headings)), *lines]) if lines else ""


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def prose(text: str | None) -> str:
    """A docstring as paragraphs; its angle brackets are meant as such."""
    return re.sub(r"<(?=[\w/!])", "&lt;", inspect.cleandoc(text or ""))


def words(name: str) -> str:
    return name.replace("_", " ")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_cell(each) for each in cells)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
