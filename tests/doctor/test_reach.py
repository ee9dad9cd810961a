from __future__ import annotations

import pytest

from botsite.doctor import reach
from tests.versions.watching import make_package

pytestmark = pytest.mark.django_db


def test_it_works(index, wrong):
    index.publish_list()
    make_package("numpy")
    [finding] = reach.look()
    assert finding.outcome.message == "reached index"


def test_each_host_is_asked_once(index):
    index.publish_list()
    for number in range(5):
        make_package(f"package-{number}")
    list(reach.look())
    assert [request.method for request in index.server.requests] == ["HEAD"]


def test_any_answer_is_one(index, wrong):
    make_package("numpy", lane="files.example.org")
    assert wrong(reach.look()) == {}


@pytest.mark.parametrize("status", [407, 503])
def test_an_answer_from_the_way_is_none(index, wrong, status):
    index.server.route("/hosts/files.example.org*", (status, {}, b""))
    make_package("numpy", lane="files.example.org")
    message = wrong(reach.look())["unreachable"].outcome.message
    assert message.startswith("files.example.org, which is asked for 1 packages, gave no answer:")


def test_a_host_that_drops_connections(index, wrong):
    def drop(request):
        raise ConnectionError

    index.server.route("/hosts/gone.example.org*", drop)
    make_package("numpy", lane="gone.example.org")
    assert wrong(reach.look()).keys() == {"unreachable"}


def test_with_nothing_watched_nobody_is_asked(index):
    assert list(reach.look()) == []
    assert index.server.requests == []
