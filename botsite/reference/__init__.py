"""The parts of the documentation that the code knows best, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from botsite.reference import addresses, metrics, options, outcomes, schema
from versions.sources import registry
from versions.sources.table import write_table

# File below docs/reference/ -> what writes it.
PAGES: Mapping[str, Callable[[], str]] = {
    "options.md": options.page,
    "outcomes.md": outcomes.page,
    "addresses.md": addresses.page,
    "metrics.md": metrics.page,
    "schema.md": schema.page,
}


def lagging(docs: Path) -> dict[Path, str]:
    """The files that are not as the code is now, and what they should hold."""
    wanted = {docs / "reference" / name: page() for name, page in PAGES.items()}
    sources = docs / "sources.md"
    wanted[sources] = write_table(_text(sources), registry())
    return {path: text for path, text in wanted.items() if _text(path) != text}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
