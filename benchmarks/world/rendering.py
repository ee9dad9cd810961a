"""Pages as bytes on the wire, made once and kept."""

from __future__ import annotations

import gzip
import multiprocessing
from dataclasses import dataclass

from benchmarks.world.config import WorldConfig
from benchmarks.world.pages.page import Page
from benchmarks.world.population import project
from benchmarks.world.sites import Sites, Spot, page_of

_REASONS = {200: "OK", 304: "Not Modified", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(frozen=True, slots=True)
class Rendered:
    kind: str
    status: int
    head: bytes
    body: bytes
    etag: str = ""


class Renderer:
    """Renders what a spot shows, unless it is as it was."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bool], tuple[int, Rendered]] = {}

    def page(self, url: str, spot: Spot, *, packed: bool) -> Rendered:
        stamp, rendered = self._known.get((url, packed), (-1, None))
        if rendered is None or stamp != spot.stamp:
            rendered = render(spot.render(), packed=packed)
            self.keep(url, spot.stamp, rendered, packed=packed)
        return rendered

    def keep(self, url: str, stamp: int, rendered: Rendered, *, packed: bool) -> None:
        # Guesses at files are as many as they are short.
        if rendered.status == 200:
            self._known[url, packed] = (stamp, rendered)

    def prepare(self, sites: Sites, config: WorldConfig, processes: int) -> int:
        """Render the main page of every project; returns how many there are."""
        wanted = list(sites.main_pages())
        tasks = [(config.seed, each.number, path, config.html_only) for each, _, path in wanted]
        with multiprocessing.Pool(processes) as pool:
            made = pool.imap(_render_main, tasks, chunksize=100)
            for (each, host, path), rendered in zip(wanted, made, strict=True):
                self.keep(host + path, each.serial, rendered, packed=True)
        return len(wanted)


def render(page: Page, *, packed: bool) -> Rendered:
    """The bytes of an answer, compressed where the page and who asks for it want that."""
    packed = packed and page.packed
    body = gzip.compress(page.body, 1, mtime=0) if packed else page.body
    lines = [
        f"HTTP/1.1 {page.status} {_REASONS.get(page.status, 'Error')}",
        f"Content-Length: {len(body)}",
        f"Content-Type: {page.content_type}",
        *([f'ETag: "{page.etag}"'] if page.etag else []),
        *(["Content-Encoding: gzip"] if packed else []),
        *(f"{name}: {value}" for name, value in page.headers.items()),
    ]
    return Rendered(page.kind, page.status, _head(lines), body, page.etag)


def not_modified(rendered: Rendered) -> Rendered:
    head = _head(["HTTP/1.1 304 Not Modified", f'ETag: "{rendered.etag}"'])
    return Rendered(rendered.kind, 304, head, b"", rendered.etag)


def _head(lines: list[str]) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode()


def _render_main(task: tuple[int, int, str, bool]) -> Rendered:
    seed, number, path, html = task
    return render(page_of(project(seed, number), path, html=html), packed=True)
