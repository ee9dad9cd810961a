"""GitHub's GraphQL on the loopback interface, with tags only, and whatever goes wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.loopback import LoopbackServer, Reply, Request
from tests.versions_pure.advertisement import advertisement

TOKEN = "swordfish"
_ALIAS = re.compile(r"r([0-9]+): repository")
_PAGE = 100


@dataclass
class TagServer:
    """`tags` of each repository, newest first. `asked` are the repositories of each query, `spoil`
    may put another reply in the place of an answer."""

    server: LoopbackServer
    tags: dict[str, list[str]] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    remaining: int = 5000
    asked: list[list[str]] = field(default_factory=list)
    spoil: Callable[[Request, list[str]], Reply | None] = lambda _request, _names: None

    def __post_init__(self) -> None:
        self.server.route("/api.github.com/graphql", self._graphql)
        self.server.route("/hosts/github.com/*", self._refs)

    @property
    def api(self) -> str:
        return f"{self.server.url}/api.github.com"

    def asked_singly(self) -> list[str]:
        paths = [path for path in self.server.paths() if path.startswith("/hosts/github.com/")]
        return [path.removeprefix("/hosts/github.com/").partition(".git")[0] for path in paths]

    def answer(self, variables: Mapping[str, Any], count: int) -> dict[str, Any]:
        data: dict[str, Any] = {"rateLimit": self.rate_limit()}
        errors = []
        for number in range(count):
            name = f"{variables[f'owner{number}']}/{variables[f'name{number}']}"
            name = self.renamed.get(name, name)
            data[f"r{number}"] = self._repository(name, variables[f"after{number}"])
            if name not in self.tags:
                error = {"type": "NOT_FOUND", "message": "Could not resolve to a Repository"}
                errors.append({**error, "path": [f"r{number}"]})
        return {"data": data} | ({"errors": errors} if errors else {})

    def rate_limit(self) -> dict[str, Any]:
        resets_at = f"{datetime.now(UTC) + timedelta(minutes=40):%Y-%m-%dT%H:%M:%SZ}"
        return {"cost": 1, "limit": 5000, "remaining": self.remaining, "resetAt": resets_at}

    def _graphql(self, request: Request) -> Reply:
        if request.headers.get("Authorization") != f"bearer {TOKEN}":
            return 401, {}, b"{}"
        document = json.loads(request.body)
        variables = document["variables"]
        count = len(_ALIAS.findall(document["query"]))
        names = [f"{variables[f'owner{n}']}/{variables[f'name{n}']}" for n in range(count)]
        self.asked.append(names)
        self.remaining -= 1
        spoilt = self.spoil(request, names)
        return spoilt or (200, {}, json.dumps(self.answer(variables, count)))

    def _repository(self, name: str, after: str | None) -> dict[str, Any] | None:
        if name not in self.tags:
            return None
        tags, start = self.tags[name], int(after or 0)
        end = start + _PAGE
        return {
            "refs": {
                "totalCount": len(tags),
                "pageInfo": {"hasNextPage": end < len(tags), "endCursor": str(end)},
                "nodes": [{"name": tag} for tag in tags[start:end]],
            }
        }

    def _refs(self, request: Request) -> Reply:
        name = request.path.removeprefix("/hosts/github.com/").partition(".git")[0]
        name = self.renamed.get(name, name)
        if name not in self.tags:
            return 404, {}, b""
        refs = (f"refs/tags/{tag}" for tag in sorted(self.tags[name]))
        return 200, {}, advertisement("refs/heads/main", *refs)


@contextmanager
def tag_server() -> Iterator[TagServer]:
    with LoopbackServer() as server:
        yield TagServer(server)
