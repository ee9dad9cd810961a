from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from botsite import processes
from botsite.management.ready import require_ready_database
from botsite.supervisor import GaveUp, Supervisor


class Command(BaseCommand):
    help = "Run the workers of this host, and no web server, until asked to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "queues",
            nargs="*",
            metavar="QUEUE",
            help=f"which queues to work for, of {', '.join(settings.WORKERS)}; by default all",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["queues"] or list(settings.WORKERS)
        if unknown := sorted(set(names) - settings.WORKERS.keys()):
            raise CommandError(
                f"There is no queue {unknown[0]}; there are {', '.join(settings.WORKERS)}.",
                returncode=2,
            )
        require_ready_database()
        self.say(f"Working for {', '.join(names)}.")
        try:
            Supervisor([processes.queue(name) for name in dict.fromkeys(names)], self.say).run()
        except GaveUp as error:
            raise CommandError(str(error)) from error
        self.say("Stopped.")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
