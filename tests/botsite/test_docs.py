"""The documents keep up with the code."""

from __future__ import annotations

import re

import pytest
from django.core.management import get_commands

from botsite.settings import BASE_DIR, VERSION

OURS = ("botsite", "core", "graph", "pulls", "versions")


def read(name: str) -> str:
    return (BASE_DIR / name).read_text()


@pytest.mark.parametrize(
    "command", sorted(name for name, app in get_commands().items() if app in OURS)
)
def test_each_command_is_in_the_docs(command):
    assert f"| `{command}" in read("docs/commands.md")


def test_each_dependency_has_its_reason():
    block = re.search(r"(?ms)^dependencies = \[(.*?)^\]", read("pyproject.toml"))
    names = re.findall(r'"([\w.-]+)', block[1])
    assert len(names) > 10
    cells = re.findall(r"(?m)^\| ([^|]+) \|", read("DEPENDENCIES.md"))
    explained = {name for cell in cells for name in cell.split(", ")}
    assert set(names) - explained == set()


def test_the_version_is_the_same_everywhere():
    assert f'version = "{VERSION}"' in read("pyproject.toml")
    assert f"## v{VERSION}\n" in read("CHANGELOG.md")


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", read(document)):
        assert (BASE_DIR / target).exists(), target
