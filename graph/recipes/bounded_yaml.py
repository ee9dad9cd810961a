"""YAML from strangers: built from libyaml's events, with bounds, line numbers and plain strings.

libyaml's own composer recurses in C and dies on deep nesting; its event stream doesn't, so the
nodes are built here, on a stack. No tag is honoured: nothing but mappings, lists and scalars
comes out.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from core.outcomes import OutcomeError
from graph import outcomes

MAX_DEPTH = 50
MAX_NODES = 200_000
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# They end a line in YAML, but not in an editor.
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")


class Map(dict[str, Any]):
    """A mapping that knows the line (from 1) of itself and of each key."""

    __slots__ = ("key_lines", "line")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.key_lines: dict[str, int] = {}


class List(list[Any]):
    """A list that knows the line (from 1) of itself and of each item."""

    __slots__ = ("item_lines", "line")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.item_lines: list[int] = []


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key that occurs twice in one mapping; the last one counts, as it does for conda-build."""

    key: str
    line: int
    first: int


@dataclass(frozen=True, slots=True)
class Document:
    root: Any
    duplicates: tuple[Duplicate, ...]


class YamlError(Exception):
    """Text that is no YAML, or too much of it, and the line (from 1) where that shows."""

    def __init__(self, problem: str, line: int, *, is_too_complex: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.is_too_complex = is_too_complex

    def in_recipe(self, file: str, line: int) -> OutcomeError:
        """The outcome of a recipe of which this is the problem: `recipe.bad_yaml` or
        `recipe.too_complex`."""
        kind = outcomes.TOO_COMPLEX if self.is_too_complex else outcomes.BAD_YAML
        return kind.error(file=file, line=line, problem=self.problem)


def load(text: str, *, scalar: Callable[[str], Any] = str) -> Document:
    """The first document of `text`.

    Plain nulls become None; every other scalar is a string, so that version 1.10 stays 1.10,
    unless `scalar` converts the plain ones.
    Raises YamlError.
    """
    lines = _Lines(text)
    builder = _Builder(scalar, lines)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if builder.take(event):
                break
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What is missing at the end is missing on the last line that says something.
        last = text.rstrip().count("\n") + 1
        problem = error.problem or error.context or "it can't be parsed"
        raise YamlError(problem, min(lines.of(mark), last) if mark else 1) from None
    except yaml.reader.ReaderError as error:
        raise YamlError(error.reason, text.count("\n", 0, error.position) + 1) from None
    return Document(builder.root, tuple(builder.duplicates))


class _Lines:
    """Lines of a text, from 1, as people count them."""

    def __init__(self, text: str) -> None:
        self._others = [each.start() for each in _OTHER_BREAKS.finditer(text)]

    def of(self, mark: Any) -> int:
        line: int = mark.line + 1
        return line - bisect_left(self._others, mark.index) if self._others else line


@dataclass(slots=True)
class _Frame:
    """An open mapping or list, and what to do with it when it closes."""

    container: Map | List
    anchor: str | None
    nodes_before: int
    key: str | None = None
    key_line: int = 0


class _Builder:
    """A stack machine over events: no recursion, so no depth can break it."""

    def __init__(self, scalar: Callable[[str], Any], lines: _Lines) -> None:
        self.root: Any = None
        self.duplicates: list[Duplicate] = []
        self._scalar = scalar
        self._lines = lines
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._nodes = 0

    def take(self, event: Any) -> bool:
        """Add one event. True when the document is complete."""
        kind = type(event)
        line = self._lines.of(event.start_mark)
        if kind is yaml.ScalarEvent:
            self._count(1, line)
            value = self._value(event)
            self._anchor(event.anchor, value, 1)
            self._put(value, line)
        elif kind is yaml.MappingStartEvent:
            self._open(Map(line), event.anchor, line)
        elif kind is yaml.SequenceStartEvent:
            self._open(List(line), event.anchor, line)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            frame = self._stack.pop()
            self._anchor(frame.anchor, frame.container, self._nodes - frame.nodes_before)
            self._put(frame.container, frame.container.line)
        elif kind is yaml.AliasEvent:
            self._put(self._aliased(event.anchor, line), line)
        return kind is yaml.DocumentEndEvent

    def _value(self, event: Any) -> Any:
        if event.style:
            return event.value
        return None if event.value in NULLS else self._scalar(event.value)

    def _open(self, container: Map | List, anchor: str | None, line: int) -> None:
        self._stack.append(_Frame(container, anchor, self._nodes))
        self._count(1, line)
        if len(self._stack) > MAX_DEPTH:
            raise YamlError(
                f"it is nested deeper than {MAX_DEPTH} levels", line, is_too_complex=True
            )

    def _put(self, value: Any, line: int) -> None:
        if not self._stack:
            self.root = value
            return
        frame = self._stack[-1]
        container = frame.container
        if isinstance(container, List):
            container.append(value)
            container.item_lines.append(line)
        elif frame.key is None:
            frame.key, frame.key_line = self._key(value, line), line
        else:
            self._set(container, frame.key, frame.key_line, value)
            frame.key = None

    def _key(self, value: Any, line: int) -> str:
        if isinstance(value, Map | List):
            problem = "a mapping or list stands where a key should be (an unquoted template?)"
            raise YamlError(problem, line)
        return "" if value is None else str(value)

    def _set(self, container: Map, key: str, line: int, value: Any) -> None:
        if key == "<<":
            for merged in reversed(value) if isinstance(value, List) else [value]:
                if isinstance(merged, Map):
                    container.update({k: v for k, v in merged.items() if k not in container})
            return
        if key in container.key_lines:
            self.duplicates.append(Duplicate(key, line, container.key_lines[key]))
        container[key] = value
        container.key_lines[key] = line

    def _anchor(self, anchor: str | None, value: Any, nodes: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = value, nodes

    def _aliased(self, anchor: str, line: int) -> Any:
        """An alias counts as much as what it stands for: that ends a billion laughs."""
        if anchor not in self._anchors:
            problem = f"the alias *{anchor} stands for nothing that is complete here"
            raise YamlError(problem, line)
        value, nodes = self._anchors[anchor]
        self._count(nodes, line)
        return value

    def _count(self, nodes: int, line: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise YamlError(f"it has more than {MAX_NODES} nodes", line, is_too_complex=True)
