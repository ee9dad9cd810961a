from __future__ import annotations

import pytest

from tests.recipes.reading import failure, meta_yaml, read_v0

FULL = """
    {% set name = "Fourier" %}
    {% set version = "1.10" %}
    {%- set sha256 = "ab" * 32 -%}

    package:
      name: {{ name|lower }}
      version: {{ version }}

    source:
      - url: https://example.org/{{ name[0] }}/{{ name }}-{{ version }}.tar.gz
        sha256: {{ sha256 }}
      - url:
          - https://a.example.org/data-v{{ version }}.zip
          - https://b.example.org/data-v{{ version }}.zip
        md5: d41d8cd98f00b204e9800998ecf8427e
      - path: ../src
      - git_url: https://example.org/fourier.git
        git_rev: v{{ version }}

    build:
      number: 0
      run_exports:
        - {{ pin_subpackage(name|lower, max_pin="x.x") }}

    requirements:
      build:
        - {{ compiler('c') }}
        - {{ stdlib("c") }}
        - {{ cdt('mesa-libgl-devel') }}  # [linux]
      host:
        - python
        - numpy   >=1.20
      run:
        - python >=3.9
        - {{ pin_compatible('numpy', lower_bound='1.5', upper_bound='3') }}
      run_constrained:
        - scipy >2

    test:
      requires:
        - pytest

    extra:
      feedstock-name: fourier-transform
      recipe-maintainers:
        - ada
        - grace
"""


def test_it_reads_every_field():
    recipe = read_v0(FULL)
    assert (recipe.schema_version, recipe.name, recipe.version) == (0, "fourier", "1.10")
    assert recipe.maintainers == ("ada", "grace")
    assert recipe.feedstock_name == "fourier-transform"
    assert recipe.requirements == {
        "build": ("gcc_linux-64", "sysroot_linux-64", "mesa-libgl-devel-cos6-x86_64"),
        "host": ("python", "numpy >=1.20"),
        "run": ("python >=3.9", "numpy >=1.5,<3"),
        "run_constrained": ("scipy >2",),
        "test": ("pytest",),
    }


def test_it_reads_sources_with_their_templates():
    first, second, third = read_v0(FULL).sources
    assert first.urls == ("https://example.org/F/Fourier-1.10.tar.gz",)
    assert first.url_templates == (
        "https://example.org/{{ name[0] }}/{{ name }}-{{ version }}.tar.gz",
    )
    assert first.hashes == {"sha256": "ab" * 32}
    assert second.urls == (
        "https://a.example.org/data-v1.10.zip",
        "https://b.example.org/data-v1.10.zip",
    )
    assert second.url_templates[1] == "https://b.example.org/data-v{{ version }}.zip"
    assert (third.git_url, third.git_rev) == ("https://example.org/fourier.git", "v1.10")


def test_a_recipe_without_outputs_has_one():
    (output,) = read_v0(FULL).outputs
    assert (output.name, output.version) == ("fourier", "1.10")
    assert output.run_exports["weak"] == ("fourier >=x.x.x.x.x.x,<x.x",)


def test_it_keeps_requirements_apart_by_platform():
    recipe = read_v0(
        """
        package: {name: a, version: 1}
        requirements:
          build:
            - {{ compiler('cxx') }}
          host:
            - zlib
            - pthreads-win32  # [win]
        """,
        "linux-64",
        "osx-arm64",
        "win-64",
    )
    by_platform = recipe.requirements_by_platform
    assert by_platform["linux-64"]["build"] == ("gxx_linux-64",)
    assert by_platform["osx-arm64"]["build"] == ("clangxx_osx-arm64",)
    assert by_platform["win-64"]["host"] == ("zlib", "pthreads-win32")
    assert by_platform["linux-64"]["host"] == ("zlib",)
    assert recipe.requirements["host"] == ("zlib", "pthreads-win32")


def test_outputs_have_their_own_requirements_and_sources():
    recipe = read_v0(
        """
        {% set version = "2.0" %}
        package:
          name: tools-split
          version: {{ version }}
        requirements:
          build: [make]
        outputs:
          - name: libtools
            requirements:
              host: [zlib]
            build:
              run_exports:
                strong:
                  - libtools
          - name: tools
            version: 2.1
            source:
              url: https://example.org/tools-{{ version }}.zip
            requirements:
              - libtools
            test:
              requires: [pytest]
        """
    )
    libtools, tools = recipe.outputs
    assert recipe.name == "tools-split"
    assert (libtools.version, tools.version) == ("2.0", "2.1")
    assert libtools.run_exports["strong"] == ("libtools",)
    assert tools.requirements["run"] == tools.requirements["host"] == ("libtools",)
    assert recipe.requirements["build"] == ("make",)
    assert recipe.requirements["test"] == ("pytest",)
    assert [source.urls for source in recipe.sources] == [("https://example.org/tools-2.0.zip",)]


