"""The git forge, end to end: real repositories, checked by git itself."""

from __future__ import annotations

import subprocess

import pytest

from graph.channels import git as git_channel
from pulls.forges.base import Change, State
from pulls.forges.git import GitForge
from tests.forges.conftest import NEW, OLD, RECIPE, code_of, propose
from tests.graph.git_repository import Repository

BOT = "Tick Bot <tick@example.org>"


@pytest.fixture
def upstream(tmp_path):
    made = Repository(tmp_path / "upstream")
    made.commit({RECIPE: OLD, "README.md": "zlib\n"})
    return made


@pytest.fixture
def forge(tmp_path):
    return GitForge(tmp_path / "scratch", BOT)


@pytest.fixture
def proposed(upstream):
    """A proposal to the repository, with other parts where they are given."""

    def make(version="1.3.2", **more):
        return propose(version, **{"repository": upstream.url, "base": "", **more})

    return make


def tip(upstream, branch):
    return upstream.git("rev-parse", f"refs/heads/{branch}")


def branches(upstream):
    names = upstream.git("for-each-ref", "--format=%(refname:short)", "refs/heads")
    return set(names.splitlines())


def test_it_works(upstream, forge, proposed):
    proposal = proposed()
    base = tip(upstream, "main")
    pull = forge.publish(proposal)
    assert pull.state is State.OPEN
    assert pull.head_sha == tip(upstream, proposal.branch)
    told = upstream.git("log", "--format=%P|%an <%ae>|%cn <%ce>|%B", f"main..{proposal.branch}")
    assert told == f"{base}|{BOT}|{BOT}|updated v1.3.2"
    diff = upstream.git("diff", "--unified=0", "main", proposal.branch)
    assert [line for line in diff.splitlines() if line[0] in "+-"][2:] == [
        f"-{OLD.strip()}",
        f"+{NEW.strip()}",
    ]
    upstream.git("checkout", "--quiet", proposal.branch)
    assert (upstream.path / RECIPE).read_text() == NEW
    upstream.git("fsck", "--strict")


def test_what_was_checked_out_is_untouched(upstream, forge, proposed):
    forge.publish(proposed())
    assert upstream.git("status", "--porcelain") == ""
    assert upstream.git("rev-parse", "--abbrev-ref", "HEAD") == "main"


def test_a_second_time_nothing_is_done(upstream, forge, proposed):
    first = forge.publish(proposed())
    assert forge.publish(proposed()).head_sha == first.head_sha
    assert branches(upstream) == {"main", proposed().branch}


def test_from_another_machine_it_is_found(tmp_path, upstream, forge, proposed):
    first = forge.publish(proposed())
    other = GitForge(tmp_path / "elsewhere", BOT)
    assert other.publish(proposed()).head_sha == first.head_sha


def test_a_new_text_moves_the_branch(upstream, forge, proposed):
    proposal = proposed(after="better\n")
    forge.publish(proposed())
    forge.publish(proposal)
    assert upstream.git("show", f"{proposal.branch}:{RECIPE}") == "better"
    assert upstream.git("rev-list", "--count", f"main..{proposal.branch}") == "1"


def test_another_base_is_proposed_to(upstream, forge, proposed):
    upstream.git("checkout", "--quiet", "-b", "v1")
    upstream.commit({RECIPE: "one\n"})
    proposal = proposed(base="v1", before="one\n")
    forge.publish(proposal)
    assert upstream.git("merge-base", "v1", proposal.branch) == tip(upstream, "v1")


def test_files_in_folders_are_added_and_removed_and_stay_executable(upstream, forge, proposed):
    (upstream.path / "recipe/build.sh").write_text("make\n")
    (upstream.path / "recipe/build.sh").chmod(0o755)
    upstream.commit({})
    files = {
        "recipe/build.sh": Change("make\n", "cmake\n"),
        "recipe/deep/er/new": Change(None, "new\n"),
        "README.md": Change("zlib\n", None),
    }
    proposal = proposed(files=files)
    forge.publish(proposal)
    lines = upstream.git("ls-tree", "-r", proposal.branch).splitlines()
    modes = {line.split("\t")[1]: line.split()[0] for line in lines}
    assert modes == {
        "recipe/build.sh": "100755",
        "recipe/deep/er/new": "100644",
        RECIPE: "100644",
    }


def test_line_ends_stay_whatever_the_repository_says(upstream, forge, proposed):
    upstream.commit({".gitattributes": "* text=auto eol=crlf\n"})
    proposal = proposed(after="a\r\nb\n")
    forge.publish(proposal)
    shown = subprocess.run(
        ["git", "cat-file", "blob", f"{proposal.branch}:{RECIPE}"],
        cwd=upstream.path,
        capture_output=True,
        check=True,
    )
    assert shown.stdout == b"a\r\nb\n"


