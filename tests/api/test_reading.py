from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import HostState
from graph.models import Maintainer
from tests.factories import (
    make_answered,
    make_candidate,
    make_change,
    make_dependency,
    make_feedstock,
    make_graph_build,
    make_heartbeat,
    make_job,
    make_outdated,
    make_reading,
    make_sweep,
)


@pytest.fixture
def numpy(db):
    """Outdated, with candidates and a history; scipy needs it."""
    feedstock = make_outdated("numpy", "2.0", dependents_count=1)
    make_reading(feedstock)
    Maintainer.objects.create(feedstock=feedstock, handle="mia")
    package = make_answered("numpy", "2.0")
    for version in ("2.0", "1.5"):
        make_candidate(package, version)
    make_change(package, "2.0", from_version="1.5")
    scipy = make_feedstock("scipy")
    make_dependency(scipy, feedstock)
    return feedstock


def test_packages(ask, numpy):
    found = ask("/packages", sort="name")
    assert found["total"] == 2
    assert found["next"] is None
    first = found["items"][0]
    assert (first["key"], first["version"], first["new_version"], first["status"]) == (
        "sample/numpy",
        "1.0",
        "2.0",
        "outdated",
    )
    assert first["released_at"].endswith("Z")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"status": "outdated"}, ["numpy"]),
        ({"q": "sci"}, ["scipy"]),
        ({"maintainer": "MIA"}, ["numpy"]),
        ({"depends_on": "sample/numpy"}, ["scipy"]),
        ({"needed_by": "sample/scipy"}, ["numpy"]),
        ({"source": "pypi"}, ["numpy"]),
        ({"channel": "other"}, []),
        ({"sort": "-name"}, ["scipy", "numpy"]),
    ],
)
def test_packages_are_filtered_as_on_the_page(ask, numpy, query, names):
    assert [each["name"] for each in ask("/packages", **query)["items"]] == names


def test_pages_follow_each_other(ask, numpy, client):
    first = ask("/packages", per_page=1, status="")
    assert first["total"] == 2
    second = client.get(first["next"]).json()
    assert [first["items"][0]["name"], second["items"][0]["name"]] == ["numpy", "scipy"]
    assert second["next"] is None


def test_one_package(ask, numpy):
    found = ask("/packages/sample/numpy")
    assert found["recipe"]["maintainers"] == ["mia"]
    assert found["upstream"]["latest_version"] == "2.0"
    assert found["upstream"]["outcome"]["code"] == "ok"


def test_a_package_is_found_by_its_name(ask, numpy):
    assert ask("/packages/numpy")["key"] == "sample/numpy"


def test_an_ambiguous_name_lists_the_keys(ask, numpy):
    make_feedstock("numpy", "other")
    problem = ask("/packages/numpy", answers=409)
    assert problem["code"] == "versions.ambiguous_name"
    assert "other/numpy" in problem["message"]


@pytest.mark.parametrize(
    "path",
    ["packages", "conditions", "candidates", "history", "decisions", "dependents", "affected"],
)
def test_an_unknown_package_is_a_typed_404(ask, db, path):
    problem = ask(f"/{path}/nobody", answers=404)
    assert problem["code"] in ("versions.unknown_name", "graph.no_feedstock")
    assert "nobody" in problem["message"]
    assert problem["next"]


def test_conditions_are_those_of_the_page(ask, numpy, client):
    stages = [each["stage"] for each in ask("/conditions/sample/numpy")]
    assert stages[0] == "recipe"
    assert stages[-1] == "pull request"


def test_candidates_with_their_verdicts(ask, numpy):
    found = ask("/candidates/numpy")["items"]
    assert [(each["version"], each["verdict"]) for each in found] == [
        ("2.0", "accepted"),
        ("1.5", "accepted"),
    ]


def test_history_and_releases(ask, numpy):
    assert ask("/history/numpy")["items"][0]["from_version"] == "1.5"
    release = ask("/releases")["items"][0]
    assert (release["key"], release["to_version"]) == ("sample/numpy", "2.0")


