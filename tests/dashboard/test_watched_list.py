from __future__ import annotations

import os
import subprocess
import sys

from django.conf import settings

from tests.factories import make_answered, make_package


def test_it_lists_what_is_watched(page, words):
    make_answered("numpy", "2.0")
    make_package("scipy")

    said = words(page("/versions/"))

    assert "numpy index 1.0 → 2.0 Answered just now in 5 h" in said
    assert "scipy index 1.0 Not asked yet never" in said


def test_it_searches(page, words):
    make_answered("numpy")
    make_answered("scipy")
    said = words(page("/versions/", q="SCI"))
    assert "scipy" in said
    assert "numpy" not in said
    assert "No package matches" in words(page("/versions/", q="zzz"))


def test_it_works_with_an_empty_database(page, words, db):
    assert "Nothing is watched yet" in words(page("/versions/"))


def test_it_is_the_first_page_where_no_graph_is_installed(tmp_path):
    """Which apps there are is settled when Django starts, so this needs a process of its own."""
    code = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "from django.test import Client\n"
        "call_command('migrate', verbosity=0)\n"
        "from versions.models import Package\n"
        "Package.objects.create(key='mine/numpy', name='numpy', owner='me', lane='index')\n"
        "get = Client(headers={'host': 'localhost'}).get\n"
        "print(get('/').headers['Location'], get('/packages/numpy/').headers['Location'],"
        " [get(url).status_code for url in ('/versions/', '/packages/mine/numpy/', '/jobs/')])\n"
    )
    environment = {
        **os.environ,
        "BOTSITE_APPS": "versions",
        "BOTSITE_VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "BOTSITE_DEBUG": "yes",
        "DJANGO_SETTINGS_MODULE": "botsite.settings",
    }
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout.split("\n")[0] == "/versions/ /packages/mine/numpy/ [200, 200, 200]", (
        said.stderr
    )
