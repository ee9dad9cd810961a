"""Asking a GitHub, its REST and its GraphQL API, within what it allows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from json import dumps
from time import sleep
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from core.github.budget import Budget
from core.github.outcomes import (
    BAD_ANSWER,
    FORBIDDEN,
    QUERY_FAILED,
    RATE_LIMITED,
    REFUSED,
    TOKEN_REFUSED,
)
from core.github.refusals import STATUSES, UNSAID, RateLimited, Refusal, limit_of, said
from core.http import Door, DoorError, Response
from core.http.doors import Sending
from core.outcomes import OutcomeError, OutcomeKind

log = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds
WAITS = 3
DEADLINE = 30.0  # seconds; GitHub itself gives up a query after 10

PUBLIC = "api.github.com"

_Answered = TypeVar("_Answered")
_DONE = frozenset(range(200, 300))
_ACCEPT = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


@dataclass(frozen=True, slots=True)
class QueryError:
    """One error beside the data of an answer. `path` leads to what is missing there."""

    type: str
    message: str
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Data, which may have holes, and why."""

    data: Mapping[str, Any]
    errors: tuple[QueryError, ...] = ()


class GitHub:
    """One GitHub. `api` is its REST base, for Enterprise `https://HOST/api/v3`; `setting` is where
    the operator keeps the token.

    Every method raises `DoorError` and OutcomeError (`github.*`). `budgets` is what was last said
    to be left of each API; who shares it shares that knowledge. `patience` is how many seconds a
    request may wait for GitHub to allow it. Not for several threads at once.
    """

    def __init__(
        self,
        door: Door,
        api: str,
        token: str = "",
        setting: str = "BOTSITE_GITHUB_TOKEN",
        budgets: MutableMapping[str, Budget] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._door = door
        self._api = api.rstrip("/")
        self._token = token
        self._setting = setting
        self._patience = patience
        self.budgets = {} if budgets is None else budgets

    @property
    def host(self) -> str:
        return urlsplit(self._api).hostname or self._api

    @property
    def has_token(self) -> bool:
        return bool(self._token)

    @property
    def is_public(self) -> bool:
        """Whether it is github.com, or a mirror of it that says so."""
        return self._api.endswith(PUBLIC)

    @property
    def web(self) -> str:
        """The base of the pages for people."""
        parts = urlsplit(self._api)
        return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}"

    def query(self, query: str, variables: Mapping[str, Any]) -> Answer:
        """Ask a GraphQL query that has `rateLimit { cost limit remaining resetAt }` in it.

        Raises OutcomeError (`github.query_failed`) if there is no data at all.
        """
        document = {"query": query, "variables": dict(variables)}
        # Enterprise keeps GraphQL beside REST's v3, github.com below its one host.
        url = f"{self._api.removesuffix('/v3')}/graphql"
        return self._patiently("graphql", lambda: self._answer(self._post(url, document)))

    def get(self, path: str, parameters: Mapping[str, object], etag: str = "") -> Response:
        """Ask the REST API for a path below its base. With the `etag` of an earlier answer, its
        status may be 304: nothing changed, and nothing was spent."""
        url = f"{self._api}/{path}?{urlencode(parameters)}"
        return self._patiently("rest", lambda: self._get(url, etag))

    def send(
        self, method: Sending, path: str, document: Mapping[str, Any] | None = None
    ) -> Response:
        """Have the REST API do something, once, and without waiting to be allowed to.

        Raises RateLimited, and Refusal where GitHub says why it won't.
        """
        response = self._door.send(
            method,
            f"{self._api}/{path}",
            body=None if document is None else dumps(document).encode(),
            headers=self._headers(),
            deadline=DEADLINE,
            accept_statuses=STATUSES | _DONE,
        )
        self._note("rest", response)
        if response.status in _DONE:
            return response
        raise self._refusal(response)

    def no(self, kind: OutcomeKind, **context: Any) -> OutcomeError:
        """The error of a declared kind, with this GitHub as its host."""
        return kind.error(host=self.host, **context)

    def _post(self, url: str, document: Mapping[str, Any]) -> Response:
        return self._door.post(url, json=document, headers=self._headers(), deadline=DEADLINE)

    def _get(self, url: str, etag: str) -> Response:
        headers, accepted = self._headers(), _DONE
        if etag:
            headers, accepted = {**headers, "If-None-Match": etag}, _DONE | {304}
        response = self._door.get(url, headers=headers, deadline=DEADLINE, accept_statuses=accepted)
        self._note("rest", response)
        return response

    def _refusal(self, response: Response) -> OutcomeError:
        if response.status == 401:
            return self.no(TOKEN_REFUSED, setting=self._setting)
        message = self._without_token(said(response))
        if (seconds := limit_of(response, message)) is not None:
            return self._limited(seconds)
        reason = message or "it gives no reason"
        outcome = REFUSED.outcome(host=self.host, status=response.status, reason=reason)
        return Refusal(outcome, response.status, message)

    def _without_token(self, text: str) -> str:
        """What a host says, or a proxy before it, may hold what it was sent."""
        return text.replace(self._token, "...") if self._token else text

    def _headers(self) -> dict[str, str]:
        return _ACCEPT | ({"Authorization": f"bearer {self._token}"} if self._token else {})

    def _patiently(self, api: str, ask: Callable[[], _Answered]) -> _Answered:
        """Ask when GitHub allows it: before, as far as it is known, and again when it said so."""
        if (known := self.budgets.get(api)) and (seconds := known.wait()):
            self._wait(seconds)
        for _ in range(WAITS):
            try:
                return ask()
            except _Limited as error:
                self._wait(error.seconds)
            except DoorError as error:
                self._wait(self._seconds_to_wait(error))
        raise self._limited(UNSAID)

    def _seconds_to_wait(self, error: DoorError) -> float:
        """How long GitHub wants us to wait. Raises what the error means if that is no answer."""
        if error.outcome.code == "http.rate_limited":
            return UNSAID if error.retry_after is None else error.retry_after
        if error.status == 401:
            raise self.no(TOKEN_REFUSED, setting=self._setting) from None
        if error.status == 403:
            raise self.no(FORBIDDEN) from None
        raise error

    def _wait(self, seconds: float) -> None:
        if seconds > self._patience:
            raise self._limited(seconds)
        log.info("%s: waiting %.0f s", self.host, seconds)
        sleep(seconds)

    def _limited(self, seconds: float) -> RateLimited:
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        outcome = RATE_LIMITED.outcome(host=self.host, until=until.strftime("%H:%M UTC"))
        return RateLimited(outcome, seconds)

    def _answer(self, response: Response) -> Answer:
        try:
            document = response.json()
            errors = tuple(map(_error, document.get("errors") or ()))
            data = document.get("data") or {}
            if limit := data.get("rateLimit"):
                self.budgets["graphql"] = Budget.of_graphql(limit)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self.no(BAD_ANSWER, problem=f"{type(error).__name__} in its envelope") from None
        if any(each.type == "RATE_LIMITED" for each in errors):
            self._note("graphql", response)
            known = self.budgets.get("graphql")
            raise _Limited((known.wait() if known else 0.0) or UNSAID)
        if not _usable(data, errors):
            problem = self._without_token(errors[0].message) if errors else "it gave no data"
            raise self.no(QUERY_FAILED, problem=problem[:200])
        return Answer(data, errors)

    def _note(self, api: str, response: Response) -> None:
        if budget := Budget.of_headers(response.headers):
            self.budgets[api] = budget


class _Limited(Exception):
    """GitHub answered that the budget is spent, for so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _error(entry: Mapping[str, Any]) -> QueryError:
    path = entry.get("path") or ()
    return QueryError(str(entry.get("type", "")), str(entry.get("message", "")), tuple(path))


def _usable(data: Mapping[str, Any], errors: tuple[QueryError, ...]) -> bool:
    """Whether there is anything, or it is said of each part why it is missing."""
    asked = [value for key, value in data.items() if key != "rateLimit"]
    missing = all(value is None for value in asked)
    return bool(asked) and not (missing and any(not each.path for each in errors))
