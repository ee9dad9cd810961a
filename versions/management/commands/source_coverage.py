from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from core.console import BotsiteCommand
from versions.asking.configuration import lookup_config
from versions.asking.lookup import first_asked
from versions.releases import RecipeUrl

NONE = "none"


class Command(BotsiteCommand):
    help = "Say how many recipes have a version source. FILE is written by `read_recipes --jsonl`."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--without", action="store_true", help="name the recipes without any")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        kinds: Counter[str] = Counter()
        without: list[dict[str, Any]] = []
        for line in _lines(options["file"]):
            if urls := list(_urls(line)):
                first = first_asked(urls, lookup_config())
                kind = first.source if first else NONE
                kinds[kind] += 1
                if kind == NONE and options["without"]:
                    without.append({"path": line["path"], "urls": [url.rendered for url in urls]})
        return _document(kinds) | {"without": without}

    def show(self, document: dict[str, Any]) -> None:
        rows = [
            [kind, n, _percent(n, document["recipes"])] for kind, n in document["kinds"].items()
        ]
        self.table(["source", "recipes", "share"], rows)
        for words, key in (
            ("by a dedicated source", "dedicated"),
            ("by one or a listing", "listed"),
            ("with probing", "any"),
        ):
            share = _percent(document[key], document["recipes"])
            self.stdout.write(f"{words}: {document[key]} of {document['recipes']}, {share}")
        for each in document["without"]:
            self.stdout.write(f"{each['path']}: {', '.join(each['urls'])}")


def _document(kinds: Counter[str]) -> dict[str, Any]:
    total = kinds.total()
    served = total - kinds[NONE]
    return {
        "recipes": total,
        "dedicated": served - kinds["probe"] - kinds["listing"],
        "listed": served - kinds["probe"],
        "any": served,
        "kinds": dict(kinds.most_common()),
    }


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "-"


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        with path.open(encoding="utf-8") as stream:
            for number, text in enumerate(stream, start=1):
                line = json.loads(text)
                if not isinstance(line, dict) or "path" not in line:
                    raise CommandError(f"{path}:{number}: no line of read_recipes", returncode=2)
                yield line
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}", returncode=2) from None


def _urls(line: Mapping[str, Any]) -> Iterator[RecipeUrl]:
    version = line.get("version") or ""
    for source in line.get("sources") or ():
        for url in source["urls"]:
            yield RecipeUrl(url, version=version)
        if source["git_url"]:
            yield RecipeUrl(source["git_url"], version=version, git_rev=source["git_rev"] or "")
