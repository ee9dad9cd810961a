"""What stands beside a recipe is on record, too."""

from __future__ import annotations

import pytest

from graph.beside import pack, unpack
from graph.intake.reading import refresh, track
from graph.models import Feedstock, Reading
from graph.recipes.model import RecipeText

pytestmark = pytest.mark.django_db

RECIPE = "package:\n  name: zlib\n  version: 1.0\n"
LINUX = "target_platform:\n- linux-64\n"


@pytest.fixture
def feedstock(tmp_path):
    folder = tmp_path / "recipes" / "zlib"
    (folder / "recipe").mkdir(parents=True)
    (folder / ".ci_support").mkdir()
    (folder / "recipe" / "meta.yaml").write_text(RECIPE)
    (folder / "recipe" / "conda_build_config.yaml").write_text("fortran:\n- flang\n")
    (folder / ".ci_support" / "linux_64_.yaml").write_text(LINUX)
    return folder


def test_the_recipe_on_record_is_the_one_that_was_read(feedstock):
    track(f"dir:{feedstock.parent}", name="main")
    text = Reading.objects.get().text("recipe/meta.yaml")
    assert text == RecipeText(
        "recipe/meta.yaml",
        RECIPE.encode(),
        ci_support={"linux_64_.yaml": LINUX},
        variant_config={"conda_build_config.yaml": "fortran:\n- flang\n"},
    )


def test_what_is_gone_from_beside_it_is_gone_from_the_record(feedstock):
    track(f"dir:{feedstock.parent}", name="main")
    (feedstock / ".ci_support" / "linux_64_.yaml").unlink()
    (feedstock / "recipe" / "conda_build_config.yaml").unlink()
    refresh(Feedstock.objects.get().channel)
    assert Reading.objects.get().beside is None
    assert Reading.objects.get().text("x").ci_support == {}


def test_alike_files_need_little_room():
    files = {f"linux_64_{number}.yaml": LINUX * 50 for number in range(40)}
    packed = pack(RecipeText("meta.yaml", b"", ci_support=files))
    assert len(packed) * 20 < sum(map(len, files.values()))
    assert unpack(packed) == (files, {})


def test_texts_that_are_no_text_are_kept():
    files = {"a.yaml": "\0\ud800"}
    assert unpack(pack(RecipeText("meta.yaml", b"", variant_config=files))) == ({}, files)
