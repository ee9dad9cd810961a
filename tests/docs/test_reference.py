"""The generated pages tell what the code is now."""

from __future__ import annotations

import re
import subprocess
import sys
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from prometheus_client.parser import text_string_to_metric_families

from botsite import metric_names
from botsite.reference import PAGES, lagging
from botsite.reference.addresses import kind
from botsite.reference.outcomes import filled_in
from botsite.settings import APPS, BASE_DIR
from versions.sources.table import BEGIN, END


def test_no_page_lags_behind():
    """In a process of its own: tests declare outcomes, too."""
    check = [sys.executable, "manage.py", "write_reference", "--check"]
    done = subprocess.run(check, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def docs(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs/reference").mkdir(parents=True)
    (tmp_path / "docs/sources.md").write_text(f"# Sources\n{BEGIN}{END}")
    return tmp_path / "docs"


def test_the_command_writes_what_lags_behind(docs, capsys):
    with pytest.raises(SystemExit):
        call_command("write_reference", "--check")
    assert "sources.md lags behind" in capsys.readouterr().err
    call_command("write_reference")
    call_command("write_reference", "--check")
    assert {path.name for path in (docs / "reference").iterdir()} == {*PAGES}


def test_a_page_that_was_changed_by_hand_lags_behind(docs):
    call_command("write_reference", stdout=StringIO())
    changed = docs / "reference/metrics.md"
    changed.write_text(changed.read_text() + "And more.\n")
    assert [*lagging(docs)] == [changed]


def test_it_needs_all_apps(docs, settings):
    settings.APPS = ["versions"]
    with pytest.raises(CommandError, match="BOTSITE_APPS"):
        call_command("write_reference")


@pytest.mark.parametrize("name", PAGES)
def test_tables_have_as_many_cells_in_each_row(name):
    width = 0
    for line in (BASE_DIR / "docs/reference" / name).read_text().splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (width and cells) or cells == width, line
        width = cells


@pytest.mark.parametrize("label", ["core", *APPS])
def test_each_table_says_what_it_is_for(label):
    for model in apps.get_app_config(label).get_models():
        assert model.__doc__
        assert not model.__doc__.startswith(f"{model.__name__}("), f"{model} has no docstring"


def test_a_sentence_shows_what_will_stand_in_it():
    assert filled_in("{host!r} waits {seconds:.0f} s.") == "HOST waits SECONDS s."


def test_types_are_told_in_words():
    assert kind({"type": "array", "items": {"$ref": "#/components/schemas/JobOut"}}) == (
        "list of [JobOut](#jobout)"
    )
    moment = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}
    assert kind(moment) == "date-time or null"
    assert kind({"type": "object", "additionalProperties": {"type": "integer"}}) == (
        "object of integer"
    )


@pytest.mark.django_db
def test_no_metric_is_told_that_is_not_declared(client):
    told = text_string_to_metric_families(client.get("/metrics").content.decode())
    declared = {each.name for each in metric_names.ALL}
    assert {family.name for family in told} <= declared
    assert len(declared) == len(metric_names.ALL)
