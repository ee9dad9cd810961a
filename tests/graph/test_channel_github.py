"""`github:`: feedstocks of an organisation, from a GitHub of our own."""

from __future__ import annotations

import gzip

import pytest

from core import github as core_github
from core.github import client
from core.outcomes import OutcomeError
from graph import channels
from graph.channels import github_archives
from graph.intake.reading import Report, refresh, track
from graph.models import Channel, Feedstock
from tests.github import fake_github
from tests.github.fake_github import OWNER, TOKEN, feedstock_files
from versions.models import Package

SPEC = f"github:{OWNER}"
V1 = "context:\n  version: '2.0'\npackage:\n  name: lua\n  version: ${{ version }}\n"
fake = pytest.fixture(fake_github.running)


@pytest.fixture
def github(fake, settings, fresh_door, monkeypatch):
    """One with three feedstocks, reached with a token."""
    settings.GITHUB_API, settings.GITHUB_TOKEN = fake.api, TOKEN
    url = fake.server.url
    limits = {url: {"in_flight": 8, "rate": 1000}}
    network = {"trusted_origins": [url], "host_limits": limits, "mirrors": {}, "proxies": {}}
    settings.BOTSITE_HTTP = {**settings.BOTSITE_HTTP, **network}
    monkeypatch.setattr("core.http.doors.BACK_OFF", 0.01)
    fake.add("docs")
    fake.add("zlib-feedstock", **feedstock_files("zlib"))
    fake.add("lua-feedstock", **{"recipe/recipe.yaml": V1})
    fake.add("old-feedstock", archived=True, **feedstock_files("old"))
    return fake


@pytest.fixture
def tokenless(github, settings):
    settings.GITHUB_TOKEN = ""
    return github


def get(name):
    return Feedstock.objects.get(name=name)


def again():
    return refresh(Channel.objects.get())


def code_of(call, *args):
    with pytest.raises(OutcomeError) as caught:
        call(*args)
    return caught.value.outcome.code


@pytest.mark.django_db
def test_it_works(github):
    assert track(SPEC) == Report(OWNER, found=3, new=3, gone=0, read=3, failed=0)
    zlib = get("zlib")
    assert (zlib.version, zlib.branch, zlib.archived) == ("1.0", "main", False)
    assert zlib.forge_url == f"{github.server.url}/{OWNER}/zlib-feedstock"
    head = github.repositories["zlib-feedstock"].head
    assert (zlib.path, zlib.commit) == ("zlib-feedstock/recipe/meta.yaml", head)
    assert zlib.recipe_file == "recipe/meta.yaml"
    assert (get("lua").schema_version, get("lua").version) == (1, "2.0")
    assert get("old").archived
    assert not Package.objects.watched().filter(name="old").exists()
    assert (github.pages, len(github.asked)) == (1, 1)


@pytest.mark.django_db
def test_two_thousand_are_found_and_only_moved_heads_are_read_again(github):
    for number in range(2_000):
        github.add(f"pkg-{number}-feedstock", **feedstock_files(f"pkg-{number}"))
    assert track(SPEC) == Report(OWNER, found=2_003, new=2_003, gone=0, read=2_003, failed=0)
    assert (github.pages, len(github.asked)) == (21, 21 * 3 - 2)
    github.asked.clear()
    moved = sorted(github.repositories)[100:1600:50]
    for name in moved:
        feedstock = name.removesuffix("-feedstock")
        github.repositories[name].push(**feedstock_files(feedstock, "1.1"))
    assert again() == Report(OWNER, found=2_003, new=0, gone=0, read=30, failed=0)
    assert github.asked_for() == moved
    assert Feedstock.objects.filter(version="1.1").count() == 30
    github.asked.clear()
    assert again().read == 0
    assert github.asked == []


@pytest.mark.django_db
def test_a_head_that_moved_elsewhere_is_asked_for_once(github):
    track(SPEC)
    github.repositories["zlib-feedstock"].push(README="hello")
    assert again().read == 0
    assert get("zlib").commit == github.repositories["zlib-feedstock"].head
    github.asked.clear()
    again()
    assert github.asked == []


@pytest.mark.django_db
def test_what_a_person_marks_is_read_again(github):
    track(SPEC)
    Feedstock.objects.filter(name="lua").mark_unread()
    github.asked.clear()
    assert again().read == 1
    assert github.asked_for() == ["lua-feedstock"]


