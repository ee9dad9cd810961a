"""A web server on the loopback interface that plays the internet in tests.

    with LoopbackServer() as server:
        server.route("/simple/foo/", (200, {"Content-Type": "text/html"}, b"<a href=...>"))
        server.route("/slow", lambda request: (200, {}, drip()))
        server.route("/files/*", lambda request: (200, {}, request.path))
        fetch(server.url + "/simple/foo/")
        assert server.requests[0].path == "/simple/foo/"

Bodies are bytes, text, or an iterable of bytes, which goes out as it comes. A handler that raises
`ConnectionError` drops the connection without an answer.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

Body = bytes | str | Iterable[bytes]
Reply = tuple[int, Mapping[str, str], Body]


class Request(NamedTuple):
    """What the server saw. `path` has the query; names in `headers` are case-insensitive."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


Handler = Callable[[Request], Reply]


class LoopbackServer:
    """Threaded, silent, keep-alive. With `tls` it speaks HTTPS."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, latency: float = 0.0) -> None:
        self.requests: list[Request] = []
        self._routes: dict[str, Handler] = {}
        self._latency = latency
        self._server = _Server(self, tls)
        self._scheme = "https" if tls else "http"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The origin, without a slash at the end."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        """How many connections were opened so far."""
        return self._server.opened

    def route(self, path: str, answer: Handler | Reply) -> str:
        """Answer `path` (a final `*` matches the rest) and return its URL."""
        self._routes[path] = answer if callable(answer) else lambda _request: answer
        return self.url + path.rstrip("*")

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        time.sleep(self._latency)
        return self._handler(request.path)(request)

    def _handler(self, path: str) -> Handler:
        for known in (path, path.partition("?")[0]):
            if known in self._routes:
                return self._routes[known]
        for pattern in sorted(self._routes, key=len, reverse=True):
            if pattern.endswith("*") and path.startswith(pattern[:-1]):
                return self._routes[pattern]
        return lambda _request: (404, {"Content-Type": "text/plain"}, b"no such page")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close() joins them and leaves no open socket
    request_queue_size = 256

    def __init__(self, owner: LoopbackServer, tls: ssl.SSLContext | None) -> None:
        self.owner = owner
        self.opened = 0
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _RequestHandler)
        if tls:
            self.socket = tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self.opened += 1
            self._sockets.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._sockets.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Wake the threads that wait for a next request on a kept connection."""
        with self._lock:
            for each in self._sockets:
                _shut(each)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients of these tests hang up on purpose; nothing to say."""


class _RequestHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def handle_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        request = Request(self.command, self.path, self.headers, body)
        try:
            status, headers, content = self.server.owner.answer(request)
        except ConnectionError:
            self.close_connection = True
            return
        self._send(status, headers, content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

    def _send(self, status: int, headers: Mapping[str, str], content: Body) -> None:
        if isinstance(content, str):
            content = content.encode()
        given = {name.lower() for name in headers}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if isinstance(content, bytes) and "content-length" not in given:
            self.send_header("Content-Length", str(len(content)))
        elif "content-length" not in given:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(content)
        if "content-length" in given:
            self.close_connection = True  # it may lie about the body

    def _send_body(self, content: bytes | Iterable[bytes]) -> None:
        for piece in [content] if isinstance(content, bytes) else content:
            self.wfile.write(piece)
            self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Silent."""


def _shut(each: socket.socket) -> None:
    try:
        each.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was faster


def drip(piece: bytes = b".", *, every: float = 0.05, times: int = 1000) -> Iterator[bytes]:
    """A body that comes slowly: `times` pieces, one each `every` seconds."""
    for _ in range(times):
        time.sleep(every)
        yield piece
