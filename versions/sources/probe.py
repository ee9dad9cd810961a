"""Asking for files that may exist, for hosts that list nothing: the long tail.

The recipe's own URL is asked for first, which shows how the host answers. Then the next versions
are guessed: first the highest, so that few requests lead far; then upwards from the recipe's, for
those who stay on a series. The first look at a project asks for the likeliest only: thousands of
new packages may be due at once.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from core.http import Door, DoorError, Response
from core.http.bodies import NOTHING
from core.http.outcomes import TOO_LARGE
from core.outcomes import OutcomeError
from versions.choosing.schemes import Scheme, parse
from versions.outcomes import ANYTHING_GOES, NOTHING_TO_PROBE, PROBE_ENDED
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.sources.guesses import guesses, likeliest
from versions.sources.protocol import Fact
from versions.sources.reading import web_host
from versions.sources.shared import Shared
from versions.sources.spellings import UrlTemplate, url_template
from versions.sources.trails import split_ending

MAX_REQUESTS = 40
_SECONDS = 40.0
_SECONDS_EACH = 8.0
_ENOUGH = 256 * 1024  # bytes of a file that is sent whole though only its first was asked for

_ABSENT = frozenset({400, 401, 403, 404, 405, 406, 410, 416, 451, 501})
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_WORD = re.compile(r"[!-~]{1,60}")
_ANSWERS_HEAD = {"HEAD": True, "GET": False}
_NONSENSE = 7919  # no next version is so far away


def _today() -> date:
    return datetime.now(UTC).date()


class UrlProbe:
    name = "probe"
    title = "The host of its URL"
    urls = "Any other `http` or `https` URL that contains the version, also if no listing is found"
    asks = f"`HEAD`, or `GET` of one byte, for the URLs of guessed versions: at most {MAX_REQUESTS}"
    bulk = False
    knows: frozenset[Fact] = frozenset()
    scheme = Scheme.GENERIC
    curated = True

    def __init__(self, today: Callable[[], date] = _today) -> None:
        self._today = today

    def claims(self, url: RecipeUrl) -> Upstream | None:
        host = web_host(url)
        if not host or url.parts is None or url_template(url) is None:
            return None
        project = f"{host}{url.parts.path}"
        return Upstream(self.name, project, url.rendered, lane=host, found_in=url)

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        url = upstream.found_in
        template = url_template(url) if url else None
        if url is None or template is None:
            raise NOTHING_TO_PROBE.error(host=upstream.lane, count=0)
        asker = _Asker(door, url)
        search = _Search(
            template, asker, upstream.lane, self._today(), url.version, brief=upstream.brief
        )
        remark = search.run()
        if not search.found:
            raise NOTHING_TO_PROBE.error(host=upstream.lane, count=len(search.asked))
        releases = (
            Release(version, self.name, url=template.url(version)) for version in search.found
        )
        state = f"{self.name}:{asker.method}/{highest_first(search.found)[0]}"
        state = state if _WORD.fullmatch(state) else ""
        return Listing(self.name, upstream.url, tuple(releases), remark=remark, state=state)

    def still(self, state: str, upstream: Upstream, door: Door, shared: Shared) -> bool:
        """Whether none of the likeliest versions is there; all others are asked for once a day."""
        template = url_template(upstream.found_in) if upstream.found_in else None
        if upstream.found_in is None or template is None:
            return False
        method, _, newest = state.removeprefix(f"{self.name}:").partition("/")
        asker = _Asker(door, upstream.found_in, method)
        return not any(asker.exists(template.url(guess)) for guess in likeliest(newest))


@dataclass(slots=True)
class _Search:
    """`asked` says of each version whether its file exists."""

    template: UrlTemplate
    asker: _Asker
    host: str
    today: date
    current: str
    brief: bool
    asked: dict[str, bool] = field(default_factory=dict)

    @property
    def found(self) -> list[str]:
        return [version for version, exists in self.asked.items() if exists]

    def run(self) -> str:
        """Search; returns a remark if it ended early. Raises OutcomeError if that was before
        anything newer was found, lest the recipe's version be taken for the newest."""
        try:
            self._exists(self.current)
            self._climb(highest_first)
            self._climb(lowest_first)
        except OutcomeError as error:
            if set(self.found) <= {self.current}:
                raise
            return f"There may be a newer version. {error.outcome.message}"
        return ""

    def _climb(self, order: Callable[[Iterable[str]], list[str]]) -> None:
        hit: str | None = self.current
        while hit is not None:
            wanted = order(guesses(hit, self.today, brief=self.brief))
            hit = next((guess for guess in wanted if self._exists(guess)), None)

    def _exists(self, version: str) -> bool:
        if version not in self.asked:
            first = set(self.found) <= {self.current}
            self.asked[version] = self.asker.exists(self.template.url(version))
            if first and self.asked[version] and version != self.current:
                self._doubt(version)
        return self.asked[version]

    def _doubt(self, version: str) -> None:
        """Hosts that answer well for any URL prove nothing. Raises `versions.anything_goes`."""
        nonsense = f"{_NONSENSE}.{_NONSENSE}"
        if self.asker.exists(self.template.url(nonsense)):
            self.asked[version] = False
            raise ANYTHING_GOES.error(host=self.host, guess=version, nonsense=nonsense)