@pytest.mark.django_db
def test_what_disappears_is_gone_and_may_return(github):
    track(SPEC)
    lua = github.repositories.pop("lua-feedstock")
    assert again().gone == 1
    assert Feedstock.objects.gone().get().name == "lua"
    github.repositories[lua.name] = lua
    assert again().read == 1
    assert not Feedstock.objects.gone().exists()


@pytest.mark.django_db
def test_what_is_archived_is_no_longer_watched(github):
    track(SPEC)
    github.repositories["zlib-feedstock"].archived = True
    assert again().read == 0
    assert get("zlib").archived
    assert list(Package.objects.watched().values_list("name", flat=True)) == ["lua"]


@pytest.mark.django_db
def test_settings_and_variants_come_with_it(github):
    github.repositories["zlib-feedstock"].push(
        **{
            "conda-forge.yml": "bot:\n  automerge: true\n",
            ".ci_support/osx_arm64_.yaml": "python:\n- '3.12'\n",
            ".ci_support/README": "hello",
            ".ci_support/migrations/x.yaml": "x: [",
        }
    )
    track(SPEC)
    reading = get("zlib").reading
    assert reading.bot_settings == {"automerge": True}
    assert list(reading.attributes["requirements_by_platform"]) == ["osx-arm64"]


@pytest.mark.django_db
def test_half_an_answer_is_that_feedstocks_outcome_until_it_is_whole(github):
    github.half = {"zlib-feedstock"}
    assert track(SPEC) == Report(OWNER, found=3, new=3, gone=0, read=2, failed=1)
    assert get("zlib").outcome_code == "graph.half_answered"
    assert "a disk is ill" in get("zlib").outcome["message"]
    github.half = set()
    github.asked.clear()
    assert again() == Report(OWNER, found=3, new=0, gone=0, read=1, failed=0)
    assert github.asked_for() == ["zlib-feedstock"]


@pytest.mark.django_db
def test_a_query_that_is_too_much_is_asked_in_parts(github):
    def refuse_many(request):
        return (502, {}, b"") if request.body.count(b'"R_') > 1 else None

    github.in_the_way = refuse_many
    assert track(SPEC).read == 3
    assert [len(names) for names in github.asked] == [1, 1, 1]


@pytest.mark.django_db
def test_a_budget_that_ends_keeps_what_was_read(github):
    for number in range(150):
        github.add(f"pkg-{number}-feedstock", **feedstock_files(f"pkg-{number}"))
    github.remaining = 3
    assert code_of(track, SPEC) == "github.rate_limited"
    kept = Feedstock.objects.present().count()
    assert 70 < kept <= 80  # all but those that readers had in hand
    assert Channel.objects.get().outcome_code == "github.rate_limited"
    github.remaining = 5000
    core_github.github().budgets.clear()  # an hour later
    github.asked.clear()
    assert again().found == 153
    assert len(github.asked_for()) == 153 - kept
    assert Channel.objects.get().outcome_code == "ok"


@pytest.mark.django_db
def test_half_a_listing_makes_nothing_look_gone(github):
    track(SPEC)
    answer = github.answer

    def half(query, variables):
        document = answer(query, variables)
        document["data"]["repositoryOwner"]["repositories"]["nodes"].pop()
        return document | {"errors": [{"type": "X", "message": "timeout", "path": ["x"]}]}

    github.answer = half
    assert code_of(again) == "github.query_failed"
    assert Feedstock.objects.present().count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "recipe.not_found"),
        ({"recipe/meta.yaml": "a\0b"}, "graph.no_text"),
        ({"recipe/meta.yaml": "a" * 600_000}, "graph.no_text"),
        ({"recipe/meta.yaml": "a" * 1_100_000}, "recipe.too_large"),
        ({"recipe/meta.yaml": "a", "conda-forge.yml": "a" * 200_000}, "recipe.too_large"),
    ],
)
def test_a_recipe_that_cannot_be_had_is_an_outcome(github, files, code):
    github.add("bad-feedstock", **files)
    assert track(SPEC).failed == 1
    assert get("bad").outcome_code == code
    github.asked.clear()
    again()
    assert github.asked == []


