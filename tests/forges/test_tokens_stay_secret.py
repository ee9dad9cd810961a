"""No token is in a log, an outcome or an exception, whatever goes wrong."""

from __future__ import annotations

import json
import logging
import traceback

import pytest

from core.github import client
from core.outcomes import OutcomeError
from tests.forges.conftest import new_forge, propose
from tests.forges.github_server.server import READ_TOKEN, WRITE_TOKEN


def hang_up(_request):
    raise ConnectionResetError


def echo(request):
    """A host that says whatever it was told."""
    said = str(dict(request.headers.items()))
    return 403, {}, json.dumps({"message": said, "errors": [{"message": said}]})


FAULTS = {
    "revoked": (401, {}, b'{"message": "Bad credentials"}'),
    "forbidden": (403, {}, b'{"message": "no"}'),
    "limited": (403, {"Retry-After": "900"}, b""),
    "invalid": (422, {}, b'{"message": "no"}'),
    "broken": (502, {}, b""),
    "not json": (200, {}, b"<html>"),
    "elsewhere": (302, {"Location": "http://127.0.0.2:9/"}, b""),
}


@pytest.fixture(autouse=True)
def _never_sleeps(monkeypatch):
    monkeypatch.setattr(client, "sleep", lambda _seconds: None)


@pytest.mark.parametrize("step", range(7))
@pytest.mark.parametrize("fault", [*FAULTS, "hung up", "echoed"])
def test_it_is_told_nowhere(github, door, caplog, step, fault):
    count = iter(range(100))

    def break_one(request):
        if next(count) != step:
            return None
        if fault == "hung up":
            return hang_up(request)
        return echo(request) if fault == "echoed" else FAULTS[fault]

    github.before = break_one
    told = ""
    with caplog.at_level(logging.DEBUG):
        try:
            new_forge(github, door).publish(propose())
        except OutcomeError as error:
            told = f"{error.outcome.as_dict()} {''.join(traceback.format_exception(error))}"
    for token in (WRITE_TOKEN, READ_TOKEN):
        assert token not in told
        assert token not in caplog.text
