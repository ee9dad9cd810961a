"""The OpenAPI document, and whether the API keeps to it, whatever it is asked."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import booleans
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import botsite.urls  # noqa: F401 - the addresses of the API
from botsite.api import api
from graph.models import Maintainer
from tests.api.conftest import token
from tests.factories import make_answered, make_candidate, make_change, make_job, make_outdated

EXAMPLES = 8  # of an operation in each mode: what is wrong in kind is found, in half a minute
KNOWN = {"key": "sample/numpy", "handle": "mia"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

DOCUMENT = json.loads(json.dumps(api.get_openapi_schema()))
OPERATIONS = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]

schema = schemathesis.openapi.from_dict(DOCUMENT)
schema.app = lambda environ, start_response: site()(environ, start_response)
operations = {each.ok().label: each.ok() for each in schema.get_all_operations()}


@cache
def site() -> WSGIHandler:
    return get_wsgi_application()


@pytest.fixture
def _connected(db):
    """As Django's own test client does: a request's end must not close the test's connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def secret(_connected, bob) -> str:
    """With it, whatever is asked may be done to what there is."""
    Maintainer.objects.create(feedstock=make_outdated("numpy", "2.0"), handle="mia")
    package = make_answered("numpy", "2.0")
    make_candidate(package)
    make_change(package)
    make_job()
    return token(bob)


def modes(operation: Any) -> list[GenerationMode]:
    """What takes nothing but a name can't be asked wrongly."""
    parameters = [*operation.query, *operation.body]
    parameters += [each for each in operation.path_parameters if each.name not in KNOWN]
    return list(GenerationMode) if parameters else [GenerationMode.POSITIVE]


@pytest.mark.parametrize(
    ("label", "mode"),
    [(label, mode) for label, each in sorted(operations.items()) for mode in modes(each)],
    ids=str,
)
def test_it_keeps_to_its_document(label: str, mode: GenerationMode, secret: str):
    @given(case=operations[label].as_strategy(generation_mode=mode), known=booleans())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any, known: bool) -> None:
        if known:
            case.path_parameters |= {
                name: KNOWN[name] for name in case.path_parameters if name in KNOWN
            }
        case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {secret}"})

    ask()


def test_the_document_is_valid(client, db):
    document = client.get("/api/v1/openapi.json").json()
    validate(document)
    assert document["info"]["title"] == "Botsite"


def test_each_operation_says_what_it_is_for():
    for path, _, operation in OPERATIONS:
        assert operation["summary"], path
        assert "404" in operation["responses"], path


def test_what_writes_asks_who_you_are():
    for path, method, operation in OPERATIONS:
        assert bool(operation.get("security")) == (method != "get"), (path, method)


def test_no_two_operations_share_a_name():
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))
