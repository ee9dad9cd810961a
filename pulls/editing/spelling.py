"""How a version is spelled elsewhere in a recipe: 1.2.3 as 1_2_3, as v1.2.3, or 1.2 of it.

Given what stands there now and the version that it belongs to, what stands there for another one?
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

_SHORTEST_WITHOUT_DOTS = 4
_LONGEST = 200
_NUMBER = re.compile(r"\d+")
_SEPARATORS = re.compile(r"[._+-]")


def conda_form(version: str) -> str:
    """A version as conda may carry it: CRAN's 1.2-3 is 1.2_3."""
    return version.replace("-", "_")


def upstream_forms(version: str) -> Iterator[str]:
    """How upstream may write a version of conda's, the likelier first."""
    if "_" in version:
        yield version.replace("_", "-")
    yield version


def respelled(text: str, old: str, new: str) -> Iterator[str]:
    """What `text`, a spelling of `old`, may be for `new`; nothing if it is no spelling of it."""
    if text == old:
        yield from upstream_forms(new)
    if text == old or len(text) > _LONGEST:
        return
    yield from _mirrored(text, old, new)
    if is_bounded(old, text):
        for form in upstream_forms(new):
            yield replace_bounded(text, old, form)
    yield from _within(text, old, new)
    yield from _renumbered(text, old, new)


def _mirrored(text: str, old: str, new: str) -> Iterator[str]:
    """With the separators and the padding that `text` has in place of those of `old`."""
    parts, old_parts, new_parts = (_SEPARATORS.split(each) for each in (text, old, new))
    if len(parts) != len(old_parts) or not all(map(_same_part, parts, old_parts)):
        return
    given, used, wanted = (_SEPARATORS.findall(each) for each in (text, old, new))
    padded = [
        part.zfill(len(parts[place]))
        if place < len(parts) and len(parts[place]) > len(old_parts[place])
        else part
        for place, part in enumerate(new_parts)
    ]
    if len(given) == len(wanted):
        yield _joined(padded, given)
    mapped = dict(zip(used, given, strict=True))
    yield _joined(padded, [mapped.get(each, each) for each in wanted])


def _within(text: str, old: str, new: str) -> Iterator[str]:
    """As the part of the version between a beginning and an end that stay: 1.2 of 1.2.dev0."""
    if text and (found := bounded(text).search(old)):
        head, tail = old[: found.start()], old[found.end() :]
        if new.startswith(head) and new.endswith(tail) and len(new) > len(head + tail):
            yield new[len(head) : len(new) - len(tail)]


def _renumbered(text: str, old: str, new: str) -> Iterator[str]:
    """With other numbers: v1r2p3, or 2025_04_04 of 20250404."""
    numbers, wanted = _NUMBER.findall(old), _NUMBER.findall(new)
    given = _NUMBER.findall(text)
    if len(given) > 1 and "".join(given) == old and len(new) == len(old) and new.isdecimal():
        ends = list(accumulate(map(len, given)))
        wanted = [new[start:end] for start, end in pairwise([0, *ends])]
    elif len(given) < 2 or given != numbers or len(wanted) != len(given):
        return
    left = iter(wanted)
    yield _NUMBER.sub(lambda _: next(left), text)


def _same_part(one: str, other: str) -> bool:
    return one == other or (one.isdecimal() and other.isdecimal() and int(one) == int(other))


def _joined(parts: list[str], separators: list[str]) -> str:
    return parts[0] + "".join(map(str.__add__, separators, parts[1:]))


def beginnings(version: str) -> Iterator[str]:
    """1.2.3 begins with 1.2; a single number is too little to be known again."""
    ends = [found.start() for found in _SEPARATORS.finditer(version)]
    for end in reversed(ends[1:]):
        yield version[:end]


def beginning_of(version: str, like: str) -> str | None:
    """As many numbers of `version` as `like` has; None if it has fewer."""
    count = len(_SEPARATORS.findall(like))
    ends = [found.start() for found in _SEPARATORS.finditer(version)]
    return version[: ends[count]] if count < len(ends) else version if count == len(ends) else None


def is_bounded(version: str, text: str) -> bool:
    return bounded(version).search(text) is not None


def replace_bounded(text: str, old: str, new: str) -> str:
    return bounded(old).sub(lambda _: new, text)


def bounded(version: str) -> re.Pattern[str]:
    """Finds `version` where it stands by itself, not as a part of a longer one."""
    return re.compile(rf"(?<!\d)(?<!\d\.){re.escape(version)}(?!\.?\d)")


def number_of(version: str, place: int) -> str | None:
    """The number at a place, counted from 0; None if there are fewer."""
    numbers = _SEPARATORS.split(version)
    return numbers[place] if place < len(numbers) else None


def forms(old: str, new: str) -> Iterator[tuple[str, str]]:
    """How URLs hold a version, and what they hold for the new one: whole, and its beginnings if
    those differ."""
    for separator in (".", "_", "-", ""):
        whole = old.replace(".", separator)
        if separator or len(whole) >= _SHORTEST_WITHOUT_DOTS:
            yield whole, new.replace(".", separator)
    for beginning in beginnings(old):
        wanted = beginning_of(new, beginning)
        if wanted and wanted != beginning:
            yield beginning, wanted
