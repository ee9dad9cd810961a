from __future__ import annotations

import pytest

from core.outcomes import OutcomeError
from graph.recipes.conda_forge_yml import read_settings
from tests.recipes.reading import read_v0

TEXT = """
bot:
  automerge: true
  version_updates:
    exclude: ['1.10', 2.0]
    random_fraction_to_keep: 0.5
    skip: no
"""


def test_it_reads_the_bot_section_with_its_types():
    assert read_settings(TEXT).bot == {
        "automerge": True,
        "version_updates": {
            "exclude": ["1.10", 2.0],
            "random_fraction_to_keep": 0.5,
            "skip": False,
        },
    }


@pytest.mark.parametrize("text", ["", "# nothing", "bot:", "provider: {linux_64: azure}"])
def test_there_may_be_none(text):
    assert read_settings(text).bot == {}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b\nbot: [x", 2),
        ("build_platform: x", 1),
        ("a: b\nbot: x\n", 2),
        ("- a", 1),
        ("x" * 200_000, 1),
    ],
)
def test_a_broken_file_is_an_outcome_with_its_line(text, line):
    with pytest.raises(OutcomeError) as error:
        read_settings(text)
    outcome = error.value.outcome
    assert (outcome.code, outcome.file) == ("recipe.bad_settings", "conda-forge.yml")
    assert outcome.line == line


@pytest.mark.parametrize("value", ["nan", "inf", "1_000", "2024-01-01", "1.2.3", "9" * 99])
def test_a_version_stays_what_it_is(value):
    assert read_settings(f"bot: {{a: {value}}}").bot == {"a": value}


def test_platforms_built_on_others_follow_it():
    recipe = read_v0(
        """
        package: {name: a}
        requirements:
          build:
            - cross-python  # [build_platform != target_platform]
        """,
        "linux-64",
        "osx-arm64",
        conda_forge_yml="build_platform: {osx_arm64: osx_64}\n",
    )
    assert recipe.requirements_by_platform["osx-arm64"]["build"] == ("cross-python",)
    assert recipe.requirements_by_platform["linux-64"]["build"] == ()


def test_it_is_no_reason_not_to_read_the_recipe():
    recipe = read_v0("package: {name: a}\n", conda_forge_yml="bot: x\n")
    assert recipe.name == "a"
    assert [remark.code for remark in recipe.remarks] == ["recipe.bad_settings"]
