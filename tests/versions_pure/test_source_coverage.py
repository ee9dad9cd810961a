from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command


def line(path: str, *urls: str, version: str = "1.0", git: str | None = None) -> dict[str, Any]:
    sources = [{"urls": list(urls), "hashes": {}, "git_url": git, "git_rev": None}]
    return {"path": path, "version": version, "sources": sources}


def run(capsys: Any, tmp_path: Path, *lines: Any, options: tuple[str, ...] = ("--json",)) -> str:
    file = tmp_path / "recipes.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in lines))
    call_command("source_coverage", str(file), *options)
    return str(capsys.readouterr().out)


LINES = (
    line("a", "https://pypi.io/packages/source/p/pkg/pkg-1.0.tar.gz"),
    line("b", "https://example.org/pkg-1.0.tar.gz", "https://github.com/o/r/archive/v1.0.tar.gz"),
    line("c", "https://example.org/pkg-1.0.tar.gz"),
    line("d", "https://example.org/?get=1.0"),
    line("e", "https://example.org/pkg.tar.gz"),
    line("f", git="https://example.org/pkg.git"),
    line("g"),
    {"path": "h", "version": None, "outcome": {}},
)


def test_recipes_with_a_url_are_counted_by_kind(capsys: Any, tmp_path: Path) -> None:
    assert json.loads(run(capsys, tmp_path, *LINES)) == {
        "recipes": 6,
        "dedicated": 3,
        "listed": 4,
        "any": 5,
        "kinds": {"pypi": 1, "github": 1, "listing": 1, "probe": 1, "none": 1, "git": 1},
        "without": [],
    }


def test_the_shares_are_printed(capsys: Any, tmp_path: Path) -> None:
    shown = run(capsys, tmp_path, *LINES, options=("--without",))
    assert "by one or a listing: 4 of 6, 66.67%" in shown
    assert "with probing: 5 of 6, 83.33%" in shown
    assert "e: https://example.org/pkg.tar.gz" in shown


def test_no_recipes_at_all(capsys: Any, tmp_path: Path) -> None:
    assert "with probing: 0 of 0, -" in run(capsys, tmp_path, options=())


@pytest.mark.parametrize("text", ["nonsense\n", "[]\n", "{}\n", None])
def test_another_file_is_refused(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "recipes.jsonl"
    if text is not None:
        file.write_text(text)
    with pytest.raises(CommandError) as raised:
        call_command("source_coverage", str(file))
    assert raised.value.returncode == 2
