"""`git:`: repositories that are cloned, over real git."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from core.outcomes import OutcomeError
from graph import channels
from graph.channels import clones, git
from graph.channels.git import GitPlace
from graph.intake import reading
from graph.intake.reading import Report, refresh, track
from graph.models import Channel, Feedstock
from graph.tasks import tidy
from tests.graph.git_repository import Repository
from tests.loopback import LoopbackServer, drip

RECIPE = "package:\n  name: {name}\n  version: '{version}'\n"


def recipe(name, version="1.0"):
    return RECIPE.format(name=name, version=version)


def code_of(call, *args):
    with pytest.raises(OutcomeError) as caught:
        call(*args)
    return caught.value.outcome.code


@pytest.fixture(autouse=True)
def var_dir(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    return settings.VAR_DIR


@pytest.fixture
def repository(tmp_path):
    repository = Repository(tmp_path / "recipes")
    repository.commit({"zlib/meta.yaml": recipe("zlib"), "lua/meta.yaml": recipe("lua")})
    return repository


@pytest.mark.django_db
def test_it_works(repository):
    assert track(f"git:{repository.url}").as_dict() == {
        "channel": "recipes",
        "found": 2,
        "new": 2,
        "gone": 0,
        "read": 2,
        "failed": 0,
    }
    zlib = Feedstock.objects.get(name="zlib")
    assert (zlib.path, zlib.version) == ("zlib/meta.yaml", "1.0")


@pytest.mark.django_db
def test_clones_of_channels_that_are_gone_are_forgotten(repository, tmp_path, var_dir):
    other = Repository(tmp_path / "other")
    other.commit({"lua/meta.yaml": recipe("lua")})
    track(f"git:{repository.url}")
    track(f"git:{other.url}")
    kept, dropped = (GitPlace.parse(each.url) for each in (repository, other))
    trees = {git._clone(place).tree for place in (kept, dropped)}
    tidy()
    assert all(tree.is_dir() for tree in trees)
    Channel.objects.get(name="other").delete()
    with git._clone(dropped).held():
        tidy()
        assert git._clone(dropped).tree.is_dir()
    tidy()
    assert [tree.name for tree in trees if tree.exists()] == ["recipes"]
    assert refresh(Channel.objects.get()).found == 2


def test_without_clones_there_is_nothing_to_forget(var_dir):
    assert git.forget_clones([]) == 0


@pytest.mark.django_db
def test_only_a_head_that_moved_is_read(repository, monkeypatch):
    track(f"git:{repository.url}")
    repository.commit({"zlib/meta.yaml": recipe("zlib", "1.1")})
    assert refresh(Channel.objects.get()) == Report("recipes", 2, 0, 0, 1, 0)
    monkeypatch.setattr(channels.git, "find_recipes", None)
    assert refresh(Channel.objects.get()) == Report("recipes", 2, 0, 0, 0, 0)


@pytest.mark.django_db
def test_a_head_that_stayed_is_read_where_something_is_open(repository):
    track(f"git:{repository.url}")
    Feedstock.objects.filter(name="lua").mark_unread()
    assert refresh(Channel.objects.get()).read == 1


@pytest.mark.django_db
def test_a_new_reader_reads_a_head_that_stayed(repository, monkeypatch):
    track(f"git:{repository.url}")
    monkeypatch.setattr(reading, "reader_version", lambda: "another")
    assert refresh(Channel.objects.get()).read == 2


@pytest.mark.django_db
def test_what_disappears_is_gone_and_may_return(repository):
    track(f"git:{repository.url}")
    repository.commit({"lua/meta.yaml": None})
    assert refresh(Channel.objects.get()).gone == 1
    assert Feedstock.objects.gone().get().name == "lua"
    repository.commit({"lua/meta.yaml": recipe("lua")})
    assert refresh(Channel.objects.get()).read == 1
    assert not Feedstock.objects.gone().exists()


@pytest.mark.django_db
def test_a_rewritten_branch_is_followed(repository):
    track(f"git:{repository.url}")
    repository.git("checkout", "--orphan", "other")
    repository.commit({"zlib/meta.yaml": None})
    repository.git("branch", "--force", "main", "other")
    assert refresh(Channel.objects.get()).gone == 1


@pytest.mark.django_db
def test_a_branch_and_a_directory_of_it(repository):
    repository.git("checkout", "-b", "next/one")
    repository.commit({"deep/er/xz/meta.yaml": recipe("xz")})
    repository.git("checkout", "main")
    assert track(f"git:{repository.url}#next/one:deep/er").channel == "er"
    xz = Feedstock.objects.get()
    assert (xz.name, xz.path, xz.branch) == ("xz", "xz/meta.yaml", "next/one")


@pytest.mark.django_db
def test_a_repository_that_is_one_feedstock_is_called_after_it(tmp_path):
    repository = Repository(tmp_path / "zlib-feedstock.git")
    repository.commit({"conda-forge.yml": "{}\n", "recipe/meta.yaml": recipe("zlib")})
    track(f"git:{repository.url}")
    assert Feedstock.objects.get().name == "zlib-feedstock"


@pytest.mark.django_db
def test_it_is_fetched_over_http(repository):
    with LoopbackServer() as server:
        server.route("/x.git/*", repository.answer_http)
        assert track(f"git:{server.url}/x.git").found == 2
        assert Feedstock.objects.first().forge_url == f"{server.url}/x"


@pytest.mark.django_db
def test_a_credential_is_sent_and_never_shown(repository, settings, tmp_path, var_dir):
    with LoopbackServer() as server:
        server.route("/*", (403, {}, b"no"))
        (tmp_path / "value").write_text("Bearer swordfish")
        (tmp_path / "credentials.json").write_text(
            f'{{"{server.url}": {{"header": "Authorization", "value_file": "value"}}}}'
        )
        settings.BOTSITE_HTTP = {
            **settings.BOTSITE_HTTP,
            "credentials_file": str(tmp_path / "credentials.json"),
        }
        with pytest.raises(OutcomeError) as caught:
            track(f"git:{server.url}/x.git")
        assert server.requests[0].headers["Authorization"] == "Bearer swordfish"
    assert caught.value.outcome.code == "graph.git_login_needed"
    assert "swordfish" not in str(caught.value.outcome)
    assert not any(b"swordfish" in path.read_bytes() for path in files(var_dir))


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_credential_does_not_follow_a_redirect(settings, tmp_path):
    with LoopbackServer() as server, LoopbackServer() as other:
        server.route("/*", lambda request: (302, {"Location": f"{other.url}{request.path}"}, b""))
        (tmp_path / "value").write_text("swordfish")
        (tmp_path / "credentials.json").write_text(
            f'{{"{server.url}": {{"header": "X-Token", "value_file": "value"}}}}'
        )
        settings.BOTSITE_HTTP = {
            **settings.BOTSITE_HTTP,
            "credentials_file": str(tmp_path / "credentials.json"),
        }
        assert code_of(channels.parse(f"git:{server.url}/x.git").position)
        assert server.requests
        assert not other.requests


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "graph.git_login_needed"),
        (404, "graph.git_no_repository"),
        (500, "graph.git_unreachable"),
    ],
)
def test_each_refusal_has_its_code(status, code):
    with LoopbackServer() as server:
        server.route("/*", (status, {"WWW-Authenticate": "Basic"}, b""))
        assert code_of(channels.parse(f"git:{server.url}/x.git").position) == code


def test_a_host_that_is_not_there_is_unreachable():
    with LoopbackServer() as server:
        url = server.url
    assert code_of(channels.parse(f"git:{url}/x.git").position) == "graph.git_unreachable"


def test_a_host_that_answers_too_slowly_is_left(monkeypatch, var_dir):
    monkeypatch.setattr(clones, "SECONDS", 1.0)
    with LoopbackServer() as server:
        server.route("/*", lambda _request: (200, {}, drip()))
        started = time.monotonic()
        assert code_of(channels.parse(f"git:{server.url}/x.git").position) == "graph.git_timeout"
        assert time.monotonic() - started < 4
    assert not processes_below(var_dir)


def processes_below(folder):
    """Of this machine, those whose working directory is there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found += [process] if (process / "cwd").readlink().is_relative_to(folder) else []
    return found


