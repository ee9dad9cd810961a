"""Asking a world as any client would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse
from typing import Any

from benchmarks.world import World
from benchmarks.world.population import Kind, Project


def get(
    world: World, path: str, headers: Mapping[str, str] | None = None, patience: float = 20.0
) -> tuple[int, Any, bytes]:
    """Status, headers and body; `patience` is in seconds without a byte."""
    return ask(world, "GET", path, headers=headers, patience=patience)


def post(world: World, path: str, document: object, **headers: str) -> Any:
    return json.loads(ask(world, "POST", path, json.dumps(document).encode(), headers=headers)[2])


def ask(
    world: World,
    method: str,
    path: str,
    body: bytes | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    patience: float = 20.0,
) -> tuple[int, Any, bytes]:
    connection = HTTPConnection(world.url.removeprefix("http://"), timeout=patience)
    try:
        connection.request(method, path, body, dict(headers or {}))
        response: HTTPResponse = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def first(world: World, kind: Kind) -> Project:
    return next(each for each in world.projects() if each.kind is kind and not each.gone)
