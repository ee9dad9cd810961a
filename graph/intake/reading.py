"""Reading the feedstocks of a channel: what is there, what is new or gone, and what changed.

Only recipes whose text or reader changed are read, in reader processes; results are written every
few hundred, so a reading cut short is taken up where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import asdict, astuple, dataclass
from itertools import chain, count
from typing import Any

from django.conf import settings
from django.utils import timezone

from core import statements
from core.logs import bound
from core.models import outcome_values
from core.outcomes import OK, Outcome, OutcomeError
from graph import channels, readback
from graph.channels import Spec
from graph.channels.found import NOWHERE, Found, Home, Seen
from graph.comparison import comparing, taking_over
from graph.intake import storable, watching
from graph.intake.reader_version import reader_version
from graph.intake.storing import Read, content_hash, store
from graph.models import Channel, Feedstock
from graph.outcomes import ALREADY_TRACKED, CHANNEL_NAME_TAKEN
from graph.recipes.model import RecipeText
from graph.recipes.wall import ReaderPool
from graph.slices import slices

BATCH = 300
# A key is CHANNEL/NAME in 255 characters.
LONGEST_NAME = 190
HOME = ["forge_url", "branch", "archived"]

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
    """What is on record of a feedstock. It is settled if it is there and needn't be read again
    as long as it doesn't change."""

    content_hash: str
    seen: Seen
    home: Home
    is_gone: bool
    is_settled: bool

    def is_of(self, content_hash: str, path: str) -> bool:
        return (self.content_hash, self.seen.path) == (content_hash, path)


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
        spec = channels.parse(channel.spec)
        reading = _Reading(channel, spec, progress or _silent)
        with bound(channel=channel.name):
            report = reading.run()
            their_changes = taking_over.take_over(channel, spec, reading.position)
    except OutcomeError as error:
        _write(channel, error.outcome)
        raise
    document = report.as_dict() | {"position": reading.position}
    _write(channel, OK, report=document, last_read_at=timezone.now())
    watching.sync(channel)
    readback.read_back()
    if their_changes:
        comparing.compare_all()
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
        self.position = ""
        self._found: set[str] = set()
        self._in_hand: dict[int, tuple[str, str, str, str]] = {}
        self._ready: list[Read] = []
        self._homes: dict[str, tuple[Any, ...]] = {}
        self._commits: dict[str, tuple[Any, ...]] = {}
        self._read = 0

    def run(self) -> Report:
        self.position = self._spec.position()
        if self._is_where_it_was():
            self._found = {name for name, known in self._known.items() if not known.is_gone}
            return self._report(gone=0)
        try:
            self._read_changed()
        finally:
            # What was read before something went wrong needn't be read again.
            self._store()
            self._update(HOME, self._homes)
            self._update(["commit"], self._commits)
        return self._report(gone=self._mark_gone())

    def _is_where_it_was(self) -> bool:
        """Nothing happened at the place since a reading that left nothing open."""
        last = self._channel.report.get("position", "")
        if not self.position or self.position != last or self._channel.outcome_code != OK.code:
            return False
        return all(known.is_settled or known.is_gone for known in self._known.values())

    def _read_changed(self) -> None:
        with ReaderPool(settings.READER_PROCESSES, settings.READER_SECONDS) as pool:
            for text, result in pool.read_all(self._changed(), ()):
                name, path, digest, commit = self._in_hand.pop(id(text))
                self._keep(Read(name, path, digest, text, result, commit))

    def _report(self, gone: int) -> Report:
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
        settled = {name: known.seen for name, known in self._known.items() if known.is_settled}
        for found in self._spec.find(settled):
            name, path = self._name_of(found), storable.clean(found.path)
            self._found.add(name)
            self._progress(len(self._found), max(len(self._found), len(self._known)), name)
            known = self._known.get(name)
            if found.home != (known.home if known else NOWHERE):
                self._homes[name] = astuple(found.home)
            if found.text is None:
                continue
            digest = content_hash(found.text)
            if (
                known
                and known.is_settled
                and (known.content_hash, known.seen.path) == (digest, path)
            ):
                if known.seen.commit != found.commit:
                    self._commits[name] = (found.commit,)
            elif isinstance(found.text, Outcome):
                self._keep(Read(name, path, digest, None, found.text, found.commit))
            else:
                self._in_hand[id(found.text)] = (name, path, digest, found.commit)
                yield found.text

    def _name_of(self, found: Found) -> str:
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

    def _update(self, columns: list[str], values: dict[str, tuple[Any, ...]]) -> None:
        """Of feedstocks that have a row by now: each new one was stored before."""
        if not values:
            return
        rows = self._channel.feedstocks.values_list("pk", "name")
        changed = [(*values[name], pk) for pk, name in rows if name in values]
        for part in slices(changed):
            statements.update(Feedstock, columns, part)

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
        "name", "content_hash", "reader_version", "path", "commit", "gone_at", *HOME
    )
    reader_now = reader_version()
    return {
        name: Known(
            digest,
            Seen(path, commit),
            Home(*home),
            is_gone=gone_at is not None,
            is_settled=bool(digest) and reader == reader_now and gone_at is None,
        )
        for name, digest, reader, path, commit, gone_at, *home in rows
    }
