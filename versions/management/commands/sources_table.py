from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from versions.sources import registry
from versions.sources.table import write_table


class Command(BaseCommand):
    help = "Write the table of version sources into docs/sources.md, from the code."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether it lags behind")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "sources.md"
        page = path.read_text()
        wanted = write_table(page, registry())
        if page == wanted:
            self.stdout.write(f"{path.name} is up to date.")
        elif options["check"]:
            self.stderr.write(f"{path.name} lags behind: run manage.py sources_table.")
            sys.exit(1)
        else:
            path.write_text(wanted)
            self.stdout.write(f"{path.name} is written.")
