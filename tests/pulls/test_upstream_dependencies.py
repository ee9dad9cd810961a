"""What each registry tells of two versions, and what comes of strangers' metadata."""

from __future__ import annotations

import json

import pytest

from core.http import door
from pulls.upstream import Asking, Learned, Registries
from pulls.words.body import DependencyChange, Link
from tests.index import source_url
from tests.pulls import registries
from tests.pulls.registries import core_metadata, host
from versions.asking.configuration import lookup_config
from versions.releases import RecipeUrl

FOO = source_url("foo", "1.0")
CRATE = "https://static.crates.io/crates/ripgrep/ripgrep-1.0.0.crate"
TOOL = "https://npm.example.org/@scope/tool/-/tool-1.0.0.tgz"
RAKE = "https://rubygems.org/downloads/rake-1.0.gem"
RLANG = "https://cran.r-project.org/src/contrib/rlang_1.0-1.tar.gz"
PAGES = "https://cran.r-project.org/web/packages/rlang"
MIRROR = "https://raw.githubusercontent.com/cran/rlang"


def learn(url: str, old: str, new: str, seconds: float = 20) -> Learned:
    ask = Asking(door(), seconds)
    return Registries(lookup_config()).learn([RecipeUrl(url)], old, new, ask)


def changed(learned: Learned) -> list[tuple[str, str, str]]:
    assert not learned.problem
    return [(each.name, each.before, each.after) for each in learned.changes]


def test_the_metadata_of_wheels_is_compared(index):
    old = core_metadata(
        "Requires-Python: >=3.8", "Requires-Dist: numpy>=1.20", "Requires-Dist: six"
    )
    new = core_metadata(
        "Requires-Python: >=3.10",
        "Requires-Dist: numpy>=1.20",
        "Requires-Dist: Attrs",
        'Requires-Dist: tomli>=2; python_version < "3.11"',
        'Requires-Dist: pytest; extra == "test"',
        "Project-URL: What's New?, https://foo.example.org/news",
        "Project-URL: Homepage, https://foo.example.org/",
    )
    registries.wheels(index, "foo", {"1.0": old, "2.0": new})
    learned = learn(FOO, "1.0", "2.0")
    assert changed(learned) == [
        ("attrs", "", "any"),
        ("python", ">=3.8", ">=3.10"),
        ("six", "any", ""),
        ("tomli", "", '>=2; python_version < "3.11"'),
    ]
    assert learned.links == (Link("changelog", "https://foo.example.org/news"),)
    assert learned.compared == "The package index"
    assert index.asked_for("foo") == 1


def test_the_metadata_is_found_on_an_index_that_speaks_html(index):
    page = "".join(
        f'<a href="/files/foo-{version}-py3-none-any.whl" data-dist-info-metadata="sha256=0">'
        f"foo-{version}-py3-none-any.whl</a>"
        for version in ("1.0", "2.0")
    )
    index.server.route("/simple/foo/", (200, {"Content-Type": "text/html"}, page))
    for version in ("1.0", "2.0"):
        text = core_metadata(f"Requires-Dist: bar>={version}")
        index.server.route(f"/files/foo-{version}-py3-none-any.whl.metadata", (200, {}, text))
    assert changed(learn(FOO, "1.0", "2.0")) == [("bar", ">=1.0", ">=2.0")]


def test_without_wheels_the_index_is_asked_for_what_it_knows(index):
    index.publish("foo", ["1.0", "2.0"])
    for version, requires in (("1.0", ["bar"]), ("2.0", ["bar (>=2)"])):
        info = {"requires_dist": requires, "project_urls": None, "requires_python": ""}
        index.server.route(f"/pypi/foo/{version}/json", (200, {}, json.dumps({"info": info})))
    assert changed(learn(FOO, "1.0", "2.0")) == [("bar", "any", ">=2")]


def test_what_the_index_does_not_know_is_said(index):
    index.publish("foo", ["1.0", "2.0"])
    answer = (200, {}, json.dumps({"info": {"requires_dist": None}}))
    index.server.route("/pypi/foo/2.0/json", answer)
    learned = learn(FOO, "1.0", "2.0")
    assert learned.problem == "The package index has no metadata of foo 2.0."
    assert not learned.compared


@pytest.mark.parametrize(
    "answer", [b"{}", b"[]", b'{"info": {"requires_dist": [1]}}', b'{"info": 3}', b"\xff"]
)
def test_metadata_of_another_form_is_a_problem_and_nothing_more(index, answer):
    index.publish("foo", ["1.0", "2.0"])
    index.server.route("/pypi/foo/2.0/json", (200, {}, answer))
    assert learn(FOO, "1.0", "2.0").problem


