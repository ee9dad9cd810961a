"""A GitHub on the loopback interface: tokens, budgets, faults, and a record of all that was asked.

with running() as github:
    github.state.repository("our-forge/zlib-feedstock", {"recipe/meta.yaml": "..."})
    ...
    assert github.violations == []
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from tests.forges.github_server import graphql, rest
from tests.forges.github_server.judge import Judge
from tests.forges.github_server.rest import ROUTES, Call, No
from tests.forges.github_server.state import PullRequest, State
from tests.loopback import LoopbackServer, Reply, Request

READ_TOKEN = "readfish"
WRITE_TOKEN = "swordfish"
BOT = "tick-bot"
SECRET = "hooked"
_WRITES = frozenset({"POST", "PATCH", "PUT", "DELETE"})
# What GitHub counts against its limits for making content.
_CONTENT = ("/pulls", "/comments")

Fault = Callable[[Request], Reply | None]


@dataclass
class GitHubServer:
    """`before` may answer a request so that nothing happens, `after` may answer it though it did.

    `tokens` maps to accounts; those in `readers` may only read. `content_limit` is how many pull
    requests and comments may be made in a minute; `created` has the times when they were. All
    `violations` of GitHub's descriptions are kept, if there is a `judge`. Who changes `state` while
    requests may come holds the `lock`.
    """

    server: LoopbackServer
    judge: Judge | None = None
    state: State = field(default_factory=State)
    tokens: dict[str, str] = field(default_factory=lambda: {READ_TOKEN: "reader", WRITE_TOKEN: BOT})
    readers: set[str] = field(default_factory=lambda: {READ_TOKEN})
    before: Fault = lambda _request: None
    after: Fault = lambda _request: None
    content_limit: int | None = None
    created: list[float] = field(default_factory=list)
    remaining: int = 5000
    violations: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        for login in self.tokens.values():
            self.state.account(login)
        self.server.route("/api/v3/*", self._answer)
        self.server.route("/api/graphql", self._answer)

    @property
    def api(self) -> str:
        return f"{self.server.url}/api/v3"

    @property
    def writes(self) -> list[Request]:
        """Requests with an effect, those that failed included."""
        return [each for each in self.server.requests if each.method in _WRITES and not _asks(each)]

    def _answer(self, request: Request) -> Reply:
        if fault := self.before(request):
            return fault
        with self.lock:
            reply = self._done(request)
        return self.after(request) or reply

    def _done(self, request: Request) -> Reply:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "token") or token not in self.tokens:
            return self._reply(401, {"message": "Bad credentials"})
        if self.remaining < 1:
            return self._reply(403, {"message": "API rate limit exceeded for user."})
        try:
            if urlsplit(request.path).path == "/api/graphql":
                return self._graphql(request, token)
            return self._rest(request, token)
        except No as no:
            return self._reply(no.status, no.document)

    def _graphql(self, request: Request, token: str) -> Reply:
        document = json.loads(request.body)
        self._note(self.judge and self.judge.graphql(document), request)
        if token in self.readers and "mutation" in document["query"]:
            raise No(403, "Resource not accessible by personal access token")
        self.remaining -= 1
        told = graphql.answer(self.state, self.tokens[token], self.rate_limit(), document)
        return self._reply(200, told)

    def _rest(self, request: Request, token: str) -> Reply:
        path = urlsplit(request.path).path.removeprefix("/api/v3")
        route = rest.find_route(request.method, path)
        if route is None:
            self._note("no such route", request)
            raise No(404, "Not Found")
        template, arguments = route
        if moved := self._moved(path, arguments):
            return moved
        self._note(self.judge and self.judge.rest(request, template, arguments), request)
        if token in self.readers and request.method in _WRITES:
            raise No(403, "Resource not accessible by personal access token")
        if request.method == "POST" and template.endswith(_CONTENT):
            self._count()
        document = json.loads(request.body) if request.body else None
        call = Call(self.state, request.path, self.tokens[token], arguments, document)
        status, answer = ROUTES[request.method, template](call)
        reply = self._reply(status, answer, request.headers.get("If-None-Match", ""))
        if self.judge and reply[0] == status != 204:
            body = json.dumps(answer).encode()
            self._note(self.judge.answer(request, template, arguments, status, body), request)
        return reply

    def _moved(self, path: str, arguments: Mapping[str, str]) -> Reply | None:
        old = f"{arguments['owner']}/{arguments['repo']}"
        if old not in self.state.new_names:
            return None
        new = path.replace(old, self.state.new_names[old])
        return 307, {"Location": f"{self.api}{new}"}, b"{}"

    def _count(self) -> None:
        now = time.monotonic()
        recent = sum(now - at < 60 for at in self.created)
        if self.content_limit is not None and recent >= self.content_limit:
            raise No(403, "You have exceeded a secondary rate limit. Please wait a few minutes.")
        self.created.append(now)

    def _reply(self, status: int, document: Any, known: str = "") -> Reply:
        body = b"" if document is None else json.dumps(document).encode()
        etag = f'W/"{hashlib.sha256(body).hexdigest()}"'
        if status == 200 and etag == known:
            return 304, {"ETag": etag}, b""
        if status < 400:
            self.remaining -= 1
        limits = self.rate_limit()
        return (
            status,
            {
                "Content-Type": "application/json",
                "ETag": etag,
                "x-ratelimit-limit": str(limits["limit"]),
                "x-ratelimit-remaining": str(limits["remaining"]),
                "x-ratelimit-reset": str(int(self._reset.timestamp())),
            },
            body,
        )

    @property
    def _reset(self) -> datetime:
        return datetime.now(UTC) + timedelta(minutes=40)

    def rate_limit(self) -> dict[str, Any]:
        at = self._reset.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"cost": 1, "limit": 5000, "remaining": self.remaining, "resetAt": at}

    def _note(self, problem: str | None, request: Request) -> None:
        if problem:
            self.violations.append(f"{request.method} {request.path}: {problem}")

    # Webhooks

    def delivery(
        self, event: str, action: str, pull: PullRequest, number: int, **more: Any
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body of a webhook, signed; `number` makes its id."""
        body = json.dumps(
            {
                "action": action,
                "repository": {"full_name": pull.into.full_name},
                **({"pull_request": rest.pull(pull)} if event == "pull_request" else {}),
                **({"issue": _issue(pull)} if event == "issue_comment" else {}),
                **more,
            }
        ).encode()
        return webhook_headers(event, number, body), body


def webhook_headers(event: str, number: int, body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": f"00000000-0000-0000-0000-{number:012}",
        "X-Hub-Signature-256": f"sha256={digest}",
        "Content-Type": "application/json",
    }


def _issue(pull: PullRequest) -> Mapping[str, Any]:
    return {"number": pull.number, "pull_request": {}}


def _asks(request: Request) -> bool:
    """A query is posted, too, and has no effect."""
    return request.path == "/api/graphql" and b"mutation" not in request.body


@contextmanager
def running(judge: Judge | None = None) -> Iterator[GitHubServer]:
    with LoopbackServer() as server:
        yield GitHubServer(server, judge)
