from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Lives as long as a module: it keeps an event loop in this thread, where other tests may want
    one of their own, and in which Django would refuse the database."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no browser at {CHROMIUM}")
    with pytest.MonkeyPatch.context() as patch, sync_api.sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def is_trouble(page: Any, line: Any) -> bool:
    """Browsers also complain of the page itself if it says that it is not there, or not allowed."""
    return line.type == "error" and line.location["url"] != page.url


@pytest.fixture
def open_page(browser, live_server) -> Iterator[Any]:
    """Opens a window with the given options. At the end no window may have seen an error on its
    console, an uncaught exception, a dialog, or a request to another origin."""
    contexts: list[Any] = []
    troubles: list[str] = []

    def guard(route: Any) -> None:
        if route.request.url.startswith(live_server.url):
            route.continue_()
        else:
            troubles.append(f"request to {route.request.url}")
            route.abort()

    def open_(**options: Any) -> Any:
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        context.route("**/*", guard)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(f"dialog {dialog.message}"))
        page.on("console", lambda line: is_trouble(page, line) and troubles.append(line.text))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []
