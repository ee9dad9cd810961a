"""Imports run one way: pulls -> graph -> versions -> core, and botsite joins them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from botsite.settings import BASE_DIR

MAY_IMPORT = {
    "core": {"core"},
    "versions": {"versions", "core"},
    "graph": {"graph", "versions", "core"},
    "pulls": {"pulls", "graph", "versions", "core"},
    "botsite": {"botsite", "pulls", "graph", "versions", "core"},
}
# Plain Python, to be used without Django: in reader processes, in threads, in other programs.
WITHOUT_DJANGO = [
    "core/conditions.py",
    "core/outcomes.py",
    "graph/recipes",
    "pulls/words/body.py",
    "pulls/editing",
    "pulls/forges/base.py",
    "pulls/words/message.py",
    "pulls/words/neutral.py",
    "pulls/upstream",
    "versions/sources",
]


def imported(code: str) -> Iterator[tuple[int, str]]:
    """(line, module) of imports, and of dotted strings that name a module of ours: importing by a
    string is importing."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module
            case ast.Constant(value=str(text)) if _names_a_module(text):
                yield node.lineno, text


def _names_a_module(text: str) -> bool:
    parts = text.split(".")
    if len(parts) < 2 or parts[0] not in MAY_IMPORT or not all(map(str.isidentifier, parts)):
        return False
    return (BASE_DIR / parts[0] / parts[1]).is_dir() or (
        BASE_DIR / parts[0] / f"{parts[1]}.py"
    ).is_file()


def against_the_arrows(app: str, code: str) -> list[str]:
    return [
        f"line {line}: {app} imports {module}"
        for line, module in imported(code)
        if (top := module.partition(".")[0]) in MAY_IMPORT and top not in MAY_IMPORT[app]
    ]


def files(*folders: str) -> list[Path]:
    paths = [BASE_DIR / folder for folder in folders]
    return sorted(
        file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))
    )


@pytest.mark.parametrize(
    "path", files(*MAY_IMPORT), ids=lambda path: str(path.relative_to(BASE_DIR))
)
def test_imports_follow_the_arrows(path):
    app = path.relative_to(BASE_DIR).parts[0]
    assert against_the_arrows(app, path.read_text()) == []


@pytest.mark.parametrize(
    ("app", "code"),
    [
        ("versions", "from graph.models import Feedstock"),
        ("versions", "import graph.build as build"),
        ("versions", "def late():\n    from graph import models"),
        ("core", "import versions.models"),
        ("graph", "from botsite import pipeline"),
        ("versions", 'import_module("graph.models")'),
        ("versions", 'async_task("graph.tasks.refresh")'),
    ],
)
def test_a_planted_import_is_caught(app, code):
    assert len(against_the_arrows(app, code)) == 1


@pytest.mark.parametrize(
    "code",
    ["from versions import watch", "import core.jobs", 'text = "graph.cycle"', "import requests"],
)
def test_what_is_allowed_is_left_alone(code):
    assert against_the_arrows("graph", code) == []


@pytest.mark.parametrize("path", files(*WITHOUT_DJANGO), ids=lambda path: path.name)
def test_the_pure_parts_do_without_django(path):
    modules = {module.partition(".")[0] for _, module in imported(path.read_text())}
    assert "django" not in modules
