"""Specs and names of channels."""

from __future__ import annotations

import pytest

from core.outcomes import OutcomeError
from graph import channels
from graph.intake.reading import track
from graph.models import Channel


def code_of(call, *args):
    with pytest.raises(OutcomeError) as caught:
        call(*args)
    return caught.value.outcome.code


def test_it_works(tmp_path):
    spec = channels.parse(f"dir:{tmp_path}/../{tmp_path.name}")
    assert str(spec) == f"dir:{tmp_path}"
    assert spec.suggest_name() == tmp_path.name


@pytest.mark.parametrize(
    "text", ["", "recipes", "dir:", "dir: ", ":place", "dir:a\0b", f"dir:{'a' * 1000}"]
)
def test_a_spec_that_says_nothing_is_refused(text):
    assert code_of(channels.parse, text) == "graph.bad_spec"


@pytest.mark.parametrize("text", ["svn:org", "GIT:https://example.org/x", "https://example.org/x"])
def test_a_kind_that_cannot_be_read_is_refused(text):
    assert code_of(channels.parse, text) == "graph.unknown_channel_kind"


def test_a_place_that_is_no_directory_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    assert code_of(channels.parse, f"dir:{tmp_path}/none") == "graph.no_such_directory"
    assert code_of(channels.parse, f"dir:{tmp_path}/file") == "graph.no_such_directory"


@pytest.mark.parametrize("name", ["", "a/b", ".hidden", "a b", "x" * 65])
def test_a_name_that_cannot_stand_in_a_key_is_refused(name):
    assert code_of(channels.check_name, name) == "graph.bad_channel_name"


@pytest.mark.django_db
def test_a_channel_is_called_after_its_place_or_as_told(tmp_path):
    for place, name in (("a/recipes", None), ("b/recipes", None), ("c/my recipes", None)):
        (tmp_path / place).mkdir(parents=True)
        track(f"dir:{tmp_path}/{place}", name)
    (tmp_path / "d").mkdir()
    track(f"dir:{tmp_path}/d", "ours")
    names = Channel.objects.values_list("name", flat=True)
    assert list(names) == ["my-recipes", "ours", "recipes", "recipes-2"]


@pytest.mark.django_db
def test_tracking_again_finds_the_channel(tmp_path):
    track(f"dir:{tmp_path}", "ours")
    track(f"dir:{tmp_path}")
    assert Channel.objects.count() == 1


@pytest.mark.django_db
def test_a_name_stands_for_one_channel(tmp_path):
    (tmp_path / "other").mkdir()
    track(f"dir:{tmp_path}", "ours")
    assert code_of(track, f"dir:{tmp_path}/other", "ours") == "graph.channel_name_taken"
    assert code_of(track, f"dir:{tmp_path}", "theirs") == "graph.already_tracked"
