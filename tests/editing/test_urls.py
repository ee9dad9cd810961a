"""Files that are found at another URL than the recipe's: its templates stay as far as they can."""

from __future__ import annotations

import pytest

from pulls.editing import Digests
from pulls.editing.relocation import rewritten
from tests.editing.bumping import OLD, changes, digests_of, refusal, sha256_of

HEAD = (
    '{% set name = "my-pkg" %}\n{% set version = "1.2.3" %}\npackage: {name: a, version: 1.2.3}\n'
)


def at(found: str):
    """A resolver that finds the file there, and nowhere else."""

    def resolve(url: str, _algorithms: frozenset[str]) -> Digests:
        digests = digests_of(found)
        return digests if url == found else Digests(sha256=digests.sha256, url=found)

    return resolve


def test_another_extension():
    text = (
        HEAD + f"source:\n  url: https://example.org/a-{{{{ version }}}}.tar.gz\n  sha256: {OLD}\n"
    )
    found = changes(text, "1.3.0", hashes=at("https://example.org/a-1.3.0.zip"))
    assert found["url: https://example.org/a-{{ version }}.tar.gz"] == (
        "url: https://example.org/a-{{ version }}.zip"
    )
    assert found[f"sha256: {OLD}"] == f"sha256: {sha256_of('https://example.org/a-1.3.0.zip')}"


URL = "https://example.org/m/my-pkg/my-pkg-1.3.0.tar.gz"
TEMPLATE = "https://example.org/{{ name[0] }}/{{ name }}/{{ name }}-{{ version }}.tar.gz"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (
            "https://example.org/m/my-pkg/my_pkg-1.3.0.tar.gz",
            "https://example.org/{{ name[0] }}/{{ name }}/my_pkg-{{ version }}.tar.gz",
        ),
        (
            "https://example.org/m/my-pkg/my-pkg-v1.3.0.tar.gz",
            None,
        ),
        (
            "https://files.example.org/m/my-pkg/my-pkg-1.3.0.tar.xz",
            "https://files.example.org/{{ name[0] }}/{{ name }}/{{ name }}-{{ version }}.tar.xz",
        ),
        ("https://example.org/m/my-pkg/my-pkg-1.3.tar.gz", None),
    ],
)
def test_only_what_differs_is_rewritten(found, expected):
    assert rewritten(TEMPLATE, URL, found, "1.3.0") == expected


@pytest.mark.parametrize(
    ("template", "url", "found", "expected"),
    [
        (
            "https://x.org/v{{ version }}.zip",
            "https://x.org/v2.zip",
            "https://x.org/v2.tgz",
            ".tgz",
        ),
        ("https://x.org/{{ version }}", "https://y.org/2", "https://x.org/3", None),
        ("https://x.org/a.zip", "https://x.org/a.zip", "https://x.org/b.zip", "b.zip"),
    ],
)
def test_templates_that_do_not_fit_are_left(template, url, found, expected):
    new = rewritten(template, url, found, "2")
    assert new is None if expected is None else new is not None and new.endswith(expected)


def test_a_url_that_cannot_be_made_so():
    text = HEAD + f"source:\n  url: https://example.org/a-{{{{ version }}}}.zip\n  sha256: {OLD}\n"
    outcome = refusal(text, hashes=at("https://example.org/a-1.3.tar.gz"))
    assert (outcome.code, outcome.line) == ("pulls.url_moved", 4)


def test_a_file_that_moves_each_time_it_is_asked_for():
    count = iter(range(1, 100))

    def restless(url: str, _algorithms: frozenset[str]) -> Digests:
        return Digests(sha256=sha256_of(url), url=f"https://example.org/{next(count)}/a-1.3.0.zip")

    text = (
        HEAD + f"source:\n  url: https://example.org/0/a-{{{{ version }}}}.zip\n  sha256: {OLD}\n"
    )
    assert refusal(text, hashes=restless).code == "pulls.url_moved"
