from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from versions.choosing.policy import KEYS, NESTED_KEYS, SOURCE_NAMES, Policy, read_policy
from versions.choosing.schemes import Scheme

PAGE = (Path(__file__).parents[2] / "docs" / "bot-settings.md").read_text()


@pytest.mark.parametrize("key", sorted(set(KEYS) - NESTED_KEYS.keys()))
def test_each_key_has_its_row(key: str) -> None:
    assert f"\n| `{key}` |" in PAGE


def test_each_row_is_a_key() -> None:
    rows = set(re.findall(r"^\| `([a-z0-9_.]+)` \|", PAGE, re.MULTILINE))
    assert rows == (set(KEYS) - NESTED_KEYS.keys()) | {scheme.value for scheme in Scheme}


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_each_example_is_understood(example: str) -> None:
    policy, problems = read_policy(yaml.safe_load(example)["bot"])
    assert problems == ()
    assert policy != Policy()


@pytest.mark.parametrize("name", [name for name, ours in SOURCE_NAMES.items() if ours != (name,)])
def test_each_name_of_the_bots_sources_is_told(name: str) -> None:
    assert f"`{name}`" in PAGE
