"""Writing decisions as YAML: sorted, commented, the same each time, so that it can be diffed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from io import StringIO
from itertools import groupby

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from core.decisions.kinds import Entry, sections

FORMAT = 1
HEAD = """\
People's decisions that are in force. To apply them, here or elsewhere:
manage.py import_decisions FILE --dry-run
"""


def write(entries: Iterable[Entry]) -> str:
    document = CommentedMap({"format": FORMAT})
    document.yaml_set_start_comment(HEAD)
    ordered = sorted(entries, key=lambda each: each.identity)
    for name, part in groupby(ordered, key=lambda each: each.kind.section):
        document[name] = _section(part)
        document.yaml_set_comment_before_after_key(name, before=f"\n{sections()[name]}")
    yaml, text = YAML(), StringIO()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 4096  # a reason is one line of a diff
    yaml.dump(document, text)
    return text.getvalue()


def _section(entries: Iterable[Entry]) -> CommentedMap:
    by_target = groupby(entries, key=lambda each: each.target)
    return CommentedMap(
        (target, CommentedSeq(_item(each) for each in rows)) for target, rows in by_target
    )


def _item(entry: Entry) -> CommentedMap:
    item = CommentedMap({"decision": entry.kind.name, **entry.values})
    item["reason"], item["author"] = entry.reason, entry.author
    if entry.since:
        item["since"] = _time(entry.since.replace(microsecond=0))
    if entry.until:
        item["until"] = _time(entry.until)
    return item


def _time(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
