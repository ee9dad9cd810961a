"""The tags of many repositories in one query."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.github import github as configured_github
from core.http import door
from tests.versions_bulk.github import TOKEN, tag_server
from versions import bulk
from versions.asking.answers import Answer
from versions.asking.configuration import lookup_config
from versions.asking.lookup import look_up
from versions.asking.subjects import Subject
from versions.bulk import github_tags
from versions.sources import Shared

LANE = "github.com"


@pytest.fixture
def fake(settings, fresh_door):
    with tag_server() as fake:
        settings.GITHUB_API, settings.GITHUB_TOKEN = fake.api, TOKEN
        settings.BOTSITE_HTTP = {
            **settings.BOTSITE_HTTP,
            "mirrors": {"*": f"{fake.server.url}/hosts/{{host}}"},
            "trusted_origins": [fake.server.url],
            "proxies": {},
            "host_limits": {
                origin: {"in_flight": 8, "rate": 1000}
                for origin in (fake.server.url, "https://github.com")
            },
        }
        for number in range(60):
            fake.tags[f"owner/lib{number}"] = [f"v1.{minor}" for minor in range(5, -1, -1)]
        yield fake
        fresh_door()


def subject(name: str, **values) -> Subject:
    url = f"https://github.com/owner/{name}/archive/v1.0.tar.gz"
    about = {"key": f"test/{name}", "name": name, "upstream": f"github:owner/{name}"}
    return Subject.of(**{**about, "current_version": "1.0", "urls": [{"rendered": url}], **values})


def subjects(count: int = 60) -> list[Subject]:
    return [subject(f"lib{number}") for number in range(count)]


def answers(asked: list[Subject]) -> dict[str, Answer | None]:
    batch = bulk.offered(LANE, 1000)
    assert batch
    found = list(batch.answer(asked))
    assert sorted(key for key, _ in found) == sorted(each.key for each in asked)
    return {key.removeprefix("test/"): answer for key, answer in found}


def left_open(found: dict[str, Answer | None]) -> list[str]:
    return [name for name, answer in found.items() if answer is None]


def singly(subject: Subject) -> Answer:
    return look_up(subject, door(), Shared(), lookup_config())


def told(answer: Answer) -> Answer:
    """Without what is only for the next time."""
    return replace(answer, seen="", judge_again_at=None)


def test_it_works(fake):
    found = answers(subjects())
    assert {answer.latest_version for answer in found.values() if answer} == {"1.5"}
    assert [len(names) for names in fake.asked] == [50, 10]
    assert fake.asked_singly() == []


def test_the_verdicts_are_those_of_the_single_path(fake):
    fake.tags["owner/odd"] = ["nightly", "v1.3rc1", "docs-9", "v1.2", "v1.10", "v1.0", "1.2.0"]
    fake.tags["owner/none"] = []
    fake.tags["owner/long"] = ["v1.1", "v" + "9" * 300]
    fake.tags["owner/foreign"] = ["x1", "y2"]
    asked = [subject(name) for name in ("odd", "none", "long", "foreign", "lib1")]
    found = answers(asked)
    assert [told(found[each.name]) for each in asked] == [told(singly(each)) for each in asked]


def test_a_renamed_repository_is_followed(fake):
    fake.renamed["owner/old"] = "owner/lib1"
    found = answers([subject("old")])["old"]
    assert told(found) == told(singly(subject("old")))


def test_packages_of_one_repository_share_an_answer(fake):
    other = replace(subject("lib1"), key="test/other", current_version="1.3")
    found = answers([subject("lib1"), other])
    assert (found["lib1"].latest_version, found["other"].latest_version) == ("1.5", "1.5")
    assert fake.asked == [["owner/lib1"]]


# More than a page


def test_further_pages_are_asked_for_together(fake):
    for number in (3, 4, 55):
        fake.tags[f"owner/lib{number}"] = [f"v1.{minor}" for minor in range(249, -1, -1)]
    found = answers(subjects())
    assert len(found["lib3"].judgements) == 250
    assert told(found["lib3"]) == told(singly(subject("lib3")))
    together = ["owner/lib3", "owner/lib4", "owner/lib55"]
    assert [len(fake.asked[0]), len(fake.asked[1]), *fake.asked[2:]] == [50, 10, together, together]


def test_very_many_tags_are_left_to_the_single_path(fake):
    fake.tags["owner/lib3"] = [f"v1.{minor}" for minor in range(1001)]
    assert left_open(answers(subjects(10))) == ["lib3"]
    assert len(fake.asked) == 1


def test_tags_that_change_between_pages_are_left_to_the_single_path(fake):
    for number in (3, 4, 5):
        fake.tags[f"owner/lib{number}"] = [f"v1.{minor}" for minor in range(150, -1, -1)]

    def withdraw(_request, _names):
        fake.tags["owner/lib3"] = fake.tags["owner/lib3"][1:]

    fake.spoil = withdraw
    assert left_open(answers(subjects(10))) == ["lib3"]


# Unchanged


def test_the_same_tags_are_not_judged_again(fake):
    for number in (3, 4, 5):
        fake.tags[f"owner/lib{number}"] = [f"v1.{minor}" for minor in range(250)]
    found = answers(subjects(10))
    again = [
        replace(each, seen=found[each.name].seen, judge_again_at=found[each.name].judge_again_at)
        for each in subjects(10)
    ]
    fake.asked.clear()
    fake.tags["owner/lib1"] = ["v2.0", *fake.tags["owner/lib1"]]
    found = answers(again)
    assert [name for name, each in found.items() if not each.unchanged] == ["lib1"]
    assert found["lib1"].latest_version == "2.0"
    assert len(fake.asked) == 1


# What is left to the single path


def test_a_repository_that_github_does_not_know(fake):
    found = answers([*subjects(5), subject("gone")])["gone"]
    assert found.outcome.code == "versions.project_not_found"
    assert told(found) == told(singly(subject("gone")))


def test_a_package_that_other_sources_are_asked_for_first(fake):
    urls = [
        {"rendered": "https://pypi.io/packages/source/l/lib1/lib1-1.0.tar.gz"},
        {"rendered": "https://github.com/owner/lib1/archive/v1.0.tar.gz"},
    ]
    settings = {"version_updates": {"sources": ["PyPI"]}}
    asked = [replace(subject("lib1", urls=urls), key="test/a"), subject("lib2", settings=settings)]
    assert None in answers(asked).values()


def test_an_error_beside_the_data_concerns_its_repository_alone(fake):
    def mar(request, names):
        variables = json.loads(request.body)["variables"]
        document = fake.answer(variables, len(names))
        error = {"type": "SERVICE_UNAVAILABLE", "message": "ill", "path": ["r2", "refs"]}
        return 200, {}, json.dumps({**document, "errors": [error]})

    fake.spoil = mar
    assert left_open(answers(subjects(10))) == ["lib2"]


@pytest.mark.parametrize(
    "refs",
    [None, {}, {"totalCount": "x"}, [], {"totalCount": 1, "nodes": [{"name": "\ud800"}]}],
)
def test_what_is_no_page_of_tags_concerns_its_repository_alone(fake, refs):
    def mar(request, names):
        document = fake.answer(json.loads(request.body)["variables"], len(names))
        if "owner/lib2" in names:
            document["data"][f"r{names.index('owner/lib2')}"] = {"refs": refs}
        return 200, {}, json.dumps(document)

    fake.spoil = mar
    assert left_open(answers(subjects(10))) == ["lib2"]


# Batches


@pytest.mark.parametrize(
    "reply",
    [
        (502, {}, b"<html>"),
        (200, {}, b'{"errors": [{"message": "Something went wrong"}]}'),
        (200, {}, b'{"data": null'),
    ],
)
def test_batches_shrink_where_github_can_not_cope_and_grow_again(fake, reply):
    fake.spoil = lambda _request, names: reply if len(names) > 12 else None
    assert left_open(answers(subjects())) == []
    assert [len(names) for names in fake.asked][:4] == [50, 25, 12, 24]


def test_batches_shrink_where_most_of_an_answer_is_missing(fake):
    def half(request, names):
        if len(names) <= 10:
            return None
        document = fake.answer(json.loads(request.body)["variables"], len(names))
        errors = [
            {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much", "path": [f"r{number}"]}
            for number in range(5, len(names))
        ]
        for error in errors:
            document["data"][error["path"][0]] = None
        return 200, {}, json.dumps({**document, "errors": errors})

    fake.spoil = half
    assert left_open(answers(subjects())) == []
    assert fake.asked_singly() == []


def test_a_repository_that_fails_even_alone(fake):
    fake.spoil = lambda _request, names: (502, {}, b"") if "owner/lib7" in names else None
    assert left_open(answers(subjects())) == ["lib7"]


@pytest.mark.parametrize(
    "reply",
    [
        (401, {}, b"{}"),
        (403, {}, b"{}"),
        (429, {"Retry-After": "120"}, b"{}"),
        (200, {}, b'{"errors": [{"type": "RATE_LIMITED", "message": "no more"}]}'),
        (502, {}, b""),
    ],
    ids=["refused", "forbidden", "slow down", "spent", "down"],
)
def test_where_github_refuses_all_is_left_to_the_single_path(fake, reply):
    fake.spoil = lambda _request, _names: reply
    assert len(left_open(answers(subjects()))) == 60
    assert bulk.offered(LANE, 1000) is None


# When it is offered


def test_few_packages_are_not_worth_it(fake):
    assert bulk.offered(LANE, github_tags.LEAST - 1) is None


def test_without_a_token_there_is_no_graphql(fake, settings):
    settings.GITHUB_TOKEN = ""
    assert bulk.offered(LANE, 1000) is None


@pytest.mark.parametrize("api", ["https://ghe.example.org/api/v3", "https://api.acme.ghe.com"])
def test_another_github_knows_other_repositories(fake, settings, api):
    settings.GITHUB_API = api
    assert bulk.offered(LANE, 1000) is None


def test_the_last_points_are_left_to_others(fake):
    fake.remaining = 501
    answers(subjects(10))
    budget = configured_github().budgets["graphql"]
    assert (budget.remaining, budget.cost) == (500, 1)
    assert bulk.offered(LANE, 1000)
    answers(subjects(10))
    assert bulk.offered(LANE, 1000) is None
