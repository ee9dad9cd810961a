"""A file of packages to watch, for those who want versions without any graph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from core.outcomes import OutcomeError
from versions.outcomes import BAD_WATCH_FILE
from versions.watch import WatchEntry, WatchUrl

FIELDS = {"name", "version", "urls", "settings"}


def load(path: Path, owner: str) -> list[WatchEntry]:
    """Entries of a YAML or JSON list of {name, version, urls, settings}.

    `version` may be left out, `urls` is a list of strings, or one string. Raises OutcomeError
    `versions.bad_watch_file` with file, line and field.
    """
    entries = [_entry(path, row, line, owner) for line, row in _rows(path)]
    names = [entry.name for entry in entries]
    for name in names:
        if names.count(name) > 1:
            raise _bad(path, 0, "name", f"{name} is listed twice")
    return entries


def load_settings(path: Path) -> dict[str, Any]:
    """A `bot:` section, with or without that heading. Raises as `load()` does."""
    document = _read(path)
    if not isinstance(document, CommentedMap):
        raise _bad(path, 1, "", "it must be a mapping, as `bot:` in conda-forge.yml")
    section = document.get("bot", document)
    if not isinstance(section, CommentedMap):
        raise _bad(path, document.lc.key("bot")[0] + 1, "bot", "it must be a mapping")
    settings: dict[str, Any] = _plain(section)
    return settings


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    rows = _read(path)
    if not isinstance(rows, CommentedSeq):
        raise _bad(path, 1, "", "it must be a list")
    for position, row in enumerate(rows):
        yield rows.lc.item(position)[0] + 1, row


def _read(path: Path) -> Any:
    try:
        return YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _bad(path, 0, "", f"it can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise _bad(path, 0, "", "it is not UTF-8 text") from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _bad(path, line, "", str(error.problem)) from error
    except YAMLError as error:
        raise _bad(path, 0, "", "it is not YAML") from error


def _entry(path: Path, row: Any, line: int, owner: str) -> WatchEntry:
    if not isinstance(row, CommentedMap):
        raise _bad(path, line, "", "each item must be a mapping with name and urls")
    for field in row.keys() - FIELDS:
        raise _bad(path, line, str(field), f"unknown field; known are {', '.join(sorted(FIELDS))}")
    name = _text(path, line, "name", row.get("name"))
    urls = row.get("urls", [])
    urls = [urls] if isinstance(urls, str) else urls
    if not isinstance(urls, list):
        raise _bad(path, line, "urls", "it must be a list of URLs")
    settings = row.get("settings", {})
    if not isinstance(settings, dict):
        raise _bad(path, line, "settings", "it must be a mapping, as `bot:` in conda-forge.yml")
    return WatchEntry(
        key=f"{owner}/{name}",
        name=name,
        current_version=_text(path, line, "version", row.get("version", "")),
        urls=tuple(WatchUrl(_text(path, line, "urls", url)) for url in urls),
        settings=_plain(settings),
    )


def _text(path: Path, line: int, field: str, value: Any) -> str:
    """Text as it stands: `1.10` without quotes has already lost its zero, so it is refused."""
    if not isinstance(value, str):
        raise _bad(path, line, field, f"it must be text; put quotes around {value!r}")
    if not value and field == "name":
        raise _bad(path, line, field, "it must not be empty")
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value


def _bad(path: Path, line: int, field: str, problem: str) -> OutcomeError:
    return BAD_WATCH_FILE.error(file=str(path), line=line, field=field, problem=problem)
