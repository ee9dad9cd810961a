"""The world's process: HTTP/1.1 on asyncio, plain enough to answer thousands of requests a second.

A request that waits out its latency costs nothing, so a single process plays all hosts.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import socket
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from benchmarks.world.config import WorldConfig
from benchmarks.world.counts import Counts
from benchmarks.world.faults import Fate, Fault
from benchmarks.world.limits import Bucket
from benchmarks.world.pages.graphql import GraphQL
from benchmarks.world.pages.page import Page
from benchmarks.world.rendering import Rendered, Renderer, not_modified, render
from benchmarks.world.sites import Sites

_CONTROL = "-"
_GRAPHQL = ("api.github.com", "/graphql")
_DRIP_SECONDS = 0.5
_MAX_REQUEST = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Request:
    """`target` is the path below the host, without its query; `head` is in lower case."""

    method: str
    host: str
    target: str
    query: str
    head: bytes
    body: bytes

    def header(self, name: bytes) -> bytes:
        _, found, rest = self.head.partition(b"\r\n" + name + b":")
        return rest.partition(b"\r\n")[0].strip() if found else b""


class Server:
    """Answers requests for all hosts, and those of whoever started it."""

    def __init__(self, config: WorldConfig) -> None:
        self.config = config
        self.sites = Sites(config)
        self.renderer = Renderer()
        self.counts = Counts()
        self._fate = Fate(config.seed, config.faults)
        self._limits = {host: Bucket(limit) for host, limit in config.limits.items()}
        self._graphql = GraphQL(self.sites, config.github_points)
        self._draw = random.Random(config.seed)

    def latency(self) -> float:
        jitter = self.config.jitter
        return self.config.latency * self._draw.uniform(1 - jitter, 1 + jitter)

    def answer(self, request: Request) -> tuple[Rendered, Fault | None]:
        """The answer, and how its sending goes wrong."""
        fault = self._fate.of(request.host, request.target)
        rendered = self._limited(request.host) or self._page(request)
        if fault is Fault.SERVER_ERROR:
            rendered = render(Page(rendered.kind, b"oops", "text/plain", status=503), packed=False)
        elif fault is Fault.GARBAGE:
            rendered = replace(rendered, body=self._draw.randbytes(len(rendered.body)))
        broken = fault in (Fault.RESET, Fault.SILENCE)
        status, size = (0, 0) if broken else (rendered.status, len(rendered.body))
        self.counts.add(request.host, rendered.kind, status, size)
        return rendered, fault

    def prepare_shared(self) -> None:
        """Make the pages that speak of all projects, which take a second."""
        for host, path in self.sites.shared_pages():
            self.renderer.page(host + path, self.sites.find(host, path), packed=True)

    def control(self, request: Request) -> Rendered:
        """What is asked of the world itself."""
        match request.target:
            case "/advance":
                share = float(parse_qs(request.query)["share"][0])
                answer: object = self.sites.advance(share)
                self.prepare_shared()
            case "/counts":
                self.counts.cpu = time.process_time()
                answer = self.counts.as_dict()
            case "/truth":
                answer = self.sites.truth()
            case _:
                answer = None
        page = Page("control", json.dumps(answer).encode(), "application/json")
        return render(page, packed=False)

    def _limited(self, host: str) -> Rendered | None:
        bucket = self._limits.get(host)
        seconds = bucket.take() if bucket else 0
        if not seconds:
            return None
        headers = {"Retry-After": str(seconds)}
        return render(
            Page("limited", b"slow down", "text/plain", status=429, headers=headers), packed=False
        )

    def _page(self, request: Request) -> Rendered:
        if (request.host, request.target) == _GRAPHQL:
            authorised = bool(request.header(b"authorization"))
            page = self._graphql.page(request.body, authorised=authorised)
            return render(page, packed=False)
        spot = self.sites.find(request.host, request.target)
        packed = b"gzip" in request.header(b"accept-encoding")
        rendered = self.renderer.page(request.host + request.target, spot, packed=packed)
        known = request.header(b"if-none-match").decode("latin-1")
        if rendered.etag and rendered.etag.lower() in known:
            return not_modified(rendered)
        return rendered


class Conversation(asyncio.Protocol):
    """One connection: requests come one by one, and are answered after their latency."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._received = bytearray()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - as TCP always has it
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._received += data
        request = _request(self._received)
        if request is None:
            if len(self._received) > _MAX_REQUEST:
                self._reset()
            return
        self._received.clear()
        self._respond(request)

    def _respond(self, request: Request) -> None:
        if request.host == _CONTROL:
            self._send(self._server.control(request), request.method)
            return
        rendered, fault = self._server.answer(request)
        self._later(self._server.latency(), lambda: self._act(rendered, fault, request.method))

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        self._loop.call_later(seconds, act)

    def _act(self, rendered: Rendered, fault: Fault | None, method: str) -> None:
        match fault:
            case Fault.RESET:
                self._reset()
            case Fault.SILENCE:
                return
            case Fault.TRUNCATED:
                self._write(rendered.head + rendered.body[: len(rendered.body) // 2])
                self._hang_up()
            case Fault.DRIP:
                self._write(rendered.head)
                self._drip(rendered.body)
            case _:
                self._send(rendered, method)

    def _send(self, rendered: Rendered, method: str) -> None:
        self._write(rendered.head if method == "HEAD" else rendered.head + rendered.body)

    def _drip(self, left: bytes) -> None:
        if left and self._transport:
            self._write(left[:1])
            self._later(_DRIP_SECONDS, lambda: self._drip(left[1:]))

    def _write(self, data: bytes) -> None:
        if self._transport:
            self._transport.write(data)

    def _hang_up(self) -> None:
        if self._transport:
            self._transport.close()

    def _reset(self) -> None:
        """Close at once, so that the other side reads "connection reset by peer"."""
        if self._transport:
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()


def _request(received: bytearray) -> Request | None:
    """The request, if all of it is here."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    line, _, rest = bytes(received[: end + 2]).partition(b"\r\n")
    method, target, _ = line.decode("latin-1").split(" ")
    path, _, query = target.partition("?")
    host, _, path = path.lstrip("/").partition("/")
    head, body = b"\r\n" + rest.lower(), bytes(received[end + 4 :])
    request = Request(method, host, f"/{path}", query, head, body)
    return request if len(body) >= int(request.header(b"content-length") or 0) else None


async def serve(config: WorldConfig, *, prepare: bool) -> None:
    """Serve until the process is ended. Prints the port once everything is ready."""
    server = Server(config)
    if prepare:
        server.renderer.prepare(server.sites, config, processes=2)
        server.prepare_shared()
    gc.freeze()  # millions of releases, which a collection need not look at
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Conversation(server), "127.0.0.1", 0, backlog=1024)
    print(listening.sockets[0].getsockname()[1], flush=True)
    closed = loop.run_in_executor(None, sys.stdin.read)  # ends with whoever started this
    await closed
    listening.close()
