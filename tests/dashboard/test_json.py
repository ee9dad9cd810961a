"""Each page says what moment its data are of, and links to the same as JSON."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from tests.browser.test_every_page import PAGES
from tests.factories import make_user
from tests.hostile import make_hostile_site
from tests.permissions.routes import Route

# These show nothing that programs could want, or nothing but what is the reader's own.
WITHOUT = ("keys/", "mine/", "webhooks/", "account/", "nowhere/")
SHOWING = [path for path in PAGES if not path.startswith(WITHOUT)]
LINK = re.compile(r'<a rel="alternate" type="application/json" href="([^"]+)"')


@pytest.fixture
def parts(db) -> dict[str, Any]:
    return make_hostile_site(make_user("boss", staff=True))


@pytest.mark.parametrize("path", SHOWING)
def test_it_leads_to_json(client: Client, parts, path):
    quoted = {name: quote(str(value)) for name, value in parts.items()}
    html = client.get(Route(path, "").address(quoted) + PAGES[path]).content.decode()
    assert re.search(r"Data as of \d{4}-\d\d-\d\d \d\d:\d\d UTC", html)
    [link] = LINK.findall(html)
    response = client.get(unescape(link))
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/json")
    json.loads(response.getvalue())


@pytest.mark.parametrize("code", ["recipe.bad", "http.bad", "pulls.bad_version"])
def test_an_outcome_leads_to_the_list_that_is_shown(client: Client, parts, code):
    html = client.get(f"/outcomes/{code}/").content.decode()
    [link] = LINK.findall(html)
    document = client.get(unescape(link)).json()
    assert [each["key"] for each in document["items"]] == [parts["key"]]
