"""The sample channel keeps its promises: size, mix of formats, sources, no registry's host."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import networkx as nx
import pytest
import regex
import yaml
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from core.outcomes import OutcomeError
from graph.recipes.model import Recipe, RecipeText
from graph.recipes.reader import read

SAMPLE = Path(__file__).parents[2] / "sample_channel"
README = (SAMPLE / "README.md").read_text()
FEEDSTOCKS = sorted(path.name for path in SAMPLE.iterdir() if path.is_dir())
FILES = sorted(path for path in SAMPLE.rglob("*") if path.is_file())

LEGACY_INDEX_URL = "https://pypi.io/packages/source/"
BROKEN = "broken-on-purpose"
CAST = {f"{name}-example" for name in ("ada", "bo", "cy", "dee", "eli")}


def hosts(url_shape: str) -> set[str | None]:
    """The hosts of all URLs in the sample channel that look like `url_shape`, a pattern."""
    pattern = regex.compile(rf"https?://[^\s/]+/{url_shape}")
    found = [url for path in FILES for url in pattern.findall(path.read_text(), timeout=1)]
    return {urlsplit(url).hostname for url in found}


def recipe(feedstock: str) -> Path:
    """The one recipe of a feedstock. Raises ValueError if there is none, or more than one."""
    [path] = [
        path
        for pattern in ("meta.yaml", "recipe.yaml", "recipe/meta.yaml", "recipe/recipe.yaml")
        for path in (SAMPLE / feedstock).glob(pattern)
    ]
    return path


def as_yaml(path: Path) -> str:
    """A recipe without its jinja, which is enough to see that it is YAML below."""
    text = regex.sub(r"(?m)^\{%.*%\}$", "", path.read_text(), timeout=1)
    return regex.sub(r"\$?\{\{.*?\}\}", "0", text, timeout=1)


def text(feedstock: str) -> RecipeText:
    folder, path = SAMPLE / feedstock, recipe(feedstock)
    ci_support = {each.name: each.read_text() for each in folder.glob(".ci_support/*.yaml")}
    settings = "".join(each.read_text() for each in folder.glob("conda-forge.yml"))
    return RecipeText(str(path.relative_to(SAMPLE)), path.read_bytes(), ci_support, settings)


@pytest.fixture(scope="module")
def recipes() -> dict[str, Recipe]:
    return {name: read(text(name)) for name in FEEDSTOCKS if name != BROKEN}


def on_the_index() -> list[str]:
    return [name for name in FEEDSTOCKS if LEGACY_INDEX_URL in recipe(name).read_text()]


def test_there_are_about_sixty_feedstocks() -> None:
    assert 55 <= len(FEEDSTOCKS) <= 65


def test_two_in_five_are_v1() -> None:
    v1 = [name for name in FEEDSTOCKS if recipe(name).name == "recipe.yaml"]
    assert 0.35 <= len(v1) / len(FEEDSTOCKS) <= 0.45


def test_at_most_fifteen_are_on_the_index() -> None:
    assert 10 <= len(on_the_index()) <= 15


@pytest.mark.parametrize("name", FEEDSTOCKS)
def test_a_recipe_is_short_yaml_with_a_maintainer_of_the_cast(name: str) -> None:
    path = recipe(name)
    document = yaml.safe_load(as_yaml(path))
    assert set(document["extra"]["recipe-maintainers"]) <= CAST
    assert {"about", "extra"} < document.keys()
    assert 15 <= len(path.read_text().splitlines()) <= 52


@pytest.mark.parametrize("name", FEEDSTOCKS)
def test_the_readme_names_each_feedstock(name: str) -> None:
    assert f"`{name}`" in README


def test_every_checksum_is_a_sha256() -> None:
    lines = [line for name in FEEDSTOCKS for line in recipe(name).read_text().splitlines()]
    checksums = [line.split()[-1] for line in lines if "sha256:" in line]
    assert len(checksums) > 50
    assert all(regex.fullmatch("[0-9a-f]{64}", each, timeout=1) for each in checksums)


def test_no_file_names_the_host_of_the_index() -> None:
    host = urlsplit(PYPI_SIMPLE_ENDPOINT).hostname
    assert host
    assert not [path for path in FILES if host in path.read_text()]


def test_an_index_url_has_the_legacy_form() -> None:
    assert hosts("packages/") == {"pypi.io"}


def test_an_npm_url_is_on_an_invented_host() -> None:
    assert hosts(r"[^\s/]+/-/") == {"npm.example.org"}


@pytest.mark.parametrize(
    "path", sorted(SAMPLE.glob("*/conda-forge.yml")), ids=lambda path: path.parent.name
)
def test_a_conda_forge_yml_configures_the_bot(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text())["bot"], dict)


@pytest.mark.parametrize("path", sorted(SAMPLE.glob("*/.ci_support/*.yaml")), ids=lambda p: p.name)
def test_a_variant_file_names_its_platform(path: Path) -> None:
    [platform] = yaml.safe_load(path.read_text())["target_platform"]
    assert path.name.startswith(platform.replace("-", "_"))


def test_each_recipe_reads_without_a_remark(recipes: dict[str, Recipe]) -> None:
    assert {name: found.remarks for name, found in recipes.items() if found.remarks} == {}
    assert all(found.version for found in recipes.values())


def test_only_the_metapackage_has_no_source(recipes: dict[str, Recipe]) -> None:
    assert [name for name, found in recipes.items() if not found.sources] == ["scientific-python"]


def test_the_broken_recipe_says_where_it_is_broken() -> None:
    with pytest.raises(OutcomeError) as caught:
        read(text(BROKEN))
    broken_line = recipe(BROKEN).read_text().splitlines()[caught.value.outcome.line - 1]
    assert caught.value.outcome.code == "recipe.undefined_variable"
    assert "{{ verison }}" in broken_line


def test_two_feedstocks_form_the_only_cycle(recipes: dict[str, Recipe]) -> None:
    maker = {output.name: name for name, found in recipes.items() for output in found.outputs}
    needs = {
        name: {spec.split()[0] for section in found.requirements.values() for spec in section}
        for name, found in recipes.items()
    }
    graph = nx.DiGraph((maker[each], name) for name in needs for each in needs[name] & maker.keys())
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    cycles = [each for each in nx.strongly_connected_components(graph) if len(each) > 1]
    assert cycles == [{"freetype", "harfbuzz"}]
    assert graph.number_of_edges() > 60
