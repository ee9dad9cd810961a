"""The package index: one list tells which projects changed since they were last judged."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache

from django.conf import settings
from django.utils import timezone
from pypi_simple import ACCEPT_JSON_ONLY

from core import hearsay
from core.http import DoorError, Response, door
from versions.asking import seen
from versions.asking.answers import Answer
from versions.asking.configuration import lookup_config
from versions.asking.subjects import Subject
from versions.bulk.batch import Answered, Batch
from versions.bulk.project_list import NoSerials, read_serials
from versions.models import Package
from versions.sources.pypi import PackageIndex

log = logging.getLogger(__name__)

LANE = "index"
MOST = 2000
FRESH_SECONDS = 60.0  # long enough for a sweep, and no news is older
FETCH_SECONDS = 60.0
MAX_BYTES = 256 * 1024 * 1024  # some 31 MB in 2026
FAILED_SECONDS = 30.0
ABSENT_SECONDS = 86_400.0
_WAIT_SECONDS = 0.25
_ABSENT = frozenset({404, 406, 410})  # statuses
_PREFIX = f"{PackageIndex.name}:"


@dataclass(frozen=True, slots=True)
class ProjectList:
    """Serials by project, of those that are watched, as the index had them at `fetched_at` (seconds
    since 1970)."""

    serials: Mapping[str, int] = field(default_factory=dict)
    fetched_at: float = 0.0
    etag: str = ""

    @property
    def is_fresh(self) -> bool:
        return 0 <= time.time() - self.fetched_at < FRESH_SECONDS


class IndexChanges:
    """What this process knows of the list. One process fetches it, the others are told."""

    def __init__(self, endpoint: str) -> None:
        self._url = endpoint.rstrip("/") + "/"
        self._lock = threading.Lock()
        self._list = ProjectList()
        self._wanted: frozenset[str] = frozenset()

    def offered(self, due: int) -> Batch | None:
        """While the list is at hand it costs nothing; else it must save many requests."""
        if not self._list.is_fresh and not (due >= settings.INDEX_LIST_LEAST and self._is_worth()):
            return None
        return Batch(LANE, MOST, 1, self.answer)

    def answer(self, subjects: Sequence[Subject]) -> Iterator[Answered]:
        serials, config, now = self._serials(), lookup_config(), datetime.now(UTC)
        for each in subjects:
            number = serials.get(each.project) if each.upstream.startswith(_PREFIX) else None
            same = number is not None and seen.serial(number) in seen.known(each, config, now)
            yield each.key, Answer.as_before() if same else None

    # Whether it is worth it

    def _is_worth(self) -> bool:
        if hearsay.recall(self._of("absent")) or not _saves_many():
            return False
        self._wanted = _watched_projects()
        return True

    # Getting it

    def _serials(self) -> Mapping[str, int]:
        """Nothing if it can't be had now."""
        with self._lock:
            if not self._list.is_fresh:
                self._list = self._told() or self._fetched_by_one() or self._list
            return self._list.serials if self._list.is_fresh else {}

    def _told(self) -> ProjectList | None:
        told: ProjectList | None = hearsay.recall(self._of("list"))
        return told if told and told.is_fresh else None

    def _fetched_by_one(self) -> ProjectList | None:
        """Fetch it, or wait for the process that does."""
        until = time.monotonic() + FETCH_SECONDS
        while not hearsay.first_to(self._of("fetching"), FETCH_SECONDS):
            time.sleep(_WAIT_SECONDS)
            if told := self._told():
                return told
            if hearsay.recall(self._of("absent")):
                return None
            if time.monotonic() > until:
                break
        try:
            return self._fetched()
        finally:
            hearsay.forget(self._of("fetching"))

    def _fetched(self) -> ProjectList | None:
        try:
            fetched = self._fetch()
        except NoSerials as error:
            self._leave_it(str(error), ABSENT_SECONDS)
        except ValueError as error:
            self._leave_it(f"it can't be read: {type(error).__name__}", FAILED_SECONDS)
        except DoorError as error:
            seconds = ABSENT_SECONDS if error.status in _ABSENT else FAILED_SECONDS
            self._leave_it(str(error), seconds)
        else:
            hearsay.tell(self._of("list"), fetched, FRESH_SECONDS)
            return fetched
        return None

    def _fetch(self) -> ProjectList:
        serials: dict[str, int] = {}

        def read(pieces: Iterator[bytes]) -> None:
            serials.clear()
            serials.update(read_serials(pieces, self._wanted))

        condition = {"If-None-Match": self._list.etag} if self._list.etag else {}
        started = time.time()
        response = door().stream(
            self._url,
            read,
            headers={"Accept": ACCEPT_JSON_ONLY, **condition},
            deadline=FETCH_SECONDS,
            max_bytes=MAX_BYTES,
            accept_statuses=(200, 304),
        )
        if response.status == 304:
            return replace(self._list, fetched_at=started)
        return ProjectList(serials, started, _etag(response))

    def _leave_it(self, why: str, seconds: float) -> None:
        log.info("the index's list of projects is not used for %.0f s: %s", seconds, why)
        hearsay.tell(self._of("absent"), True, seconds)

    def _of(self, what: str) -> str:
        return f"index {what} {self._url}"


@cache
def _changes(endpoint: str) -> IndexChanges:
    return IndexChanges(endpoint)


def offered(due: int) -> Batch | None:
    return _changes(lookup_config().index_endpoint).offered(due)


def _saves_many() -> bool:
    """Whether enough packages may turn out to be unchanged."""
    now = timezone.now()
    judged = Package.objects.due(now).filter(
        lane=LANE, seen__contains=seen.SERIAL, judge_again_at__gt=now
    )
    return judged.count() >= settings.INDEX_LIST_LEAST


def _etag(response: Response) -> str:
    """What may go back into a header; a host may send anything."""
    etag = response.headers.get("etag", "")
    return etag if len(etag) <= 512 and etag.isascii() and etag.isprintable() else ""


def _watched_projects() -> frozenset[str]:
    names = Package.objects.watched().filter(lane=LANE, upstream__startswith=_PREFIX)
    return frozenset(
        each.removeprefix(_PREFIX) for each in names.values_list("upstream", flat=True)
    )
