"""The documentation as a site: it builds without a warning, and asks no other origin."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from botsite.settings import BASE_DIR

LOADED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "object": "data",
    "link": "href",
}


class Assets(HTMLParser):
    """What a browser loads with a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        value = dict(attributes).get(LOADED.get(tag, ""))
        if value:
            self.found.append(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "docs", str(folder)]
    done = subprocess.run(build, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_each_page_is_there(site):
    pages = {path.relative_to(BASE_DIR / "docs") for path in (BASE_DIR / "docs").rglob("*.md")}
    assert {page for page in pages if not (site / page.with_suffix(".html")).exists()} == set()


def test_pages_load_nothing_from_another_origin(site):
    for page in site.rglob("*.html"):
        assets = Assets()
        assets.feed(page.read_text())
        assert assets.found
        elsewhere = [each for each in assets.found if re.match(r"(?:\w+:)?//", each)]
        assert elsewhere == [], page.name


def test_styles_load_nothing_from_another_origin(site):
    for style in site.rglob("*.css"):
        named = re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')]+)", style.read_text())
        assert [each for each in named if re.match(r"(?:https?:)?//", each)] == [], style.name
