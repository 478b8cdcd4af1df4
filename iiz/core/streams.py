"""Saving thousands of new rows at once: as a stream where the database takes one, five times as fast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

STREAMED = 1000
"""From how many rows on they are streamed."""


def insert(rows: Sequence[models.Model]) -> None:
    """Save new rows of one model in the caller's transaction, and give each its key; sends no signals.

    A row may point to others that got their keys after it was made.
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql" or len(rows) < STREAMED:
        model._default_manager.bulk_create(rows, batch_size=1000)
        return
    fields = model._meta.concrete_fields
    _take_over_keys(rows, [field for field in fields if field.is_relation])
    _give_keys(model, rows)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    names = [field.attname for field in fields]
    adapted = {field.attname: field for field in fields if isinstance(field, models.JSONField)}
    statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        for row in rows:
            values = row.__dict__
            if adapted:
                values = values | {name: _prepared(field, values[name]) for name, field in adapted.items()}
            stream.write_row([values[name] for name in names])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _prepared(field: models.Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


def _take_over_keys(rows: Sequence[models.Model], relations: Sequence[Any]) -> None:
    """Fill the columns of relations from the related rows, which have their keys by now."""
    for field in relations:
        for row in rows:
            if getattr(row, field.attname) is None and field.is_cached(row):
                related = field.get_cached_value(row)
                setattr(row, field.attname, None if related is None else related.pk)


def _give_keys(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Take a block of numbers from the table's own sequence, if it has one."""
    key = model._meta.pk
    if not isinstance(key, models.AutoField):
        return
    bare = [row for row in rows if row.pk is None]
    with connection.cursor() as cursor:
        sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
        cursor.execute(sequence, [model._meta.db_table, key.column, len(bare)])
        for row, (number,) in zip(bare, cursor.fetchall(), strict=True):
            row.pk = number
