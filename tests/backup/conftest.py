from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    """An own `var`, apart from that of other tests."""
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    return tmp_path


@pytest.fixture
def as_of_tests(transactional_db):
    """The next test finds the database as the migrations left it, whatever was restored here."""
    yield
    connection.close()
    call_command("migrate", verbosity=0)


def run(command: str, *options: object) -> dict[str, Any]:
    out = StringIO()
    call_command(command, *map(str, options), "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())
