"""Plain SQL for many rows at once, where the ORM would take most of the time: 20 seconds for 27,000
rows by `bulk_update()`, 15 for 300,000 edges by `bulk_create()`.

SQLite is fast at many small statements, PostgreSQL at one that carries its rows in arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Field, Model

Row = tuple[Any, ...]


def insert(model: type[Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows with values in the order of the names of these fields. What violates a constraint
    is left out: somebody else was first with it."""
    fields = _fields(model, names)
    into = f"INSERT INTO {model._meta.db_table} ({_listed(fields)})"
    if connection.vendor == "postgresql":
        _arrays(f"{into} SELECT * FROM {_unnested(fields)} ON CONFLICT DO NOTHING", rows)  # noqa: S608
    else:
        values = ", ".join(["%s"] * len(fields))
        _each(f"{into} VALUES ({values}) ON CONFLICT DO NOTHING", rows)


def update(
    model: type[Model], names: Sequence[str], rows: Sequence[Row], *, same: Sequence[str] = ()
) -> int:
    """Update rows; returns how many.

    A row is the values of the fields of these names, of the fields of `same`, without which it is
    left as it is, and the primary key.
    """
    table, fields = model._meta.db_table, _fields(model, names)
    key = [*_fields(model, same), model._meta.pk]
    if connection.vendor == "postgresql":
        setting = ", ".join(f"{field.column} = new.{field.column}" for field in fields)
        new = f"{_unnested([*fields, *key])} AS new({_listed([*fields, *key])})"
        where = " AND ".join(f"{table}.{field.column} = new.{field.column}" for field in key)
        return _arrays(f"UPDATE {table} SET {setting} FROM {new} WHERE {where}", rows)  # noqa: S608
    setting = ", ".join(f"{field.column} = %s" for field in fields)
    where = " AND ".join(f"{field.column} = %s" for field in key)
    return _each(f"UPDATE {table} SET {setting} WHERE {where}", rows)  # noqa: S608


def _fields(model: type[Model], names: Sequence[str]) -> list[Field[Any, Any]]:
    known = {field.name: field for field in model._meta.concrete_fields}
    return [known[name] for name in names]


def _listed(fields: Sequence[Field[Any, Any]]) -> str:
    return ", ".join(str(field.column) for field in fields)


def _unnested(fields: Sequence[Field[Any, Any]]) -> str:
    return f"unnest({', '.join(f'%s::{field.db_type(connection)}[]' for field in fields)})"


def _arrays(statement: str, rows: Sequence[Row]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
        return int(cursor.rowcount)


def _each(statement: str, rows: Sequence[Row]) -> int:
    with connection.cursor() as cursor:
        cursor.executemany(statement, [tuple(map(_plain, row)) for row in rows])
        return int(cursor.rowcount)


def _plain(value: Any) -> Any:
    """As the database keeps it, which for a moment is not how Python does."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
