"""Reading the feedstocks of a channel: what is there, what is new or gone, and what changed.

Only recipes whose text or reader changed are read, in reader processes; results are written every
few hundred, so a reading cut short is taken up where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import asdict, dataclass
from itertools import chain, count
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.models import outcome_values
from core.outcomes import OK, Outcome, OutcomeError
from graph import channels, readback, storable, watching
from graph.channels import Spec
from graph.models import Channel, Feedstock
from graph.outcomes import ALREADY_TRACKED, CHANNEL_NAME_TAKEN
from graph.reader_version import reader_version
from graph.recipes.model import RecipeText
from graph.recipes.tree import FoundRecipe
from graph.recipes.wall import ReaderPool
from graph.slices import slices
from graph.storing import Read, content_hash, store

BATCH = 300
# A key is CHANNEL/NAME in 255 characters.
LONGEST_NAME = 190

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Report:
    """Counts of one reading: `read` were read anew, and `failed` is how many of all that are
    there can't be read."""

    channel: str
    found: int
    new: int
    gone: int
    read: int
    failed: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record of a feedstock."""

    content_hash: str
    reader_version: str
    path: str
    is_gone: bool


def track(text: str, name: str | None = None, progress: Progress | None = None) -> Report:
    """Add a channel by its spec, or find the one that has it, and read it.

    Raises OutcomeError for a spec or a name that can't be used; see `graph.channels.parse()`.
    """
    return refresh(_channel(channels.parse(text), name), progress)


def _channel(spec: Spec, name: str | None) -> Channel:
    if tracked := Channel.objects.filter(spec=str(spec)).first():
        if name not in (None, tracked.name):
            raise ALREADY_TRACKED.error(spec=spec, name=tracked.name)
        return tracked
    specs = dict(Channel.objects.values_list("name", "spec"))
    chosen = channels.check_name(name) if name else _first_free(specs, spec.suggest_name())
    if chosen in specs:
        raise CHANNEL_NAME_TAKEN.error(name=chosen, spec=specs[chosen])
    return Channel.objects.create(name=chosen, kind=spec.kind, spec=str(spec))


def _first_free(taken: Container[str], *wishes: str) -> str:
    numbered = (f"{wishes[-1][:60]}-{number}" for number in count(2))
    return next(name for name in chain(wishes, numbered) if name not in taken)


def refresh(channel: Channel, progress: Progress | None = None) -> Report:
    """Read what changed in a channel, have its packages watched, and judge what was read.

    Raises OutcomeError, which is then also the channel's outcome, if the place can't be used.
    """
    try:
        reading = _Reading(channel, channels.parse(channel.spec), progress or _silent)
        report = reading.run()
    except OutcomeError as error:
        _write(channel, error.outcome)
        raise
    _write(channel, OK, report=report.as_dict(), last_read_at=timezone.now())
    watching.sync(channel)
    readback.read_back()
    return report


def _silent(done: int, total: int, note: str) -> None:
    """Progress that nobody watches."""


def _write(channel: Channel, outcome: Outcome, **values: Any) -> None:
    Channel.objects.filter(pk=channel.pk).update(**outcome_values(outcome), **values)


class _Reading:
    """One pass over a channel."""

    def __init__(self, channel: Channel, spec: Spec, progress: Progress) -> None:
        self._channel = channel
        self._spec = spec
        self._progress = progress
        self._known = _known(channel)
        self._found: set[str] = set()
        self._in_hand: dict[int, tuple[str, str, str]] = {}
        self._ready: list[Read] = []
        self._read = 0

    def run(self) -> Report:
        with ReaderPool(settings.READER_PROCESSES, settings.READER_SECONDS) as pool:
            for text, result in pool.read_all(self._changed(), ()):
                name, path, digest = self._in_hand.pop(id(text))
                self._keep(Read(name, path, digest, text, result))
        self._store()
        gone = self._mark_gone()
        return Report(
            channel=self._channel.name,
            found=len(self._found),
            new=len(self._found - self._known.keys()),
            gone=gone,
            read=self._read,
            failed=Feedstock.objects.unreadable().filter(channel=self._channel).count(),
        )

    def _changed(self) -> Iterator[RecipeText]:
        """Find feedstocks; hand out the texts to be read, keep what is known without reading."""
        for found in self._spec.find():
            name, path = self._name_of(found), storable.clean(found.path)
            self._found.add(name)
            self._progress(len(self._found), max(len(self._found), len(self._known)), name)
            digest = content_hash(found.text)
            known = self._known.get(name)
            if known == Known(digest, reader_version(), path, is_gone=False):
                continue
            if isinstance(found.text, Outcome):
                self._keep(Read(name, path, digest, None, found.text))
            else:
                self._in_hand[id(found.text)] = (name, path, digest)
                yield found.text

    def _name_of(self, found: FoundRecipe) -> str:
        """The name of its directory; where an earlier one has that too, the whole way to it."""
        wishes = (found.name, found.path.replace("/", "-"))
        return _first_free(self._found, *(storable.clean(each)[:LONGEST_NAME] for each in wishes))

    def _keep(self, read: Read) -> None:
        self._ready.append(read)
        if len(self._ready) >= BATCH:
            self._store()

    def _store(self) -> None:
        self._read += store(self._channel, self._ready)
        self._ready = []

    def _mark_gone(self) -> int:
        """Nothing is deleted: what comes back is still known."""
        present = (name for name, known in self._known.items() if not known.is_gone)
        missing = [name for name in present if name not in self._found]
        now = timezone.now()
        for part in slices(missing):
            self._channel.feedstocks.filter(name__in=part).update(gone_at=now)
        if missing:
            Channel.objects.filter(pk=self._channel.pk).update(changed_at=now)
        return len(missing)


def _known(channel: Channel) -> dict[str, Known]:
    rows = channel.feedstocks.values_list(
        "name", "content_hash", "reader_version", "path", "gone_at"
    )
    return {
        name: Known(digest, reader, path, is_gone=gone_at is not None)
        for name, digest, reader, path, gone_at in rows
    }
