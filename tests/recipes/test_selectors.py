from __future__ import annotations

import pytest

from core.outcomes import OutcomeError
from graph.recipes import selectors
from graph.recipes.variants import Variant, defaults_for, selector_namespace


def namespace(platform: str, **values: str) -> dict:
    return selector_namespace(Variant(platform, platform, values, defaults_for(platform)))


def kept(text: str, platform: str = "linux-64", **values: str) -> list[str]:
    lines = selectors.split_lines(text)
    keep = selectors.select(lines, namespace(platform, **values), "meta.yaml")
    return [line.text for line, is_kept in zip(lines, keep, strict=True) if is_kept]


@pytest.mark.parametrize(
    ("line", "text", "selector"),
    [
        ("- gcc  # [linux]", "- gcc", "linux"),
        ("- gcc  # only here [linux] of course", "- gcc", "linux"),
        ("- gcc  # [not a selector] (see below)", "- gcc  # [not a selector] (see below)", ""),
        ("- gcc  # [osx]  # [linux]", "- gcc", "linux"),
        ("- gcc [linux]", "- gcc", "linux"),
        ("- dask [distributed]", "- dask [distributed]", ""),
        ("run: [win]", "run: [win]", ""),
        ("- x {{ a[:2] }}  # [py==27]", "- x {{ a[:2] }}", "py==27"),
        ("'- quoted # [win]'", "'- quoted'", "win"),
        ("  # - gcc  # [linux]", "", ""),
        ("- plain # comment", "- plain # comment", ""),
    ],
)
def test_a_line_is_split_as_conda_build_does(line, text, selector):
    assert selectors.split_lines(line) == [selectors.Line(text, selector)]


@pytest.mark.parametrize(
    "selector",
    [
        "linux",
        "linux64",
        "unix and not osx",
        "not (osx or win)",
        "x86_64 and py>=36",
        "py==312 and py3k",
        "build_platform == target_platform",
        'target_platform.startswith("linux")',
        'target_platform in ("linux-64", "osx-64")',
        'cuda_compiler_version == "None"',
        'cuda_compiler_version not in (undefined, "12.0")',
        '(cuda_compiler_version or "").startswith("N")',
        "np < 200",
        "vc is undefined or vc < 14",
        "mpi != 'openmpi'",
        'environ.get("CI") is None',
        'os.environ.get("CI", "no") == "no"',
        "linux & x86_64",
        "35 < py < 400",
    ],
)
def test_it_holds_on_linux(selector):
    assert selectors.evaluate(selector, namespace("linux-64"))


@pytest.mark.parametrize("selector", ["osx", "win32", "py2k", "aarch64", "not unix", "py<38"])
def test_it_does_not_hold_on_linux(selector):
    assert not selectors.evaluate(selector, namespace("linux-64"))


def test_values_of_the_variant_count():
    assert kept("- a  # [cuda_compiler_version == '12.9']", cuda_compiler_version="12.9") == ["- a"]
    assert kept("- a  # [np == 20]", numpy="2.0") == ["- a"]
    assert kept("- a  # [py == 310]", python="3.10.* *_cpython") == ["- a"]


def test_lines_keep_their_numbers():
    assert [line.text for line in selectors.split_lines("a\n# b\n\nc  # [win]")] == [
        "a",
        "",
        "",
        "c",
    ]


@pytest.mark.parametrize(
    ("selector", "code"),
    [
        ("beos", "recipe.unknown_selector"),
        ("linux or beos", "recipe.unknown_selector"),
        ("linux and", "recipe.bad_selector"),
        ("linux-64", "recipe.bad_selector"),
        ("py < 'a'", "recipe.bad_selector"),
        ("os.system('id')", "recipe.bad_selector"),
        ("__import__('os')", "recipe.unknown_selector"),
        ("().__class__", "recipe.bad_selector"),
        ("'a' * 10 ** 10", "recipe.bad_selector"),
        ("lambda: linux", "recipe.bad_selector"),
        ("not " * 200 + "linux", "recipe.bad_selector"),
    ],
)
def test_a_bad_selector_is_named_with_its_line(selector, code):
    with pytest.raises(OutcomeError) as error:
        kept(f"package:\n  name: a  # [{selector}]")
    outcome = error.value.outcome
    assert (outcome.code, outcome.line, outcome.field) == (code, 2, "name")
