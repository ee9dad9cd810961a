from __future__ import annotations

import re

import pytest

from botsite.settings import BASE_DIR, env


@pytest.mark.parametrize("name", sorted(env.names))
def test_each_setting_is_in_the_docs(name):
    assert f"`{name}`" in (BASE_DIR / "docs" / "settings.md").read_text()


@pytest.mark.parametrize("name", sorted(env.names))
def test_each_setting_is_in_the_example(name):
    assert f"\n#{name}=" in (BASE_DIR / ".env.example").read_text()


def test_the_example_names_nothing_that_is_not_read():
    example = (BASE_DIR / ".env.example").read_text()
    assert set(re.findall(r"(?m)^#(\w+)=", example)) == env.names
