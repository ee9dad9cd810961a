"""`cf-graph:`: the data of conda-forge's bot, read from a checkout."""

from __future__ import annotations

import json

import pytest

from core.outcomes import OutcomeError
from graph import channels
from graph.channels import bot_data
from graph.channels.bot_data import node_path
from graph.intake.reading import Report, refresh, track
from graph.models import Channel, Feedstock
from graph.recipes.model import RecipeText
from tests.graph.bot_data import V0, V1, BotData
from tests.graph.git_repository import Repository
from versions.models import Package


@pytest.fixture
def data(tmp_path):
    return BotData(tmp_path / "bot-data")


@pytest.mark.django_db
def test_it_works(data):
    assert track(data.spec) == Report("bot-data", found=3, new=3, gone=0, read=3, failed=0)
    zlib, lua, old = (Feedstock.objects.get(name=name) for name in ("zlib", "lua", "old"))
    assert (zlib.version, zlib.schema_version, zlib.archived) == ("1.3", 0, False)
    assert (zlib.forge_url, zlib.branch) == (
        "https://github.com/conda-forge/zlib-feedstock",
        "main",
    )
    assert (zlib.path, zlib.recipe_file) == (node_path("zlib"), "recipe/meta.yaml")
    assert (lua.version, lua.schema_version, lua.recipe_file) == ("2.0", 1, "recipe/recipe.yaml")
    assert old.archived
    assert sorted(Package.objects.watched().values_list("name", flat=True)) == ["lua", "zlib"]


@pytest.mark.parametrize(
    ("name", "digits"),
    [("libdap4", "0/2/4/6/4"), ("pytest", "d/9/a/8/c"), ("numpy", "4/d/c/3/6")],
)
def test_nodes_are_where_the_bot_keeps_them(name, digits):
    assert node_path(name) == f"node_attrs/{digits}/{name}.json"


@pytest.mark.django_db
def test_only_what_changed_is_read_again(data):
    track(data.spec)
    data.node("zlib", raw_meta_yaml=V0.format(name="zlib", version="1.4"))
    assert refresh(Channel.objects.get()) == Report("bot-data", 3, 0, 0, 1, 0)


@pytest.mark.django_db
def test_what_disappears_is_gone(data):
    track(data.spec)
    data.list(active=["zlib"], archived=["old"])
    assert refresh(Channel.objects.get()).gone == 1
    assert Feedstock.objects.gone().get().name == "lua"


@pytest.mark.django_db
def test_what_is_archived_later_is_no_longer_watched(data):
    track(data.spec)
    data.list(active=["zlib"], archived=["old", "lua"])
    assert refresh(Channel.objects.get()).read == 0
    assert Feedstock.objects.get(name="lua").archived
    assert list(Package.objects.watched().values_list("name", flat=True)) == ["zlib"]


@pytest.mark.django_db
def test_a_checkout_at_the_same_commit_is_not_looked_through(tmp_path, monkeypatch):
    repository = Repository(tmp_path / "data")
    data = BotData(repository.path / "bot-data")
    for path in data.root.iterdir():
        path.rename(repository.path / path.name)
    repository.commit({})
    track(f"cf-graph:{repository.path}")
    monkeypatch.setattr(bot_data, "_listed", None)
    assert refresh(Channel.objects.get()) == Report("data", 3, 0, 0, 0, 0)
    monkeypatch.undo()
    repository.commit({node_path("zlib"): json.dumps({"raw_meta_yaml": V1})})
    assert refresh(Channel.objects.get()).read == 1


def test_settings_and_variants_come_with_it(data):
    data.node(
        "zlib",
        raw_meta_yaml="x",
        **{
            "conda-forge.yml": {"bot": {"exclude": {"__set__": True, "elements": ["1.10"]}}},
            "ci_support_linux_64_.yaml": "python:\n- '3.12'\n",
            "ci_support_migrations": {"a": {}},
            "platforms": ["linux_64", "osx_arm64", "../x", 3],
        },
    )
    text = data.found()["zlib"].text
    assert text.conda_forge_yml == "bot:\n  exclude:\n  - '1.10'\n"
    assert text.ci_support == {"linux_64_.yaml": "python:\n- '3.12'\n", "osx_arm64_.yaml": ""}


