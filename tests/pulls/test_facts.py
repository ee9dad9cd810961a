"""What a proposal tells, word by word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from graph.models import Channel, Feedstock, Reading
from pulls.making.facts import whole_body
from pulls.models import OnForge, PullRequest, State
from tests.factories import make_answered, make_candidate, make_dependency, make_outdated
from tests.index import source_url
from tests.pulls import registries
from tests.pulls.recipes import make_recipe
from tests.pulls.registries import core_metadata

pytestmark = pytest.mark.django_db
OLD_FILE = source_url("numpy", "1.0")

ABOUT_THE_CHANGE = """\
**`numpy` `2.0` is out**; this feedstock builds `1.0`.

- Found: [The package index](<https://index.example.org/numpy/2.0>)
- Released: 3 November 2026
- Read more: [changelog](<https://numpy.example.org/changes>)
- Needed by: 1,234 feedstocks
- Takes the place of: #7

Before you merge:

- [ ] The dependencies fit the new version.
- [ ] The tests pass.
- [ ] The license is the same, and its file is packaged.

### Changed in the recipe

- Line 1: version 1.0 becomes 2.0
- Line 7: hash of PLACE
- Line 9: a new version starts at build number 0

### Changes of upstream's dependencies

As the package index has them; names may differ from those of packages here.

| Requirement | Before | Now |
| --- | --- | --- |
| `attrs` | - | `>=22` |
| `python` | `>=3.8` | `>=3.10` |

### Dependencies that are behind themselves

| Dependency | Here | Upstream |
| --- | --- | --- |
| [cython](<https://forge.example.org/cython/pull/3>) | `1.0` | `3.1` |
| [meson](<https://tick.example.org/packages/sample/meson/>) | `1.0` | `1.6` |

### Checked

- The edited recipe was read again for linux-64, osx-64: it has the new version, and \
downloads what it should.
- Each new hash is the one that the file's registry publishes, or was computed from the file.

### Not checked

- Whether it builds.

### How to go on

""".replace("PLACE", source_url("numpy", "2.0").removeprefix("https://"))
IN_A_PULL_REQUEST = """\
- Push to this branch if something is missing; from then on the bot leaves it alone.
- Close this pull request, and this version is not proposed again.
- There is one pull request for each version.
- Comment `please rerun bot`, or add the label `bot-rerun`, and it is made anew from the recipe as \
it is then. Maintainers of the feedstock can do so.
- With `bot: {automerge: true}` in conda-forge.yml its title asks for being merged when all passes.
- The bot has at most 3 open here at once.

---

[The package's page](<https://tick.example.org/packages/sample/numpy/>) tells how this version was \
chosen."""
IN_A_DRY_RUN = """\
- This is a dry run: it is shown on this site, and nothing is opened anywhere.
- Its patch can be downloaded, and `git apply` takes it.
- It is made anew when the recipe changes, and goes away when the recipe has this version.

---

Proposed by `Botsite`. [The package's page](<https://tick.example.org/packages/sample/numpy/>) \
tells how this version was chosen."""


@pytest.fixture(autouse=True)
def _site(settings):
    settings.PULLS = "dry-run"
    settings.PULLS_MOST_OPEN = 3
    settings.PUBLIC_URL = "https://tick.example.org"
    settings.GITHUB_WRITE_TOKEN = "secret"


@pytest.fixture
def goes_out(settings):
    """Makes proposals go out, as far as a kind of channel lets them."""

    def to(kind: str) -> None:
        settings.PULLS = "open"
        Channel.objects.update(kind=kind)

    return to


def told(proposed, feedstock: Feedstock) -> str:
    assert proposed(feedstock).ok
    return whole_body(feedstock.pulls.get(version=feedstock.new_version))


def make_pull(feedstock: Feedstock, version: str, **columns) -> PullRequest:
    return PullRequest.objects.create(feedstock=feedstock, version=version, **columns)


@pytest.fixture
def rich(index) -> Feedstock:
    """A feedstock about which much is known."""
    old = core_metadata("Requires-Python: >=3.8")
    new = core_metadata(
        "Requires-Python: >=3.10",
        "Requires-Dist: attrs>=22",
        "Project-URL: Changes, https://numpy.example.org/changes",
    )
    registries.wheels(index, "numpy", {"1.0": old, "2.0": new})
    feedstock = make_recipe()
    Feedstock.objects.filter(pk=feedstock.pk).update(
        dependents_count=1234,
        released_at=datetime(2026, 11, 3, tzinfo=UTC),
        new_version_url="https://index.example.org/numpy/2.0",
    )
    Reading.objects.update(
        watch_urls=[{"rendered": OLD_FILE}],
        attributes={"requirements_by_platform": {"osx-64": {}, "linux-64": {}}},
    )
    make_pull(feedstock, "1.9", state=State.OPEN, on_forge=OnForge.OPEN, number=7)
    make_pull(feedstock, "1.8", state=State.CLOSED, on_forge=OnForge.CLOSED, number=6)
    cython = make_outdated("cython", "3.1")
    make_pull(cython, "3.1", state=State.OPEN, url="https://forge.example.org/cython/pull/3")
    make_dependency(feedstock, cython)
    make_dependency(feedstock, make_outdated("meson", "1.6"))
    make_dependency(feedstock, make_outdated("pytest", "9"), test_only=True)
    feedstock.refresh_from_db()
    return feedstock


def test_all_that_a_pull_request_tells(proposed, rich, goes_out):
    goes_out("github")
    words = told(proposed, rich)
    assert words == ABOUT_THE_CHANGE + IN_A_PULL_REQUEST


def test_a_dry_run_tells_the_same_of_the_change_and_no_more_of_itself(proposed, rich):
    words = told(proposed, rich)
    assert words == ABOUT_THE_CHANGE + IN_A_DRY_RUN


def test_what_was_made_in_a_dry_run_goes_out_with_the_words_of_its_forge(proposed, rich, goes_out):
    assert "This is a dry run" in told(proposed, rich)
    goes_out("git")
    pull = PullRequest.objects.get(version="2.0")
    assert "Merge the branch" in whole_body(pull)
    assert "dry run" not in whole_body(pull)


def test_a_token_that_is_missing_makes_it_a_dry_run(proposed, rich, goes_out, settings):
    goes_out("github")
    settings.GITHUB_WRITE_TOKEN = ""
    assert "This is a dry run" in told(proposed, rich)


def test_a_channel_without_forge_is_a_dry_run(proposed, rich, goes_out):
    goes_out("cf-graph")
    assert "This is a dry run" in told(proposed, rich)


def test_without_an_address_of_the_site_nothing_links_there(proposed, rich, settings):
    settings.PUBLIC_URL = ""
    words = told(proposed, rich)
    assert "tick.example.org" not in words
    assert "| `meson` |" in words


def of_github(index, tag: str = "v1.0", **columns) -> Feedstock:
    """One that downloads a tag's archive."""
    place = "https://github.com/o/r/archive/refs/tags/v{}.tar.gz"
    for version in ("1.0", "2.0"):
        registries.host(index, place.format(version), f"file of {version}")
    feedstock = make_recipe("r", url=place.format("1.0"), **columns)
    Reading.objects.update(watch_urls=[{"rendered": place.format(tag.removeprefix("v"))}])
    return feedstock


def test_what_a_forge_shows_between_two_tags_is_linked(index, proposed):
    words = told(proposed, of_github(index))
    assert "[all changes](<https://github.com/o/r/compare/v1.0...v2.0>)" in words
    assert "[release](<https://github.com/o/r/releases/tag/v2.0>)" in words
    assert "- Upstream's dependencies (it comes from no registry that tells them)." in words


def test_a_tag_that_was_seen_upstream_is_known_without_a_file_of_its_name(index, proposed):
    index.publish("numpy", ["2.0"])
    feedstock = make_recipe()
    git = {"rendered": "https://github.com/o/r.git", "git_rev": "rel-1.0"}
    Reading.objects.update(watch_urls=[git])
    package = make_answered("numpy", key=feedstock.key)
    make_candidate(package, "2.0", source="github", tag="rel-2.0", tagged=True)
    assert "compare/rel-1.0...rel-2.0" in told(proposed, feedstock)


def test_no_tag_is_made_up(index, proposed):
    index.publish("numpy", ["2.0"])
    feedstock = make_recipe()
    git = {"rendered": "https://github.com/o/r.git", "git_rev": "rel-1.0"}
    Reading.objects.update(watch_urls=[git])
    assert "/compare/" not in told(proposed, feedstock)


def test_that_nothing_changed_upstream_is_told_as_checked(index, proposed):
    same = core_metadata("Requires-Dist: attrs")
    registries.wheels(index, "numpy", {"1.0": same, "2.0": same})
    feedstock = make_recipe()
    Reading.objects.update(watch_urls=[{"rendered": OLD_FILE}])
    words = told(proposed, feedstock)
    assert "- Upstream's dependencies are the same, as the package index has them." in words
    assert "### Changes" not in words


def test_hostile_metadata_is_made_harmless(index, proposed):
    new = core_metadata(
        "Requires-Dist: @ada closes #1 | x",
        "Requires-Dist: evil @ https://evil.example.org/x.zip",
        "Project-URL: Changelog, javascript:alert(1)",
        "Project-URL: History, https://github.com/a/b/issues/1",
    )
    registries.wheels(index, "numpy", {"1.0": core_metadata(), "2.0": new})
    feedstock = make_recipe()
    Reading.objects.update(watch_urls=[{"rendered": OLD_FILE}])
    words = told(proposed, feedstock)
    assert "| `@ada closes #1 \\| x` | - | `any` |" in words
    assert "javascript" not in words
    assert "(<https://redirect.github.com/a/b/issues/1>)" in words
