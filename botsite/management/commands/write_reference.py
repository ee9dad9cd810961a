"""`write_reference`: what follows from the code in `docs/`."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from botsite.reference import lagging


class Command(BaseCommand):
    help = "Write what follows from the code in docs/."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say which lag behind")

    def handle(self, *args: Any, **options: Any) -> None:
        if {*settings.APPS} != {"versions", "graph", "pulls"}:
            raise CommandError("the reference tells of all apps: unset BOTSITE_APPS", returncode=2)
        pages = lagging(settings.BASE_DIR / "docs")
        for path, text in pages.items():
            if options["check"]:
                self.stderr.write(f"{path.name} lags behind: run manage.py write_reference.")
            else:
                path.write_text(text, encoding="utf-8")
                self.stdout.write(f"{path.name} is written.")
        if pages and options["check"]:
            sys.exit(1)
