"""The wall between strangers' recipes and us: a pool of reader processes.

A reader has an empty environment, no descriptors but its pipes, a private directory, and limits on
memory, processor time and file size. It is killed when a recipe takes too long, and replaced; its
death is the outcome of that one recipe. A reader whose parent is gone ends with its input.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from core.outcomes import Outcome
from graph import outcomes
from graph.recipes import frames
from graph.recipes.model import Recipe, RecipeText
from graph.recipes.text import MAX_BYTES, too_large

PROCESSES = 2
SECONDS = 4.0
RECIPES_PER_READER = 5_000
START_SECONDS = 30.0
_ROOT = Path(__file__).resolve().parent.parent.parent
_CHUNK = 1 << 18

_DEATHS: Mapping[int, str] = {
    signal.SIGXCPU: "it takes too much processor time",
    signal.SIGXFSZ: "it writes too large a file",
    signal.SIGABRT: "it needs too much memory",
    signal.SIGSEGV: "it is nested too deeply",
}

Answer = tuple[RecipeText, Recipe | Outcome]


class ReaderPool:
    """Reader processes, started when first needed; a context manager that ends them.

    `seconds` is the wall-clock limit of one recipe. For one thread at a time.
    """

    def __init__(self, processes: int = PROCESSES, seconds: float = SECONDS) -> None:
        if processes < 1 or seconds <= 0:
            raise ValueError("a pool needs at least one process and some time")
        self._size = processes
        self._seconds = seconds
        self._idle: list[_Reader] = []
        self._busy: list[_Reader] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        for reader in (*self._idle, *self._busy):
            reader.end()
        self._idle, self._busy = [], []

    def read_one(self, recipe: RecipeText, platforms: Sequence[str] = ()) -> Recipe | Outcome:
        """What `reader.read()` returns, or the outcome that it raises."""
        (answer,) = (answer for _, answer in self.read_all([recipe], platforms))
        return answer

    def read_all(
        self, recipes: Iterable[RecipeText], platforms: Sequence[str] = ()
    ) -> Iterator[Answer]:
        """Each recipe with what it says or how it failed, in the order in which they are done.

        Takes from `recipes` only what the readers can hold, so it may be an endless stream.
        """
        waiting = iter(recipes)
        try:
            while True:
                yield from self._fill(waiting, platforms)
                if not self._busy:
                    return
                yield from self._wait()
        finally:
            for reader in self._busy:
                reader.end()
            self._busy = []

    def _fill(self, waiting: Iterator[RecipeText], platforms: Sequence[str]) -> Iterator[Answer]:
        """Give every reader something to do; the answers are of those that none has to read."""
        while len(self._busy) < self._size:
            recipe = next(waiting, None)
            if recipe is None:
                return
            if (size := len(recipe.data)) > MAX_BYTES:
                yield recipe, too_large(recipe.file, size)
                continue
            reader = self._idle_reader()
            self._busy.append(reader)
            reader.ask(recipe, platforms)

    def _idle_reader(self) -> _Reader:
        while self._idle:
            reader = self._idle.pop()
            if reader.alive:
                return reader
            reader.end()
        return _Reader(self._seconds)

    def _wait(self) -> Iterator[Answer]:
        """The answers that are there when the first of them is, or the first deadline."""
        poller = select.poll()
        for reader in self._busy:
            poller.register(reader, select.POLLIN)
        first = min(reader.deadline for reader in self._busy)
        ready = {descriptor for descriptor, _ in poller.poll(_milliseconds_until(first))}
        now = time.monotonic()
        for reader in list(self._busy):
            if reader.answer is None and reader.fileno() in ready:
                reader.listen()
            elif reader.answer is None and reader.deadline <= now:
                reader.expire()
            if reader.answer is not None and reader.recipe is not None:
                self._busy.remove(reader)
                self._put_back(reader)
                yield reader.recipe, reader.answer

    def _put_back(self, reader: _Reader) -> None:
        if reader.alive and reader.recipes_read < RECIPES_PER_READER:
            self._idle.append(reader)
        else:
            reader.end()


def _milliseconds_until(deadline: float) -> int:
    return max(0, math.ceil((deadline - time.monotonic()) * 1000))


class _Reader:
    """One reader process, its pipes, its directory, and the recipe it is reading."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._directory = tempfile.mkdtemp(prefix="botsite-reader-")
        self._process = subprocess.Popen(  # noqa: S603 - our own module, with our own arguments
            [sys.executable, "-m", "graph.recipes.reader_process", self._directory, str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
            start_new_session=True,
        )
        self._input = cast(BinaryIO, self._process.stdin)
        os.set_blocking(self._input.fileno(), False)
        self._output = cast(BinaryIO, self._process.stdout)
        self._received = bytearray()
        self._ready = False
        self.recipe: RecipeText | None = None
        self.answer: Recipe | Outcome | None = None
        self.recipes_read = 0
        self.deadline = time.monotonic() + START_SECONDS

    def fileno(self) -> int:
        return self._output.fileno()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, recipe: RecipeText, platforms: Sequence[str]) -> None:
        self.recipe, self.answer = recipe, None
        self.recipes_read += 1
        if self._ready:
            self.deadline = time.monotonic() + self._seconds
        try:
            self._send(frames.prefixed(frames.encode_request(recipe, platforms)))
        except BrokenPipeError:
            self._die()

    def _send(self, message: bytes) -> None:
        """Write what the pipe takes, as long as the deadline allows: a reader might be stopped."""
        descriptor, left = self._input.fileno(), memoryview(message)
        poller = select.poll()
        poller.register(descriptor, select.POLLOUT)
        while left:
            if not poller.poll(_milliseconds_until(self.deadline)):
                self.expire()
                return
            left = left[os.write(descriptor, left) :]

    def listen(self) -> None:
        """Take what the process has said; sets `answer` when that is complete, or its death."""
        chunk = os.read(self.fileno(), _CHUNK)
        self._received += chunk
        if not chunk or len(self._received) > frames.MAX_ANSWER_BYTES:
            self._die()
            return
        while (frame := frames.take(self._received)) is not None:
            if self._ready:
                self._take_answer(frame)
            self._ready = True
        # What answers is done reading; if we were busy, the rest of a long answer is yet to come.
        self.deadline = time.monotonic() + self._seconds

    def _take_answer(self, frame: bytes) -> None:
        try:
            self.answer = frames.decode_answer(frame)
        except (ValueError, TypeError, KeyError):
            self._die("its answer makes no sense")

    def expire(self) -> None:
        self._process.kill()
        self._die(f"it takes more than {self._seconds:g} seconds")

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._input.close()
        self._output.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _die(self, problem: str = "") -> None:
        file = self.recipe.file if self.recipe else ""
        self._process.kill()
        status = self._process.wait()
        if not self._ready:
            error = f"the reader process did not start (status {status})"
            self.answer = outcomes.READER_FAILED.outcome(file=file, line=1, error=error)
            return
        problem = problem or _DEATHS.get(-status, f"the reader ended with status {status}")
        self.answer = outcomes.TOO_EXPENSIVE.outcome(file=file, line=1, problem=problem)
