"""A GitHub of our own on the loopback interface: repositories that are pushed to, budgets that are
spent, and queries that are too much for it."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.loopback import LoopbackServer, Reply, Request

OWNER = "our-forge"
TOKEN = "swordfish"


@dataclass
class Repository:
    name: str
    files: dict[str, str]
    archived: bool = False
    pushes: int = 1

    @property
    def id(self) -> str:
        return f"R_{self.name}"

    @property
    def head(self) -> str:
        return hashlib.sha256(f"{self.name}{self.pushes}".encode()).hexdigest()[:40]

    @property
    def pushed_at(self) -> str:
        return (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=self.pushes)).isoformat()

    def push(self, **files: str) -> None:
        self.pushes += 1
        self.files |= files

    def object(self, expression: str) -> dict[str, Any] | None:
        """What `object(expression: "HEAD:PATH")` is, a file or a directory."""
        path = expression.removeprefix("HEAD:")
        if path in self.files:
            return blob(self.files[path])
        inside = {each: text for each, text in self.files.items() if each.startswith(f"{path}/")}
        entries = [
            {"name": each.removeprefix(f"{path}/"), "object": blob(text)}
            for each, text in inside.items()
        ]
        return {"__typename": "Tree", "entries": entries} if entries else None

    def archive(self) -> bytes:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            for path, text in self.files.items():
                member = tarfile.TarInfo(f"{self.name}-HEAD/{path}")
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        return packed.getvalue()


def blob(text: str) -> dict[str, Any]:
    binary = "\0" in text
    shown = None if binary else text
    size = len(text.encode())
    return {"__typename": "Blob", "text": shown, "byteSize": size, "isTruncated": size > 512_000}


@dataclass
class FakeGitHub:
    """`asked` holds the names of repositories whose texts were asked for, a list for each query,
    refused ones included. `in_the_way` gets every request first and may answer it."""

    server: LoopbackServer
    repositories: dict[str, Repository] = field(default_factory=dict)
    remaining: int = 5000
    resets_at: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(minutes=40))
    asked: list[list[str]] = field(default_factory=list)
    pages: int = 0
    in_the_way: Callable[[Request], Reply | None] = lambda _request: None
    half: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.server.route("/api/graphql", self._guarded(self._graphql))
        self.server.route("/api/v3/users/*", self._guarded(self._listing))
        self.server.route(f"/{OWNER}/*", self._guarded(self._archive))

    @property
    def api(self) -> str:
        return f"{self.server.url}/api/v3"

    def add(self, name: str, archived: bool = False, **files: str) -> Repository:
        self.repositories[name] = Repository(name, files, archived)
        return self.repositories[name]

    def asked_for(self) -> list[str]:
        return [name for names in self.asked for name in names]

    def _guarded(self, answer: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
        return lambda request: self.in_the_way(request) or answer(request)

    def _graphql(self, request: Request) -> Reply:
        if request.headers.get("Authorization") != f"bearer {TOKEN}":
            return 401, {}, b"{}"
        document = json.loads(request.body)
        if "query Texts" in document["query"]:
            self.asked.append([each.removeprefix("R_") for each in document["variables"]["ids"]])
        if self.remaining < 1:
            return 200, self._headers("graphql"), json.dumps({"errors": [LIMITED]})
        self.remaining -= 1
        answer = self.answer(document["query"], document["variables"])
        return 200, self._headers("graphql"), json.dumps(answer)

    def answer(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The document that answers one of the two queries that we ask."""
        listing = "query Listing" in query
        answer = self._page(variables) if listing else self._texts(variables["ids"])
        answer["data"]["rateLimit"] = self.rate_limit()
        return answer

    def rate_limit(self) -> dict[str, Any]:
        resets_at = self.resets_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"cost": 1, "limit": 5000, "remaining": self.remaining, "resetAt": resets_at}

    def _page(self, variables: dict[str, Any]) -> dict[str, Any]:
        if variables["owner"] != OWNER:
            return {"data": {"repositoryOwner": None}}
        self.pages += 1
        start = int(variables["after"] or 0)
        names = sorted(self.repositories)
        more = len(names) > start + 100
        connection = {
            "pageInfo": {"hasNextPage": more, "endCursor": str(start + 100)},
            "nodes": [self._entry(self.repositories[name]) for name in names[start : start + 100]],
        }
        return {"data": {"repositoryOwner": {"repositories": connection}}}

    def _entry(self, repository: Repository) -> dict[str, Any]:
        branch = {"name": "main", "target": {"oid": repository.head}}
        return {
            "id": repository.id,
            "name": repository.name,
            "url": f"{self.server.url}/{OWNER}/{repository.name}",
            "isArchived": repository.archived,
            "defaultBranchRef": branch if repository.pushes else None,
        }

    def _texts(self, ids: list[str]) -> dict[str, Any]:
        names = [each.removeprefix("R_") for each in ids]
        nodes = [None if name in self.half else self._node(name) for name in names]
        errors = [
            {"type": "SERVICE_UNAVAILABLE", "message": "a disk is ill", "path": ["nodes", number]}
            for number, name in enumerate(names)
            if name in self.half
        ]
        return {"data": {"nodes": nodes}} | ({"errors": errors} if errors else {})

    def _node(self, name: str) -> dict[str, Any] | None:
        repository = self.repositories.get(name)
        return repository and {
            "id": repository.id,
            "defaultBranchRef": {"target": {"oid": repository.head}},
            "v0": plain(repository.object("HEAD:recipe/meta.yaml")),
            "v1": plain(repository.object("HEAD:recipe/recipe.yaml")),
            "settings": plain(repository.object("HEAD:conda-forge.yml")),
            "variants": plain(repository.object("HEAD:.ci_support")),
        }

    def _listing(self, request: Request) -> Reply:
        if f"/users/{OWNER}/repos" not in request.path:
            return 404, {}, b"{}"
        if self.remaining < 1:
            return 403, self._headers("core"), b"{}"
        self.remaining -= 1
        self.pages += 1
        start = (int(parse_qs(urlsplit(request.path).query)["page"][0]) - 1) * 100
        names = sorted(self.repositories)[start : start + 100]
        entries = [self._rest_entry(self.repositories[name]) for name in names]
        return 200, self._headers("core"), json.dumps(entries)

    def _rest_entry(self, repository: Repository) -> dict[str, Any]:
        return {
            "name": repository.name,
            "html_url": f"{self.server.url}/{OWNER}/{repository.name}",
            "archived": repository.archived,
            "default_branch": "main",
            "pushed_at": repository.pushed_at,
        }

    def _archive(self, request: Request) -> Reply:
        name = request.path.split("/")[2]
        self.asked.append([name])
        if name not in self.repositories:
            return 404, {}, b""
        return 200, {}, self.repositories[name].archive()

    def _headers(self, resource: str) -> dict[str, str]:
        return {
            "x-ratelimit-limit": "5000",
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(int(self.resets_at.timestamp())),
            "x-ratelimit-resource": resource,
        }


LIMITED = {"type": "RATE_LIMITED", "message": "API rate limit exceeded"}


def plain(found: Any) -> Any:
    """Without the type's name, which we don't ask for."""
    if isinstance(found, dict):
        return {key: plain(each) for key, each in found.items() if key != "__typename"}
    return [plain(each) for each in found] if isinstance(found, list) else found


def feedstock_files(name: str, version: str = "1.0") -> dict[str, str]:
    return {"recipe/meta.yaml": f"package:\n  name: {name}\n  version: '{version}'\n"}


def running() -> Iterator[FakeGitHub]:
    with LoopbackServer() as server:
        yield FakeGitHub(server)
