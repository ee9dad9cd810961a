"""From the bytes of a recipe to its text; what is no text is told apart here."""

from __future__ import annotations

from core.outcomes import Outcome, OutcomeError
from graph import outcomes
from graph.recipes.model import RecipeText

MAX_BYTES = 1_000_000


def decode(recipe: RecipeText) -> str:
    """The text of a recipe, without byte order mark and with plain line ends.

    Raises OutcomeError: `recipe.too_large`, `recipe.binary`, `recipe.not_utf8`, `recipe.empty`.
    """
    data, file = recipe.data, recipe.file
    if len(data) > MAX_BYTES:
        raise OutcomeError(too_large(file, len(data)))
    if b"\0" in data:
        offset = data.index(b"\0")
        raise outcomes.BINARY.error(file=file, line=_line_at(data, offset), offset=offset)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line_at(data, error.start)
        raise outcomes.NOT_UTF8.error(file=file, line=line, offset=error.start) from None
    if not text.strip():
        raise outcomes.EMPTY.error(file=file, line=1)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def too_large(file: str, size: int) -> Outcome:
    return outcomes.TOO_LARGE.outcome(file=file, line=1, size=size, limit=MAX_BYTES)


def _line_at(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1
