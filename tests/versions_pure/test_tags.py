from __future__ import annotations

import pytest

from versions.sources.tags import ForeignTag, learn, spells


@pytest.mark.parametrize(
    ("tag", "version", "other", "expected"),
    [
        ("v1.2.3", "1.2.3", "v1.3.0", "1.3.0"),
        ("V1.2.3", "1.2.3", "v1.3.0", "1.3.0"),
        ("foo-1_2_3", "1.2.3", "foo-1_3", "1.3"),
        ("1.2.3-rel", "1.2.3", "1.3-rel", "1.3"),
        ("v1.0.0-rc.1", "1.0.0rc1", "v1.0.0-rc.2", "1.0.0rc2"),
        ("v1.0", "1.0", "v1.1-rc1", "1.1rc1"),
        ("a/b/c-1.0", "1.0", "a/b/c-2.0", "2.0"),
        ("2to3-1.0", "1.0", "2to3-1.1", "1.1"),
        ("v2024.01.05", "2024.1.5", "v2024.02.06", "2024.02.06"),
        ("v1", "v1", "v2", "v2"),
    ],
)
def test_a_tag_teaches_all_others(tag: str, version: str, other: str, expected: str) -> None:
    pattern = learn([tag], version)
    assert pattern.learned
    assert pattern.version(other) == expected


@pytest.mark.parametrize(
    ("tag", "version", "foreign"),
    [
        ("foo-1.0", "1.0", "1.1"),
        ("foo-1.0", "1.0", "bar-1.1"),
        ("foo-1.0", "1.0", "foo-"),
        ("foo-1.0", "1.0", "foo-next"),
        ("1.0-rel", "1.0", "1.1"),
        ("1.0-rel", "1.0", "-rel"),
        ("1.0", "1.0", "1.1-2"),
        ("1.0", "1.0", "foo-1.1"),
        ("1.0", "1.0", "1.1-"),
        ("1.0", "1.0", "1.1/"),
        ("1.0", "1.0", "v"),
        ("1.0", "1.0", ""),
        ("1.0", "1.0", "\u0661.\u0662"),
    ],
)
def test_foreign_tags(tag: str, version: str, foreign: str) -> None:
    with pytest.raises(ForeignTag):
        learn([tag], version).version(foreign)


def test_the_first_tag_that_spells_the_version_teaches() -> None:
    assert learn(["abcdef", "lib-1.0", "v1.0"], "1.0").prefix == "lib-"


@pytest.mark.parametrize("version", ["", "1.0"])
def test_without_a_lesson_the_usual_prefixes_are_known(version: str) -> None:
    pattern = learn(["abcdef"], version)
    assert not pattern.learned
    for tag in ("1.1", "v1.1", "V1.1", "release-1.1", "release/v1.1", "version_1.1", "rel1.1"):
        assert pattern.version(tag) == "1.1"
    with pytest.raises(ForeignTag):
        pattern.version("foo-1.1")


def test_spelling() -> None:
    assert spells("https://example.org/foo_1_2_3.tgz", "1.2.3")
    assert spells("https://example.org/1.2/foo-1.2.0.tgz", "1.2")
    assert not spells("https://example.org/foo-1.2.4.tgz", "1.2.3")
    assert not spells("https://example.org/foo.tgz", "")
