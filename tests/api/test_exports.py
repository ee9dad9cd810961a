from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from graph.models import Feedstock, Status
from tests.factories import make_answered, make_feedstock, make_outdated, make_package
from versions.exporting import path_of
from versions.models import Package


@pytest.fixture
def checkout(tmp_path) -> Path:
    (tmp_path / "versions").mkdir()
    return tmp_path


def export(checkout: Path, *options: str) -> dict[str, int]:
    out = StringIO()
    call_command("export_versions", str(checkout), "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def stored(checkout: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (checkout / "versions").rglob("*.json")}


@pytest.mark.parametrize(
    ("name", "folder"), [("libdap4", "0/2/4/6/4"), ("pytest", "d/9/a/8/c"), ("numpy", "4/d/c/3/6")]
)
def test_a_file_is_where_the_bot_has_it(name, folder):
    assert path_of(name) == f"{folder}/{name}.json"


def test_answers_are_written_as_the_bot_does(checkout, db):
    make_answered("numpy", "2.0")
    make_answered("stale", "1.1", outcome_code="http.timeout", failures=2)
    make_answered("down", "", outcome_code="http.timeout", failures=2)
    make_answered("none", "", outcome_code="versions.no_source", failures=0)
    make_package("never")

    assert export(checkout) == {"written": 4, "unchanged": 0}
    assert stored(checkout) == {
        "numpy.json": b'{\n  "new_version": "2.0"\n}',
        "stale.json": b'{\n  "new_version": "1.1"\n}',
        "down.json": b'{\n  "bad": "Upstream: Error getting upstream version"\n}',
        "none.json": b'{\n  "new_version": null\n}',
    }


def test_only_what_differs_is_written(checkout, db):
    make_answered("numpy", "2.0")
    make_answered("six", "1.1")
    export(checkout)
    before = {path: path.stat().st_mtime_ns for path in checkout.rglob("*.json")}
    assert export(checkout) == {"written": 0, "unchanged": 2}
    assert {path: path.stat().st_mtime_ns for path in checkout.rglob("*.json")} == before

    Package.objects.filter(name="six").update(latest_version="1.2")
    assert export(checkout) == {"written": 1, "unchanged": 1}
    assert not list(checkout.rglob(".export-*"))


def test_files_of_others_are_left_alone(checkout, db):
    other = checkout / "versions" / "other.json"
    other.write_text("{}")
    make_answered("numpy")
    export(checkout)
    assert other.read_text() == "{}"


def test_two_packages_for_one_file_are_refused(checkout, db):
    make_answered("numpy")
    make_answered("numpy", channel="other", key="other/numpy", owner="channel:other")
    with pytest.raises(CommandError, match="both called numpy") as caught:
        export(checkout)
    assert caught.value.returncode == 2
    assert stored(checkout) == {}
    assert export(checkout, "--owner", "channel:other") == {"written": 1, "unchanged": 0}


def test_a_folder_that_is_no_checkout_is_refused(tmp_path, db):
    with pytest.raises(CommandError, match="has no folder versions"):
        export(tmp_path)


@pytest.mark.parametrize("name", ["../../evil", "a/b", ".hidden", "x\ny"])
def test_a_name_leads_nowhere_else(checkout, db, name):
    make_answered(name)
    with pytest.raises(CommandError, match="can't be that of a file"):
        export(checkout)
    assert stored(checkout) == {}


def test_a_checkout_is_read_back_after_it(checkout, db):
    recipe = '{% set version = "1.0" %}\npackage:\n  name: numpy\n  version: {{ version }}\n'
    node = checkout / "node_attrs" / path_of("numpy")
    node.parent.mkdir(parents=True)
    node.write_text(json.dumps({"raw_meta_yaml": recipe}))
    (checkout / "all_feedstocks.json").write_text(json.dumps({"active": ["numpy"], "archived": []}))
    call_command("track", f"cf-graph:{checkout}", "--name", "forge", "--json")
    feedstock = Feedstock.objects.get()
    assert (feedstock.key, feedstock.version) == ("forge/numpy", "1.0")
    Package.objects.update(latest_version="2.0", outcome_code="ok")

    assert export(checkout, "--owner", "channel:forge")["written"] == 1
    call_command("track", f"cf-graph:{checkout}", "--name", "forge", "--json")

    assert Feedstock.objects.get().outcome_code == "ok"
    assert export(checkout, "--owner", "channel:forge") == {"written": 0, "unchanged": 1}
    assert json.loads(stored(checkout)["numpy.json"]) == {"new_version": "2.0"}


def test_the_status_is_written_as_conda_forge_has_it(tmp_path, db):
    make_outdated("numpy", "2.0")
    make_feedstock("fine")
    make_feedstock(
        "broken",
        status=Status.FAILING,
        outcome_code="recipe.undefined_variable",
        outcome={"code": "recipe.undefined_variable", "message": "No x.", "next": "Define x."},
        forge_url="https://example.org/broken",
        branch="main",
    )
    make_feedstock("down", status=Status.FAILING, version_outcome_code="http.timeout")
    make_answered(
        "down",
        outcome_code="http.timeout",
        failures=3,
        outcome={"code": "http.timeout", "message": "No answer.", "next": "Wait."},
    )
    file = tmp_path / "version_status.v2.json"

    call_command("export_status", str(file))

    assert json.loads(file.read_bytes()) == {
        "queued": {"numpy": "2.0"},
        "errors": {
            "broken": {
                "kind": "plain",
                "messages": ["No x.", "Define x."],
                "url": "https://example.org/broken",
                "base_branch": "main",
                "attempts": 0,
            },
            "down": {
                "kind": "plain",
                "messages": ["No answer.", "Wait."],
                "url": "",
                "base_branch": "",
                "attempts": 3,
            },
        },
    }


def test_the_status_is_byte_equal_while_nothing_changes(tmp_path, db, capsys):
    make_outdated("numpy", "2.0")
    file = tmp_path / "status.json"
    call_command("export_status", str(file))
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    call_command("export_status", str(file))
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert capsys.readouterr().out.split() == ["written", "unchanged"]


def test_a_status_file_needs_its_folder(tmp_path, db):
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("export_status", str(tmp_path / "gone" / "status.json"))
