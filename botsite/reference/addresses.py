"""The JSON interface, as its OpenAPI document tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from botsite.reference.markdown import code, document, prose, section, table

INTRODUCTION = """\
Every address of the JSON interface, below `/api/v1/`, from the OpenAPI document that the site
itself offers at `/api/v1/openapi.json`. How to use them (pages, errors, tokens) is told in
[For programs](../api.md). An error is always a [problem](#problemout)."""
BASE = "/api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")
PARAMETERS = ("parameter", "in", "type", "meaning")
ERRORS = "400"  # from this status on

Json = Mapping[str, Any]


def page() -> str:
    described = _described()
    tags = groupby(_operations(described["paths"]), key=lambda each: each[2]["tags"][0])
    shapes = described["components"]["schemas"]
    return document(
        "Addresses of the JSON interface",
        INTRODUCTION,
        *(section(tag.capitalize(), *(_operation(*each) for each in group)) for tag, group in tags),
        section("Shapes", *(_shape(name, shapes[name]) for name in sorted(shapes))),
    )


def _described() -> Json:
    import botsite.urls  # noqa: F401 - apps add their addresses when it is imported
    from botsite.api import api

    return api.get_openapi_schema()


def _operations(paths: Json) -> Iterator[tuple[str, str, Json]]:
    """Method, address and description of each, by tag, then in the order of the document."""
    found = [
        (method, path, described[method])
        for path, described in paths.items()
        for method in METHODS
        if method in described
    ]
    order = list(dict.fromkeys(each["tags"][0] for _, _, each in found))
    yield from sorted(found, key=lambda each: order.index(each[2]["tags"][0]))


def _operation(method: str, path: str, described: Json) -> str:
    content = described.get("requestBody", {}).get("content", {})
    body = next((kind(each["schema"]) for each in content.values()), "")
    return section(
        f"`{method.upper()} {path.removeprefix(BASE)}`",
        _sentence(described["summary"]),
        prose(described.get("description")),
        "Needs a session, or a token." if described.get("security") else "",
        table(PARAMETERS, map(_parameter, described.get("parameters", ()))),
        f"Body: {body}" if body else "",
        _answers(described["responses"]),
        level=3,
    ).rstrip()


def _sentence(summary: str) -> str:
    return summary if summary.endswith("?") else f"{summary}."


def _parameter(each: Json) -> tuple[str, ...]:
    schema = each["schema"]
    meaning = each.get("description") or schema.get("description") or ""
    return code(each["name"]), each["in"], kind(schema), prose(meaning)


def _answers(responses: Json) -> str:
    by_status = {str(status): each for status, each in responses.items()}
    good = [status for status in by_status if status < ERRORS]
    bad = [status for status in by_status if status >= ERRORS]
    told = (f"{status} {_content(by_status[status])}".strip() for status in sorted(good))
    return f"Answers: {', '.join(told)}; errors: {', '.join(sorted(bad))}."


def _content(response: Json) -> str:
    return next(
        (f"with {kind(each['schema'])}" for each in response.get("content", {}).values()), ""
    )


def _shape(name: str, schema: Json) -> str:
    needed = schema.get("required", ())
    rows = [
        (code(field), kind(each), prose(_meaning(each, field in needed)))
        for field, each in schema.get("properties", {}).items()
    ]
    told = prose(schema.get("description"))
    return section(name, told, table(("field", "type", "notes"), rows), level=3).rstrip()


def _meaning(schema: Json, needed: bool) -> str:
    parts = (schema.get("description", ""), "" if needed else "May be left out.")
    return " ".join(filter(None, parts))


def kind(schema: Json) -> str:
    """The type of a value in a few words, with links to shapes."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(map(kind, schema[several]))
    if "enum" in schema or "const" in schema:
        return " or ".join(code(str(each)) for each in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    if isinstance(held := schema.get("additionalProperties"), Mapping):
        return f"object of {kind(held)}"
    return str(schema.get("format") or schema.get("type") or "anything")
