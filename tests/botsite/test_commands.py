"""The contract of the commands: exit codes, and the shape of what `--json` prints."""

from __future__ import annotations

import json
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.cluster import ROOT, test_environment
from tests.index import source_url

pytestmark = pytest.mark.django_db

OUTCOME = {"code", "message", "next", "file", "line", "field", "transient"}
RECIPE = """\
{{% set version = "{version}" %}}
package:
  name: {name}
  version: {{{{ version }}}}
source:
  url: {url}
  sha256: {sha256}
requirements:
  host:
    - python
  run:
    - python
"""


def write_feedstock(tree, name: str, version: str = "1.0", text: str | None = None) -> None:
    folder = tree / name / "recipe"
    folder.mkdir(parents=True)
    url = source_url(name, "{{ version }}")
    recipe = RECIPE.format(name=name, version=version, url=url, sha256="0" * 64)
    (folder / "meta.yaml").write_text(recipe if text is None else text)


@pytest.fixture
def channel(tmp_path):
    """Two good feedstocks and a broken one."""
    tree = tmp_path / "main"
    write_feedstock(tree, "numpy")
    write_feedstock(tree, "scipy")
    write_feedstock(tree, "broken", text="package: [")
    return tree


def run(*command: str) -> tuple[int, object]:
    """(exit code, document)"""
    out = StringIO()
    try:
        call_command(*command, "--json", stdout=out, stderr=StringIO())
    except SystemExit as end:
        return int(end.code or 0), json.loads(out.getvalue())
    except CommandError as error:
        return error.returncode, str(error)
    return 0, json.loads(out.getvalue())


def test_track(channel):
    code, document = run("track", f"dir:{channel}")
    assert code == 1
    assert document == {
        "channel": "main",
        "found": 3,
        "new": 3,
        "gone": 0,
        "read": 2,
        "failed": 1,
    }


@pytest.mark.parametrize("spec", ["dir:/nowhere", "ftp:x", "numpy", ""])
def test_track_refuses_a_bad_spec(spec):
    assert run("track", spec)[0] == 2


def test_build_graph(channel):
    run("track", f"dir:{channel}")
    code, document = run("build_graph")
    assert code == 0
    assert document.keys() == {
        "feedstocks",
        "nodes",
        "edges",
        "external",
        "cycles",
        "duration_s",
        "changed",
        "changes",
    }
    assert (document["feedstocks"], document["cycles"]) == (3, [])


def test_watch(tmp_path):
    file = tmp_path / "watch.yaml"
    file.write_text('- {name: numpy, version: "1.10", urls: [https://a.example/numpy-1.10.tar.gz]}')
    assert run("watch", str(file)) == (0, {"watched": 1, "changed": 1, "removed": 0})
    file.write_text("[]")
    assert run("watch", str(file)) == (0, {"watched": 0, "changed": 0, "removed": 1})


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("- {name: numpy, version: 1.10}", "1:version"),
        ('- name: numpy\n- name: ""', "2:name"),
        ("- name: numpy\n- name: numpy", "name"),
        ("- {name: a, color: red}", "1:color"),
        ("- name: a\n  urls: {}", "1:urls"),
        ("name: numpy", "1"),
        ("- [", ""),
        ("- name: 'a", ""),
        ("\x00", ""),
    ],
)
def test_watch_names_the_place_of_bad_input(tmp_path, text, place):
    file = tmp_path / "watch.yaml"
    file.write_text(text)
    code, message = run("watch", str(file))
    assert code == 2
    assert message.startswith(f"{file}:{place}" if place else str(file))


def test_watch_refuses_a_missing_file(tmp_path):
    assert run("watch", str(tmp_path / "none.yaml"))[0] == 2


def test_check_versions(channel, index):
    index.publish("numpy", ["1.0", "1.1"])
    index.publish("scipy", ["1.0"])
    run("track", f"dir:{channel}")

    code, document = run("check_versions", "scipy", "main/numpy")

    assert code == 0
    assert [row["key"] for row in document] == ["main/scipy", "main/numpy"]
    numpy = document[1]
    assert numpy.keys() == {
        "key",
        "name",
        "current_version",
        "latest_version",
        "source",
        "url",
        "outcome",
        "stale",
        "candidates",
    }
    assert (numpy["current_version"], numpy["latest_version"]) == ("1.0", "1.1")
    assert numpy["outcome"].keys() == OUTCOME
    assert numpy["outcome"]["code"] == "ok"
    assert numpy["candidates"][0].keys() == {
        "version",
        "verdict",
        "rule",
        "source",
        "url",
        "released_at",
        "prerelease",
        "yanked",
    }
    assert numpy["candidates"][0]["released_at"] == "2026-01-02T00:00:00Z"


def test_check_versions_ends_with_1_when_a_look_up_failed(channel, index):
    index.fail("numpy", 404)
    run("track", f"dir:{channel}")
    code, document = run("check_versions", "numpy")
    assert code == 1
    assert document[0]["outcome"]["code"] == "versions.project_not_found"


