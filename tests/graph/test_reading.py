"""Reading a channel, in real reader processes."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest

from core.conditions import State
from core.jobs import JobCancelled
from core.outcomes import OutcomeError
from graph.conditions import conditions
from graph.intake import reading
from graph.intake.reading import Report, refresh, track
from graph.models import Channel, Feedstock, Status
from versions.models import Package

pytestmark = pytest.mark.django_db

ZLIB = """\
{% set version = "1.3.1" %}
package:
  name: zlib
  version: {{ version }}
source:
  url: https://example.org/zlib-{{ version }}.tar.gz
build:
  number: 0
  run_exports:
    - {{ pin_subpackage("zlib") }}
requirements:
  build:
    - make  # [unix]
extra:
  recipe-maintainers:
    - Ada
    - bo
"""
LUA = """\
context:
  version: "5.4"
package:
  name: lua
  version: ${{ version }}
source:
  git: https://example.org/lua.git
  tag: v${{ version }}
requirements:
  host:
    - zlib
"""


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "recipes"
    write(root, "zlib/meta.yaml", ZLIB)
    write(root, "lua/recipe/recipe.yaml", LUA)
    write(root, "lua/conda-forge.yml", "bot:\n  version_updates:\n    exclude: ['5.3']\n")
    return root


def write(root, path, text):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def get(name):
    return Feedstock.objects.get(name=name)


def report(**counts):
    base = Report(channel="recipes", found=2, new=0, gone=0, read=0, failed=0)
    return replace(base, **counts)


def test_it_works(tree):
    assert track(f"dir:{tree}") == report(new=2, read=2)
    zlib = get("zlib")
    assert zlib.key == "recipes/zlib"
    assert (zlib.recipe_name, zlib.version, zlib.schema_version) == ("zlib", "1.3.1", 0)
    assert zlib.outcome_code == "ok"
    assert (zlib.path, zlib.recipe_file) == ("zlib/meta.yaml", "zlib/meta.yaml")
    assert {each.handle for each in zlib.maintainers.all()} == {"ada", "bo"}
    assert [(each.name, each.version) for each in zlib.outputs.all()] == [("zlib", "1.3.1")]
    assert zlib.reading.recipe_text == ZLIB
    assert zlib.reading.run_exports == {"zlib": {"weak": ["zlib"]}}
    assert zlib.reading.requirements["make"].startswith("build:linux-64,")
    assert "win-64" not in zlib.reading.requirements["make"]
    assert zlib.reading.attributes["requirements"]["build"] == ["make"]
    assert get("lua").reading.bot_settings == {"version_updates": {"exclude": ["5.3"]}}


def test_packages_are_watched(tree):
    track(f"dir:{tree}")
    zlib, lua = (Package.objects.get(key=f"recipes/{name}") for name in ("zlib", "lua"))
    assert zlib.urls == [
        {
            "rendered": "https://example.org/zlib-1.3.1.tar.gz",
            "template": "https://example.org/zlib-{{ version }}.tar.gz",
            "git_rev": "",
        }
    ]
    assert (zlib.owner, zlib.current_version) == ("channel:recipes", "1.3.1")
    assert lua.urls == [
        {"rendered": "https://example.org/lua.git", "template": "", "git_rev": "v5.4"}
    ]
    assert lua.settings == {"version_updates": {"exclude": ["5.3"]}}


def test_an_unchanged_recipe_is_not_read_again(tree):
    track(f"dir:{tree}")
    before, changed_at = get("zlib").read_at, Channel.objects.get().changed_at
    assert track(f"dir:{tree}") == report()
    assert get("zlib").read_at == before
    assert Channel.objects.get().changed_at == changed_at


def test_only_the_changed_recipe_is_read_again(tree):
    track(f"dir:{tree}")
    before = get("lua").read_at
    write(tree, "zlib/meta.yaml", ZLIB.replace("1.3.1", "1.3.2").replace("    - bo\n", ""))
    assert track(f"dir:{tree}") == report(read=1)
    assert get("zlib").version == "1.3.2"
    assert [each.handle for each in get("zlib").maintainers.all()] == ["ada"]
    assert [each.version for each in get("zlib").outputs.all()] == ["1.3.2"]
    assert Package.objects.get(name="zlib").current_version == "1.3.2"
    assert get("lua").read_at == before


def test_settings_beside_the_recipe_count_as_change(tree):
    track(f"dir:{tree}")
    write(tree, "lua/conda-forge.yml", "bot:\n  version_updates:\n    exclude: []\n")
    assert track(f"dir:{tree}") == report(read=1)


def test_a_new_reader_reads_everything_again(tree, monkeypatch):
    track(f"dir:{tree}")
    monkeypatch.setattr(reading, "reader_version", lambda: "another")
    assert track(f"dir:{tree}") == report(read=2)


def test_what_a_person_marks_is_read_again(tree):
    track(f"dir:{tree}")
    Feedstock.objects.filter(name="lua").mark_unread()
    assert track(f"dir:{tree}") == report(read=1)


def test_a_recipe_that_breaks_keeps_what_was_understood(tree):
    track(f"dir:{tree}")
    write(tree, "zlib/meta.yaml", ZLIB.replace("name: zlib", "name: {{ nmae }}"))
    assert track(f"dir:{tree}") == report(failed=1)
    zlib = get("zlib")
    assert zlib.outcome_code == "recipe.undefined_variable"
    assert (zlib.outcome["file"], zlib.outcome["line"]) == ("zlib/meta.yaml", 3)
    assert zlib.version == "1.3.1"
    assert zlib.reading.attributes["version"] == "1.3.1"
    assert "nmae" in zlib.reading.recipe_text
    assert zlib.status == Status.FAILING
    assert Package.objects.watched().filter(name="zlib").exists()


def test_what_most_depend_on_is_checked_first(tree):
    track(f"dir:{tree}")
    Feedstock.objects.filter(name="zlib").update(dependents_count=1_000)
    refresh(Channel.objects.get())
    assert Package.objects.get(name="zlib").priority == 10
    Feedstock.objects.filter(name="zlib").update(dependents_count=1_020)
    refresh(Channel.objects.get())
    assert Package.objects.get(name="zlib").priority == 10


def test_a_recipe_that_was_never_read_is_not_watched(tree):
    write(tree, "zlib/meta.yaml", "package: [")
    assert track(f"dir:{tree}") == report(new=2, read=1, failed=1)
    assert get("zlib").version == ""
    assert not Package.objects.filter(name="zlib").exists()


def test_a_feedstock_that_disappears_is_gone_but_kept(tree):
    track(f"dir:{tree}")
    shutil.rmtree(tree / "lua")
    assert track(f"dir:{tree}") == report(found=1, gone=1)
    assert get("lua").gone_at is not None
    assert not Package.objects.watched().filter(name="lua").exists()


def test_a_feedstock_that_returns_is_present_again(tree):
    track(f"dir:{tree}")
    (tree / "lua").rename(tree.parent / "lua")
    track(f"dir:{tree}")
    (tree.parent / "lua").rename(tree / "lua")
    assert track(f"dir:{tree}") == report(read=1)
    assert get("lua").gone_at is None
    assert Package.objects.watched().filter(name="lua").exists()


def test_a_place_that_vanished_leaves_the_feedstocks_alone(tree):
    track(f"dir:{tree}")
    channel = Channel.objects.get()
    tree.rename(tree.parent / "elsewhere")
    with pytest.raises(OutcomeError):
        refresh(channel)
    assert Feedstock.objects.present().count() == 2
    assert Channel.objects.get().outcome_code == "graph.no_such_directory"


def test_two_directories_of_one_name_are_told_apart(tree):
    write(tree, "more/zlib/meta.yaml", ZLIB)
    assert track(f"dir:{tree}") == report(found=3, new=3, read=3)
    names = set(Feedstock.objects.values_list("name", flat=True))
    assert len(names) == 3


def test_a_value_that_no_column_holds_is_an_outcome(tree):
    write(tree, "zlib/meta.yaml", ZLIB.replace('"1.3.1"', f'"{"1" * 200}"'))
    write(tree, "lua/recipe/recipe.yaml", LUA.replace("name: lua", 'name: "l\\0a"'))
    assert track(f"dir:{tree}").failed == 2
    assert get("zlib").outcome_code == "graph.unstorable"
    assert get("zlib").outcome["file"] == "zlib/meta.yaml"


def test_a_directory_whose_name_is_no_text_is_read_once(tree):
    place = tree / os.fsdecode(b"odd-\xff")
    write(tree, place / "meta.yaml", ZLIB)
    assert track(f"dir:{tree}") == report(found=3, new=3, read=3)
    assert get("odd-?").outcome_code == "ok"
    assert track(f"dir:{tree}") == report(found=3)


def test_settings_that_cannot_be_used_are_remarked_upon(tree):
    write(tree, "lua/conda-forge.yml", "bot: [1\n")
    track(f"dir:{tree}")
    assert get("lua").outcome_code == "ok"
    assert get("lua").reading.bot_settings == {}
    condition = conditions("recipes/lua")[0]
    assert condition.state == State.PASSED
    assert [each["code"] for each in condition.evidence["remarks"]] == ["recipe.bad_settings"]


def test_progress_is_reported_and_can_end_it(tree):
    seen = []
    track(f"dir:{tree}", progress=lambda *step: seen.append(step))
    assert seen == [(1, 1, "lua"), (2, 2, "zlib")]

    def stop(done, total, note):
        raise JobCancelled

    with pytest.raises(JobCancelled):
        refresh(Channel.objects.get(), stop)