def test_old_idioms_are_read():
    recipe = read_v0(
        """
        {% set data = load_setup_py_data() %}
        {% set variant = os.environ.get("VARIANT", "nox") %}
        package:
          name: old-{{ variant }}
          version: {{ data.get('version') }}
        build:
          script: {{ PYTHON }} {{ environ["RECIPE_DIR"] }}/x.py
        source:
          fn: a.tgz
          url: https://example.org/a.tgz
        requirements:
          build: python {{ PY_VER }}
        """
    )
    assert (recipe.name, recipe.version) == ("old-nox", "")
    assert recipe.requirements["build"] == ("python 3.12",)


def test_duplicate_keys_split_by_selectors_are_none():
    recipe = read_v0(
        """
        package: {name: a, version: 1}
        source:
          url: https://example.org/a-linux.zip  # [linux]
          url: https://example.org/a-osx.zip  # [osx]
        """,
        "linux-64",
        "osx-64",
    )
    assert [source.urls[0][-9:] for source in recipe.sources] == ["linux.zip", "a-osx.zip"]
    assert recipe.remarks == ()


def test_of_real_duplicate_keys_the_last_counts_and_is_remarked():
    recipe = read_v0(
        """
        package: {name: a, version: 1}
        test:
          requires: [pytest]
        test:
          requires: [nose]
        """
    )
    (remark,) = recipe.remarks
    assert recipe.requirements["test"] == ("nose",)
    assert (remark.code, remark.line, remark.field) == ("recipe.duplicate_key", 5, "test")


def test_assumed_values_are_named():
    recipe = read_v0(
        """
        package: {name: a, version: 1}
        requirements:
          build: ["{{ compiler('c') }}"]
          host:
            - mkl  # [blas_impl == "mkl"]
        """
    )
    assert recipe.assumed == {"c_compiler": "gcc", "blas_impl": "openblas"}


def test_a_platform_that_the_recipe_skips_may_lack_variables():
    recipe = read_v0(
        """
        {% set folder = "linux-x86_64" %}  # [linux64]
        package: {name: a, version: 1}
        source:
          url: https://example.org/{{ folder }}/a.zip
        build:
          skip: true  # [not linux64]
        """,
        "linux-64",
        "osx-64",
    )
    assert recipe.platforms == ("linux-64",)
    assert recipe.sources[0].urls == ("https://example.org/linux-x86_64/a.zip",)


def test_a_platform_that_is_skipped_is_left_out_unless_there_is_no_other():
    text = """
        package: {name: a, version: 1}
        build:
          skip: true  # [win]
        requirements:
          build: ["{{ compiler('c') }}"]
        """
    assert read_v0(text, "linux-64", "win-64").requirements["build"] == ("gcc_linux-64",)
    assert read_v0(text, "win-64").requirements["build"] == ("vs2022_win-64",)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("package:\n  name: [a\nabout: b\n", "recipe.bad_yaml", 3),
        ("package:\n  name: a\n\tversion: 1\n", "recipe.bad_yaml", 3),
        ("package:\n  name: {{ nope }}\n", "recipe.undefined_variable", 2),
        ("package:\n  name: {{ a.b.c }}\n", "recipe.undefined_variable", 2),
        ("package:\n  name: a\n  version: {{ environ['X'] }}", "recipe.environment_variable", 3),
        ("package:\n  name: a  # [beos]\n", "recipe.unknown_selector", 2),
        ("package:\n  name: a  # [linux and]\n", "recipe.bad_selector", 2),
        ("package:\n  name: {% if %}\n", "recipe.bad_template", 2),
        ("package:\n  name: {{ 'a'|nosuch }}\n", "recipe.bad_template", 2),
        ("package:\n  version: 1\n", "recipe.no_name", 1),
        ("- package\n", "recipe.bad_recipe", 1),
        ("# nothing\n", "recipe.empty", 1),
    ],
)
def test_a_broken_recipe_ends_as_an_outcome_with_its_line(text, code, line):
    outcome = failure(meta_yaml(text), "linux-64")
    assert (outcome.code, outcome.file, outcome.line) == (code, "meta.yaml", line)


def test_the_line_is_that_of_the_recipe_also_behind_a_loop():
    text = (
        "{% for i in range(9) %}\n# {{ i }}\n{% endfor %}\npackage:\n  name: a\n  version: [1\nx: y"
    )
    assert failure(meta_yaml(text)).line in (6, 7)


def test_a_recipe_that_is_skipped_everywhere_is_read_with_blanks():
    read = read_v0(
        """
        package: {name: a, version: 1}
        source:
          url: https://example.org/a-{{ platform }}.zip
          sha256: {{ sha256 }}
        build:
          skip: true  # [cuda_compiler_version == "None"]
        requirements:
          run: [zlib]
        """
    )
    assert (read.name, read.requirements["run"]) == ("a", ("zlib",))
    assert read.sources[0].urls == ("https://example.org/a-.zip",)


def test_a_length_may_be_asked_for_the_old_way():
    read = read_v0(
        """
        {% set version = "7" %}
        package:
          name: a
          version: {{ "0" + version if version.__len__() == 1 else version }}
        """
    )
    assert read.version == "07"


def test_a_wide_format_is_refused_before_it_is_made():
    text = """package:\n  name: {{ "{:>99999}".format("a") }}\n"""
    assert "a format with a width above 999" in failure(meta_yaml(text)).message
