"""The site behind a real nginx, as deploy/nginx configures it, with the settings it names."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.deploy.proxy import HOST, Proxy

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(240),
    pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed"),
]

SETTINGS = {
    "BOTSITE_HTTPS": "true",
    "BOTSITE_TRUSTED_PROXIES": "1",
    "BOTSITE_ALLOWED_HOSTS": HOST,
    "BOTSITE_CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
}
LINKS = re.compile(r'(?:href|src|action|hx-get|hx-post|data-url)="([^"]*)"')
TOO_MANY = "Too many failed login attempts"


@pytest.fixture
def behind(new_site, tmp_path: Path) -> Iterator:
    """(proxy, site), the site with one more setting or two."""
    proxies: list[Proxy] = []

    def start(**environment: str):
        site = new_site(**SETTINGS, **environment)
        site.serve()
        proxies.append(Proxy(tmp_path, site.port))
        return proxies[-1], site

    yield start
    for proxy in proxies:
        proxy.close()


def test_it_works(behind):
    proxy, _ = behind()
    proxy.with_a_host_name()

    status, headers, _ = proxy.get_plain("/packages/")
    assert (status, headers["Location"]) == (301, f"https://{HOST}/packages/")

    status, headers, page = proxy.get("/account/login/")
    assert status == 200
    assert "max-age" in headers["Strict-Transport-Security"]
    assert "Secure" in headers["Set-Cookie"]
    assert f"https://{HOST}/" in proxy.get("/opensearch.xml")[2]
    assert proxy.get("/metrics")[0] == 403
    [style] = re.findall(r'href="(/static/site[^"]*\.css)"', page)
    assert "immutable" in proxy.get(style)[1]["Cache-Control"]


def test_failed_sign_ins_count_for_the_address_that_the_proxy_saw(behind):
    """Whoever writes an X-Forwarded-For of their own is still the same visitor."""
    proxy, _ = behind()
    proxy.with_a_host_name()

    said = [attempt(proxy, f"somebody-{n}", f"203.0.113.{n}") for n in range(12)]

    assert TOO_MANY not in said[0]
    assert TOO_MANY in said[-1]


def attempt(proxy: Proxy, login: str, forwarded_for: str) -> str:
    _, headers, page = proxy.get("/account/login/")
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    form = urlencode({"login": login, "password": "x", "csrfmiddlewaretoken": token})
    cookie = headers["Set-Cookie"].partition(";")[0]
    return proxy.post(
        "/account/login/",
        form,
        Cookie=cookie,
        Referer=f"https://{HOST}/account/login/",
        X_Forwarded_For=forwarded_for,
    )[1]


def test_below_a_path_every_link_leads_there(behind):
    proxy, site = behind(BOTSITE_BASE_PATH="/botsite")
    site.shell(
        "from graph.intake.reading import track; track('dir:sample_channel/click', 'main', "
        "lambda *a, **k: None)"
    )
    proxy.below_a_path()

    status, headers, _ = proxy.get("/botsite")
    assert status == 301
    assert headers["Location"].endswith("/botsite/")
    seen = crawl(proxy, "/botsite/")

    assert len(seen) > 30
    assert {path: status for path, status in seen.items() if status >= 400} == {}
    cookie = proxy.get("/botsite/account/login/")[1]["Set-Cookie"]
    assert "Path=/botsite/" in cookie


def crawl(proxy: Proxy, start: str, most: int = 120) -> dict[str, int]:
    """Status of each page within two steps, and of all that they load. Links elsewhere fail."""
    seen: dict[str, int] = {}
    waiting = [(start, 0)]
    while waiting and len(seen) < most:
        path, depth = waiting.pop(0)
        if path in seen:
            continue
        status, headers, text = proxy.get(path)
        if status in (301, 302):
            assert headers["Location"].startswith("/botsite/"), path
        seen[path] = 200 if status in (301, 302) else status
        if depth < 2 and "html" in headers["Content-Type"]:
            waiting += [(link, depth + 1) for link in local_links(path, text)]
    return seen


def local_links(path: str, page: str) -> list[str]:
    links = [unescape(link).partition("#")[0] for link in LINKS.findall(page)]
    local = [link for link in links if link and not re.match(r"https?:|mailto:|data:", link)]
    for link in local:
        assert link.startswith(("/botsite/", "?")), f"{path} links to {link}"
    return [link if link.startswith("/") else path.partition("?")[0] + link for link in local]