def test_requirements_that_nobody_can_read_are_shown_as_they_are(index):
    metadata = core_metadata("Requires-Dist: a b c")
    registries.wheels(index, "foo", {"1.0": core_metadata(), "2.0": metadata})
    assert changed(learn(FOO, "1.0", "2.0")) == [("a b c", "", "any")]


def test_a_crate(index):
    old = [{"name": "regex", "req": "^1.0", "kind": "normal", "optional": False}]
    new = [
        {"name": "regex", "req": "^1.10", "kind": "normal", "optional": False},
        {"name": "alias", "package": "winapi", "req": "^0.3", "target": "cfg(windows)"},
        {"name": "serde", "req": "^1", "kind": "normal", "optional": True},
        {"name": "criterion", "req": "^0.5", "kind": "dev", "optional": False},
    ]
    registries.crate(index, v1_0_0=old, v2_0_0=new)
    assert changed(learn(CRATE, "1.0.0", "2.0.0")) == [
        ("regex", "^1.0", "^1.10"),
        ("winapi", "", "^0.3; cfg(windows)"),
    ]


def test_an_npm_package_whose_versions_conda_spells_otherwise(index):
    registries.npm(index, {"1.0.0": {"a": "1"}, "2.0.0-rc.1": {"a": "1", "b": "^2"}})
    assert changed(learn(TOOL, "1.0.0", "2.0.0_rc.1")) == [("b", "", "^2")]


def test_a_gem(index):
    registries.gem(index, "1.0", {"json": ">= 1"}, ruby_version=">= 2.7")
    registries.gem(
        index,
        "2.0",
        {"json": ">= 2"},
        ruby_version=">= 3.0",
        changelog_uri="https://rake.example.org/History",
    )
    learned = learn(RAKE, "1.0", "2.0")
    assert changed(learned) == [("json", ">= 1", ">= 2"), ("ruby", ">= 2.7", ">= 3.0")]
    assert learned.links == (Link("changelog", "https://rake.example.org/History"),)


def test_an_r_package_whose_old_version_is_in_the_mirror(index):
    new = ("Depends: R (>= 4.0)", "Imports: utils,\n    cli (>= 3.0)", "LinkingTo: cpp11")
    host(index, f"{PAGES}/DESCRIPTION", registries.description("2.0-1", *new))
    host(index, f"{MIRROR}/1.0-1/DESCRIPTION", registries.description("1.0-1", "Imports: utils"))
    host(index, f"{PAGES}/news/news.html", "<html>")
    learned = learn(RLANG, "1.0_1", "2.0_1")
    assert changed(learned) == [("cli", "", ">= 3.0"), ("cpp11", "", "any"), ("R", "", ">= 4.0")]
    assert learned.links == (Link("news", f"{PAGES}/news/news.html"),)


def test_an_r_package_without_news(index):
    host(index, f"{PAGES}/DESCRIPTION", registries.description("2.0-1"))
    host(index, f"{MIRROR}/1.0-1/DESCRIPTION", registries.description("1.0-1"))
    assert learn(RLANG, "1.0_1", "2.0_1") == Learned(compared="CRAN")


@pytest.mark.parametrize(
    ("url", "versions"),
    [(CRATE, "1.0.0"), (TOOL, "1.0.0"), (RAKE, "1.0"), (RLANG, "1.0-1"), (FOO, "1.0")],
)
def test_a_registry_that_is_down_is_a_problem_and_nothing_more(index, url, versions):
    index.server.route("/simple/*", (503, {}, b""))
    index.server.route("/hosts/*", (503, {}, b""))
    learned = learn(url, versions, "2.0")
    assert "has a problem of its own (503)" in learned.problem
    assert learned.changes == ()


def test_other_places_tell_nothing(index):
    learned = learn("https://example.org/foo-1.0.tar.gz", "1.0", "2.0")
    assert learned.problem == "it comes from no registry that tells them"
    assert index.server.requests == []


def test_after_the_time_nothing_is_asked(index):
    learned = learn(CRATE, "1.0.0", "2.0.0", seconds=0)
    assert learned.problem == "Upstream was not done answering within 0 seconds."
    assert index.server.requests == []


def test_a_huge_list_is_cut(index):
    many = {f"p{number}": "1" for number in range(5000)}
    registries.npm(index, {"1.0.0": {}, "2.0.0": many})
    learned = learn(TOOL, "1.0.0", "2.0.0")
    assert len(learned.changes) == 499
    assert learned.changes[0] == DependencyChange("p0", "", "1")
