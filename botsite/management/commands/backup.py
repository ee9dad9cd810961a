from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.template.defaultfilters import filesizeformat

from botsite import backup
from core.console import BotsiteCommand


class Command(BotsiteCommand):
    help = "Write a backup to a file, while the site and its workers run."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--with-secret-key",
            action="store_true",
            help="save var/secret-key, too: whoever has the file can then forge sessions",
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        path: Path = options["file"]
        made = backup.make(path, with_secret_key=options["with_secret_key"])
        return {"path": str(path), "bytes": path.stat().st_size, **made.as_dict()}

    def show(self, document: dict[str, Any]) -> None:
        size = filesizeformat(document["bytes"])
        self.stdout.write(
            f"{document['path']}: {size}, as of {document['made_at']:%Y-%m-%d %X} UTC"
        )
        files = document["files"].items()
        self.table(["file", "bytes"], [[name, each["bytes"]] for name, each in files])
