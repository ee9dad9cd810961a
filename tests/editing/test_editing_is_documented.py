from __future__ import annotations

import ast

import pytest

from botsite.settings import BASE_DIR
from core.outcomes import OutcomeKind
from pulls import outcomes
from tests.test_arrows import imported

FILES = sorted((BASE_DIR / "pulls" / "editing").glob("*.py"))


def codes() -> set[str]:
    """The codes of all outcomes that the modules of editing name."""
    trees = [ast.parse(path.read_text()) for path in FILES]
    names = {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}
    kinds = (getattr(outcomes, name, None) for name in names)
    return {each.code for each in kinds if isinstance(each, OutcomeKind)}


def test_each_outcome_is_in_the_docs():
    text = (BASE_DIR / "docs" / "editing.md").read_text()
    assert len(codes()) > 10
    assert {code for code in codes() if f"`{code}`" not in text} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_editing_does_without_django_and_network(path):
    modules = {module.partition(".")[0] for _, module in imported(path.read_text())}
    assert not modules & {"django", "requests", "urllib3", "socket", "subprocess"}
