"""A row's words become a pull request, a branch or a patch, and the row learns what it became."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from graph.models import Channel, Feedstock
from pulls.forges.github import GitHubForge
from pulls.models import PullRequest, State
from tests.factories import make_outdated, make_reading
from tests.forges.github_server.server import BOT
from tests.graph.git_repository import Repository
from tests.pulls.forge_site import repository_of
from tests.pulls.rows import OLD, OWNER, RECIPE, make_on_github, make_pull, new_text, remake

pytestmark = pytest.mark.django_db


@pytest.fixture
def pull(on_github):
    feedstock = make_on_github()
    repository_of(on_github, feedstock)
    return make_pull(feedstock)


@pytest.fixture
def there(on_github, pull):
    return repository_of(on_github, pull.feedstock)


def test_it_is_opened_and_the_row_knows_it(on_github, tend, pull, there):
    assert tend() == {"publish ok": 1}
    (made,) = there.pulls
    assert (made.title, made.state) == ("zlib v2.0", "open")
    assert made.body.startswith("About 2.0\n")
    assert made.head.text(RECIPE, pull.branch) == new_text()
    words = pull.made_at
    pull.refresh_from_db()
    assert (pull.state, pull.on_forge, pull.number) == ("open", "open", made.number)
    assert (pull.repository, pull.base) == (f"{OWNER}/zlib-feedstock", "main")
    assert pull.head_repository == f"{BOT}/zlib-feedstock"
    assert pull.head_sha == made.head_oid
    assert pull.url.endswith(f"/zlib-feedstock/pull/{made.number}")
    assert pull.published_at == words
    assert pull.opened_at is not None
    assert (pull.outcome_code, pull.tries, pull.lease_token) == ("ok", 0, "")
    assert pull.act_at > timezone.now()


def test_made_anew_it_is_the_same_pull_request_with_the_new_text(tend, pull, there):
    tend()
    opened_at = PullRequest.objects.get().opened_at
    remake(pull, recipe=f"{new_text()}# more\n", body="Better\n")
    assert tend() == {"publish ok": 1}
    (made,) = there.pulls
    assert made.head.text(RECIPE, pull.branch).endswith("# more\n")
    assert made.body.startswith("Better\n")
    assert PullRequest.objects.get().opened_at == opened_at


def test_what_was_made_anew_meanwhile_is_published_once_more(monkeypatch, tend, pull, there):
    publish = GitHubForge.publish

    def overtaken(forge, proposal):
        if not there.pulls:
            remake(pull, body="Newer\n")
        return publish(forge, proposal)

    monkeypatch.setattr(GitHubForge, "publish", overtaken)
    assert tend() == {"publish ok": 2}
    assert there.pulls[0].body.startswith("Newer\n")
    pull.refresh_from_db()
    assert pull.published_at == pull.made_at


def test_one_that_people_closed_before_its_row_knew_of_it_is_decided(on_github, tend, pull, there):
    tend()
    on_github.state.close(there.pulls[0])
    nothing = {"number": 0, "on_forge": "", "opened_at": None}
    remake(pull, state=State.PROPOSED, **nothing)
    assert tend()["publish ok"] == 1
    pull.refresh_from_db()
    assert (pull.state, pull.on_forge) == ("closed", "closed")
    assert pull.ended_at is not None
    assert len(there.pulls) == 1


def test_one_that_has_ended_and_is_wanted_again_gets_another(on_github, tend, pull, there):
    tend()
    on_github.state.close(there.pulls[0])
    remake(pull, state=State.PROPOSED, on_forge="closed")
    tend()
    first, second = there.pulls
    assert (first.state, second.state) == ("closed", "open")
    assert first.branch != second.branch
    pull.refresh_from_db()
    assert (pull.number, pull.branch) == (second.number, second.branch)
    remake(pull, body="Better\n")
    tend()
    assert second.body.startswith("Better\n")
    assert len(there.pulls) == 2


def test_a_branch_that_somebody_works_on_is_left_alone(on_github, tend, pull, there):
    tend()
    (made,) = there.pulls
    on_github.state.push(made.head, {RECIPE: "mine\n"}, "ada", branch=pull.branch)
    remake(pull, recipe=f"{new_text()}# more\n")
    assert tend() == {"publish pulls.branch_not_ours": 1}
    assert made.head.text(RECIPE, pull.branch) == "mine\n"
    pull.refresh_from_db()
    assert (pull.state, pull.outcome_code, pull.tries) == ("open", "pulls.branch_not_ours", 0)
    assert pull.act_at is not None, "it is followed all the same"
    assert pull.published_at == pull.made_at, "these words are not tried again"


def test_a_recipe_that_is_newer_than_what_was_read_waits(on_github, tend, pull, there):
    on_github.state.push(there, {RECIPE: "newer\n"}, "ada")
    assert tend() == {"publish pulls.recipe_moved": 1}
    pull.refresh_from_db()
    assert (pull.state, pull.tries) == ("proposed", 1)
    assert pull.act_at > timezone.now()


def test_a_branch_is_pushed_to_the_repository_of_a_git_channel(open_site, tend, tmp_path):
    upstream = Repository(tmp_path / "upstream")
    upstream.commit({f"recipes/zlib/{RECIPE}": OLD})
    spec = f"git:{upstream.url}#main:recipes"
    pull = make_pull(at(Channel.objects.create(name="ours", kind="git", spec=spec)))
    base = upstream.git("rev-parse", "main")
    assert tend() == {"publish ok": 1}
    assert upstream.git("rev-parse", f"{pull.branch}^") == base
    assert upstream.git("show", f"{pull.branch}:recipes/zlib/{RECIPE}") == new_text().strip()
    assert upstream.git("log", "-1", "--format=%s", pull.branch) == "updated v2.0"
    pull.refresh_from_db()
    assert (pull.state, pull.repository, pull.base) == ("open", upstream.url, "main")
    assert pull.head_sha == upstream.git("rev-parse", pull.branch)

    upstream.git("merge", "--quiet", pull.branch)
    PullRequest.objects.update(act_at=timezone.now())
    assert tend() == {"follow ok": 1, "delete ok": 1}
    pull.refresh_from_db()
    assert pull.state == "merged"
    assert upstream.git("branch", "--list", pull.branch) == ""


def test_a_patch_is_written_for_a_folder(open_site, tend, tmp_path):
    folder = tmp_path / "recipes"
    (folder / "zlib/recipe").mkdir(parents=True)
    (folder / f"zlib/{RECIPE}").write_text(OLD)
    pull = make_pull(at(Channel.objects.create(name="ours", kind="dir", spec=f"dir:{folder}")))
    assert tend() == {"publish ok": 1}
    patch = Path(open_site.VAR_DIR) / f"patches/{pull.branch}.patch"
    assert "+{% set version = '2.0' %}" in patch.read_text()
    pull.refresh_from_db()
    assert (pull.state, pull.repository) == ("open", str(folder))


def test_a_place_with_a_very_long_name(open_site, tend, tmp_path):
    folder = tmp_path / ("x" * 200) / ("y" * 200)
    (folder / "zlib/recipe").mkdir(parents=True)
    (folder / f"zlib/{RECIPE}").write_text(OLD)
    pull = make_pull(at(Channel.objects.create(name="ours", kind="dir", spec=f"dir:{folder}")))
    tend()
    pull.refresh_from_db()
    assert pull.repository == str(folder)


def at(channel: Channel) -> Feedstock:
    feedstock = make_outdated(
        "zlib", channel=channel.name, path=f"zlib/{RECIPE}", content_hash="first"
    )
    make_reading(feedstock, OLD)
    return feedstock


def test_what_is_published_is_looked_at_soon(tend, pull, there):
    tend()
    soon = timezone.now() + timedelta(minutes=5)
    assert PullRequest.objects.get().act_at < soon
