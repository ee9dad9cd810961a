from __future__ import annotations

import pytest

from tests.editing.bumping import changes, v1_changes

HEAD = '{% set version = "1.2.3" %}\npackage: {name: pkg, version: "{{ version }}"}\n'


def renumbered(text: str) -> dict[str, str]:
    found = changes(HEAD + text, "1.3.0")
    found.pop('{% set version = "1.2.3" %}')
    return found


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("number: 3", "number: 0"),
        ("number:   12", "number:   0"),
        ("number: '3'", "number: '0'"),
        ("number: 203", "number: 0"),
        ("number: 1  # [linux]", "number: 0  # [linux]"),
        ("number: 1  # why 1", "number: 0  # why 1"),
        ("number: {{ 3 }}", "number: {{ 0 }}"),
    ],
)
def test_a_number(line, after):
    assert renumbered(f"build:\n  {line}\n") == {line: after}


def test_a_number_on_one_line_with_its_section():
    assert renumbered("build: {noarch: python, number: 3}\n") == {
        "build: {noarch: python, number: 3}": "build: {noarch: python, number: 0}"
    }


@pytest.mark.parametrize(
    ("statement", "after"),
    [
        ("{% set build = 3 %}", "{% set build = 0 %}"),
        ("{% set build_number = 3 %}", "{% set build_number = 0 %}"),
        ('{% set my_num = "3" %}', '{% set my_num = "0" %}'),
        ("{% set build = 3 %}  # [unix]", "{% set build = 0 %}  # [unix]"),
    ],
)
def test_a_variable(statement, after):
    name = statement.split()[2]
    other = f"{{% set {name} = 0 %}}  # [win]\n" if "#" in statement else ""
    text = f"{statement}\n{other}build:\n  number: {{{{ {name} }}}}\n"
    assert renumbered(text) == {statement: after}


def test_an_offset_stays():
    text = """\
{% set build = 3 %}
{% set build = build + 100 %}  # [linux]
build:
  number: {{ build + 200 }}
"""
    assert renumbered(text) == {"{% set build = 3 %}": "{% set build = 0 %}"}


def test_an_offset_in_a_variable_stays():
    text = """\
{% set build_number = 3 %}
{% set gpu = 200 %}
build:
  number: {{ build_number + gpu }}
"""
    assert renumbered(text) == {"{% set build_number = 3 %}": "{% set build_number = 0 %}"}


def test_an_offset_added_in_a_branch_stays():
    text = """\
{% set mpi = mpi or "nompi" %}
{% set build = 3 %}
{% if mpi == "nompi" %}
{% set build = build + 100 %}
{% endif %}
build:
  number: {{ build }}
"""
    assert renumbered(text) == {"{% set build = 3 %}": "{% set build = 0 %}"}


def test_offsets_written_into_the_numbers_stay():
    text = """\
build:
  number: 3  # [linux]
  number: 203  # [not linux]
"""
    assert renumbered(text) == {
        "number: 3  # [linux]": "number: 0  # [linux]",
        "number: 203  # [not linux]": "number: 200  # [not linux]",
    }


def test_of_every_output():
    text = """\
build:
  number: 1
outputs:
  - name: a
    build:
      number: 1
  - name: b
    build: {number: 2}
"""
    assert renumbered(text) == {
        "number: 1": "number: 0",
        "build: {number: 2}": "build: {number: 0}",
    }


def test_other_numbers_stay():
    text = """\
{% set number = 5 %}
build:
  number: {{ environ.get("BUILD", 0) }}
about:
  number: 3
test:
  commands:
    - pkg --number {{ number }}
"""
    assert renumbered(text) == {}


def test_v1():
    text = """\
context:
  version: "1.2.3"
  build: 3
  offset: ${{ 100 + build }}
package:
  name: pkg
  version: ${{ version }}
build:
  number: ${{ build if linux else offset }}
"""
    assert v1_changes(text, "1.3.0") == {
        'version: "1.2.3"': 'version: "1.3.0"',
        "build: 3": "build: 0",
    }
