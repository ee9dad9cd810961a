"""The process behind the wall: reads recipes sent to it, one at a time, with nothing to steal.

Started by `wall.ReaderPool` as `python -m graph.recipes.reader_process DIRECTORY SECONDS`. Speaks
length-prefixed JSON over stdin and stdout; ends when stdin does.
"""

from __future__ import annotations

import contextlib
import math
import os
import resource
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from core.outcomes import Outcome, OutcomeError
from graph import outcomes
from graph.recipes import frames
from graph.recipes.bounds import LimitError
from graph.recipes.model import Recipe, RecipeText
from graph.recipes.reader import read

MEMORY_BYTES = 1 << 30
FILE_BYTES = 4 << 20
OPEN_FILES = 32
# An alarm is an exception, which a template's own error handling might swallow.
ALARM_AGAIN_SECONDS = 0.25
READY = b""
# Good and bad recipes of each format.
_FIRST = {
    "meta.yaml": ("package: {name: {{ 'a'|lower }}}  # [linux]", "{{ a }}", "{{ a"),
    "recipe.yaml": ('package: {name: a, version: "1"}', "package: {name: '${{ a }}', version: 1}"),
}


def main(arguments: list[str]) -> None:
    directory, seconds = Path(arguments[0]), float(arguments[1])
    requests, answers = _take_streams()
    _give_up_everything(directory)
    signal.signal(signal.SIGALRM, _stop)
    _load_libraries()
    os.chdir(directory)
    frames.send(answers, READY)
    try:
        while (frame := frames.receive(requests)) is not None:
            frames.send(answers, frames.encode_answer(_answer(frame, seconds)))
    finally:  # the parent may be gone, and with it who would clean up
        shutil.rmtree(directory, ignore_errors=True)


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Our own ends of the pipes; what a library prints goes nowhere."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)
    return requests, answers


def _give_up_everything(directory: Path) -> None:
    """The environment (a v1 template can read it), the system's directory for temporary files, and
    most resources."""
    os.environ.clear()
    tempfile.tempdir = str(directory)
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def _load_libraries() -> None:
    """What jinja, codecs and our own modules load when first needed, before a stranger's recipe."""
    for file, texts in _FIRST.items():
        for text in texts:
            with contextlib.suppress(OutcomeError):
                read(RecipeText(file, text.encode()))


def _answer(frame: bytes, seconds: float) -> Recipe | Outcome:
    """Read one recipe. The alarm stops a loop in jinja or Python early, and says where; what runs
    in C or Rust is stopped by the parent, or by the processor limit if that is gone."""
    recipe, platforms = frames.decode_request(frame)
    _limit_processor(seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds * 0.75, ALARM_AGAIN_SECONDS)
    try:
        return read(recipe, platforms)
    except OutcomeError as error:
        return error.outcome
    except (LimitError, MemoryError, RecursionError) as error:
        problem = str(error) or "it needs too much memory"
        return outcomes.TOO_EXPENSIVE.outcome(file=recipe.file, line=1, problem=problem)
    except BaseException as error:  # a panic in Rust is none of Exception
        name = f"{type(error).__name__}: {error}"[:200]
        return outcomes.READER_FAILED.outcome(file=recipe.file, line=1, error=name)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _limit_processor(seconds: float) -> None:
    """A fresh allowance for each recipe, on top of what the process has used so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    allowance = math.ceil(usage.ru_utime + usage.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (allowance, resource.RLIM_INFINITY))


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise LimitError("it takes too long")


if __name__ == "__main__":
    main(sys.argv[1:])