def test_a_merged_one_is_merged_and_its_branch_deleted(upstream, forge, proposed):
    pull = forge.publish(proposed())
    etag = forge.look(pull.ref).etag
    assert forge.look(pull.ref, etag) is None
    upstream.git("merge", "--quiet", "--squash", pull.ref.branch)
    upstream.commit({})
    assert forge.look(pull.ref, etag).state is State.MERGED
    forge.delete_branch(pull.ref)
    assert branches(upstream) == {"main"}
    assert forge.look(pull.ref).state is State.MERGED


def test_a_branch_that_people_deleted_is_closed(upstream, forge, proposed):
    pull = forge.publish(proposed())
    etag = forge.look(pull.ref).etag
    upstream.git("branch", "-D", pull.ref.branch)
    assert forge.look(pull.ref, etag).state is State.CLOSED


def test_a_superseded_one_is_deleted(upstream, forge, proposed):
    pull = forge.publish(proposed())
    newer = forge.publish(proposed("1.3.3"))
    assert forge.close(pull.ref, "Superseded.", key="x").state is State.CLOSED
    assert branches(upstream) == {"main", newer.ref.branch}


def test_the_branch_of_an_open_one_stays(upstream, forge, proposed):
    pull = forge.publish(proposed())
    assert code_of(forge.delete_branch, pull.ref) == "pulls.still_open"


def test_what_somebody_committed_to_is_left_alone(upstream, forge, proposed):
    pull = forge.publish(proposed())
    upstream.git("checkout", "--quiet", pull.ref.branch)
    theirs = upstream.commit({RECIPE: "by hand\n"})
    upstream.git("checkout", "--quiet", "main")
    assert not forge.is_ours_alone(pull.ref)
    assert code_of(forge.publish, proposed()) == "pulls.branch_not_ours"
    assert code_of(forge.close, pull.ref, "x", key="x") == "pulls.branch_not_ours"
    assert tip(upstream, pull.ref.branch) == theirs


def test_a_recipe_that_a_person_changed_is_not_overwritten(upstream, forge, proposed):
    upstream.commit({RECIPE: "by hand\n"})
    assert code_of(forge.publish, proposed()) == "pulls.recipe_moved"
    assert branches(upstream) == {"main"}


def test_a_push_in_the_last_moment_is_not_lost(upstream, forge, proposed, monkeypatch):
    pull = forge.publish(proposed())
    make = type(forge)._push

    def overtaken(*arguments):
        upstream.git("checkout", "--quiet", pull.ref.branch)
        upstream.commit({RECIPE: "by hand\n"})
        return make(*arguments)

    monkeypatch.setattr(type(forge), "_push", overtaken)
    assert code_of(forge.publish, proposed(after="better\n")) == "pulls.branch_moved"
    assert upstream.git("show", f"{pull.ref.branch}:{RECIPE}") == "by hand"


def test_a_repository_that_declines_says_why(upstream, forge, proposed):
    hook = upstream.path / ".git/hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no bots here >&2\nexit 1\n")
    hook.chmod(0o755)
    assert code_of(forge.publish, proposed()) == "pulls.push_refused"
    assert branches(upstream) == {"main"}


def test_a_hook_of_the_repository_does_not_run_here(upstream, forge, proposed, tmp_path):
    """Its `.git/hooks` are not ours; only those for receiving run, on its own side."""
    hook = upstream.path / ".git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    forge.publish(proposed())
    assert not (tmp_path / "ran").exists()


def test_a_base_that_is_gone(forge, proposed):
    assert code_of(forge.publish, proposed(base="v9")) == "pulls.no_base"


def test_a_proposal_that_changes_nothing(forge, proposed):
    assert code_of(forge.publish, proposed(after=OLD)) == "pulls.nothing_to_change"


@pytest.mark.parametrize("url", ["ext::sh -c id", "/etc", "https://a:b@example.org/x"])
def test_a_place_that_runs_commands_or_holds_a_password_is_refused(forge, url):
    assert code_of(forge.publish, propose(repository=url)).startswith("graph.")


def test_a_repository_that_is_gone(tmp_path, forge):
    gone = propose(repository=f"file://{tmp_path}/gone", base="")
    assert code_of(forge.publish, gone) == "graph.git_no_repository"


def test_a_scratch_repository_that_broke_is_made_anew(tmp_path, upstream, forge, proposed):
    forge.publish(proposed())
    (home,) = (each for each in (tmp_path / "scratch").iterdir() if each.is_dir())
    (home / "git/HEAD").unlink()
    assert forge.publish(proposed("1.3.3")).state is State.OPEN


def test_the_channel_reads_what_was_merged(upstream, forge, proposed, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    pull = forge.publish(proposed())
    upstream.git("merge", "--quiet", pull.ref.branch)
    git_channel.position(upstream.url)
    (found,) = git_channel.find(upstream.url, {})
    assert found.text.data.decode() == NEW
