from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand

from botsite import processes
from botsite.management.ready import require_ready_database


class Command(BaseCommand):
    help = "Run the web server, and nothing else, until it is asked to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        require_ready_database()
        processes.prepare_host()
        command = processes.web_command()
        # This very process becomes the server, so that signals of a supervisor reach it.
        os.execv(command[0], command)  # noqa: S606 - our own command
