"""Patches that git itself takes."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from pulls.forges.base import Change, PullRef, State
from pulls.forges.patches import Patches, diff_of, patch_of
from pulls.words import message
from tests.forges.conftest import NEW, OLD, RECIPE, code_of, propose
from tests.graph.git_repository import Repository

ADA = "Ada <ada@example.org>"
AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "recipes")


def written(repository, path):
    file = repository.path / path
    return file.read_bytes().decode() if file.exists() else None


def applied(repository, proposal):
    for path, change in proposal.files.items():
        if change.before is not None:
            file = repository.path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(change.before.encode())
    repository.git("apply", "--whitespace=nowarn", given=diff_of(proposal))
    return {path: written(repository, path) for path in proposal.files}


def test_git_applies_it(repository):
    assert applied(repository, propose()) == {RECIPE: NEW}


def test_git_am_makes_a_commit_of_it(repository):
    repository.commit({RECIPE: OLD})
    repository.git("am", given=patch_of(propose(), ADA, AT))
    assert written(repository, RECIPE) == NEW
    assert repository.git("log", "-1", "--format=%an <%ae> %s") == f"{ADA} updated v1.3.2"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\n", "a\nc"),
        ("a\nb", "a\nb\n"),
        ("a", "b"),
        ("a\r\nb\r\n", "a\r\nc\r\n"),
        ("a\x0cb\x85\u2028\n", "a\x0cc\x85\u2028\n"),
        ("-- a\n@@ b\n", "++ a\n@@ c"),
        ("a\n", ""),
        ("", "a\n"),
        (None, "a\nb"),
        ("a\nb", None),
        ("ä\n", "漢\n"),
    ],
)
def test_every_shape_of_a_change(repository, before, after):
    proposal = propose(files={"recipe/meta.yaml": Change(before, after)})
    assert applied(repository, proposal) == {"recipe/meta.yaml": after}


@pytest.mark.parametrize("path", ["a b/meta.yaml", 'a"b/meta.yaml', "a\\b", "ä/meta.yaml", "a\tb"])
def test_every_name(repository, path):
    assert applied(repository, propose(files={path: Change(OLD, NEW)})) == {path: NEW}


def test_several_files_at_once(repository):
    files = {name: Change(f"{name}\n" * 20, f"{name}\n" * 9 + "x\n") for name in "cab"}
    changed = applied(repository, propose(files=files))
    assert changed == {name: change.after for name, change in files.items()}


def test_any_lines(repository):
    chance = random.Random(7)  # noqa: S311 - lines of no secret
    for _ in range(40):
        before, after = (
            "".join(chance.choice(["a\n", "b\n", "-\n", "\r\n", "\n"]) for _ in range(12))
            + chance.choice(["", "end"])
            for _ in range(2)
        )
        if before != after:
            proposal = propose(files={RECIPE: Change(before, after)})
            assert applied(repository, proposal) == {RECIPE: after}


# As a forge


@pytest.fixture
def channel(tmp_path):
    (tmp_path / "recipes/recipe").mkdir(parents=True)
    (tmp_path / "recipes" / RECIPE).write_text(OLD)
    return tmp_path / "recipes"


@pytest.fixture
def forge(tmp_path):
    return Patches(tmp_path / "patches", ADA)


def test_a_proposal_is_a_file(forge, channel, tmp_path):
    proposal = propose(repository=str(channel))
    pull = forge.publish(proposal)
    assert pull.state is State.OPEN
    path = forge.path_of(pull.ref)
    assert path == tmp_path / "patches" / f"{proposal.branch}.patch"
    assert path.read_text().endswith(diff_of(proposal))
    assert forge.publish(proposal).ref == pull.ref
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_once_it_is_applied_it_is_merged(forge, channel):
    pull = forge.publish(propose(repository=str(channel)))
    now = forge.look(pull.ref)
    assert forge.look(pull.ref, now.etag) is None
    (channel / RECIPE).write_text(NEW)
    assert forge.look(pull.ref, now.etag).state is State.MERGED
    forge.delete_branch(pull.ref)
    assert not forge.path_of(pull.ref).exists()


def test_a_closed_one_is_removed(forge, channel):
    pull = forge.publish(propose(repository=str(channel)))
    assert forge.close(pull.ref, "Superseded.", key="x").state is State.CLOSED
    assert forge.look(pull.ref).state is State.CLOSED


def test_an_open_one_is_kept(forge, channel):
    pull = forge.publish(propose(repository=str(channel)))
    assert code_of(forge.delete_branch, pull.ref) == "pulls.still_open"


def test_a_recipe_that_changed_is_not_patched(forge, channel):
    (channel / RECIPE).write_text("by hand\n")
    assert code_of(forge.publish, propose(repository=str(channel))) == "pulls.recipe_moved"


def test_one_that_is_as_proposed_needs_no_patch(forge, channel):
    (channel / RECIPE).write_text(NEW)
    assert code_of(forge.publish, propose(repository=str(channel))) == "pulls.nothing_to_change"


def test_a_link_out_of_the_channel_is_not_followed(forge, channel, tmp_path):
    (tmp_path / "secret").write_text(OLD)
    (channel / RECIPE).unlink()
    (channel / RECIPE).symlink_to(tmp_path / "secret")
    assert code_of(forge.publish, propose(repository=str(channel))) == "pulls.recipe_moved"


def test_a_folder_that_cant_be_written(channel, tmp_path):
    (tmp_path / "file").touch()
    forge = Patches(tmp_path / "file" / "patches", ADA)
    assert code_of(forge.publish, propose(repository=str(channel))) == "pulls.not_written"


def test_a_name_that_leads_elsewhere_is_refused(forge, channel):
    ref = PullRef(str(channel), 0, "../../x", "")
    assert code_of(forge.look, ref) == "pulls.not_a_branch_of_ours"
    assert message.checked_branch(propose().branch)
