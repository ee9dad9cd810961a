from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from botsite import pipeline, processes
from botsite.supervisor import GaveUp, Supervisor


class Command(BaseCommand):
    help = "Migrate, load the sample channel at the first start, run web and workers until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        processes.prepare_database()
        processes.prepare_host()
        self._make_admin()
        if pipeline.start_first():
            self.say("First start: the sample channel is being loaded in the background.")
        self.say(f"Botsite {settings.VERSION} is on http://{settings.BIND}/  (Ctrl-C stops it)")
        try:
            Supervisor([processes.web(), *processes.queues()], self.say).run()
        except GaveUp as error:
            raise CommandError(str(error)) from error
        self.say("Stopped.")

    def _make_admin(self) -> None:
        """Make an admin for the first login; the password is shown this once."""
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser("admin", password=password)
        self.say(f"Admin login, shown only now:  admin  {password}")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
