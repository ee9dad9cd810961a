from __future__ import annotations

import pytest

from pulls.editing.spelling import beginnings, forms, replace_bounded, respelled


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        ("1.2", "1.2", "1.3", "1.3"),
        ("1.2", "1.2", "1.3_1", "1.3-1"),
        ("1.2-3", "1.2_3", "1.3_1", "1.3-1"),
        ("1-2-3", "1.2.3", "1.3.0", "1-3-0"),
        ("1-2-3", "1.2.3", "1.3.0.1", "1-3-0-1"),
        ("2024.01.05", "2024.1.5", "2024.2.11", "2024.02.11"),
        ("0.9-04", "0.9_04", "0.9_5", "0.9-5"),
        ("v1.2.3", "1.2.3", "1.3.0", "v1.3.0"),
        ("release-1.2.3-final", "1.2.3", "1.3.0", "release-1.3.0-final"),
        ("1.2", "1.2.dev0", "1.3.dev0", "1.3"),
        ("v4r35p6", "4.35.6", "4.36.0", "v4r36p0"),
        ("2025_04_04", "20250404", "20251127", "2025_11_27"),
    ],
)
def test_the_likeliest_spelling(text, old, new, expected):
    assert next(iter(respelled(text, old, new))) == expected


@pytest.mark.parametrize(
    ("text", "old"),
    [("1.2", "1.20"), ("11.2.3", "1.2.3"), ("1.2.3", "1.2"), ("abc", "1.2"), ("", "1.2")],
)
def test_what_is_no_spelling(text, old):
    assert list(respelled(text, old, "3.0.9")) == []


def test_a_version_is_not_seen_within_a_longer_one():
    assert replace_bounded("a-1.2.3/1.2/11.2/1.2.tar", "1.2", "9") == "a-1.2.3/9/11.2/9.tar"


def test_beginnings_have_two_numbers_at_least():
    assert list(beginnings("1.2.3.4")) == ["1.2.3", "1.2"]
    assert list(beginnings("1.2")) == []


def test_forms_in_urls():
    assert list(forms("1.2.3", "1.3.0")) == [
        ("1.2.3", "1.3.0"),
        ("1_2_3", "1_3_0"),
        ("1-2-3", "1-3-0"),
        ("1.2", "1.3"),
    ]
