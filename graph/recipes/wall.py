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
from collections import deque
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
# Enough that a reader has work while its parent is busy; few enough to share a small batch.
IN_FLIGHT = 3
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
        self._readers: list[_Reader] = []

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
        for reader in self._readers:
            reader.end()
        self._readers = []

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
        waiting = _Waiting(recipes)
        self._retire(reader for reader in self._readers if not reader.alive)
        try:
            while True:
                yield from self._fill(waiting, platforms)
                if not self._busy:
                    return
                yield from self._attend(waiting)
        finally:
            self._retire(self._busy)

    @property
    def _busy(self) -> list[_Reader]:
        return [reader for reader in self._readers if reader.asked]

    def _fill(self, waiting: _Waiting, platforms: Sequence[str]) -> Iterator[Answer]:
        """Give the readers enough to do; the answers are of those that none has to read."""
        while self._has_room() and (recipe := waiting.take()) is not None:
            if (size := len(recipe.data)) > MAX_BYTES:
                yield recipe, too_large(recipe.file, size)
            else:
                self._least_busy().ask(recipe, platforms)

    def _has_room(self) -> bool:
        return len(self._readers) < self._size or any(each.has_room for each in self._readers)

    def _least_busy(self) -> _Reader:
        free = min(
            (each for each in self._readers if each.has_room),
            key=lambda each: len(each.asked),
            default=None,
        )
        if free is None or (free.asked and len(self._readers) < self._size):
            free = _Reader(self._seconds)
            self._readers.append(free)
        return free

    def _attend(self, waiting: _Waiting) -> Iterator[Answer]:
        """The answers that are there when a reader has something to say, or is out of time."""
        busy = self._busy
        ready, now = _ready(busy), time.monotonic()
        for reader in busy:
            yield from reader.attend(ready, now)
        waiting.return_all(recipe for reader in busy for recipe in reader.unread())
        self._retire(reader for reader in busy if reader.is_spent)

    def _retire(self, readers: Iterable[_Reader]) -> None:
        for reader in list(readers):
            self._readers.remove(reader)
            reader.end()


class _Waiting:
    """Recipes that no reader has yet: first those that a dead one left unread."""

    def __init__(self, recipes: Iterable[RecipeText]) -> None:
        self._returned: deque[RecipeText] = deque()
        self._fresh = iter(recipes)

    def take(self) -> RecipeText | None:
        return self._returned.popleft() if self._returned else next(self._fresh, None)

    def return_all(self, recipes: Iterable[RecipeText]) -> None:
        self._returned.extend(recipes)


def _ready(readers: Sequence[_Reader]) -> set[int]:
    """The descriptors that can be read or written, when there is one, or at the first deadline."""
    poller = select.poll()
    for reader in readers:
        reader.register(poller)
    first = min(reader.deadline for reader in readers)
    milliseconds = max(0, math.ceil((first - time.monotonic()) * 1000))
    return {descriptor for descriptor, _ in poller.poll(milliseconds)}


class _Reader:
    """One reader process, its pipes, its directory, and the recipes it was asked to read: the
    first of `asked` is being read, and to be done by `deadline`."""

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
        self._unsent = bytearray()
        self._received = bytearray()
        self._ready = False
        self._is_dead = False
        self._recipes_read = 0
        self.asked: deque[RecipeText] = deque()
        self.deadline = time.monotonic() + START_SECONDS

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def has_room(self) -> bool:
        return len(self.asked) < IN_FLIGHT and self._recipes_read < RECIPES_PER_READER

    @property
    def _is_reading(self) -> bool:
        return bool(self.asked) and not self._is_dead

    @property
    def is_spent(self) -> bool:
        """Dead, or speaking unasked, or so old that it is replaced when it has answered all."""
        return self._is_dead or (not self.asked and not self.has_room)

    def register(self, poller: select.poll) -> None:
        poller.register(self._output, select.POLLIN)
        if self._unsent:
            poller.register(self._input, select.POLLOUT)

    def ask(self, recipe: RecipeText, platforms: Sequence[str]) -> None:
        if self._ready and not self.asked:
            self._restart_clock()
        self.asked.append(recipe)
        self._recipes_read += 1
        self._unsent += frames.prefixed(frames.encode_request(recipe, platforms))
        self._send()

    def attend(self, ready: set[int], now: float) -> Iterator[Answer]:
        """Write and read what the pipes allowed at `now`, which may be a while ago. Yields the
        answers that are complete; if the process is dead, the last one says so."""
        if self._input.fileno() in ready:
            self._send()
        if self._output.fileno() in ready:
            yield from self._listen()
        elif self.deadline <= now:
            self._process.kill()
            yield self._death(f"it takes more than {self._seconds:g} seconds")

    def unread(self) -> Iterator[RecipeText]:
        """What a dead reader was still to read; each once."""
        while self._is_dead and self.asked:
            yield self.asked.popleft()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._input.close()
        self._output.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _send(self) -> None:
        """Never blocks: the reader may be busy, or stopped."""
        try:
            del self._unsent[: os.write(self._input.fileno(), self._unsent)]
        except BlockingIOError:
            pass
        except BrokenPipeError:  # its output ends too, which says more
            self._unsent.clear()

    def _listen(self) -> Iterator[Answer]:
        chunk = os.read(self._output.fileno(), _CHUNK)
        self._received += chunk
        # What speaks is done reading; if we were busy, the rest of a long answer is yet to come.
        self._restart_clock()
        while self._is_reading and (frame := frames.take(self._received)) is not None:
            if self._ready:
                yield self._answer(frame)
            self._ready = True
        if self._is_reading and (not chunk or len(self._received) > frames.MAX_ANSWER_BYTES):
            yield self._death()
        self._is_dead |= bool(self._received) and not self.asked

    def _restart_clock(self) -> None:
        self.deadline = time.monotonic() + self._seconds

    def _answer(self, frame: bytes) -> Answer:
        try:
            answer = frames.decode_answer(frame)
        except (ValueError, TypeError, KeyError):
            return self._death("its answer makes no sense")
        return self.asked.popleft(), answer

    def _death(self, problem: str = "") -> Answer:
        """The end of the process, as the outcome of the recipe that it was reading."""
        self._is_dead = True
        self._process.kill()
        status = self._process.wait()
        recipe = self.asked.popleft()
        if not self._ready:
            error = f"the reader process did not start (status {status})"
            return recipe, outcomes.READER_FAILED.outcome(file=recipe.file, line=1, error=error)
        problem = problem or _DEATHS.get(-status, f"the reader ended with status {status}")
        return recipe, outcomes.TOO_EXPENSIVE.outcome(file=recipe.file, line=1, problem=problem)
