from __future__ import annotations

import hashlib

import pytest

from core.outcomes import OutcomeError
from pulls.hashes import moved
from pulls.proposing import hashes

FILE = b"a file" * 1000
SHA256 = hashlib.sha256(FILE).hexdigest()
ANY = frozenset({"sha256"})


def serve(index, path: str) -> None:
    index.server.route(f"/hosts/example.org{path}", (200, {}, FILE))


def test_the_index_is_believed(index):
    index.publish("foo", ["1.0"])
    found = hashes()("https://pypi.io/packages/source/f/foo/foo-1.0.tar.gz", ANY)
    assert (found.sha256, found.url) == ("0" * 64, "")


def test_a_file_that_the_index_spells_otherwise_is_found(index):
    index.publish("foo-bar", ["1.0.0"])
    found = hashes()("https://pypi.io/packages/source/f/foo-bar/Foo_Bar-1.0.0.tar.gz", ANY)
    assert found.url == "https://pypi.io/packages/source/f/foo-bar/foo-bar-1.0.0.tar.gz"


def test_other_files_are_downloaded_and_hashed(index):
    serve(index, "/foo-1.0.tar.gz")
    found = hashes()("https://example.org/foo-1.0.tar.gz", ANY)
    assert (found.sha256, found.url) == (SHA256, "")
    assert found.md5 == hashlib.md5(FILE, usedforsecurity=False).hexdigest()


def test_the_file_is_asked_for_as_it_is_kept(index):
    serve(index, "/foo-1.0.tar.gz")
    hashes()("https://example.org/foo-1.0.tar.gz", ANY)
    assert index.server.requests[-1].headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("/o/foo/archive/1.0.tar.gz", "/o/foo/archive/refs/tags/1.0.tar.gz"),
        ("/o/foo/archive/1.0.tar.gz", "/o/foo/archive/v1.0.tar.gz"),
        ("/o/foo/archive/refs/tags/v1.0.zip", "/o/foo/archive/refs/tags/1.0.zip"),
        ("/foo-1.0.tar.gz", "/foo-1.0.tar.xz"),
        ("/foo-1.0.zip", "/foo-1.0.tar.gz"),
    ],
)
def test_a_file_that_has_moved_is_found(index, asked, there):
    serve(index, there)
    found = hashes()(f"https://example.org{asked}", ANY)
    assert (found.sha256, found.url) == (SHA256, f"https://example.org{there}")


def test_a_file_that_is_nowhere_is_an_outcome(index):
    with pytest.raises(OutcomeError) as error:
        hashes()("https://example.org/foo-1.0.tar.gz", ANY)
    assert error.value.outcome.code == "http.not_found"


def test_a_host_that_is_down_is_not_asked_for_other_names(index):
    index.server.route("/hosts/example.org/*", (403, {}, b""))
    with pytest.raises(OutcomeError) as error:
        hashes()("https://example.org/foo-1.0.tar.gz", ANY)
    assert error.value.outcome.code == "http.forbidden"
    assert len(index.server.requests) == 1


def test_a_place_is_not_its_own_alternative():
    assert "https://example.org/a.zip" not in moved("https://example.org/a.zip")
    assert moved("https://example.org/a") == []
