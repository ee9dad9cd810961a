"""Spoiling texts at random, the same way for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

MAX_BYTES = 200_000
NUMBERS = (b"0", b"-1", b"1e999", b"9" * 19, b"9" * 400, b"0x", b"1.1.1.1", b"01", b"1_000")


class Mutator:
    """`seeds` are texts to begin with, `tokens` what may be put into them."""

    def __init__(self, rng: random.Random, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> None:
        self._rng = rng
        self._seeds = seeds
        self._tokens = tokens

    def spoil(self, data: bytes) -> bytes:
        """`data` with one to eight changes, mostly few."""
        for _ in range(min(self._rng.randint(1, 8), self._rng.randint(1, 8))):
            data = self._change(data)[:MAX_BYTES]
        return data

    def _change(self, data: bytes) -> bytes:
        change = self._rng.choice(
            (
                *(self._flip, self._cut, self._repeat, self._insert, self._insert),
                *(self._drop_line, self._repeat_line, self._move_line, self._splice),
                *(self._replace_number, self._truncate),
            )
        )
        return change(data)

    def _flip(self, data: bytes) -> bytes:
        if not data:
            return b"\0"
        at = self._rng.randrange(len(data))
        return data[:at] + bytes([data[at] ^ 1 << self._rng.randrange(8)]) + data[at + 1 :]

    def _cut(self, data: bytes) -> bytes:
        start, end = self._span(data)
        return data[:start] + data[end:]

    def _repeat(self, data: bytes) -> bytes:
        start, end = self._span(data)
        return data[:end] + data[start:end] * self._rng.choice((1, 2, 50)) + data[end:]

    def _insert(self, data: bytes) -> bytes:
        at = self._rng.randint(0, len(data))
        return data[:at] + self._rng.choice(self._tokens) + data[at:]

    def _drop_line(self, data: bytes) -> bytes:
        lines = data.splitlines(keepends=True) or [b""]
        del lines[self._rng.randrange(len(lines))]
        return b"".join(lines)

    def _repeat_line(self, data: bytes) -> bytes:
        lines = data.splitlines(keepends=True) or [b""]
        at = self._rng.randrange(len(lines))
        return b"".join([*lines[:at], lines[at] * self._rng.choice((2, 2, 100)), *lines[at + 1 :]])

    def _move_line(self, data: bytes) -> bytes:
        lines = data.splitlines(keepends=True) or [b""]
        line = lines.pop(self._rng.randrange(len(lines)))
        lines.insert(self._rng.randint(0, len(lines)), self._rng.choice((b"", b"  ")) + line)
        return b"".join(lines)

    def _splice(self, data: bytes) -> bytes:
        other = self._rng.choice(self._seeds)
        start, end = self._span(other, 400)
        at = self._rng.randint(0, len(data))
        return data[:at] + other[start:end] + data[at:]

    def _replace_number(self, data: bytes) -> bytes:
        digits = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
        if not digits:
            return data
        at = self._rng.choice(digits)
        return data[:at] + self._rng.choice(NUMBERS) + data[at + 1 :]

    def _truncate(self, data: bytes) -> bytes:
        return data[: self._rng.randint(0, len(data))]

    def _span(self, data: bytes, longest: int = 60) -> tuple[int, int]:
        start = self._rng.randint(0, len(data))
        return start, min(len(data), start + self._rng.randint(1, longest))
