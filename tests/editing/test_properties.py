"""Whatever a recipe says, editing it ends in an outcome, and what need not change does not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulls.editing.entries import entries, without_comments
from pulls.editing.literals import definitions, literals
from pulls.editing.substitutions import Substitution, apply, edits
from tests.editing.bumping import OLD, bump, sha256_of

META = f"""\
{{# a comment #}}
{{% set version = "1.2.3" %}}
{{% set sha256 = "{OLD}" %}}  # [linux]
package:
  name: a
  version: {{{{ version }}}}
source:
  - url: https://example.org/{{{{ version }}}}.zip  # [not win]
    sha256: {{{{ sha256 }}}}  # [linux]
    sha256: "{OLD}"  # [not linux]
build:
  number: 3  # [linux]
  script: |
    number: 3
"""
RECIPE = f"""\
context:
  version: "1.2.3"
package:
  name: a
  version: ${{{{ version }}}}
source:
  - if: linux
    then:
      url: https://example.org/${{{{ version }}}}.zip
      sha256: {OLD[:-1]}a
build:
  number: 3
"""
PIECES = st.one_of(
    st.sampled_from(
        ("{{", "}}", "{%", "%}", "{#", "# [win]", ": ", "- ", "\t", "\r\n", "\r", "\n", "'", '"')
    ),
    st.sampled_from(("1.2.3", "version", "sha256", OLD, "number: 1\n", "&a ", "*a", "|\n", "{}")),
    st.text(max_size=8),
)
QUICK = settings(
    max_examples=60,
    deadline=timedelta(seconds=20),
    suppress_health_check=list(HealthCheck),
    database=None,
)


@st.composite
def spoilt(draw, text: str) -> str:
    """`text` with pieces put in and spans cut out at random."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(PIECES) + text[at + draw(st.integers(0, 20)) :]
    return text


@pytest.mark.parametrize(("file", "original"), [("meta.yaml", META), ("recipe.yaml", RECIPE)])
def test_it_ends_in_an_outcome_and_other_lines_stay(file, original):
    @QUICK
    @given(spoilt(original), st.sampled_from(["1.3.0", "2", "1.2.3", "1.2-4", "1.2.3.4"]))
    def check(text: str, to_version: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        edited = bump(data, to_version, file=file)
        assert edited.outcome.code
        assert edited.changed == (edited.outcome.code == "ok")
        if not edited.changed:
            assert edited.data == data
            return
        before, after = (
            re.split(r"(\r\n|\r|\n)", text),
            re.split(r"(\r\n|\r|\n)", edited.data.decode()),
        )
        assert len(before) == len(after)
        differing = [
            (at // 2 + 1, *pair)
            for at, pair in enumerate(zip(before, after, strict=True))
            if pair[0] != pair[1]
        ]
        assert [(each.line, each.before, each.after) for each in edited.edits] == differing
        assert not bump(edited.data, to_version, file=file).changed

    check()


@QUICK
@given(spoilt(META), st.sampled_from(["\n", "\r\n"]))
def test_line_ends_make_no_difference(text: str, end: str):
    text = re.sub(r"\r\n|\r", "\n", text)
    plain, other = bump(text.encode(), "1.3.0"), bump(text.replace("\n", end).encode(), "1.3.0")
    assert other.edits == plain.edits
    assert other.data == plain.data.replace(b"\n", end.encode())


@QUICK
@given(st.one_of(spoilt(META), spoilt(RECIPE)), st.booleans())
def test_whatever_is_found_in_a_text_stands_where_it_says(text: str, is_v1: bool):
    bare = without_comments(text, is_v1=is_v1)
    assert len(bare) == len(text)
    found = list(entries(bare))
    for each in found:
        assert bare[each.start : each.end] == each.value
        assert not re.search(r"[\r\n]", each.value)
    for literal in literals(bare, found, is_v1=is_v1):
        assert bare[literal.start : literal.end] == literal.value
    for definition in definitions(bare, found, is_v1=is_v1):
        assert bare[definition.start : definition.end] == definition.expression


@QUICK
@given(st.text(alphabet="ab\r\n", max_size=40), st.data())
def test_edits_tell_what_substitutions_do(text: str, data: st.DataObject):
    places = [found.start() for found in re.finditer("[ab]", text)]
    chosen = data.draw(st.sets(st.sampled_from(places))) if places else set()
    exchanged = [Substitution(at, at + 1, "xy") for at in chosen]
    lines = re.split(r"\r\n|\r|\n", text)
    for each in edits(text, exchanged):
        assert lines[each.line - 1] == each.before
        lines[each.line - 1] = each.after
    assert lines == re.split(r"\r\n|\r|\n", apply(text, exchanged))


def test_the_examples_can_be_edited():
    assert (
        bump(META, "1.3.0")
        .edits[1]
        .after.startswith(f'{{% set sha256 = "{sha256_of("https://example.org/1.3.0.zip")}')
    )
    assert bump(RECIPE, "1.3.0", file="recipe.yaml").outcome.ok
