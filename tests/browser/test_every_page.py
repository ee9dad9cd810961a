"""Each page of the site, filled with hostile text: usable by everybody, and nothing of it runs.

The pages are found by walking the URLconf, so that a new one fails here until the table knows it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from tests.factories import make_user
from tests.hostile import make_hostile_site
from tests.permissions.routes import PART, Route, routes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Route -> what follows its address.
PAGES: dict[str, str] = {
    "": "",
    "packages/": "",
    "maintainers/": "",
    "maintainers/<key:handle>/": "",
    "outcomes/": "",
    "outcomes/<str:code>/": "",
    "releases/": "?first=1",
    "comparison/": "",
    "about/": "",
    "keys/": "",
    "mine/": "",
    "packages/<key:name>/": "?decide=hide",
    "graph/picture/<key:key>/": "?steps=2",
    "graph/affected/<key:key>/": "",
    "graph/map/": "",
    "graph/cycles/": "",
    "graph/builds/": "",
    "recipes/problems/": "",
    "recipes/problems/<str:code>/": "",
    "recipes/<key:key>/": "",
    "versions/": "",
    "versions/sweeps/": "",
    "versions/sweeps/<int:sweep_id>/": "",
    "versions/queue/": "?q=evil",
    "versions/dead-letters/": "",
    "proposals/": "",
    "proposals/refused/": "",
    "proposals/dead-letters/": "",
    "proposals/budget/": "",
    "proposals/of/<key:key>/": "",
    "proposals/<int:pull_id>/": "",
    "jobs/": "",
    "jobs/<int:job_id>/": "",
    "hosts/": "",
    "webhooks/": "",
    "webhooks/<int:webhook_id>/": "",
    "account/": "",
    "account/login/": "",
    "account/password/": "",
    "account/inactive/": "",
    "account/github/cancelled/": "",
    "nowhere/": "",
}
# Pages that look different to somebody who is not signed in.
SEEN_BY_STRANGERS = ["", "packages/<key:name>/", "account/login/", "versions/queue/"]
FOR_PROGRAMS = ("api/", "feeds/", "badges/", "packages.", "profiles/", "favicon", "metrics")
FOR_PROGRAMS += ("livez", "healthz", "opensearch.xml", "proposals/<int:pull_id>.patch")
FOR_PROGRAMS += ("comparison.",)
ELSEWHERE = "account/github/callback/"  # where GitHub sends people back to, who then go on
MET = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
LINKS_THAT_RUN = ":is([href], [src], [action]):is([href^='javascript:' i], [src^='javascript:' i])"


@pytest.fixture
def parts(live_server) -> dict[str, Any]:
    """What the addresses are made of; `boss` may do everything."""
    boss = make_user("boss", staff=True)
    boss.is_superuser = True
    boss.save()
    return make_hostile_site(boss)


@pytest.fixture
def signed_in(parts, live_server) -> list[dict[str, str]]:
    """The cookies of the boss."""
    client = Client()
    client.login(username="boss", password="secret")
    return [
        {"name": name, "value": cookie.value, "url": live_server.url}
        for name, cookie in client.cookies.items()
    ]


def address(path: str, parts: dict[str, Any]) -> str:
    quoted = {name: quote(str(value)) for name, value in parts.items()}
    return Route(path, "").address(quoted) + PAGES[path]


def faults(page: Any, *rules: str) -> list[str]:
    """What axe-core finds that would keep people out: by these rules, or by all."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": MET}
    found = Axe().run(page, options={"runOnly": only, "resultTypes": ["violations"]})
    return [
        f"{each['id']}: {each['help']}: {node['html'][:200]} {node['failureSummary']}"
        for each in found.response["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def inspect(page: Any, url: str) -> None:
    page.goto(url)
    assert (page.locator("h1").count(), page.locator("main").count()) == (1, 1)
    assert page.locator(LINKS_THAT_RUN).count() == 0
    assert page.locator("main :is(script, img)").count() == 0
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, "color-contrast") == []
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert faults(page, "target-size", "color-contrast", "scrollable-region-focusable") == []


@pytest.mark.parametrize("path", PAGES)
def test_to_the_bot_team(open_page, parts, signed_in, path):
    page = open_page(color_scheme="light")
    page.context.add_cookies(signed_in)
    inspect(page, address(path, parts))


@pytest.mark.parametrize("path", SEEN_BY_STRANGERS)
def test_to_a_stranger(open_page, parts, path):
    inspect(open_page(color_scheme="light"), address(path, parts))


def test_each_is_in_the_table(admin_client):
    """Others answer programs, or are only posted to."""
    unknown = {route.path for route in routes()} - {*PAGES, ELSEWHERE}
    some = {"name": "x", "key": "x", "code": "x", "handle": "x"}
    for path in sorted(unknown):
        if path.startswith(FOR_PROGRAMS):
            continue
        address = Route(path, "").address({part: some.get(part, 1) for part in PART.findall(path)})
        assert admin_client.get(address).status_code == 405, f"{path} is not in the table"
