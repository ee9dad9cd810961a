"""The sources as a table, for docs/sources.md."""

from __future__ import annotations

from collections.abc import Iterable

from versions.sources.protocol import Fact, Source

BEGIN = "<!-- written by `manage.py write_reference` -->\n"
END = "<!-- end of the table -->\n"
_HEADINGS = ("source", "which URLs", "which requests", "one answer serves", "known of a version")


def write_table(page: str, sources: Iterable[Source]) -> str:
    """The page with the table between its two marks. Raises ValueError for a page without them."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("the page has no marks for the table")
    return before + BEGIN + _table(sources) + END + after


def _table(sources: Iterable[Source]) -> str:
    rows = [_HEADINGS, ("---",) * len(_HEADINGS), *map(_row, sources)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(source: Source) -> tuple[str, ...]:
    return (
        f"`{source.name}`: {source.title}",
        source.urls,
        source.asks,
        "many packages" if source.bulk else "one package",
        # In the order in which they are declared, and every source knows the version itself.
        ", ".join(fact for fact in Fact if fact in source.knows) or "no more than its number",
    )