def highest_first(versions: Iterable[str]) -> list[str]:
    known = [(order, version) for version in versions if (order := parse(version))]
    return [version for _, version in sorted(known, key=lambda each: each[0], reverse=True)]


def lowest_first(versions: Iterable[str]) -> list[str]:
    return highest_first(versions)[::-1]


class _Asker:
    """Asks whether files exist, in the way that works with this host."""

    def __init__(self, door: Door, own: RecipeUrl, method: str = "") -> None:
        """`method` is the one that worked last time."""
        self._door = door
        self._host = web_host(own)
        self._is_archive = bool(split_ending(own.rendered)[1])
        self._answers_head = _ANSWERS_HEAD.get(method)  # None is not known yet
        self._left = MAX_REQUESTS
        self._until = time.monotonic() + _SECONDS

    @property
    def method(self) -> str:
        """The one that works, once something was found."""
        return "HEAD" if self._answers_head else "GET"

    def exists(self, url: str) -> bool:
        """Raises OutcomeError for what says nothing about the file, and `versions.probe_ended` when
        all requests or all the time of this look-up are used up."""
        if self._answers_head is not False:
            head = self._try(self._door.head, url)
            if head:
                self._answers_head = True
                return self._is_file(head)
            if self._answers_head:
                return False
        answer = self._try(self._first_byte, url)
        if answer:
            self._answers_head = False
        return answer is not None and self._is_file(answer)

    def _try(self, ask: Callable[..., Response], url: str) -> Response | None:
        seconds = min(_SECONDS_EACH, self._until - time.monotonic())
        if not self._left or seconds <= 0:
            raise PROBE_ENDED.error(host=self._host, count=MAX_REQUESTS - self._left)
        self._left -= 1
        try:
            return ask(url, deadline=seconds)
        except DoorError as error:
            if error.status in _ABSENT and (not error.outcome.transient or error.status == 501):
                return None
            raise

    def _first_byte(self, url: str, *, deadline: float) -> Response:
        try:
            return self._door.get(
                url, headers={"Range": "bytes=0-0"}, deadline=deadline, max_bytes=_ENOUGH
            )
        except DoorError as error:
            if error.outcome.code != TOO_LARGE.code:
                raise
            return Response(url, url, 200, {}, NOTHING, 0.0)

    def _is_file(self, answer: Response) -> bool:
        """A page in place of an archive says "not found" with the wrong status."""
        return not (self._is_archive and answer.content_type in _PAGES)