@pytest.mark.parametrize(
    ("text", "file"),
    [
        (V0, "recipe/meta.yaml"),
        (V1, "recipe/recipe.yaml"),
        ("schema_version: 1\npackage: {}\n", "recipe/recipe.yaml"),
    ],
)
def test_a_recipe_that_the_bot_could_not_read_is_told_by_its_text(data, text, file):
    data.node("zlib", raw_meta_yaml=text, parsing_error="no")
    assert data.found()["zlib"].text.file == file


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "graph.no_node"),
        ("{", "graph.bad_node"),
        ("[" * 100_000, "graph.bad_node"),
        ("[]", "graph.bad_node"),
        ("{}", "graph.bad_node"),
        ('{"raw_meta_yaml": 1}', "graph.bad_node"),
        ('{"raw_meta_yaml": "x", "conda-forge.yml": {"\\ud800": 1}}', "graph.bad_node"),
        (" " * 2000, "graph.bad_node"),
    ],
)
def test_a_node_that_cannot_be_used_is_an_outcome(data, content, code, monkeypatch):
    monkeypatch.setattr(bot_data, "MAX_NODE_BYTES", 1000 if content == " " * 2000 else 1_000_000)
    if content is None:
        (data.root / node_path("zlib")).unlink()
    else:
        data.write("zlib", content)
    found = data.found()
    assert found["zlib"].text.code == code
    assert isinstance(found["lua"].text, RecipeText)


def test_a_link_in_place_of_a_node_is_not_followed(data, tmp_path):
    path = data.root / node_path("zlib")
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    assert data.found()["zlib"].text.code == "recipe.unreadable"


def test_a_name_that_no_feedstock_can_have_leads_nowhere(data):
    data.list(active=["zlib", "../../../../../../etc/passwd"])
    bad, good = data.found().values()
    assert (bad.name, bad.text.code) == ("..-..-..-..-..-..-etc-passwd", "graph.bad_node")
    assert isinstance(good.text, RecipeText)


def test_what_is_no_checkout_is_refused(data, tmp_path):
    assert code(f"cf-graph:{tmp_path}") == "graph.no_bot_data"
    for content in ("{", "[]", "{}", '{"active": "zlib"}', '{"active": [1]}'):
        (data.root / "all_feedstocks.json").write_text(content)
        assert code(data.spec) == "graph.no_bot_data"


def code(spec):
    with pytest.raises(OutcomeError) as caught:
        list(channels.parse(spec).find({}))
    return caught.value.outcome.code


@pytest.mark.django_db
def test_a_checkout_that_broke_leaves_the_feedstocks_alone(data):
    track(data.spec)
    data.list(active=[], archived=[])
    with pytest.raises(OutcomeError):
        refresh(Channel.objects.get())
    assert Feedstock.objects.present().count() == 3
    assert Channel.objects.get().outcome_code == "graph.no_bot_data"


@pytest.mark.django_db
def test_several_channels_stand_side_by_side(data, tmp_path, settings):
    settings.VAR_DIR = tmp_path / "var"
    tree = tmp_path / "tree"
    (tree / "zlib").mkdir(parents=True)
    (tree / "zlib/meta.yaml").write_text(V0.format(name="zlib", version="1.2"))
    repository = Repository(tmp_path / "git")
    repository.commit({"zlib/meta.yaml": V0.format(name="zlib", version="1.1")})
    for spec in (data.spec, f"dir:{tree}", f"git:{repository.url}"):
        track(spec)
    keys = Feedstock.objects.filter(name="zlib").values_list("key", "version")
    assert dict(keys) == {"bot-data/zlib": "1.3", "tree/zlib": "1.2", "git/zlib": "1.1"}
