"""What a shift found, on its way into the database."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from django.conf import settings
from django.db import DataError, transaction

from core.http import Door, Traffic
from core.http.outcomes import BUSY, LEFT_ALONE
from core.outcomes import INTERNAL
from versions.asking.answers import Answer
from versions.models import Sweep
from versions.planning import planner
from versions.recording.record import record
from versions.recording.recorded import Checked, Recorded
from versions.shifts import tally
from versions.shifts.patience import persistently

log = logging.getLogger(__name__)

FLUSH_SECONDS = 2.0
FLUSH_ROWS = 500
BUSY_SECONDS = 60.0
NOT_ASKED = frozenset({LEFT_ALONE.code, BUSY.code})


class Ledger:
    """The results of one shift, written down a few hundred at a time, with the leases renewed.

    Packages whose host could not be asked are put off, unless somebody insists on a result.
    """

    def __init__(self, token: str, door: Door, sweep: Sweep | None) -> None:
        self._token = token
        self._door = door
        self._sweep = sweep
        self._traffic = door.traffic()
        self._ready: list[Checked] = []
        self._flushed = self._renewed = time.monotonic()
        self._hurries = False
        self.total = Recorded()

    def add(self, results: Iterable[Checked]) -> None:
        self._ready += results

    def hurry(self) -> None:
        """Have the next results written at once."""
        self._hurries = True

    @property
    def is_full(self) -> bool:
        """Whether it is time to write."""
        late = time.monotonic() - self._flushed > FLUSH_SECONDS
        return late or self._hurries or len(self._ready) >= FLUSH_ROWS

    def flush(self) -> None:
        ready, self._ready = self._ready, []
        traffic = tally.since(self._traffic, now := self._door.traffic())
        self._traffic = now
        for start in range(0, len(ready), FLUSH_ROWS):
            self._write(ready[start : start + FLUSH_ROWS], traffic if start == 0 else {})
        self._renew()
        self._flushed, self._hurries = time.monotonic(), False

    def _write(self, ready: list[Checked], traffic: dict[str, Traffic]) -> None:
        """Record results. One that the database can't take is kept out of the others' way."""
        try:
            self.total.add(persistently(partial(self._recorded, ready, traffic)))
        except (DataError, ValueError, TypeError) as error:
            if half := len(ready) // 2:
                self._write(ready[:half], traffic)
                self._write(ready[half:], {})
            elif ready[0].answer.outcome.code == INTERNAL.code:
                raise
            else:
                log.exception("the result of package %s was not taken", ready[0].package_id)
                failed = Answer.failed(INTERNAL.outcome(error=type(error).__name__))
                self._write([replace(ready[0], answer=failed)], traffic)

    def _recorded(self, ready: list[Checked], traffic: dict[str, Traffic]) -> Recorded:
        put_off = _put_off(ready) if self._sweep else {}
        with transaction.atomic():
            planner.postpone(self._token, put_off)
            recorded = record([each for each in ready if each.package_id not in put_off])
            if self._sweep:
                tally.add(self._sweep.pk, recorded, traffic)
        return recorded

    def _renew(self) -> None:
        if time.monotonic() - self._renewed > settings.CHECK_LEASE_SECONDS / 4:
            persistently(partial(planner.renew, self._token))
            self._renewed = time.monotonic()


def _put_off(ready: Iterable[Checked]) -> dict[int, float]:
    """The packages whose host was not asked, and for how many seconds it is better left alone."""
    return {
        each.package_id: each.answer.retry_after or BUSY_SECONDS
        for each in ready
        if each.answer.outcome.code in NOT_ASKED
    }
