"""Processes of a run: their family, what they use, how they end."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
STOP_SECONDS = 20.0
ENDING_SECONDS = 120.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Usage:
    """Of the processes of some families, by process id: peak memory in MB, and CPU seconds."""

    memory: dict[int, float] = field(default_factory=dict)
    cpu: dict[int, float] = field(default_factory=dict)

    def sample(self, leaders: list[int]) -> None:
        for leader in leaders:
            for pid in descendants(leader):
                with suppress(OSError, ValueError, IndexError):
                    self.memory[pid] = _peak_mb(pid)
                    self.cpu[pid] = cpu_seconds(pid)


def descendants(leader: int) -> Iterator[int]:
    with suppress(OSError):
        children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
        for child in map(int, children):
            yield child
            yield from descendants(child)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def kill_group(leader: int) -> None:
    """End a process and all that it leads, at once."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end; after a while, end it and its group."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    kill_group(process.pid)
    process.wait()


def isolated(run: Callable[..., Any], *args: Any) -> Any:
    """Call a function in a fresh process, for settings are read once in each. Raises RuntimeError
    if it ends without a result; it has printed why."""
    context = get_context("spawn")
    result, told = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(told, run, args))
    process.start()
    told.close()
    try:
        return result.recv()
    except EOFError:
        raise RuntimeError("a run ended without a result") from None
    except BaseException:
        process.terminate()
        raise
    finally:
        process.join(ENDING_SECONDS)
        process.kill()
        result.close()


def _tell(told: Connection, run: Callable[..., Any], args: tuple[Any, ...]) -> None:
    end_in_order()
    told.send(run(*args))


def end_in_order() -> None:
    """Being asked to end is an exception, so that what was started is ended, too."""

    def leave(number: int, _frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
