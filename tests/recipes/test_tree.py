from __future__ import annotations

import os

import pytest

from core.outcomes import Outcome
from graph.recipes.tree import find_recipes

META = "package:\n  name: a\n"


@pytest.fixture
def put(tmp_path):
    def put(path: str, text: str = META) -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    return put


def found(root) -> list[tuple[str, str]]:
    return [(each.name, each.path) for each in find_recipes(root)]


def test_it_finds_every_layout(put, tmp_path):
    put("b/meta.yaml")
    put("a/recipe.yaml")
    put("c/recipe/meta.yaml")
    put("group/d/recipe/recipe.yaml")
    put("e/README.md")
    put(".git/meta.yaml")
    assert found(tmp_path) == [
        ("a", "a/recipe.yaml"),
        ("b", "b/meta.yaml"),
        ("c", "c/recipe/meta.yaml"),
        ("d", "group/d/recipe/recipe.yaml"),
    ]


def test_what_stands_beside_the_recipe_comes_along(put, tmp_path):
    put("a/recipe/meta.yaml")
    put("a/conda-forge.yml", "bot: {automerge: true}")
    put("a/.ci_support/linux_64_.yaml", "target_platform: [linux-64]")
    put("a/.ci_support/README", "")
    (recipe,) = find_recipes(tmp_path)
    assert not isinstance(recipe.text, Outcome)
    assert recipe.text.data == META.encode()
    assert recipe.text.conda_forge_yml == "bot: {automerge: true}"
    assert recipe.text.ci_support == {"linux_64_.yaml": "target_platform: [linux-64]"}


def test_meta_yaml_goes_before_recipe_yaml(put, tmp_path):
    put("a/recipe.yaml")
    put("a/meta.yaml")
    assert found(tmp_path) == [("a", "a/meta.yaml")]


def test_the_root_itself_may_be_a_feedstock(put, tmp_path):
    put("recipe/meta.yaml")
    put("conda-forge.yml", "")
    assert found(tmp_path) == [(tmp_path.name, "recipe/meta.yaml")]


def test_a_feedstock_may_be_called_recipe(put, tmp_path):
    put("recipe/meta.yaml")
    put("other/meta.yaml")
    assert found(tmp_path) == [("other", "other/meta.yaml"), ("recipe", "recipe/meta.yaml")]


def refusal(tmp_path) -> Outcome:
    (recipe,) = find_recipes(tmp_path)
    assert isinstance(recipe.text, Outcome)
    return recipe.text


def test_a_feedstock_without_recipe_is_an_outcome(put, tmp_path):
    put("a/conda-forge.yml", "")
    assert refusal(tmp_path).code == "recipe.not_found"


def test_a_linked_recipe_is_not_read(put, tmp_path):
    put("a/README", "")
    (tmp_path / "a/meta.yaml").symlink_to("/etc/passwd")
    assert refusal(tmp_path).code == "recipe.outside_tree"


def test_linked_directories_are_not_followed(put, tmp_path):
    put("outside/a/meta.yaml")
    root = tmp_path / "root"
    root.mkdir()
    (root / "linked").symlink_to(tmp_path / "outside")
    (root / "b").mkdir()
    (root / "b/recipe").symlink_to(tmp_path / "outside/a")
    assert found(root) == []


def test_a_pipe_is_not_read(tmp_path):
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "a/meta.yaml")
    assert refusal(tmp_path).code == "recipe.outside_tree"


def test_a_huge_recipe_is_judged_unopened(put, tmp_path):
    put("a/meta.yaml")
    os.truncate(tmp_path / "a/meta.yaml", 100 << 30)
    assert refusal(tmp_path).code == "recipe.too_large"


def test_a_huge_neighbour_is_no_way_around(put, tmp_path):
    put("a/recipe/meta.yaml")
    put("a/.ci_support/x.yaml")
    os.truncate(tmp_path / "a/.ci_support/x.yaml", 100 << 30)
    assert refusal(tmp_path).code == "recipe.too_large"


def test_many_neighbours_are_no_way_around(put, tmp_path, monkeypatch):
    monkeypatch.setattr("graph.recipes.tree.MAX_CI_BYTES", 25)
    put("a/recipe/meta.yaml")
    for name in "xyz":
        put(f"a/.ci_support/{name}.yaml", "#" * 10)
    assert refusal(tmp_path).code == "recipe.too_large"


def test_a_directory_that_cannot_be_listed_is_an_outcome(put, tmp_path, monkeypatch):
    put("a/recipe/README")
    put("b/meta.yaml")
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    refused, read = find_recipes(tmp_path)
    assert isinstance(refused.text, Outcome)
    assert (refused.text.code, refused.name) == ("recipe.unreadable", "a")
    assert not isinstance(read.text, Outcome)


def test_a_root_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(find_recipes(tmp_path / "nowhere"))


def test_an_empty_tree_has_none(tmp_path):
    assert found(tmp_path) == []


def test_variant_files_beside_the_recipe_come_along(put, tmp_path):
    put("a/recipe/meta.yaml")
    put("a/recipe/conda_build_config.yaml", "mpi: [nompi]")
    put("a/variants.yaml", "not: beside")
    (recipe,) = find_recipes(tmp_path)
    assert not isinstance(recipe.text, Outcome)
    assert recipe.text.variant_config == {"conda_build_config.yaml": "mpi: [nompi]"}
