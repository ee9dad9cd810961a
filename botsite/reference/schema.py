"""The tables, as the models tell them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from botsite.reference.markdown import code, document, prose, section, table

INTRODUCTION = """\
What the database holds, for reports and for whoever looks into it. Reading is safe at any time.
Each column has one writer, see [Architecture](../project/architecture.md): a change made by hand in
the database may be overwritten or never noticed; [decisions](../correcting.md) are how people
change things. Tables of Django, django-q2 and django-allauth are told of in their documentation."""
HEADINGS = ("column", "type", "notes")

# What it is called here, where Django's own name would not be understood.
TYPES = {
    "AutoField": "number",
    "BigAutoField": "number",
    "BinaryField": "bytes",
    "BooleanField": "yes or no",
    "DateTimeField": "moment (UTC)",
    "DurationField": "duration",
    "FloatField": "number with a fraction",
    "IntegerField": "whole number",
    "JSONField": "JSON",
    "PositiveBigIntegerField": "whole number",
    "PositiveIntegerField": "whole number",
    "PositiveSmallIntegerField": "whole number",
    "TextField": "text",
    "UUIDField": "UUID",
}


def page() -> str:
    labels = ("core", *settings.APPS)
    return document("The database", INTRODUCTION, *map(_app, labels))


def _app(label: str) -> str:
    tables = (_model(each) for each in apps.get_app_config(label).get_models())
    return section(f"`{label}`", *tables)


def _model(model: type[models.Model]) -> str:
    rows = [_row(each) for each in model._meta.concrete_fields]
    return section(
        f"`{model._meta.db_table}`",
        prose(model.__doc__),
        table(HEADINGS, rows),
        "\n".join(_unique(model)),
        level=3,
    ).rstrip()


def _row(column: models.Field[Any, Any]) -> tuple[str, ...]:
    return code(column.column or ""), _type(column), "; ".join(_notes(column))


def _type(column: models.Field[Any, Any]) -> str:
    if column.remote_field:
        return f"{code(column.remote_field.model._meta.db_table)}, a row"
    if isinstance(column, models.CharField):
        return f"text, up to {column.max_length}"
    return TYPES.get(column.get_internal_type(), column.get_internal_type())


def _notes(column: models.Field[Any, Any]) -> Iterator[str]:
    if column.primary_key:
        yield "key"
    elif column.unique:
        yield "unique"
    if column.null:
        yield "may be null"
    if column.choices:
        yield " or ".join(code(str(value)) if value else "empty" for value, _ in column.flatchoices)


def _unique(model: type[models.Model]) -> Iterator[str]:
    for each in model._meta.constraints:
        if isinstance(each, models.UniqueConstraint):
            columns = ", ".join(map(code, each.fields))
            yield f"- Unique{' among some rows' if each.condition else ''}: {columns}"
