from __future__ import annotations

import pytest

from tests.recipes.reading import failure, read_v1, recipe_yaml

ZEROS = "0" * 64
MULTI = f"""
    schema_version: 1
    context:
      name: fourier
      version: "1.2.3"
    recipe:
      name: ${{{{ name|lower }}}}-split
      version: ${{{{ version }}}}
    source:
      - url: https://example.org/fourier-v${{{{ version }}}}.tar.gz
        sha256: {ZEROS}
      - if: linux
        then:
          url: [https://a.example.org/data.zip, https://b.example.org/data.zip]
          sha256: {ZEROS}
      - path: ../src
    outputs:
      - staging:
          name: fourier-build
        requirements:
          build:
            - ${{{{ compiler('c') }}}}
            - ${{{{ stdlib('c') }}}}
          host:
            - fftw
      - package:
          name: libfourier
        inherit: fourier-build
        requirements:
          host: [python, numpy]
          run:
            - ${{{{ pin_compatible('numpy', upper_bound='x') }}}}
          run_exports:
            - ${{{{ pin_subpackage('libfourier', upper_bound='x.x') }}}}
      - package:
          name: fourier
        requirements:
          run: ["libfourier", "bar >=2,<3"]
          run_constraints: [scipy >3]
        tests:
          - python:
              imports: [fourier]
          - script: [fourier --help]
            requirements:
              run: [pytest]
    extra:
      feedstock-name: fourier-transform
      recipe-maintainers: [ada, grace]
"""


def test_it_reads_every_field():
    recipe = read_v1(MULTI)
    assert (recipe.schema_version, recipe.name, recipe.version) == (1, "fourier-split", "1.2.3")
    assert recipe.maintainers == ("ada", "grace")
    assert recipe.feedstock_name == "fourier-transform"
    assert [output.name for output in recipe.outputs] == ["libfourier", "fourier"]


def test_requirements_are_the_union_also_of_staging():
    requirements = read_v1(MULTI).requirements
    assert {name: set(specs) for name, specs in requirements.items()} == {
        "build": {"gcc_linux-64", "sysroot_linux-64"},
        "host": {"fftw", "python", "numpy"},
        "run": {"numpy >=x.x.x.x.x.x,<x", "libfourier", "bar >=2,<3"},
        "run_constrained": {"scipy >3"},
        "test": {"pip", "pytest"},
    }


def test_it_reads_all_sources_with_their_templates():
    first, second = read_v1(MULTI).sources
    assert first.urls == ("https://example.org/fourier-v1.2.3.tar.gz",)
    assert first.url_templates == ("https://example.org/fourier-v${{ version }}.tar.gz",)
    assert first.hashes == {"sha256": ZEROS}
    assert second.urls == ("https://a.example.org/data.zip", "https://b.example.org/data.zip")
    assert second.url_templates == second.urls


def test_conditions_follow_the_platform():
    recipe = read_v1(
        """
        package: {name: a, version: "1"}
        requirements:
          run:
            - if: unix
              then: ncurses
              else: pdcurses
        """,
        "osx-64",
        "win-64",
    )
    assert recipe.requirements_by_platform["osx-64"]["run"] == ("ncurses",)
    assert recipe.requirements_by_platform["win-64"]["run"] == ("pdcurses",)


SKIPPING = """
    package: {name: a, version: "1"}
    build:
      skip: win
    requirements:
      run:
        - if: win
          then: vs2022
          else: ncurses
    """


def test_a_platform_that_is_skipped_is_left_out():
    recipe = read_v1(SKIPPING, "linux-64", "win-64")
    assert recipe.platforms == ("linux-64",)
    assert recipe.requirements["run"] == ("ncurses",)


def test_a_platform_that_is_skipped_is_read_if_there_is_no_other():
    recipe = read_v1(SKIPPING, "win-64")
    assert recipe.requirements_by_platform["win-64"]["run"] == ("vs2022",)


def test_a_recipe_without_source_is_read():
    recipe = read_v1("package: {name: metapackage, version: '1'}\n")
    assert recipe.sources == ()
    assert [output.name for output in recipe.outputs] == ["metapackage"]


def test_a_git_source_is_read():
    recipe = read_v1(
        """
        package: {name: a, version: "1"}
        source:
          git: https://example.org/a.git
          tag: v1
        """
    )
    assert (recipe.sources[0].git_url, recipe.sources[0].git_rev) == (
        "https://example.org/a.git",
        "v1",
    )


def test_pip_is_not_needed_where_pip_check_is_off():
    recipe = read_v1(
        """
        package: {name: a, version: "1"}
        tests:
          - python: {imports: [a], pip_check: false}
        """
    )
    assert recipe.requirements["test"] == ()


def test_missing_variant_values_are_assumed_and_named():
    recipe = read_v1(
        """
        package: {name: a, version: "1"}
        requirements:
          host: ["python ${{ python_min }}.*"]
        """
    )
    assert recipe.requirements["host"] == ("python 3.10.*",)
    assert recipe.assumed["python_min"] == "3.10"


P = 'package:\n  name: a\n  version: "1"\n'


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (P + "about: [a\nx: y\n", "recipe.bad_yaml", 5),
        (P + "about:\n  summary: ${{ nope }}\n", "recipe.undefined_variable", 5),
        (
            P + "requirements:\n  run:\n    - if: nope\n      then: a\n",
            "recipe.undefined_variable",
            6,
        ),
        (
            P + "about:\n  summary: ${{ env.get('SURELY_NOT_SET') }}\n",
            "recipe.environment_variable",
            5,
        ),
        (P + "about:\n  summary: ${{ load_from_file('x') }}\n", "recipe.refused", 5),
        (P + "about:\n  summary: ${{ 'a }}\n", "recipe.bad_template", 4),
        (P + "nosuch: x\n", "recipe.bad_recipe", 4),
        (P + "about:\n  summary: a\n  summary: b\n", "recipe.duplicate_key", 6),
        # YAML ends a line at U+2028 too; editors don't.
        (P + 'about:\n  summary: "a\u2028b"\n  summary: b\n', "recipe.duplicate_key", 6),
        (P + "tests:\n  - script:\n      - a\n      - b: c\n", "recipe.bad_recipe", 7),
        (P + "extra: !i", "recipe.bad_recipe", 4),
        ("about:\n  summary: a\n", "recipe.bad_recipe", 1),
        ("- a\n", "recipe.bad_recipe", 1),
        ("# nothing\n", "recipe.empty", 1),
    ],
)
def test_a_broken_recipe_ends_as_an_outcome_with_its_line(text, code, line):
    outcome = failure(recipe_yaml(text), "linux-64")
    assert (outcome.code, outcome.file, outcome.line) == (code, "recipe.yaml", line)


def test_an_undefined_variable_is_named():
    text = "package:\n  name: a\n  version: ${{ release }}\n"
    assert "'release'" in failure(recipe_yaml(text), "linux-64").message
