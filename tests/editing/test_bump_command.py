from __future__ import annotations

import json
import subprocess

import pytest
from django.core.management import CommandError, call_command

from pulls.management.commands.bump import Command
from tests.editing.bumping import OLD

NEW = "ab" * 32
RECIPE = f"""\
{{% set version = "1.2.3" %}}
package:
  name: pkg
  version: {{{{ version }}}}
source:
  url: https://example.org/{{{{ version }}}}.zip
  sha256: {OLD}
"""
EDITED = RECIPE.replace("1.2.3", "1.3.0").replace(OLD, NEW)


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "pkg").mkdir()
    path = tmp_path / "pkg" / "meta.yaml"
    path.write_text(RECIPE)
    return path


@pytest.fixture
def hashes(tmp_path):
    path = tmp_path / "hashes.json"
    path.write_text(json.dumps({"*": NEW}))
    return path


def document(capsys, *arguments) -> dict:
    call_command(Command(), *map(str, arguments), "--json")
    return json.loads(capsys.readouterr().out)


def test_it_works(recipe, hashes, capsys):
    found = document(capsys, recipe, "--to", "1.3.0", "--hashes", hashes)
    diff = found.pop("diff")
    assert found == {
        "path": str(recipe),
        "changed": True,
        "old_version": "1.2.3",
        "new_version": "1.3.0",
        "edits": [
            {
                "line": 1,
                "before": '{% set version = "1.2.3" %}',
                "after": '{% set version = "1.3.0" %}',
                "why": "version 1.2.3 becomes 1.3.0",
            },
            {
                "line": 7,
                "before": f"  sha256: {OLD}",
                "after": f"  sha256: {NEW}",
                "why": "hash of https://example.org/1.3.0.zip",
            },
        ],
        "outcome": found["outcome"],
    }
    assert found["outcome"]["code"] == "ok"
    assert diff.startswith("--- a/")
    assert recipe.read_text() == RECIPE


def test_in_place_and_again(recipe, hashes, capsys):
    assert document(capsys, recipe, "--to", "1.3.0", "--hashes", hashes, "--in-place")["changed"]
    assert recipe.read_text() == EDITED
    again = document(capsys, recipe, "--to", "1.3.0", "--hashes", hashes, "--in-place")
    assert (again["changed"], again["outcome"]["code"]) == (False, "pulls.same_version")
    assert recipe.read_text() == EDITED


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_git_applies_the_diff(recipe, hashes, capsys, ending):
    text = RECIPE if ending else RECIPE.rstrip("\n")
    recipe.write_bytes(text.replace("\n", ending or "\n").encode())
    call_command(Command(), str(recipe), "--to", "1.3.0", "--hashes", str(hashes), "--diff")
    patch = capsys.readouterr().out
    git = ["git", "apply", "--whitespace=nowarn", "--unsafe-paths", "--directory=/", "-"]
    subprocess.run(git, input=patch.encode(), check=True, cwd=recipe.parent.parent)
    expected = EDITED if ending else EDITED.rstrip("\n")
    assert recipe.read_bytes() == expected.replace("\n", ending or "\n").encode()


def test_for_people(recipe, hashes, capsys):
    call_command(Command(), str(recipe), "--to", "1.3.0", "--hashes", str(hashes))
    heading, *rows = capsys.readouterr().out.splitlines()
    assert heading.split() == ["line", "now", "why"]
    assert [row.split()[0] for row in rows] == ["1", "7"]


def test_a_feedstock_and_what_stands_beside_its_recipe(recipe, hashes, capsys):
    feedstock = recipe.parent
    (feedstock / "recipe").mkdir()
    (feedstock / ".ci_support").mkdir()
    (feedstock / ".ci_support" / "linux_64_.yaml").write_text("flavour:\n- plain\n")
    (feedstock / "conda-forge.yml").write_text("{}\n")
    moved = recipe.rename(feedstock / "recipe" / "meta.yaml")
    moved.write_text(RECIPE.replace("1.2.3", "{{ 1 if flavour == 'plain' else 2 }}.2.3", 0))
    for path in (feedstock, moved):
        found = document(capsys, path, "--to", "1.3.0", "--hashes", hashes)
        assert (found["path"], found["changed"]) == (str(moved), True)


def test_hashes_by_url_and_of_every_kind(recipe, tmp_path, capsys):
    path = tmp_path / "by-url.json"
    path.write_text(json.dumps({"https://example.org/1.3.0.zip": {"sha256": NEW, "md5": "0" * 32}}))
    assert document(capsys, recipe, "--to", "1.3.0", "--hashes", path)["changed"]
    with pytest.raises(SystemExit) as ended:
        document(capsys, recipe, "--to", "1.4.0", "--hashes", path)
    assert ended.value.code == 1


def test_what_cannot_be_edited_is_done_with_failures(recipe, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command(Command(), str(recipe), "--to", "1.3.0", "--json")
    assert ended.value.code == 1
    outcome = json.loads(capsys.readouterr().out)["outcome"]
    assert (outcome["code"], outcome["file"], outcome["line"]) == ("pulls.no_hash", str(recipe), 7)


def test_a_recipe_under_another_name(recipe, hashes, capsys):
    v1 = recipe.with_name("other.yaml")
    v1.write_text('context:\n  version: "1.2.3"\npackage:\n  name: a\n  version: ${{ version }}\n')
    assert document(capsys, v1, "--to", "1.3.0")["edits"][0]["line"] == 2


@pytest.mark.parametrize(
    "content",
    ["[", "[]", '{"*": 1}', '{"*": {"sha512": "0"}}', '{"*": "zz"}', "\xff", '{"*": {"md5": 3}}'],
)
def test_a_broken_file_of_hashes_is_bad_input(recipe, tmp_path, content):
    path = tmp_path / "broken.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(CommandError) as refused:
        call_command(Command(), str(recipe), "--to", "1.3.0", "--hashes", str(path))
    assert refused.value.returncode == 2


@pytest.mark.parametrize("place", ["nowhere.yaml", ".", "hashes.json"])
def test_what_is_no_recipe(tmp_path, place):
    with pytest.raises((CommandError, SystemExit)) as refused:
        call_command(Command(), str(tmp_path / place), "--to", "1.3.0")
    assert getattr(refused.value, "returncode", 2) == 2
