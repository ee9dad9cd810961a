"""docs/security.md names the tests of each defence; they exist, and none of ours is left out."""

from __future__ import annotations

import re

import pytest

from botsite.settings import BASE_DIR

PAGE = (BASE_DIR / "docs" / "security.md").read_text()
NAMED = set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))
OURS = {f"tests/security/{path.name}" for path in (BASE_DIR / "tests/security").glob("test_*.py")}


@pytest.mark.parametrize("path", sorted(NAMED))
def test_a_named_test_exists(path):
    assert (BASE_DIR / path).is_file()


def test_each_of_ours_defends_against_something_named():
    assert {"tests/security/test_threats_are_documented.py"} == OURS - NAMED


def test_each_defence_has_its_test():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and line.count("|") == 4]
    untested = [row for row in rows if "tests/" not in row and "| tests |" not in row]
    assert [row.split("|")[1].strip() for row in untested] == ["the bot's own token leaks"]
