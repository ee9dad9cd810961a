"""Reading a file of decisions: what it says, and all that is wrong with it, by line and field.

Nodes are read, not values: `version: 1.10` without quotes is still 1.10, and each has its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from core.decisions.kinds import DecisionKind, Ends, Entry, kinds_of, sections
from core.decisions.outcomes import BAD_FILE
from core.decisions.writing import FORMAT
from core.outcomes import Outcome, OutcomeError

MOST_BYTES = 50_000_000
MOST_REASON, MOST_AUTHOR = 500, 150
TIMES = ("since", "until")
COMMON = ("decision", "reason", "author", "since", "until")

Pairs = dict[str, tuple[int, Node]]


@dataclass(slots=True)
class File:
    """What a file says. `problems` are outcomes; with any, its entries are of no use."""

    path: Path
    entries: list[Entry] = field(default_factory=list)
    problems: list[Outcome] = field(default_factory=list)

    def blame(self, line: int, name: str, problem: str) -> None:
        self.problems.append(self._bad(line, name, problem).outcome)

    def _bad(self, line: int, name: str, problem: str) -> OutcomeError:
        return BAD_FILE.error(file=str(self.path), line=line, field=name, problem=problem)


def read(path: Path) -> File:
    """Raises OutcomeError `decisions.bad_file` for what is no YAML at all."""
    file = File(path)
    for name, (line, node) in _pairs(file, _document(file), "").items():
        if name == "format":
            _judge_format(file, line, node)
        elif name in sections():
            _read_section(file, name, node)
        else:
            file.blame(line, name, f"unknown; known are format, {', '.join(sections())}")
    _judge_repetitions(file)
    return file


def _document(file: File) -> Node | None:
    try:
        content = file.path.read_bytes()
        if len(content) > MOST_BYTES:
            raise file._bad(0, "", f"it has more than {MOST_BYTES} bytes")
        document: Node | None = YAML(typ="safe", pure=True).compose(content.decode())
    except OSError as error:
        raise file._bad(0, "", f"it can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise file._bad(0, "", "it is not UTF-8 text") from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise file._bad(line, "", str(error.problem)) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise file._bad(0, "", "it is not YAML") from error
    return document


def _judge_format(file: File, line: int, node: Node) -> None:
    if _text(node) != str(FORMAT):
        file.blame(line, "format", f"it must be {FORMAT}; a newer Botsite may have written this")


def _read_section(file: File, section: str, node: Node) -> None:
    for target, (line, items) in _pairs(file, node, section).items():
        if not isinstance(items, SequenceNode):
            file.blame(line, target, "it must be a list of decisions")
            continue
        for item in items.value:
            if entry := _entry(file, section, target, item):
                file.entries.append(entry)


def _entry(file: File, section: str, target: str, item: Node) -> Entry | None:
    before, line = len(file.problems), _line(item)
    pairs = _pairs(file, item, target)
    kind = _kind(file, section, pairs, line) if pairs else None
    if kind is None:
        return None
    texts = _texts(file, kind, pairs)
    for name in kind.fields.keys() - pairs.keys():
        file.blame(line, name, f"{kind.name} needs it")
    if kind.ends is Ends.MUST and "until" not in pairs:
        file.blame(line, "until", f"{kind.name} needs it")
    moments = {
        name: _moment(file, name, pairs[name]) for name in ("since", "until") if name in texts
    }
    if len(file.problems) > before:
        return None
    values = {name: texts[name] for name in kind.fields}
    return Entry(
        kind,
        target,
        values,
        texts.get("reason", ""),
        texts.get("author", ""),
        moments.get("since"),
        moments.get("until"),
        line,
    )


def _kind(file: File, section: str, pairs: Pairs, line: int) -> DecisionKind | None:
    if "decision" not in pairs:
        file.blame(line, "decision", "it is missing")
        return None
    line, node = pairs["decision"]
    known = kinds_of(section)
    name = _text(node) or ""
    if name not in known:
        file.blame(line, "decision", f"unknown: {name!r}; {section} know {', '.join(known)}")
    return known.get(name)


def _texts(file: File, kind: DecisionKind, pairs: Pairs) -> dict[str, str]:
    known = [*COMMON, *kind.fields]
    if kind.ends is Ends.NEVER:
        known.remove("until")
    found = {}
    for name, (line, node) in pairs.items():
        text = _text(node)
        if name not in known:
            file.blame(line, name, f"unknown field; {kind.name} knows {', '.join(known)}")
        elif text is None:
            file.blame(line, name, "it must be text")
        elif problem := _problem(kind, name, text):
            file.blame(line, name, problem)
        else:
            found[name] = text
    return found


def _problem(kind: DecisionKind, name: str, text: str) -> str:
    most = {"reason": MOST_REASON, "author": MOST_AUTHOR}.get(name)
    if most and len(text) > most:
        return f"it has more than {most} characters"
    check = kind.fields.get(name)
    return check(text) if check else ""


def _moment(file: File, name: str, pair: tuple[int, Node]) -> datetime | None:
    """A day begins at midnight UTC; a time without a zone is UTC."""
    line, node = pair
    try:
        moment = datetime.fromisoformat(_text(node) or "")
    except ValueError:
        file.blame(line, name, "it must be a day or a time, as 2026-05-01 or 2026-05-01T12:00:00Z")
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _judge_repetitions(file: File) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for entry in file.entries:
        if entry.identity in seen:
            problem = f"it stands on line {seen[entry.identity]} already"
            file.blame(entry.line, entry.target, problem)
        seen.setdefault(entry.identity, entry.line)


def _pairs(file: File, node: Node | None, name: str) -> Pairs:
    """Key to (line, value). What is no mapping, or says a key twice, is blamed."""
    if not isinstance(node, MappingNode):
        file.blame(_line(node), name, "it must be a mapping")
        return {}
    found: Pairs = {}
    for key, value in _plain(file, node):
        if key in found:
            file.blame(_line(value), key, f"it stands on line {found[key][0]} already")
        found[key] = (_line(value), value)
    return found


def _plain(file: File, node: MappingNode) -> Iterator[tuple[str, Node]]:
    for key, value in node.value:
        if (text := _text(key)) is None:
            file.blame(_line(key), "", "a name must be text")
        else:
            yield text, value


def _text(node: Node) -> str | None:
    return str(node.value) if isinstance(node, ScalarNode) else None


def _line(node: Node | None) -> int:
    return int(node.start_mark.line) + 1 if node is not None else 1
