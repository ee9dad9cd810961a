"""A GitHub where people merge what is opened, and which counts: what `Forge` starts."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import asdict
from http.client import HTTPConnection, HTTPException
from itertools import count
from typing import Any

from benchmarks.proposals import population
from benchmarks.proposals.forge import HOOK_SECRET, READ_TOKEN, WRITE_TOKEN, Saw
from tests.forges.github_server.rest import find_route
from tests.forges.github_server.server import BOT, GitHubServer, webhook_headers
from tests.forges.github_server.state import PullRequest, Repository, State
from tests.loopback import LoopbackServer, Reply, Request

HOOK = "/proposals/hooks/github/"
_API = "/api/v3"
_CHANGING = frozenset({"POST", "PATCH", "PUT"})
_LOOK_SECONDS = 0.25
_UNLIMITED = 10**9  # points; what is measured is the other limit


class Witnessed(State):
    """It writes down when what happened; `merged` by the name of the repository."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: dict[str, list[float]] = {}
        self.merged: dict[str, float] = {}

    def open_pull(self, into: Repository, *args: Any, **words: Any) -> PullRequest:
        made = super().open_pull(into, *args, **words)
        self.opened.setdefault(into.full_name, []).append(time.monotonic())
        return made

    def merge(self, pull: PullRequest, by: str) -> None:
        super().merge(pull, by)
        self.merged[pull.into.full_name] = time.monotonic()

    def to_merge(self, before: float) -> list[PullRequest]:
        """What is open since then or longer."""
        return [
            pull
            for name, times in self.opened.items()
            for pull, opened in zip(self.repositories[name].pulls, times, strict=True)
            if pull.is_open and opened <= before
        ]


class Requests:
    """Counts them, and writes down when those came that change something."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.kinds: Counter[str] = Counter()
        self.changing: list[float] = []

    def note(self, request: Request) -> None:
        with self._lock:
            self.kinds[_kind(request)] += 1
            if _changes(request):
                self.changing.append(time.monotonic())


def _kind(request: Request) -> str:
    if request.path.startswith("/api/graphql"):
        return "ask by GraphQL" if not _changes(request) else "move a branch"
    path = request.path.partition("?")[0].removeprefix(_API)
    route = find_route(request.method, path)
    return f"{request.method} {route[0].replace('/repos/{owner}/{repo}', '')}" if route else "other"


def _changes(request: Request) -> bool:
    if request.path.startswith("/api/graphql"):
        return b"mutation" in request.body
    return request.method in _CHANGING


def people(github: GitHubServer, state: Witnessed, merge_after: float, hook_port: int) -> None:
    """They merge each pull request a while after it was opened; GitHub tells of it."""
    numbers = count(1)
    while True:
        with github.lock:
            ripe = state.to_merge(time.monotonic() - merge_after)
            for pull in ripe:
                state.merge(pull, "ada")
        for pull in ripe:
            _tell(hook_port, github, pull, next(numbers))
        time.sleep(_LOOK_SECONDS)


def _tell(port: int, github: GitHubServer, pull: PullRequest, number: int) -> None:
    _, body = github.delivery("pull_request", "closed", pull, number)
    headers = webhook_headers("pull_request", number, body, HOOK_SECRET)
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    # A site that is away learns it when it looks.
    with suppress(OSError, HTTPException), closing(connection):
        connection.request("POST", HOOK, body, headers)
        connection.getresponse().read()


def main() -> None:
    """Serve until the pipe to whoever started this closes."""
    wanted: dict[str, Any] = json.loads(sys.argv[1])
    state, requests = Witnessed(), Requests()
    for number, needed in enumerate(population.needs(wanted["feedstocks"], wanted["seed"])):
        text = population.recipe(population.name_of(number), needed)
        files = {population.RECIPE_PATH: text}
        state.repository(population.repository_of(number), files, ada="write")
    with LoopbackServer() as server:
        github = GitHubServer(
            server,
            state=state,
            tokens={READ_TOKEN: "reader", WRITE_TOKEN: BOT},
            readers={READ_TOKEN},
            before=requests.note,
            remaining=_UNLIMITED,
        )
        server.route("/hosts/*", (200, {}, b"a file"))
        server.route("/-/saw", lambda _request: _told(github, state, requests))
        habits = (github, state, wanted["merge_after"], wanted["hook_port"])
        threading.Thread(target=people, args=habits, daemon=True).start()
        print(server.port, flush=True)
        sys.stdin.read()


def _told(github: GitHubServer, state: Witnessed, requests: Requests) -> Reply:
    with github.lock:
        forks = [each for each in state.repositories.values() if each.parent]
        saw = Saw(
            dict(requests.kinds),
            list(requests.changing),
            state.opened,
            state.merged,
            len(forks),
            sum(len(each.refs) - 1 for each in forks),
        )
        return 200, {}, json.dumps(asdict(saw))


if __name__ == "__main__":
    main()
