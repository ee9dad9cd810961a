from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from botsite import processes


class Command(BaseCommand):
    help = "Bring the database to this version; those that run meanwhile go on."

    def handle(self, *args: Any, **options: Any) -> None:
        before = processes.unapplied_migrations()
        processes.prepare_database()
        self.stdout.write(f"The database is ready; {len(before)} migrations were applied.")
