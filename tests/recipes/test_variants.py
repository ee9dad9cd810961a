from __future__ import annotations

import pytest

from core.outcomes import OutcomeError
from graph.recipes.model import DEFAULT_PLATFORMS
from graph.recipes.variants import variants
from tests.recipes.reading import failure, meta_yaml, read_v0, read_v1

LINUX = """
c_compiler: [gcc]
c_compiler_version: ['14']
c_stdlib: [sysroot]
c_stdlib_version: ['2.17']
python: [3.11.* *_cpython]
target_platform: [linux-64]
"""
MAC = """
c_compiler: [clang]
c_compiler_version: ['19']
python: [3.13.* *_cp313]
target_platform: [osx-arm64]
build_platform: [osx-64]
"""
BOTH = {"linux_64_.yaml": LINUX, "osx_arm64_.yaml": MAC}
RECIPE = """
    package: {name: a, version: 1}
    requirements:
      build:
        - {{ compiler('c') }}
        - cross-python  # [build_platform != target_platform]
      host:
        - tomli  # [py < 312]
"""


def test_without_ci_support_the_default_platforms_are_read():
    assert tuple(each.platform for each in variants("", {})) == DEFAULT_PLATFORMS


def test_ci_support_decides_platforms_and_values():
    recipe = read_v0(RECIPE, ci_support=BOTH)
    assert recipe.platforms == ("linux-64",)
    recipe = read_v0(RECIPE, "linux-64", "osx-arm64", ci_support=BOTH)
    assert recipe.requirements_by_platform["linux-64"] | {"test": ()} == {
        "build": ("gcc_linux-64 14.*",),
        "host": ("tomli",),
        "run": (),
        "run_constrained": (),
        "test": (),
    }
    assert recipe.requirements_by_platform["osx-arm64"]["build"] == (
        "clang_osx-arm64 19.*",
        "cross-python",
    )


def test_v1_recipes_follow_it_too():
    recipe = read_v1(
        "package: {name: a, version: '1'}\n"
        "requirements:\n  build: ['${{ compiler(\"c\") }}', '${{ stdlib(\"c\") }}']\n",
        ci_support=BOTH,
    )
    assert recipe.requirements["build"] == ("gcc_linux-64 =14", "sysroot_linux-64 2.17.*") or (
        recipe.requirements["build"] == ("gcc_linux-64 14.*", "sysroot_linux-64 2.17.*")
    )


def test_variants_of_one_platform_are_united():
    files = {
        f"linux_64_mpi{mpi}.yaml": f"mpi: [{mpi}]\ntarget_platform: [linux-64]\n"
        for mpi in ("nompi", "mpich", "openmpi")
    }
    recipe = read_v0(
        """
        package: {name: a, version: 1}
        requirements:
          host:
            - {{ mpi }}  # [mpi != 'nompi']
        """,
        ci_support=files,
    )
    assert recipe.requirements["host"] == ("mpich", "openmpi")
    assert recipe.assumed == {}


def test_variants_that_the_recipe_cannot_tell_apart_are_one():
    files = {
        f"linux_64_{number}.yaml": f"zlib: ['{number}']\ntarget_platform: [linux-64]\n"
        for number in range(100)
    }
    assert len(variants("package: {name: a}", files)) == 1
    assert len(variants("{{ zlib }}", files)) == 100


def test_a_platform_may_come_from_the_file_name():
    (variant,) = variants("", {"linux_aarch64_python3.12.yaml": "python: ['3.12']\n"})
    assert variant.platform == "linux-aarch64"


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [b\n", 1), ("- a\n", 1), ("target_platform: ['../x']\n", 1)],
)
def test_a_broken_file_is_an_outcome(text, line):
    with pytest.raises(OutcomeError) as error:
        variants("", {"linux_64_.yaml": text})
    outcome = error.value.outcome
    assert (outcome.code, outcome.file) == ("recipe.bad_variants", ".ci_support/linux_64_.yaml")
    assert outcome.line == line


CONFIG = {"conda_build_config.yaml": "mpi:\n  - openmpi  # [linux]\n  - msmpi  # [win]\nzip: [a]\n"}


def test_files_beside_the_recipe_give_values():
    text = "package: {name: a, version: {{ mpi }}}"
    assert read_v0(text, variant_config=CONFIG).version == "openmpi"
    assert read_v0(text, "win-64", variant_config=CONFIG).version == "msmpi"
    v1 = 'package: {name: a, version: "1"}\nrequirements: {run: ["${{ mpi }}"]}'
    assert read_v1(v1, variant_config=CONFIG).requirements["run"] == ("openmpi",)


def test_ci_support_goes_before_files_beside_the_recipe():
    given = {"linux_64_.yaml": "mpi: [mpich]\n"}
    text = "package: {name: a, version: {{ mpi }}}"
    assert read_v0(text, ci_support=given, variant_config=CONFIG).version == "mpich"


def test_a_file_beside_the_recipe_may_be_at_fault():
    for content, code in (("- a\n", "bad_variants"), ("a: [b]  # [beos]\n", "unknown_selector")):
        recipe = meta_yaml("package: {name: a}", variant_config={"variants.yaml": content})
        outcome = failure(recipe)
        assert (outcome.code, outcome.file) == (f"recipe.{code}", "variants.yaml")
