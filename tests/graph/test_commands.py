"""`track` and `build_graph`: documents, tables and exit codes."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db

RECIPE = "package:\n  name: {0}\n  version: '1.0'\nrequirements:\n  run:\n    - {1}\n"


@pytest.fixture
def tree(tmp_path):
    for name, needs in (("a", "b"), ("b", "a")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "meta.yaml").write_text(RECIPE.format(name, needs))
    return tmp_path


def test_track(tree, capsys):
    call_command("track", f"dir:{tree}", "--name", "ours", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "channel": "ours",
        "found": 2,
        "new": 2,
        "gone": 0,
        "read": 2,
        "failed": 0,
    }


def test_track_for_people(tree, capsys):
    call_command("track", f"dir:{tree}", "--name", "ours")
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split() == ["channel", "found", "new", "gone", "read", "failed"]
    assert row.split() == ["ours", "2", "2", "0", "2", "0"]


def test_track_with_a_broken_recipe_is_done_with_failures(tree, capsys):
    (tree / "a" / "meta.yaml").write_text("package: [")
    with pytest.raises(SystemExit) as ended:
        call_command("track", f"dir:{tree}", "--json")
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["failed"] == 1


@pytest.mark.parametrize("spec", ["nonsense", "dir:/no/such/place", "github:org"])
def test_track_refuses_a_bad_spec(spec, capsys):
    with pytest.raises(CommandError) as refused:
        call_command("track", spec, "--json")
    assert refused.value.returncode == 2
    assert capsys.readouterr().out == ""


def test_build_graph(tree, capsys):
    call_command("track", f"dir:{tree}")
    capsys.readouterr()
    call_command("build_graph", "--json")
    document = json.loads(capsys.readouterr().out)
    assert document.pop("duration_s") >= 0
    changes = document.pop("changes")
    assert changes["feedstocks"]["new"]["names"] == ["a", "b"]
    assert changes.keys() == {"feedstocks", "external", "edges", "cycles"}
    assert document == {
        "feedstocks": 2,
        "nodes": 2,
        "edges": 2,
        "external": 0,
        "cycles": [["a", "b"]],
        "changed": 4,
    }


def test_build_graph_for_people(tree, capsys):
    call_command("track", f"dir:{tree}")
    call_command("build_graph")
    assert capsys.readouterr().out.splitlines()[-4:] == [
        "cycle: a, b",
        "New feedstocks: 2: a; b",
        "New dependencies: 2: a needs b; b needs a",
        "New cycles: 1: a, b",
    ]