@pytest.mark.django_db
def test_a_repository_without_a_commit_is_an_outcome(github):
    github.add("new-feedstock").pushes = 0
    track(SPEC)
    assert get("new").outcome_code == "recipe.not_found"
    github.repositories["new-feedstock"].push(**feedstock_files("new"))
    assert again().read == 1


@pytest.mark.django_db
def test_who_is_not_there_is_told(github, settings):
    assert code_of(track, "github:nobody") == "github.no_owner"
    settings.GITHUB_TOKEN = ""
    assert code_of(track, "github:nobody-else") == "github.no_owner"
    settings.GITHUB_TOKEN = "wrong"
    assert code_of(track, SPEC) == "github.token_refused"


@pytest.mark.parametrize("owner", ["", "a/b", "-x", "a b", "a" * 101, "ü"])
def test_what_is_no_name_is_refused(owner):
    assert code_of(channels.parse, f"github:{owner or '/'}") == "graph.bad_owner"


def test_names_are_the_same_in_upper_and_lower_case():
    assert str(channels.parse("github:Conda-Forge")) == "github:conda-forge"


@pytest.mark.django_db
def test_without_a_token_recipes_come_from_archives(tokenless):
    assert track(SPEC) == Report(OWNER, found=3, new=3, gone=0, read=3, failed=0)
    assert (get("zlib").version, get("old").archived) == ("1.0", True)
    assert not any("Authorization" in each.headers for each in tokenless.server.requests)
    tokenless.asked.clear()
    tokenless.repositories["zlib-feedstock"].push(**feedstock_files("zlib", "1.1"))
    assert again().read == 1
    assert tokenless.asked_for() == ["zlib-feedstock"]
    assert get("zlib").version == "1.1"


@pytest.mark.django_db
def test_without_a_token_it_goes_bit_by_bit(tokenless, monkeypatch):
    monkeypatch.setattr(github_archives, "MOST_ARCHIVES", 2)
    assert track(SPEC) == Report(OWNER, found=3, new=3, gone=0, read=2, failed=1)
    assert get("zlib").outcome_code == "github.token_needed"
    assert again() == Report(OWNER, found=3, new=0, gone=0, read=1, failed=0)


@pytest.mark.django_db
def test_without_a_token_a_listing_may_be_too_long(tokenless, monkeypatch):
    for number in range(150):
        tokenless.add(f"pkg-{number}-feedstock", **feedstock_files(f"pkg-{number}"))
    tokenless.remaining = 1
    assert code_of(track, SPEC) == "github.token_needed"


@pytest.mark.django_db
def test_texts_are_the_same_either_way(github, settings):
    more = {".ci_support/linux_64_.yaml": "python:\n- '3.12'\n", "conda-forge.yml": "bot: {}\n"}
    github.repositories["zlib-feedstock"].push(**more)
    spec = channels.parse(SPEC)
    with_token = {each.name: each.text for each in spec.find({})}
    settings.GITHUB_TOKEN = ""
    assert {each.name: each.text for each in spec.find({})} == with_token


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no archive",
        gzip.compress(b"no archive" * 100),
        gzip.compress(b"\0" * 40_000_000),
        gzip.compress(b"x" * 1000)[:-20],
    ],
    ids=["empty", "no gzip", "no tar", "bomb", "cut short"],
)
@pytest.mark.django_db
def test_an_archive_that_is_broken_is_an_outcome(tokenless, body):
    archive = f"/{OWNER}/zlib-feedstock/archive/HEAD.tar.gz"
    tokenless.in_the_way = lambda request: (200, {}, body) if request.path == archive else None
    assert track(SPEC).failed == 1
    assert get("zlib").outcome_code in ("graph.bad_archive", "recipe.not_found")


@pytest.mark.django_db
def test_an_archive_that_is_not_given_is_an_outcome(tokenless):
    archive = f"/{OWNER}/zlib-feedstock/archive/HEAD.tar.gz"
    tokenless.in_the_way = lambda request: (404, {}, b"") if request.path == archive else None
    assert track(SPEC).read == 2
    assert get("zlib").outcome_code == "http.not_found"


@pytest.mark.django_db
def test_a_secondary_limit_is_waited_for(github, monkeypatch):
    slept = []
    monkeypatch.setattr(client, "sleep", slept.append)
    replies = [(403, {"Retry-After": "1"}, b"")]
    github.in_the_way = lambda _request: replies.pop() if replies else None
    assert track(SPEC).read == 3
    assert slept == [1.0]
