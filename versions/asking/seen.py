"""What upstream said of its state when it was last judged: if it says the same again, the last
answer still holds, and neither parsing nor judging is worth the time.

`seen` of a package is a few words. One stands for all that is judged by: URLs, settings, people's
decisions, Botsite itself; if that has changed, the others mean nothing.

    serial:29183742        the package index's count of changes to a project
    heard:d41d8cd98f00b204 all that was answered in a look-up, in its order
    tags:9f86d081884c7d65  the newest tags of a repository, and how many there are
    probe:HEAD/1.2.3       the newest version whose file was found, and how
    listing:8f14e45fceea   the uppermost folder
    above:20260506070800   the date of that in the folder above
    for:5d41402abc4b2a76   what it was judged by
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import chain

from core.http import DoorError, Response
from versions.asking.subjects import LookupConfig, Subject
from versions.choosing.policy import Policy
from versions.choosing.selection import Judgement
from versions.releases import Listing

# Whatever upstream says, it is judged anew after so many days; not all packages on the same one.
# Guesses tell less than an upstream that lists what it has, and the first ones are brief.
FULL_LOOK_DAYS = (5.0, 7.0)
FULL_GUESS_DAYS = (0.8, 1.0)
FIRST_GUESS_DAYS = (0.05, 0.15)
SERIAL = "serial:"
_SERIAL_HEADER = "x-pypi-last-serial"


class Unchanged(Exception):
    """Upstream is as it was when it was last judged."""


class Witness:
    """Hears what upstream answers in one look-up, and compares it with what is known.

    What sources read depends on nothing but the answers, errors among them: if those are the same,
    so is what follows. Raises Unchanged as soon as that is certain.
    """

    def __init__(
        self, known: Iterable[str], words: Iterable[str] = (), *, brief: bool = False
    ) -> None:
        """`words` are what is known of upstream's state this time, before any answer. A `brief`
        look asks for less than a full one, so that they must not be compared."""
        self._known = frozenset(known)
        self._words = list(words)
        self._chain = blake2b(b"brief" if brief else b"", digest_size=8)
        self._heard: list[str] = []
        self._compare(*words)

    def begin(self) -> None:
        """Another source is asked: what the last one called upstream's state is not about it."""
        self._words = []

    def hear(self, answer: Response | DoorError) -> None:
        """An answer, before anyone reads it."""
        if isinstance(answer, DoorError):
            self._link(answer.outcome.code)
            return
        if number := _serial_in(answer):
            self._tell(serial(number))
        self._link(f"{answer.url} {answer.status} {answer.digest}")

    def state_of(self, source: str) -> str:
        """What a source called upstream's state last time; else ""."""
        return next((word for word in self._known if word.startswith(f"{source}:")), "")

    def hear_listing(self, listing: Listing, *, shared: bool) -> None:
        """What a source read from answers; they are not heard if they were `shared`, as then they
        are about other packages too."""
        if listing.state:
            self._tell(*listing.state.split())
        if shared:
            self._link(repr(listing))

    def words(self, *, complete: bool) -> tuple[str, ...]:
        """What to remember: all that was heard; and what the last source called upstream's state,
        if nothing else counts."""
        return (*self._heard, *(self._words if complete else ()))

    def _tell(self, word: str, *others: str) -> None:
        """The first word says most."""
        self._compare(word)
        self._words = [word, *others]

    def _link(self, text: str) -> None:
        self._chain.update(f"{text}\n".encode(errors="backslashreplace"))
        self._heard = [f"heard:{self._chain.hexdigest()}"]
        self._compare(*self._heard)

    def _compare(self, *words: str) -> None:
        if not self._known.isdisjoint(words):
            raise Unchanged


def known(subject: Subject, config: LookupConfig, now: datetime) -> frozenset[str]:
    """The words of last time that still mean something."""
    if not subject.seen or subject.judge_again_at is None or now >= subject.judge_again_at:
        return frozenset()
    words = frozenset(subject.seen.split())
    return words if _judged_by(subject, config) in words else frozenset()


def remembered(words: Iterable[str], subject: Subject, config: LookupConfig) -> str:
    """`seen`, for the next time."""
    return " ".join([*words, _judged_by(subject, config)])


def word(kind: str, content: bytes) -> str:
    return f"{kind}:{blake2b(content, digest_size=8).hexdigest()}"


def serial(number: int | str) -> str:
    return f"{SERIAL}{number}"


def judge_again_at(
    judgements: Sequence[Judgement], policy: Policy, now: datetime, look: tuple[float, float]
) -> datetime:
    """The earliest moment at which a verdict may change by itself, or a full look is due: after a
    time between these numbers of days."""
    days = random.uniform(*look)  # noqa: S311 - spreads load
    return min(chain([now + timedelta(days=days)], _turning_points(judgements, policy, now)))


def _turning_points(
    judgements: Iterable[Judgement], policy: Policy, now: datetime
) -> Iterator[datetime]:
    rules = set()
    for each in judgements:
        rules.add(each.rule)
        if each.rule == "cooldown" and each.release.released_at and policy.cooldown_days:
            yield each.release.released_at + timedelta(days=policy.cooldown_days)
    if "jump" in rules:
        # Which numbers are years depends on the year.
        yield datetime(now.year + 1, 1, 1, tzinfo=UTC)


def _serial_in(answer: Response) -> str:
    number = answer.headers.get(_SERIAL_HEADER, "")
    return number if number.isascii() and number.isdigit() and len(number) < 20 else ""


def _judged_by(subject: Subject, config: LookupConfig) -> str:
    urls = [[url.rendered, url.template, url.git_rev] for url in subject.urls]
    decided = [sorted(subject.hidden.items()), subject.pinned]
    ours = [config.index_endpoint, sorted(config.gitea_hosts), config.software]
    about = [subject.name, subject.current_version, urls, subject.settings, decided, ours]
    return word("for", repr(about).encode(errors="backslashreplace"))
