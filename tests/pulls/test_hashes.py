from __future__ import annotations

import hashlib
import json

import pytest

from core.http import door
from core.outcomes import OutcomeError
from pulls.making.hashes import Hashes, moved
from pulls.making.proposing import hashes
from pulls.upstream import Registries
from tests.index import source_url
from tests.pulls import registries
from versions.asking.configuration import lookup_config

FILE = b"a file" * 1000
SHA256 = hashlib.sha256(FILE).hexdigest()
ANY = frozenset({"sha256"})


def serve(index, path: str) -> None:
    index.server.route(f"/hosts/example.org{path}", (200, {}, FILE))


def test_the_index_is_believed(index):
    index.publish("foo", ["1.0"])
    found = hashes()(source_url("foo", "1.0"), ANY)
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


def test_each_registry_that_publishes_a_hash_is_believed(index):
    registries.crate(index, v2_0_0=[])
    registries.gems(index)
    registries.npm(index, {"2.0.0": {}})
    crate = hashes()("https://static.crates.io/crates/ripgrep/ripgrep-2.0.0.crate", ANY)
    gem = hashes()("https://rubygems.org/downloads/rake-2.0.gem", ANY)
    npm = hashes()("https://npm.example.org/@scope/tool/-/tool-2.0.0.tgz", frozenset({"sha1"}))
    assert (crate.sha256, gem.sha256) == (registries.SHA256, registries.SHA256)
    assert (npm.sha1, npm.sha256) == (registries.SHA1, "")


def test_a_hash_that_the_registry_does_not_publish_is_computed(index):
    registries.npm(index, {"2.0.0": {}})
    registries.host(index, "https://npm.example.org/@scope/tool/-/tool-2.0.0.tgz", FILE)
    found = hashes()("https://npm.example.org/@scope/tool/-/tool-2.0.0.tgz", ANY)
    assert found.sha256 == SHA256
    assert len(index.server.requests) == 1, "its document was not asked for"


def test_one_of_two_hashes_is_not_enough(index):
    index.publish("foo", ["1.0"])
    registries.host(index, source_url("foo", "1.0"), FILE)
    both = frozenset({"sha256", "md5"})
    found = hashes()(source_url("foo", "1.0"), both)
    assert found.sha256 == SHA256
    assert found.md5


def test_an_index_that_speaks_html_is_believed_too(index):
    page = f'<a href="../../foo-1.0.tar.gz#sha256={"b" * 64}">foo-1.0.tar.gz</a>'
    index.server.route("/simple/foo/", (200, {"Content-Type": "text/html"}, page))
    found = hashes()(source_url("foo", "1.0"), ANY)
    assert found.sha256 == "b" * 64


@pytest.mark.parametrize("cksum", ["", "x" * 64, 3, None])
def test_what_is_no_hash_is_not_believed(index, cksum):
    line = json.dumps({"name": "ripgrep", "vers": "2.0.0", "deps": [], "cksum": cksum})
    registries.host(index, "https://index.crates.io/ri/pg/ripgrep", line)
    registries.host(index, "https://static.crates.io/crates/ripgrep/ripgrep-2.0.0.crate", FILE)
    url = "https://static.crates.io/crates/ripgrep/ripgrep-2.0.0.crate"
    assert hashes()(url, ANY).sha256 == SHA256


def test_all_files_of_a_recipe_share_the_time(index):
    serve(index, "/foo-1.0.tar.gz")
    late = Hashes(door(), Registries(lookup_config()), seconds=0)
    with pytest.raises(OutcomeError) as error:
        late("https://example.org/foo-1.0.tar.gz", ANY)
    assert error.value.outcome.code == "pulls.upstream_too_slow"
    assert error.value.outcome.transient
    assert index.server.requests == []
