from __future__ import annotations

import os
import signal
from io import StringIO
from typing import Any

import pytest

from core.console import BotsiteCommand


class Patient(BotsiteCommand):
    """Asked to end while it holds something."""

    held = True

    def run(self, options: dict[str, Any]) -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            self.held = False


def test_sigterm_ends_a_command_that_then_lets_go_of_what_it_holds():
    command, before = Patient(stdout=StringIO()), signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as end:
        command.handle(json=True)
    assert (end.value.code, command.held) == (143, False)
    assert signal.getsignal(signal.SIGTERM) == before
