"""Which versions may follow a version. Pure: the calendar is an argument.

`steps()` are the guesses of conda-forge's bot; the others are for what it cannot find: calendar
versions, gaps, and the letters of openssl and tzdata.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain

from versions.choosing.schemes import parse

_TOKEN = re.compile(r"([._-]?)([0-9]+|[^._-]+)")
_LETTER = re.compile(r"(?<=[0-9])([a-zA-Z])$")
_GAPS = (3, 4, 5)
_MONTHS = 12

Token = tuple[str, str]  # the separator before it, and its text


def guesses(version: str, today: date, *, brief: bool = False) -> list[str]:
    """All that may follow, each once; the likelier of one kind first. In brief, only the likeliest
    numbers."""
    text = version.lstrip("vV")
    lead = version[: len(version) - len(text)]
    numbers = likeliest(text) if brief else chain(steps(text), gaps(text))
    plain = letters(text) if _LETTER.search(text) else numbers
    after = (lead + guess for guess in chain(plain, months(text, today)))
    current = parse(version)
    return [
        guess
        for guess in dict.fromkeys(after)
        if (order := parse(guess)) and (current is None or order > current)
    ]


def likeliest(version: str) -> list[str]:
    """Each number raised by one, with zeros behind it: 1.2.3 gives 1.2.4, 1.3.0, 2.0.0."""
    text = version.lstrip("vV")
    lead = version[: len(version) - len(text)]
    return [lead + _text(tokens) for tokens in _raised(_tokens(text), 0, 1)]


def steps(version: str) -> Iterator[str]:
    """Each number raised by one and two, with zeros behind it, and then once more behind that:
    1.2.3 gives 1.2.4, 1.2.5, 1.3.0, 1.3.1, 1.4.0, 1.4.1, 2.0.0, 2.0.1, 2.1.0 ..."""
    return (_text(tokens) for tokens in _raised(_tokens(version), 0, 2))


def gaps(version: str) -> Iterator[str]:
    """The last number raised by more than two."""
    tokens = _tokens(version)
    for place in _numbers(tokens)[-1:]:
        yield from (_text(_raise(tokens, place, by)) for by in _GAPS)


def letters(version: str) -> Iterator[str]:
    """The letter at the end raised, or the numbers before it: then it starts anew, at `a` behind
    one number and without a letter behind several. 1.1.1w gives 1.1.1x and 1.1.2, 2024b 2025a."""
    letter = _LETTER.search(version)
    if letter is None:
        return
    stem, first = version[: letter.start()], "a" if letter[1].islower() else "A"
    for code in (ord(letter[1]) + 1, ord(letter[1]) + 2):
        if chr(code).isalpha():
            yield stem + chr(code)
    yield from (step if "." in stem else step + first for step in steps(stem))


def months(version: str, today: date) -> Iterator[str]:
    """For YEAR.MONTH versions, of two or four digits: the months that followed, up to today."""
    tokens = _tokens(version)
    if _numbers(tokens)[:2] != [0, 1]:
        return
    year, month = int(tokens[0][1]), int(tokens[1][1])
    century = 2000 if year < 100 else 0
    if not (2010 <= year + century <= today.year and 1 <= month <= 12):
        return
    last = today.year * 12 + today.month - 1
    first = (year + century) * 12 + month
    for count in range(max(first, last - _MONTHS + 1), last + 1):
        for text in _spellings(tokens[1][1], count % 12 + 1):
            head = [("", str(count // 12 - century)), (tokens[1][0], text)]
            yield _text([*head, *((sep, _zero(each)) for sep, each in tokens[2:])])


def _spellings(known: str, month: int) -> list[str]:
    """A month as the known one is written: 10 to 12 leave open whether others are padded."""
    if known.startswith("0"):
        return [f"{month:02}"]
    return [str(month)] if len(known) == 1 or month > 9 else [f"{month:02}", str(month)]


def _raised(tokens: Sequence[Token], start: int, most: int) -> Iterator[Sequence[Token]]:
    for place in reversed([each for each in _numbers(tokens) if each >= start]):
        for by in range(1, most + 1):
            raised = _raise(tokens, place, by)
            yield raised
            if most > 1:
                yield from _raised(raised, place + 1, most - 1)


def _raise(tokens: Sequence[Token], place: int, by: int) -> list[Token]:
    """One number raised, with zeros in place of the numbers behind it; padding is kept."""
    separator, text = tokens[place]
    behind = [(sep, _zero(each)) for sep, each in tokens[place + 1 :]]
    return [*tokens[:place], (separator, str(int(text) + by).zfill(len(text))), *behind]


def _zero(text: str) -> str:
    return "0" * len(text) if text.startswith("0") else "0" if text.isdigit() else text


def _tokens(version: str) -> list[Token]:
    return [(match[1], match[2]) for match in _TOKEN.finditer(version)]


def _numbers(tokens: Sequence[Token]) -> list[int]:
    return [place for place, (_, text) in enumerate(tokens) if text.isdigit() and len(text) < 19]


def _text(tokens: Sequence[Token]) -> str:
    return "".join(separator + text for separator, text in tokens)
