"""What holds for every page: nothing inline, nothing from elsewhere, usable without a mouse."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from core.models import Measurement
from tests.factories import (
    make_answered,
    make_candidate,
    make_change,
    make_feedstock,
    make_job,
    make_package,
    make_sweep,
)

PAGES = [
    "/",
    "/packages/",
    "/packages/sample/numpy/",
    "/graph/map/",
    "/maintainers/",
    "/maintainers/alice/",
    "/outcomes/",
    "/outcomes/http.timeout/",
    "/releases/?first=1",
    "/about/",
    "/keys/",
    "/versions/",
    "/versions/sweeps/",
    "/versions/sweeps/1/",
    "/versions/queue/?q=sample/numpy",
    "/versions/dead-letters/",
    "/jobs/",
    "/nowhere/",
]


def make_sweeps() -> None:
    hosts = {"example.org": {"requests": 3, "failures": 1, "seconds": 2.0}}
    make_sweep(pk=1, lanes={"index": {"due": 9}}, hosts=hosts, outcomes={"http.timeout": 2})
    for pk in (2, 3):
        make_sweep(pk=pk, finished_at=timezone.now())


def make_measurements() -> None:
    for minutes in (0, 10, 20):
        moment = timezone.now() - timedelta(minutes=minutes)
        Measurement.objects.create(taken_at=moment, figures={"graph.outdated": minutes})


@pytest.fixture
def html(client, db, request) -> str:
    make_feedstock("numpy").maintainers.create(handle="alice")
    package = make_answered("numpy")
    make_candidate(package)
    make_change(package)
    make_package("dead", failures=20)
    make_job(state="done")
    make_sweeps()
    make_measurements()
    return client.get(request.param).content.decode()


@pytest.mark.parametrize("html", PAGES, indirect=True)
def test_no_script_or_style_is_inline(html):
    assert not re.findall(r"<script(?![^>]*\bsrc=)", html)
    assert "<style" not in html
    assert not re.findall(r"<[^>]+\s(?:style|on\w+)=", html)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def test_nothing_is_loaded_from_another_origin(html):
    loaded = re.findall(r'<(?:script|img|link|use|iframe)\b[^>]*\b(?:src|href)="([^"]+)"', html)
    assert loaded
    assert [url for url in loaded if not re.match(r"#|/(?!/)", url)] == []


@pytest.mark.parametrize("html", PAGES, indirect=True)
def test_it_can_be_used_without_a_mouse_or_eyes(html):
    assert '<html lang="en">' in html
    assert html.index('href="#main"') < html.index('<main class="page" id="main">')
    assert html.count("<h1") == 1
    assert html.count("<table") == html.count("<caption")
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for names in re.findall(r'aria-labelledby="([^"]+)"', html):
        assert set(names.split()) <= set(ids)


@pytest.mark.parametrize("html", PAGES, indirect=True)
def test_htmx_never_evaluates_text(html):
    assert '"allowEval": false' in html
    assert '"includeIndicatorStyles": false' in html


def test_pages_carry_the_policy(client, db):
    assert "default-src 'self'" in client.get("/")["Content-Security-Policy"]


def test_static_files_name_no_other_origin():
    for path in Path(settings.BASE_DIR, "static").iterdir():
        found = re.findall(r"https?://[^\s\"')]+", path.read_text())
        assert set(found) <= {"http://www.w3.org/2000/svg"}, path


def test_a_broken_page_has_a_page_of_its_own(client, db, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("botsite.views.package.subject.find", lambda name: 1 / 0)
    response = client.get("/packages/numpy/")
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


def test_a_forged_form_has_a_page_of_its_own(db):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/check/sample/numpy/")
    assert response.status_code == 403
    assert "The form was too old" in response.content.decode()


@pytest.mark.parametrize(
    "path", ["/packages/", "/graph/map/", "/graph/cycles/", "/recipes/problems/"]
)
def test_the_menu_shows_where_one_is(client, db, path):
    assert 'href="/packages/" aria-current="page"' in client.get(path).content.decode()


def test_the_icon_tells_of_alarms(client, db, monkeypatch):
    assert "/logo.svg" in client.get("/").content.decode()
    monkeypatch.setattr("botsite.health.STARTED_AT", timezone.now() - timedelta(hours=1))
    assert "/logo-alarm.svg" in client.get("/").content.decode()