def test_a_list_that_grows_is_read_in_stretches(ask, numpy, client, db):
    package = make_answered("six")
    for version in ("1", "2", "3"):
        make_change(package, version)
    first = ask("/releases", per_page=2)
    make_change(package, "4")
    second = client.get(first["next"]).json()
    versions = [each["to_version"] for each in first["items"] + second["items"]]
    assert versions == ["3", "2", "1", "2.0"]


def test_the_graph(ask, numpy):
    assert [each["key"] for each in ask("/dependents/numpy")["items"]] == ["sample/scipy"]
    edge = ask("/dependencies/scipy")["items"][0]
    assert edge["key"] == "sample/numpy"
    assert edge["sections"] == {"run": ["linux-64"]}
    make_graph_build()
    assert ask("/affected/numpy")["items"][0]["distance"] == 1
    assert ask("/builds")["total"] == 1


def test_an_external_dependency_has_no_key(ask, numpy):
    make_dependency(numpy, None, "libc")
    assert ask("/dependencies/numpy")["items"][0]["key"] is None


def test_maintainers(ask, numpy):
    mia = {"handle": "mia", "packages": 1, "outdated": 1, "failing": 0}
    assert ask("/maintainers")["items"] == [mia]
    assert ask("/maintainers/MIA") == mia
    assert ask("/maintainers/nobody", answers=404)["code"] == "api.not_found"


def test_a_team_is_a_maintainer_too(ask, numpy):
    Maintainer.objects.update(handle="conda-forge/core")
    assert ask("/maintainers/conda-forge/core")["packages"] == 1


def test_work(ask, db):
    job = make_job()
    make_sweep(lanes={"index": {"due": 1}})
    HostState.objects.create(origin="https://example.org", in_flight=8, rate=20)
    assert ask("/jobs", state="queued")["items"][0]["id"] == job.pk
    assert ask(f"/jobs/{job.pk}")["kind"] == "core.ping"
    assert ask("/jobs/999", answers=404)["message"] == "No job has the id 999."
    sweep = ask("/sweeps")["items"][0]
    assert sweep["due"] == 10
    assert ask(f"/sweeps/{sweep['id']}")["lanes"]["index"]["due"] == 1
    assert ask("/hosts")["items"][0]["origin"] == "https://example.org"


def test_what_outcomes_mean(ask, db):
    [meaning] = ask("/outcomes", prefix="http.timeout")
    assert meaning["turn"] == "upstream"
    assert meaning["transient"] is True


def test_channels_and_what_is_watched(ask, numpy):
    assert ask("/channels")[0]["feedstocks"] == 2
    assert ask("/watched", q="num")["items"][0]["key"] == "sample/numpy"


def test_how_the_bot_is(ask, numpy):
    make_heartbeat(age_s=5)
    found = ask("/status")
    assert found["alive"] is True
    assert found["packages"]["outdated"] == 1


def test_what_did_not_change_is_not_sent_again(client, numpy):
    first = client.get("/api/v1/packages")
    again = client.get("/api/v1/packages", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    numpy.version_checked_at = timezone.now() + timedelta(days=1)
    numpy.save(update_fields=["version_checked_at"])
    changed = client.get("/api/v1/packages", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/packages?sort=color", "query.sort"),
        ("/packages?status=purple", "query.status"),
        ("/packages?per_page=9999", "query.per_page"),
        ("/packages?page=0", "query.page"),
        ("/packages?q=%00", "query.q"),
        ("/jobs/0", "path.id"),
    ],
)
def test_what_is_not_understood_names_the_field(ask, db, path, field):
    problem = ask(path, answers=422)
    assert problem["code"] == "api.invalid_request"
    assert problem["field"].endswith(field.partition(".")[2])


def test_any_other_address_is_a_typed_404(ask, db):
    assert ask("/nothing/here", answers=404)["code"] == "api.not_found"


def test_reading_a_page_takes_few_queries(client, numpy, django_assert_max_num_queries):
    for number in range(40):
        make_outdated(f"p{number}")
    with django_assert_max_num_queries(4):
        client.get("/api/v1/packages")
    with django_assert_max_num_queries(12):
        client.get("/api/v1/packages/sample/numpy")
