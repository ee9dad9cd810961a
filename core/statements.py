"""Plain SQL for many rows at once, where the ORM would take most of the time: 20 seconds for 27,000
rows by `bulk_update()`, 15 for 300,000 edges by `bulk_create()`.

SQLite is fast at many small statements, PostgreSQL at one that carries its rows as JSON:
arrays take the driver five times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection
from django.db.models import DateTimeField, DurationField, Field, JSONField, Model

Row = tuple[Any, ...]
_KEPT_OTHERWISE = (DateTimeField, DurationField, JSONField)  # than Python does, by SQLite


def insert(
    model: type[Model],
    names: Sequence[str],
    rows: Sequence[Row],
    *,
    unique: Sequence[str] = (),
    kept: Sequence[str] = (),
) -> None:
    """Insert rows with values in the order of the names of these fields.

    What violates a constraint is left out: somebody else was first with it. With the names of
    `unique`, the row that has the same values there is updated instead, but for `kept`.
    """
    fields = _fields(model, names)
    into = f"INSERT INTO {model._meta.db_table} ({_listed(fields)})"
    conflict = _conflict(model, [name for name in names if name not in kept], unique)
    if connection.vendor == "postgresql":
        # "WHERE true": else SQL takes "ON" for a part of a join.
        new = _from_json(fields)
        _all(f"{into} SELECT * FROM {new} WHERE true {conflict}", fields, rows)  # noqa: S608
    else:
        values = ", ".join(["%s"] * len(fields))
        _each(f"{into} VALUES ({values}) {conflict}", fields, rows)


def _conflict(model: type[Model], names: Sequence[str], unique: Sequence[str]) -> str:
    if not unique:
        return "ON CONFLICT DO NOTHING"
    fields = [field for field in _fields(model, names) if field.name not in unique]
    setting = ", ".join(f"{_name(field)} = excluded.{_name(field)}" for field in fields)
    return f"ON CONFLICT ({_listed(_fields(model, unique))}) DO UPDATE SET {setting}"


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
        setting = ", ".join(f"{_name(field)} = new.{_name(field)}" for field in fields)
        new = _from_json([*fields, *key])
        where = " AND ".join(f"{table}.{_name(field)} = new.{_name(field)}" for field in key)
        statement = f"UPDATE {table} SET {setting} FROM {new} WHERE {where}"  # noqa: S608
        return _all(statement, [*fields, *key], rows)
    setting = ", ".join(f"{_name(field)} = %s" for field in fields)
    where = " AND ".join(f"{_name(field)} = %s" for field in key)
    statement = f"UPDATE {table} SET {setting} WHERE {where}"  # noqa: S608
    return _each(statement, [*fields, *key], rows)


def analyze(*models: type[Model]) -> None:
    """Have the database count what is in these tables, after so much changed in them that it would
    choose its ways by old counts. SQLite chooses well without."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in models:
                cursor.execute(f"ANALYZE {model._meta.db_table}")


def _fields(model: type[Model], names: Sequence[str]) -> list[Field[Any, Any]]:
    known = {field.name: field for field in model._meta.concrete_fields}
    return [known[name] for name in names]


def _listed(fields: Sequence[Field[Any, Any]]) -> str:
    return ", ".join(map(_name, fields))


def _name(field: Field[Any, Any]) -> str:
    """Quoted: `commit` is a word of SQL."""
    return str(connection.ops.quote_name(str(field.column)))


def _from_json(fields: Sequence[Field[Any, Any]]) -> str:
    """The rows of a parameter, as a table called `new`."""
    columns = ", ".join(f"{_name(field)} {field.db_type(connection)}" for field in fields)
    return f"json_to_recordset(%s::json) AS new({columns})"


def _all(statement: str, fields: Sequence[Field[Any, Any]], rows: Sequence[Row]) -> int:
    columns = [str(field.column) for field in fields]
    dicts = [dict(zip(columns, row, strict=True)) for row in rows]
    document = orjson.dumps(dicts, default=_interval)
    with connection.cursor() as cursor:
        cursor.execute(statement, [document.decode()])
        return int(cursor.rowcount)


def _each(statement: str, fields: Sequence[Field[Any, Any]], rows: Sequence[Row]) -> int:
    odd = [place for place, field in enumerate(fields) if isinstance(field, _KEPT_OTHERWISE)]
    plain = [list(row) for row in rows]
    for values in plain:
        for place in odd:
            values[place] = _plain(values[place])
    with connection.cursor() as cursor:
        cursor.executemany(statement, plain)
        return int(cursor.rowcount)


def _interval(value: Any) -> str:
    """What JSON has no word for. Raises TypeError for what the database has none for either."""
    if isinstance(value, timedelta):
        return f"{value.total_seconds()} seconds"
    raise TypeError


def _plain(value: Any) -> Any:
    """As SQLite keeps it."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    return orjson.dumps(value).decode()