@pytest.mark.parametrize("command", ["check_versions", "explain"])
def test_an_unknown_name_is_bad_input(command):
    assert run(command, "nothing-like-it")[0] == 2


@pytest.mark.parametrize("command", ["check_versions", "explain"])
def test_an_ambiguous_name_lists_the_keys(channel, tmp_path, command):
    write_feedstock(tmp_path / "other", "numpy")
    run("track", f"dir:{channel}")
    run("track", f"dir:{tmp_path / 'other'}")
    code, message = run(command, "numpy")
    assert code == 2
    assert "main/numpy" in message
    assert "other/numpy" in message


def test_check_versions_tries_settings_from_a_file(channel, index, tmp_path):
    index.publish("numpy", ["1.0", "1.1"])
    run("track", f"dir:{channel}")
    file = tmp_path / "bot.yaml"
    file.write_text("bot:\n  version_updates:\n    exclude: ['1.1']\n")
    code, document = run("check_versions", "numpy", "--bot-settings", str(file))
    assert (code, document[0]["latest_version"]) == (0, "1.0")
    assert {row["version"]: row["rule"] for row in document[0]["candidates"]}["1.1"] == "excluded"


def test_sweep(channel, index):
    index.publish("numpy", ["1.0", "1.1"])
    index.fail("scipy", 404)
    run("track", f"dir:{channel}")

    code, document = run("sweep", "--all")

    assert code == 1
    assert document.keys() == {
        "id",
        "due",
        "checked",
        "changed",
        "failed",
        "unchanged",
        "requests",
        "saved",
        "duration_s",
        "outcomes",
        "hosts",
        "lanes",
    }
    assert (document["due"], document["checked"], document["failed"]) == (2, 2, 1)
    assert document["outcomes"] == {"ok": 1, "versions.project_not_found": 1}
    [host] = document["hosts"].values()
    assert host.keys() == {"requests", "failures", "seconds"}
    [lane] = document["lanes"].values()
    assert lane.keys() == {"due", "checked", "failed", "requests", "saved", "seconds"}


def test_sweep_can_be_profiled(channel, index, capsys):
    run("track", f"dir:{channel}")
    err = StringIO()
    with pytest.raises(SystemExit):
        call_command("sweep", "--all", "--profile", "--json", stdout=StringIO(), stderr=err)
    assert "own s   total s" in err.getvalue()
    assert "peak memory" in err.getvalue()


def test_explain(channel, index):
    index.publish("numpy", ["1.0", "1.1"])
    run("track", f"dir:{channel}")
    run("check_versions", "numpy")
    code, document = run("explain", "numpy", "broken")
    assert code == 0
    assert [row["key"] for row in document] == ["main/numpy", "main/broken"]
    numpy, broken = (row["conditions"] for row in document)
    assert numpy[0].keys() == {
        "stage",
        "code",
        "state",
        "sentence",
        "evidence",
        "checked_at",
        "next_try_at",
        "action",
    }
    assert numpy[0]["stage"] == "recipe"
    assert broken[0]["code"] == "recipe.bad_yaml"
    assert broken[0]["state"] == "failed"


def test_read_recipes(channel, tmp_path):
    file = tmp_path / "out.jsonl"
    with pytest.raises(SystemExit) as end:
        call_command(
            "read_recipes", str(channel), "--jsonl", str(file), stdout=StringIO(), stderr=StringIO()
        )
    assert end.value.code == 1
    lines = {row["path"]: row for row in map(json.loads, file.read_text().splitlines())}
    assert lines.keys() == {f"{name}/recipe/meta.yaml" for name in ("broken", "numpy", "scipy")}
    for row in lines.values():
        assert row.keys() == {
            "path",
            "schema_version",
            "name",
            "version",
            "sources",
            "requirements",
            "outputs",
            "maintainers",
            "outcome",
        }
        assert row["outcome"].keys() == OUTCOME
    numpy = lines["numpy/recipe/meta.yaml"]
    assert numpy["sources"][0]["urls"] == [source_url("numpy", "1.0")]
    assert numpy["sources"][0].keys() == {"urls", "hashes", "git_url", "git_rev"}
    assert numpy["sources"][0]["hashes"] == {"sha256": "0" * 64, "md5": None, "sha1": None}
    assert numpy["requirements"].keys() == {"build", "host", "run", "run_constrained", "test"}
    assert numpy["outputs"][0].keys() == {"name", "version", "requirements", "run_exports"}
    assert numpy["outputs"][0]["run_exports"].keys() == {
        "strong",
        "weak",
        "noarch",
        "strong_constrains",
        "weak_constrains",
    }


def test_only_the_document_goes_to_stdout():
    """`--settings` is Django's own option; that of check_versions must reach the command."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check_versions", "none", "--settings", "f", "--json"],
        cwd=ROOT,
        env=test_environment(),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "No package 'none' is watched" in done.stderr
