from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import feedparser
import pytest
from django.test import Client
from django.utils import timezone

from graph.models import Maintainer
from tests.api.atom import faults
from tests.factories import make_answered, make_change, make_outdated

FEEDS = [
    "/feeds/releases",
    "/feeds/packages/sample/numpy",
    "/feeds/maintainers/Mia",
    "/feeds/outcomes/http.timeout",
]


@pytest.fixture(autouse=True)
def numpy(db):
    Maintainer.objects.create(feedstock=make_outdated("numpy", "2.0"), handle="mia")
    package = make_answered("numpy", "2.0")
    make_change(package, "1.5")
    make_change(package, "2.0", from_version="1.5")
    failing = make_answered("six", outcome_code="http.timeout")
    make_change(failing, "3.0")
    return package


def read(client: Client, path: str):
    response = client.get(path)
    assert response.status_code == 200
    ElementTree.fromstring(response.content)  # noqa: S314 - our own
    feed = feedparser.parse(response.content)
    assert not feed.bozo, feed.bozo_exception
    assert feed.version == "atom10"
    return feed


@pytest.mark.parametrize("path", [*FEEDS, "/feeds/maintainers/nobody"])
def test_feeds_keep_to_the_rfc(client, numpy, path):
    make_change(numpy, "<b>3.0</b>\x0b", seen_at=timezone.now() - timedelta(microseconds=7))
    assert faults(client.get(path).content) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"<id>tag:", b"<id>no iri "),
        (b"<updated>2", b"<updated>yesterday "),
        (b"<author>", b"<author><mood/>"),
        (b'rel="self"', b'rel="other"'),
        (b"<entry>", b"<entry><title/>"),
    ],
)
def test_what_breaks_the_rfc_is_noticed(client, right, wrong):
    content = client.get("/feeds/releases").content
    assert right in content
    assert faults(content.replace(right, wrong))


def test_no_two_feeds_share_an_id(client):
    identities = [read(client, path).feed.id for path in [*FEEDS, "/feeds/outcomes/http.gone"]]
    assert len(set(identities)) == len(identities)


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/feeds/releases", "/releases/"),
        ("/feeds/packages/numpy", "/packages/sample/numpy/"),
        ("/feeds/maintainers/Mia", "/maintainers/mia/"),
        ("/feeds/outcomes/http.timeout", "/outcomes/http.timeout/"),
    ],
)
def test_a_feed_leads_to_the_page_that_it_is_of(client, path, page):
    assert read(client, path).feed.link == f"http://testserver{page}"
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("path", FEEDS)
def test_feeds_are_well_formed(client, path):
    feed = read(client, path)
    assert feed.feed.title.endswith("· Botsite")
    assert feed.feed.author == "Botsite"
    assert feed.feed.id.startswith("tag:testserver,")
    for entry in feed.entries:
        assert entry.id
        assert entry.updated_parsed
        assert entry.link.startswith("http://testserver/packages/")
    assert feed.entries


def test_a_package_has_its_versions_newest_first(client):
    feed = read(client, "/feeds/packages/numpy")
    assert [entry.title for entry in feed.entries] == ["numpy 2.0", "numpy 1.5"]
    assert "after 1.5" in feed.entries[0].summary


def test_a_maintainer_has_own_packages_only(client):
    assert len(read(client, "/feeds/maintainers/mia").entries) == 2
    assert read(client, "/feeds/maintainers/nobody").entries == []


def test_a_team_has_a_feed_too(client, numpy):
    Maintainer.objects.update(handle="conda-forge/core")
    assert len(read(client, "/feeds/maintainers/conda-forge/core").entries) == 2
    page = client.get("/packages/?maintainer=conda-forge/core").content.decode()
    assert 'href="/feeds/maintainers/conda-forge/core"' in page


def test_an_outcome_has_who_ended_with_it(client):
    [entry] = read(client, "/feeds/outcomes/http.timeout").entries
    assert entry.title == "six: Timed out"


def test_an_entry_keeps_its_id(client):
    before = {entry.id for entry in read(client, "/feeds/releases").entries}
    assert len(before) == 3
    assert {entry.id for entry in read(client, "/feeds/releases").entries} == before


@pytest.mark.parametrize(
    "path", ["/feeds/packages/nobody", "/feeds/outcomes/no.such", "/feeds/nothing"]
)
def test_what_is_not_there_has_no_feed(client, path):
    assert client.get(path).status_code == 404


def test_hostile_text_is_inert(client, numpy):
    make_change(numpy, '</title><script>alert(1)</script>\x0b\x1b"')
    feed = read(client, "/feeds/releases")
    assert "<script>" not in client.get("/feeds/releases").content.decode()
    assert "alert(1)" in feed.entries[0].title


def test_what_did_not_change_is_not_sent_again(client):
    first = client.get("/feeds/releases")
    again = client.get("/feeds/releases", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_pages_name_their_feeds(client):
    page = client.get("/packages/sample/numpy/").content.decode()
    assert 'type="application/atom+xml"' in page
    assert 'href="/feeds/packages/sample/numpy"' in page


def test_a_feed_takes_few_queries(client, numpy, django_assert_max_num_queries):
    for number in range(30):
        make_change(numpy, f"3.{number}")
    with django_assert_max_num_queries(3):
        client.get("/feeds/releases")
