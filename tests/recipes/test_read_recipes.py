from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

KEYS = [
    "path",
    "schema_version",
    "name",
    "version",
    "sources",
    "requirements",
    "outputs",
    "maintainers",
    "outcome",
]


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "tree"
    for name, text in {
        "good": "package:\n  name: good\n  version: 1\nrequirements:\n  run: [zlib]\n"
        "source:\n  url: https://example.org/good.zip\n  sha256: abc\n",
        "windows": "package:\n  name: w\n  version: 1\nrequirements:\n  run:\n    - m2  # [win]\n",
    }.items():
        (root / name).mkdir(parents=True)
        (root / name / "meta.yaml").write_text(text)
    return root


def lines(file) -> dict[str, dict]:
    read = [json.loads(line) for line in file.read_text().splitlines()]
    return {line["path"]: line for line in read}


def test_it_prints_a_table(tree, capsys):
    call_command("read_recipes", str(tree))
    table = capsys.readouterr().out
    assert table.splitlines()[0].split() == ["ok", "2", "100.00%"]
    assert "2 recipes in" in table


def test_it_writes_a_line_for_each_recipe(tree, tmp_path):
    call_command("read_recipes", str(tree), "--jsonl", str(tmp_path / "out.jsonl"))
    read = lines(tmp_path / "out.jsonl")["good/meta.yaml"]
    assert list(read) == KEYS
    assert read["sources"] == [
        {
            "urls": ["https://example.org/good.zip"],
            "hashes": {"sha256": "abc", "md5": None, "sha1": None},
            "git_url": None,
            "git_rev": None,
        }
    ]
    assert read["requirements"]["run"] == ["zlib"]
    assert list(read["requirements"]) == ["build", "host", "run", "run_constrained", "test"]
    assert list(read["outputs"][0]) == ["name", "version", "requirements", "run_exports"]
    assert read["outcome"]["code"] == "ok"


def test_it_reads_for_the_platforms_asked_for(tree, tmp_path):
    out = tmp_path / "out.jsonl"
    call_command("read_recipes", str(tree), "--jsonl", str(out))
    assert lines(out)["windows/meta.yaml"]["requirements"]["run"] == []
    call_command(
        "read_recipes",
        str(tree),
        "--jsonl",
        str(out),
        "--platform",
        "osx-64",
        "--platform",
        "win-64",
    )
    assert lines(out)["windows/meta.yaml"]["requirements"]["run"] == ["m2"]


def test_platforms_may_follow_one_another(tree, tmp_path):
    out = tmp_path / "out.jsonl"
    call_command("read_recipes", str(tree), "--jsonl", str(out), "--platform", "osx-64", "win-64")
    assert lines(out)["windows/meta.yaml"]["requirements"]["run"] == ["m2"]


def test_a_failure_is_a_line_too_and_the_exit_code_1(tree, tmp_path, capsys):
    (tree / "bad").mkdir()
    (tree / "bad/recipe.yaml").write_text("package: [\n")
    (tree / "linked").mkdir()
    (tree / "linked/meta.yaml").symlink_to("/etc/passwd")
    with pytest.raises(SystemExit) as stop:
        call_command("read_recipes", str(tree), "--jsonl", str(tmp_path / "out.jsonl"))
    assert stop.value.code == 1
    read = lines(tmp_path / "out.jsonl")
    assert list(read["bad/recipe.yaml"]) == KEYS
    assert read["bad/recipe.yaml"]["outcome"]["code"] == "recipe.bad_yaml"
    assert read["linked/meta.yaml"]["outcome"]["code"] == "recipe.outside_tree"
    assert len(read) == 4
    assert "bad/recipe.yaml:1: recipe.bad_yaml" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["/nowhere"], [".", "--processes", "0"]])
def test_bad_usage_ends_with_2(arguments):
    with pytest.raises(CommandError) as error:
        call_command("read_recipes", *arguments)
    assert error.value.returncode == 2