def test_what_is_missing_is_told_apart(repository, tmp_path):
    def code(spec):
        return code_of(_position_and_find, channels.parse(f"git:{spec}"))

    assert code(f"{repository.url}#nope") == "graph.git_no_branch"
    assert code(f"{repository.url}:nope") == "graph.git_no_subdir"
    assert code(f"{repository.url}:zlib/meta.yaml") == "graph.git_no_subdir"
    assert code(f"file://{tmp_path}/nowhere") == "graph.git_no_repository"
    assert code(Repository(tmp_path / "empty").url) == "graph.git_empty"


def _position_and_find(spec):
    spec.position()
    return list(spec.find({}))


def test_git_that_is_not_installed_is_an_outcome(repository, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert code_of(channels.parse(f"git:{repository.url}").position) == "graph.git_not_installed"


def test_a_clone_that_cannot_be_kept_is_an_outcome(repository, var_dir):
    var_dir.write_text("in the way")
    assert code_of(channels.parse(f"git:{repository.url}").position) == "graph.git_not_kept"


def test_a_repository_that_is_too_large_is_not_checked_out(repository, monkeypatch, var_dir):
    monkeypatch.setattr(clones, "MAX_TREE_FILES", 1)
    assert code_of(channels.parse(f"git:{repository.url}").position) == "graph.git_too_large"
    assert not any(path.name == "meta.yaml" for path in files(var_dir))


def test_a_bomb_of_trees_is_not_checked_out(tmp_path, var_dir):
    repository = Repository(tmp_path / "bomb")
    repository.commit_bomb(levels=9)
    started = time.monotonic()
    assert code_of(channels.parse(f"git:{repository.url}").position) == "graph.git_too_large"
    assert time.monotonic() - started < 30
    assert not any(path.is_dir() for path in (var_dir / "clones").iterdir())


def test_a_pack_that_is_too_large_is_not_fetched(repository, monkeypatch):
    repository.commit({"noise": os.urandom(300_000).hex()})
    monkeypatch.setattr(clones, "MAX_PACKED_BYTES", 100_000)
    assert code_of(channels.parse(f"git:{repository.url}").position) == "graph.git_too_large"


def test_a_link_does_not_lead_out(repository, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/meta.yaml").write_text(recipe("secret"))
    (repository.path / "out").symlink_to(tmp_path / "secret")
    (repository.path / "xz").mkdir()
    (repository.path / "xz/meta.yaml").symlink_to(tmp_path / "secret/meta.yaml")
    repository.commit({})
    found = {each.name: each.text for each in _position_and_find(spec_of(repository))}
    assert sorted(found) == ["lua", "xz", "zlib"]
    assert found["xz"].code == "recipe.outside_tree"
    assert code_of(_position_and_find, spec_of(repository, ":out")) == "graph.git_no_subdir"


def spec_of(repository, more=""):
    return channels.parse(f"git:{repository.url}{more}")


def test_nothing_of_the_repository_is_run(repository, tmp_path, var_dir, monkeypatch):
    """Neither its hooks, nor filters it names, nor templates and configuration of the account."""
    proof = tmp_path / "proof"
    home = tmp_path / "home"
    (home / "template/hooks").mkdir(parents=True)
    script = home / "template/hooks/post-checkout"
    script.write_text(f"#!/bin/sh\ntouch {proof}\n")
    script.chmod(0o755)
    (home / ".gitconfig").write_text(
        f'[init]\ntemplateDir = {home}/template\n[filter "x"]\nsmudge = "touch {proof}; cat"\n'
    )
    monkeypatch.setenv("HOME", str(home))
    repository.commit({".gitattributes": "* filter=x\n"})
    repository.commit({".gitmodules": f'[submodule "s"]\npath = s\nurl = "ext::touch {proof}"\n'})
    assert len(_position_and_find(spec_of(repository))) == 2
    assert not proof.exists()


def test_two_at_once_do_not_meet(repository):
    spec = spec_of(repository)
    spec.position()
    looking = spec.find({})
    next(looking)
    assert code_of(spec.position) == "graph.git_busy"
    looking.close()
    spec.position()


def test_a_clone_left_half_done_is_made_anew(repository, var_dir):
    spec = spec_of(repository)
    spec.position()
    (home,) = [path for path in (var_dir / "clones").iterdir() if path.is_dir()]
    (home / "complete").unlink()
    (home / "git/shallow.lock").touch()
    assert len(_position_and_find(spec)) == 2


@pytest.mark.parametrize(
    ("text", "url", "branch", "subdir"),
    [
        ("https://Git.Example.org:8443/a/b.git", "https://git.example.org:8443/a/b.git", "", ""),
        ("https://h.org:8443/b.git:x/y/", "https://h.org:8443/b.git", "", "x/y"),
        ("https://h.org/b#main", "https://h.org/b", "main", ""),
        ("https://h.org/b#v1.x/y:sub", "https://h.org/b", "v1.x/y", "sub"),
        ("ssh://git@h.org:22/b:sub", "ssh://git@h.org:22/b", "", "sub"),
        ("git@h.org:a/b.git", "git@h.org:a/b.git", "", ""),
        ("git@h.org:a/b.git:sub", "git@h.org:a/b.git", "", "sub"),
        ("file:///srv/b.git#main:sub", "file:///srv/b.git", "main", "sub"),
    ],
)
def test_a_place_is_taken_apart_and_put_together(text, url, branch, subdir):
    place = GitPlace.parse(text)
    assert (place.url, place.branch, place.subdir) == (url, branch, subdir)
    assert GitPlace.parse(str(place)) == place


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ext::sh -c touch% /tmp/x", "graph.bad_git_place"),
        ("ext::sh", "graph.bad_git_place"),
        ("fd::17", "graph.bad_git_place"),
        ("git://h.org/x", "graph.bad_git_place"),
        ("/srv/x.git", "graph.bad_git_place"),
        ("file://host/x", "graph.bad_git_place"),
        ("--upload-pack=touch", "graph.bad_git_place"),
        ("ssh://-oProxyCommand=touch/x", "graph.bad_git_place"),
        ("-x@h.org:a", "graph.bad_git_place"),
        ("https://h.org/x#", "graph.bad_git_place"),
        ("https://h.org/x#--force", "graph.bad_git_place"),
        ("https://h.org/x#a..b", "graph.bad_git_place"),
        ("https://h.org/x#main:../y", "graph.bad_git_place"),
        ("https://h.org/x:a/../../y", "graph.bad_git_place"),
        ("https://h.org/x:.git", "graph.bad_git_place"),
        ("https://h.org/x?token=y", "graph.bad_git_place"),
        ("https:///x", "graph.bad_git_place"),
        ("https://user:swordfish@h.org/x", "graph.credentials_in_url"),
        ("https://swordfish@h.org/x", "graph.credentials_in_url"),
        ("ssh://git:swordfish@h.org/x", "graph.credentials_in_url"),
    ],
)
def test_a_place_that_cannot_be_is_refused(text, code):
    with pytest.raises(OutcomeError) as caught:
        channels.parse(f"git:{text}")
    assert caught.value.outcome.code == code
    assert "swordfish" not in caught.value.outcome.message
