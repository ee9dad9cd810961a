"""Holds requests, and the answers of our own server, against GitHub's published descriptions."""

from __future__ import annotations

from copy import deepcopy
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import graphql
from graphql.execution.values import get_variable_values
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from tests.forges.github_server.descriptions import Document, rest_description
from tests.github.published_schema import published_schema
from tests.loopback import Request

HOST = "https://api.github.com"
_STRICT = Config(spec_validator_cls=None, additional_properties_default_policy="forbid")


class Judge:
    """Each method gives what is wrong, or nothing."""

    def __init__(self) -> None:
        described = rest_description()
        self._requests = OpenAPI.from_dict(described, config=_STRICT)
        self._answers = OpenAPI.from_dict(_without_required(described), config=_STRICT)
        self._schema = graphql.build_schema(published_schema(), assume_valid=True)
        self._validated = lru_cache(100)(self._validate)

    @property
    def schema(self) -> graphql.GraphQLSchema:
        return self._schema

    def rest(self, request: Request, template: str, arguments: dict[str, str]) -> str:
        asked = _asked(request, template, arguments)
        return _first(self._requests.iter_request_errors(asked))

    def answer(
        self, request: Request, template: str, arguments: dict[str, str], status: int, body: bytes
    ) -> str:
        """Of an answer, which holds only the part that is read, names and types are judged."""
        asked = _asked(request, template, arguments)
        return _first(self._answers.iter_response_errors(asked, MockResponse(body, status)))

    def graphql(self, document: Any) -> str:
        """The query against the schema, and the variables against its types."""
        query, variables = document["query"], document.get("variables") or {}
        return self._validated(query) or self._coerced(query, variables)

    def _validate(self, query: str) -> str:
        errors = graphql.validate(self._schema, graphql.parse(query))
        return str(errors[0]) if errors else ""

    def _coerced(self, query: str, variables: dict[str, Any]) -> str:
        (operation,) = (
            each
            for each in graphql.parse(query).definitions
            if isinstance(each, graphql.OperationDefinitionNode)
        )
        definitions = operation.variable_definitions or ()
        declared = {each.variable.name.value for each in definitions}
        if unknown := variables.keys() - declared:
            return f"undeclared variables: {sorted(unknown)}"

        values = get_variable_values(self._schema, definitions, variables)
        return str(values[0]) if isinstance(values, list) else ""


@cache
def judge() -> Judge:
    """The judge of this process; skips the test where the descriptions can't be had."""
    return Judge()


def _asked(request: Request, template: str, arguments: dict[str, str]) -> MockRequest:
    """Paths with slashes in a parameter are written without: the description's own mark for them
    is not of OpenAPI."""
    path = template
    for name, value in arguments.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return MockRequest(
        HOST,
        request.method.lower(),
        path,
        args=dict(parse_qsl(urlsplit(request.path).query)),
        view_args=arguments,
        headers=dict(request.headers.items()),
        data=request.body or None,
    )


def _first(errors: Any) -> str:
    for error in errors:
        causes = getattr(error.__cause__, "schema_errors", None) or [error.__cause__ or error]
        return "; ".join(f"{getattr(each, 'json_path', '')} {each}"[:300] for each in causes)
    return ""


def _without_required(document: Document) -> Document:
    """Answers may lack what nobody here reads; what they have must be as described. Null, where
    it is one of several shapes, is written so that OpenAPI 3.0 knows it."""
    nothing = {"type": "string", "nullable": True, "enum": [None]}

    def strip(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("required"), list):
                del node["required"]
            if node.get("nullable") and "oneOf" in node:
                node["oneOf"].append(nothing)
            for each in node.values():
                strip(each)
        elif isinstance(node, list):
            for each in node:
                strip(each)

    loose = deepcopy(document)
    strip(loose)
    return loose
