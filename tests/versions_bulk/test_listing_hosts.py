"""The folder above those of many projects says which of them changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.http import door
from tests.loopback import LoopbackServer
from tests.versions_pure.test_source_listing import APACHE_ROW, apache
from versions import bulk
from versions.asking.answers import Answer
from versions.asking.configuration import lookup_config
from versions.asking.lookup import first_asked, look_up
from versions.asking.subjects import Subject
from versions.bulk import listing_hosts
from versions.releases import RecipeUrl
from versions.shifts.looking import shared

HOST = "ftp.example.org"
NAMES = [f"lib{number}" for number in range(6)]
URL = f"https://{HOST}/gnu/{{0}}/{{0}}-1.0.tar.gz"


class Host:
    """Folders of projects, and the one above with their dates, which are hours of one day."""

    def __init__(self, server: LoopbackServer):
        self.server = server
        self.hours = dict.fromkeys(NAMES, 7)
        for name in NAMES:
            self.publish(name, "1.0", "1.1")

    def publish(self, name: str, *versions: str) -> None:
        self.hours[name] += 1
        self.route(f"{name}/", apache(*(f"{name}-{each}.tar.gz" for each in versions)))
        rows = (
            APACHE_ROW.format(f"{each}/").replace("07:08", f"{hour:02}:08")
            for each, hour in self.hours.items()
        )
        self.route("", apache() + "".join(rows))

    def route(self, path: str, page: str) -> None:
        self.server.route(f"/{HOST}/gnu/{path}", (200, {"Content-Type": "text/html"}, page))

    def asked(self) -> list[str]:
        return [path.removeprefix(f"/{HOST}/gnu/") for path in self.server.paths()]


@pytest.fixture
def host(settings, fresh_door, monkeypatch):
    monkeypatch.setattr(listing_hosts, "_useless", {})
    with LoopbackServer() as server:
        settings.BOTSITE_HTTP = {
            **settings.BOTSITE_HTTP,
            "mirrors": {"*": f"{server.url}/{{host}}"},
            "proxies": {},
            "host_limits": {f"https://{HOST}": {"in_flight": 8, "rate": 1000}},
        }
        yield Host(server)
        fresh_door()


def subject(name: str, url: str = URL, version: str = "1.0") -> Subject:
    url = url.format(name)
    upstream = first_asked([RecipeUrl(url, version=version)], lookup_config())
    return Subject.of(
        key=name,
        name=name,
        current_version=version,
        urls=[{"rendered": url}],
        upstream=f"{upstream.source}:{upstream.project}",
    )


def swept(subjects: list[Subject]) -> dict[str, Answer]:
    """As a sweep does it: in a batch if one is offered, and what that leaves open singly."""
    shared.cache_clear()
    batch = bulk.offered(HOST, len(subjects))
    found = dict(batch.answer(subjects)) if batch else {}
    assert not batch or sorted(found) == sorted(each.key for each in subjects)
    return {
        each.key: found.get(each.key) or look_up(each, door(), shared(), lookup_config())
        for each in subjects
    }


def again(subjects: list[Subject], answers: dict[str, Answer]) -> list[Subject]:
    return [
        replace(
            each,
            seen=answers[each.key].seen,
            judge_again_at=answers[each.key].judge_again_at,
        )
        for each in subjects
    ]


def test_it_works(host):
    subjects = [subject(name) for name in NAMES]
    first = swept(subjects)
    assert {each.latest_version for each in first.values()} == {"1.1"}
    assert sorted(host.asked()) == ["", *(f"{name}/" for name in NAMES)]

    host.publish("lib3", "1.0", "1.1", "1.2")
    host.server.requests.clear()
    second = swept(again(subjects, first))
    assert [name for name, each in second.items() if not each.unchanged] == ["lib3"]
    assert second["lib3"].latest_version == "1.2"
    assert host.asked() == ["", "lib3/"]


def test_few_packages_are_not_worth_it(host):
    swept([subject(name) for name in NAMES[:4]])
    assert "" not in host.asked()


def test_packages_all_over_a_host_are_not_worth_it(host):
    url = f"https://{HOST}/gnu/{{0}}/files/{{0}}-1.0.tar.gz"
    list(bulk.offered(HOST, 6).answer([subject(name, url) for name in NAMES]))
    assert host.asked() == []
    assert bulk.offered(HOST, 6) is None


@pytest.mark.parametrize(
    "reply",
    [(404, {}, b""), (200, {"Content-Type": "text/html"}, "<a href='lib1/'>lib1/</a>")],
    ids=["not listed", "no dates"],
)
def test_a_folder_that_dates_nothing_is_not_asked_for_again(host, reply):
    host.server.route(f"/{HOST}/gnu/", reply)
    subjects = [subject(name) for name in NAMES]
    first = swept(subjects)
    assert {each.latest_version for each in first.values()} == {"1.1"}
    assert bulk.offered(HOST, 6) is None
    host.publish("lib3", "1.0", "1.2")
    assert swept(again(subjects, first))["lib3"].latest_version == "1.2"


def test_folders_of_series_do_not_show_a_release_from_above(host):
    url = f"https://{HOST}/gnu/{{0}}/1.0/{{0}}-1.0.0.tar.gz"
    for name in NAMES:
        host.route(f"{name}/", apache("1.0/"))
        host.route(f"{name}/1.0/", apache(f"{name}-1.0.0.tar.gz"))
    list(bulk.offered(HOST, 6).answer([subject(name, url, "1.0.0") for name in NAMES]))
    assert host.asked() == []


def test_other_lanes_have_no_folders():
    assert bulk.offered("cran", 5000) is None
