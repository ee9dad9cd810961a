from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from versions.choosing.schemes import parse
from versions.sources.guesses import gaps, guesses, letters, months, steps

TODAY = date(2026, 11, 23)


def test_a_plain_version_as_the_bot_does() -> None:
    assert list(steps("1.2.3")) == [
        *("1.2.4", "1.2.5"),
        *("1.3.0", "1.3.1", "1.4.0", "1.4.1"),
        *("2.0.0", "2.0.1", "2.1.0", "3.0.0", "3.0.1", "3.1.0"),
    ]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("7", ["8", "9"]),
        ("1.2", ["1.3", "1.4", "2.0", "2.1", "3.0", "3.1"]),
        ("1_2", ["1_3", "1_4", "2_0", "2_1", "3_0", "3_1"]),
        ("8.1p1", ["8.2p1", "8.3p1", "9.0p1", "9.1p1", "10.0p1", "10.1p1"]),
        ("1.09", ["1.10", "1.11", "2.00", "2.01", "3.00", "3.01"]),
        ("abc", []),
        ("", []),
    ],
)
def test_other_versions_as_the_bot_does(version: str, expected: list[str]) -> None:
    assert list(steps(version)) == expected


def test_four_numbers_give_twenty_guesses() -> None:
    assert len(list(steps("1.2.3.4"))) == 20


def test_a_gap() -> None:
    assert list(gaps("1.2.3")) == ["1.2.6", "1.2.7", "1.2.8"]


def test_gdb_10_1_is_guessed_though_10_0_never_came() -> None:
    assert "10.1" in guesses("9.2", TODAY)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2024a", ["2024b", "2024c", "2025a", "2026a"]),
        ("2020y", ["2020z", "2021a", "2022a"]),
        ("9E", ["9F", "9G", "10A", "11A"]),
        ("1.1w", ["1.1x", "1.1y", "1.2", "1.3", "2.0", "2.1", "3.0", "3.1"]),
        ("1.1", []),
    ],
)
def test_letters(version: str, expected: list[str]) -> None:
    assert list(letters(version)) == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("26.08.0", ["26.09.0", "26.10.0", "26.11.0"]),
        ("2026.8", ["2026.9", "2026.10", "2026.11"]),
        ("2026.10", ["2026.11"]),
        ("25.12.1", [f"26.{month:02}.0" for month in range(1, 12)]),
        ("2026.11", []),
        ("2026.13", []),
        ("2031.1", []),
        ("1.2.3", []),
        ("2026", []),
    ],
)
def test_calendar_versions(version: str, expected: list[str]) -> None:
    found = list(months(version, TODAY))
    assert [each for each in found if each in expected] == expected
    assert bool(found) == bool(expected)


def test_two_digit_months_leave_the_padding_of_others_open() -> None:
    assert list(months("22.11", date(2023, 3, 1))) == [
        *("22.12", "23.01", "23.1", "23.02", "23.2", "23.03", "23.3")
    ]


def test_a_year_without_a_release_is_caught_up_from_its_end() -> None:
    found = list(months("2020.01", TODAY))
    assert (found[0], found[-1], len(found)) == ("2025.12", "2026.11", 12)


def test_a_v_is_kept() -> None:
    assert guesses("v20", TODAY)[:2] == ["v21", "v22"]


@given(st.from_regex(r"[0-9]{1,4}([._-]?[0-9a-z]{1,4}){0,4}", fullmatch=True))
def test_guesses_are_newer_few_and_each_once(version: str) -> None:
    found = guesses(version, TODAY)
    assert len(found) == len(set(found)) <= 80
    current = parse(version)
    for guess in found:
        order = parse(guess)
        assert order
        assert current is None or order > current
