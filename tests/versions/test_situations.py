"""Eight situations that must not look alike: each has its own code, evidence, and what to do.

Staged against servers of our own; what `explain` prints is what the package page shows.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from tests.index import JSON, FakeIndex, source_url
from tests.loopback import LoopbackServer
from tests.versions.watching import watched
from tests.versions_pure.advertisement import advertisement
from versions import decisions, sweep
from versions.models import Package
from versions.watch import WatchEntry, WatchUrl, sync

pytestmark = pytest.mark.django_db

KEY = "test/numpy"


@pytest.fixture
def numpy(index: FakeIndex) -> Package:
    """At 1.0; the index has 1.0 and 1.1, and answered once."""
    index.publish("numpy", ["1.0", "1.1"])
    watched("numpy")
    sweep.check_now([KEY])
    return Package.objects.get()


@pytest.fixture
def nobody() -> Iterator[int]:
    """A port that nobody listens on, and nobody else may take."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def explained() -> list[dict[str, Any]]:
    out = StringIO()
    call_command("explain", KEY, "--json", stdout=out)
    conditions: list[dict[str, Any]] = json.loads(out.getvalue())[0]["conditions"]
    return conditions


def the_condition(code: str, client: Client) -> dict[str, Any]:
    """The only one of its code, and the page shows it."""
    conditions = explained()
    assert code in [each["code"] for each in conditions]
    [found] = [each for each in conditions if each["code"] == code]
    page = client.get(f"/packages/{KEY}/").content.decode()
    assert found["sentence"].split("(")[0][:40] in page.replace("&#x27;", "'")
    assert found["action"], "it says what to do"
    assert found["evidence"], "it says what was seen"
    assert found["checked_at"]
    return found


def test_the_host_is_down(numpy, settings, fresh_door, nobody, client):
    settings.BOTSITE_HTTP = {
        **settings.BOTSITE_HTTP,
        "index_endpoint": f"http://127.0.0.1:{nobody}/simple/",
        "mirrors": {},
    }
    fresh_door()
    sweep.check_now([KEY])
    found = the_condition("http.unreachable", client)
    assert (found["state"], found["evidence"]["failures"]) == ("waiting", 1)
    assert found["evidence"]["last_success_at"]
    assert "The last good answer, 1.1, is kept." in found["sentence"]


def test_the_project_is_gone(numpy, index, client):
    index.fail("numpy", 404)
    sweep.check_now([KEY])
    found = the_condition("versions.project_not_found", client)
    assert found["state"] == "failed"
    assert found["evidence"]["latest_version"] == "1.1"


def test_the_host_limits_us(numpy, index, client):
    index.fail("numpy", 429, {"Retry-After": "3600"})
    sweep.check_now([KEY])
    found = the_condition("http.rate_limited", client)
    assert found["state"] == "waiting"
    assert found["next_try_at"] > found["checked_at"]


def test_a_release_has_no_sdist(numpy, index, client):
    page = index.page("numpy", ["1.0", "1.1", "1.2"])
    page["files"][2]["filename"] = "numpy-1.2-py3-none-any.whl"
    index.server.route("/simple/numpy/", (200, JSON, json.dumps(page).encode()))
    sweep.check_now([KEY])
    found = the_condition("versions.no_sdist", client)
    assert found["sentence"] == (
        "1.2 is out, but waits: 1.2 has no sdist, which the recipe needs; it has only wheel."
    )
    assert Package.objects.get().latest_version == "1.1"


def test_no_release_has_an_sdist(numpy, index, client):
    page = index.page("numpy", ["1.0"])
    page["files"][0]["filename"] = "numpy-1.0-py3-none-any.whl"
    index.server.route("/simple/numpy/", (200, JSON, json.dumps(page).encode()))
    sweep.check_now([KEY])
    assert the_condition("versions.only_without_sdist", client)["state"] == "failed"


def test_everything_is_filtered(numpy, client):
    Package.objects.update(settings={"version_updates": {"exclude_pattern": ".*"}})
    sweep.check_now([KEY])
    found = the_condition("versions.all_rejected", client)
    assert "None of the 2 versions" in found["sentence"]
    assert "2 by the rule excluded" in found["sentence"]


def test_a_person_hid_it(numpy, admin_user, client):
    decisions.hide(numpy, "1.1", by=admin_user, reason="Breaks scipy")
    found = the_condition("versions.hidden", client)
    assert "Breaks scipy" in found["sentence"]
    decided = the_condition("versions.hide", client)
    assert decided["sentence"] == "admin hid 1.1: Breaks scipy."
    assert decided["evidence"]["version"] == "1.1"


def test_a_person_pinned_it(numpy, admin_user, client):
    decisions.pin(numpy, "1.0", by=admin_user, reason="ABI")
    found = the_condition("versions.pinned", client)
    assert "1.1 is out, but not taken: A person pinned 1.0." in found["sentence"]
    assert the_condition("versions.pin", client)["evidence"]["reason"] == "ABI"


def test_two_sources_disagree(index, client):
    index.publish("numpy", ["1.0", "1.1"])
    on_github(index.server, "v1.0", "v1.2")
    urls = (
        WatchUrl(source_url("numpy", "1.0")),
        WatchUrl("https://github.com/numpy/numpy/archive/v1.0.tar.gz"),
    )
    sync("test", [WatchEntry(KEY, "numpy", "1.0", urls)])
    sweep.check_now([KEY])
    found = the_condition("versions.sources_disagree", client)
    assert found["state"] == "unknown"
    assert "1.1" in found["sentence"]
    assert "1.2" in found["sentence"]
    assert Package.objects.get().latest_version == "1.1"


def on_github(server: LoopbackServer, *tags: str) -> None:
    headers = {"Content-Type": "application/x-git-upload-pack-advertisement"}
    body = advertisement(*(f"refs/tags/{tag}" for tag in tags))
    server.route("/hosts/github.com/numpy/numpy.git/info/refs", (200, headers, body))


def test_a_setting_is_not_understood(numpy, client):
    Package.objects.update(settings={"version_updates": {"exclud": []}})
    sweep.check_now([KEY])
    found = the_condition("versions.bad_setting", client)
    assert found["evidence"] == {"field": "bot.version_updates.exclud"}


def test_all_is_well(numpy):
    states = {each["code"]: each["state"] for each in explained() if each["stage"] == "version"}
    assert states == {"ok": "passed"}
