from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from versions.choosing.schemes import (
    Scheme,
    is_prerelease,
    normalise,
    parse,
    release_part,
    same_version,
    unknown_words,
)


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("1.9", "1.10"),
        ("1.0rc1", "1.0"),
        ("1.0.dev1", "1.0"),
        ("1.1.1a", "1.1.1"),
        ("1.0", "1.0.post1"),
        ("2024a", "2024b"),
        ("1.3_1", "1.3_2"),
        ("2018.1", "1!0.1"),
        ("v1.2", "1.2"),
    ],
)
def test_the_order_is_condas(lower: str, higher: str) -> None:
    a, b = parse(lower), parse(higher)
    assert a is not None
    assert b is not None
    assert a < b


@pytest.mark.parametrize(
    "text", ["", "1..2", "1.0 final", "sass_api/1.0", "é", "1" * 65, "1\n", "-1", "_1", "1.0+"]
)
def test_some_texts_are_no_versions(text: str) -> None:
    assert parse(text) is None


def test_spellings_of_one_version() -> None:
    assert same_version("1.3-2", "1.3_2")
    assert same_version("1.0", "1.0.0")
    assert same_version("26.05", "26.5")
    assert not same_version("1.0", "1.0.1")
    assert same_version("no version", "no version")
    assert not same_version("no version", "1.0")


@pytest.mark.parametrize(
    ("text", "scheme", "expected"),
    [
        ("1.0-RC1", Scheme.PEP440, "1.0rc1"),
        ("2024.01.05", Scheme.PEP440, "2024.1.5"),
        ("2004d", Scheme.PEP440, None),
        ("1.3-2", Scheme.R, "1.3_2"),
        ("2018_U4", Scheme.GENERIC, "2018_U4"),
        ("1.0 ", Scheme.GENERIC, None),
    ],
)
def test_normalising(text: str, scheme: Scheme, expected: str | None) -> None:
    assert normalise(text, scheme) == expected


@pytest.mark.parametrize(
    "text",
    ["1.1.1w", "2024a", "8.1p1", "1.0.post1", "3.21.1", "R2019", "1.0b", "9.5.22e", "alphax"],
)
def test_final_versions(text: str) -> None:
    assert not is_prerelease(text, Scheme.GENERIC)


@pytest.mark.parametrize(
    "text", ["1.0a1", "1.0b2", "1.0-rc.1", "1.0.dev1", "2.0alpha", "1.0_PRE", "5.0-nightly20240101"]
)
def test_prereleases(text: str) -> None:
    assert is_prerelease(text, Scheme.GENERIC)


def test_schemes_judge_differently() -> None:
    assert is_prerelease("1.0b", Scheme.PEP440)
    assert is_prerelease("1.0c1", Scheme.PEP440)
    assert not is_prerelease("1.0-rc1", Scheme.R)


def test_release_parts() -> None:
    assert release_part("1.2.3") == (1, 2, 3)
    assert release_part("1.2rc1") == (1, 2)
    assert release_part("1.2.rc1") == (1, 2)
    assert release_part("1!2.0") == (2, 0)
    assert release_part("2018_U4") == (2018,)
    assert release_part("1.0rc1") == (1, 0)
    assert release_part("v20") == ()
    assert release_part("no version") == ()


def test_unknown_words() -> None:
    assert unknown_words("79.x", "78.1") == ["x"]
    assert unknown_words("1.2-linux", "1.1") == ["linux"]
    assert unknown_words("1.1.1w", "1.1.1") == []
    assert unknown_words("2018_U5", "2018_u4") == []
    assert unknown_words("1.2.post1", "1.1") == []


@given(
    st.lists(
        st.integers(0, 20).map(str)
        | st.sampled_from([".", "0", "01", "1!", "a", "rc", ".dev", ".post", "-", "_", "v", "+"])
    ).map("".join)
)
@example("1.0")
@example("1.00")
@example("2024.01.05")
def test_the_package_index_writes_versions_as_python_does(text: str) -> None:
    try:
        wanted = Version(text)
    except InvalidVersion:
        assert normalise(text, Scheme.PEP440) is None
        return
    if len(text) <= 64:
        assert normalise(text, Scheme.PEP440) == str(wanted)
        assert is_prerelease(text, Scheme.PEP440) == wanted.is_prerelease
