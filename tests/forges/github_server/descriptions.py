"""GitHub's published descriptions of its APIs, from the npm packages that carry them: fetched once,
cut down to what is used, kept in a cache, never committed."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Collection, Iterator
from typing import Any

from tests.forges.github_server.rest import ROUTES
from tests.github.published_schema import CACHE, fetched, keep

PACKAGE = "@octokit/openapi"
MEMBER = "package/generated/api.github.com.json"
_SHARED = "#/components/"

Document = dict[str, Any]


def rest_description() -> Document:
    """The OpenAPI document of the routes that the server has; skips the test where npm is absent
    or reaches no registry."""
    wanted = sorted(" ".join(route) for route in ROUTES)
    digest = hashlib.sha256("\n".join(wanted).encode()).hexdigest()[:12]
    path = CACHE.with_name(f"rest-{digest}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            whole = json.loads(fetched(PACKAGE, MEMBER))
            keep(path, json.dumps(cut(whole, ROUTES)).encode())
    document: Document = json.loads(path.read_bytes())
    return document


def cut(document: Document, routes: Collection[tuple[str, str]]) -> Document:
    """The part of a document that describes some routes, and all that this part refers to."""
    paths: Document = {}
    for method, template in routes:
        described = document["paths"][template]
        paths.setdefault(template, {})[method.lower()] = _plain(described[method.lower()])
    kept: dict[str, Document] = {}
    waiting = list(_references(paths))
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        if name not in kept.setdefault(kind, {}):
            kept[kind][name] = _plain(document["components"][kind][name])
            waiting += _references(kept[kind][name])
    head = {key: document[key] for key in ("openapi", "info", "servers")}
    return head | {"paths": paths, "components": kept}


def _plain(node: Any) -> Any:
    """Without examples, which are long and describe nothing."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items() if not _shows(key, value)}
    return [_plain(each) for each in node] if isinstance(node, list) else node


def _shows(key: str, value: Any) -> bool:
    """Whether it is an example, and not the schema of something that is called so."""
    is_schema = isinstance(value, dict) and "type" in value
    return key in ("example", "examples") and not is_schema


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str) and target.startswith(_SHARED):
            yield target
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)
