"""GitHub, with a token: the tags of many repositories in one query.

The same tags as git itself tells, so the same verdicts. A repository that GitHub does not tell all
about is left to its single path.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.conf import settings

from core import github as core_github
from core import hearsay
from core.github import GitHub, in_batches, seconds_to_wait
from core.outcomes import Outcome, OutcomeError
from versions.asking import seen
from versions.asking.answers import Answer
from versions.asking.configuration import lookup_config
from versions.asking.lookup import judged
from versions.asking.subjects import Subject
from versions.bulk.batch import Answered, Batch
from versions.bulk.tag_pages import Absent, Place, TagPage, ask, pages_of
from versions.outcomes import PROJECT_NOT_FOUND
from versions.releases import Listing
from versions.sources.git_refs import LONGEST_TAG, tags_listing
from versions.sources.github import GitHub as Source

log = logging.getLogger(__name__)

LANE = "github.com"
LEAST = 10  # packages due, below which asking each is no burden
EACH = 50  # repositories in a query
MOST = 200
AT_ONCE = 3  # GitHub counts the seconds it computes for an account, and gives 60 of each minute
MOST_TAGS = 1000  # beyond, all refs in one request are cheaper than pages of tags
RESERVE = 0.1  # of the hourly points, for what can only be asked with a token
FAILED_SECONDS = 60.0
_PREFIX = f"{Source.name}:"


def offered(due: int) -> Batch | None:
    if due < LEAST or hearsay.recall(_down()):
        return None
    github = core_github.github()
    if not (github.has_token and github.is_public) or _is_short(github):
        return None
    return Batch(LANE, MOST, AT_ONCE, answer)


def answer(subjects: Sequence[Subject]) -> Iterator[Answered]:
    """Answers as they come; where GitHub fails, the rest is left open."""
    query = _Query(core_github.github(patience=0.0), subjects)
    try:
        yield from query.answers()
    except OutcomeError as error:
        seconds = seconds_to_wait(error) or FAILED_SECONDS
        log.info("tags are asked for singly for %.0f s: %s", seconds, error)
        hearsay.tell(_down(), True, seconds)
    yield from ((key, None) for key in query.open())


def _down() -> str:
    return f"github tags {settings.GITHUB_API}"


def _is_short(github: GitHub) -> bool:
    budget = github.budgets.get("graphql")
    if budget is None or budget.resets_at <= datetime.now(UTC):
        return False
    return budget.remaining < RESERVE * budget.limit


class _Query:
    """The tags of some packages on their way."""

    def __init__(self, github: GitHub, subjects: Sequence[Subject]) -> None:
        self._github = github
        self._open = {each.key: each for each in subjects}
        self._repositories: dict[str, list[Subject]] = defaultdict(list)
        for each in subjects:
            if each.upstream.startswith(_PREFIX):
                self._repositories[each.project].append(each)
        self._pages: dict[str, list[TagPage]] = defaultdict(list)
        self._config = lookup_config()

    def open(self) -> list[str]:
        """The keys of those that were not answered."""
        return list(self._open)

    def answers(self) -> Iterator[Answered]:
        places = [Place(each) for each in self._repositories]
        while places:
            further: list[Place] = []
            for batch, answer in in_batches(places, lambda some: ask(self._github, some), EACH):
                if isinstance(answer, Outcome):
                    continue
                for place, page in pages_of(answer, batch):
                    if isinstance(page, TagPage):
                        yield from self._received(place, page)
                        further += self._next(place, page)
                    elif isinstance(page, Absent):
                        yield from self._absent(place.repository)
            places = further

    def _received(self, place: Place, page: TagPage) -> Iterator[Answered]:
        pages = self._pages[place.repository]
        pages.append(page)
        if place.after is None:
            yield from self._unchanged(place.repository, page)
        if page.next is None:
            yield from self._judged(place.repository, pages)

    def _unchanged(self, repository: str, page: TagPage) -> Iterator[Answered]:
        now = datetime.now(UTC)
        for each in list(self._waiting(repository)):
            if _word(page) in seen.known(each, self._config, now):
                yield self._close(each, Answer.as_before())

    def _judged(self, repository: str, pages: Sequence[TagPage]) -> Iterator[Answered]:
        names = {name for page in pages for name in page.names}
        if len(names) != pages[0].total:
            return  # tags came or went from one page to the next
        yield from self._close_all(repository, _listing(repository, names), [_word(pages[0])])

    def _absent(self, repository: str) -> Iterator[Answered]:
        error = PROJECT_NOT_FOUND.error(title=Source.title, project=repository)
        yield from self._close_all(repository, error)

    def _close_all(
        self, repository: str, listing: Listing | OutcomeError, words: Sequence[str] = ()
    ) -> Iterator[Answered]:
        for each in list(self._waiting(repository)):
            found = judged(each, listing, words, self._config)
            if found is not None:
                yield self._close(each, found)

    def _next(self, place: Place, page: TagPage) -> list[Place]:
        wanted = page.next and page.total <= MOST_TAGS and any(self._waiting(place.repository))
        return [Place(place.repository, page.next)] if wanted else []

    def _waiting(self, repository: str) -> Iterator[Subject]:
        return (each for each in self._repositories[repository] if each.key in self._open)

    def _close(self, subject: Subject, answer: Answer) -> Answered:
        del self._open[subject.key]
        return subject.key, answer


def _word(page: TagPage) -> str:
    return seen.word("tags", repr((page.total, page.names)).encode(errors="backslashreplace"))


def _listing(repository: str, names: set[str]) -> Listing:
    page = f"https://github.com/{repository}/tags"
    tags = sorted((name for name in names if len(name.encode()) <= LONGEST_TAG), key=str.encode)
    return tags_listing(Source.name, page, tags)
