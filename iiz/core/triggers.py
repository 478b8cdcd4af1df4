"""Database triggers that refuse to change or remove what must stay: the audit, and what the apps register.

Django rebuilds SQLite tables on many migrations and drops their triggers, and a trigger that reads another table
hinders such a rebuild: so there they step aside while migrations run, and ``post_migrate`` installs them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

FROZEN = ("core_auditentry", "core_accesslogentry")
HEAD = "core_audithead"
AUDIT = "the audit is append-only"


@dataclass(frozen=True)
class Refusal:
    """What the database refuses on a table: ``events`` of ``INSERT``, ``UPDATE``, ``DELETE``, ``TRUNCATE``.

    ``when`` is SQL on the row ``OLD`` and, but for a ``DELETE``, on ``NEW``; it may ask other tables. It must mean the
    same on SQLite and PostgreSQL: compare with ``IS DISTINCT FROM``. Empty: always. ``name`` is unique on its table.
    """

    table: str
    name: str
    events: tuple[str, ...]
    message: str
    when: str = ""


_refusals: dict[tuple[str, str], Refusal] = {}


def register(*refusals: Refusal) -> None:
    """Make refusals known; called from ``AppConfig.ready``. The next ``migrate`` installs them."""
    _refusals.update({(refusal.table, refusal.name): refusal for refusal in refusals})


def tables() -> set[str]:
    """The tables that triggers guard."""
    return {refusal.table for refusal in _refusals.values()}


def frozen(model: Any, message: str, *, but: Iterable[str] = (), when: str = "") -> tuple[Refusal, ...]:
    """The refusals that keep the rows of ``model`` as they are, apart from the fields ``but``.

    With ``when`` (SQL on ``OLD``) only those rows that it picks.
    """
    table, free = model._meta.db_table, set(but)
    columns = [field.column for field in model._meta.concrete_fields if field.name not in free]
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)
    if when:
        changed = f"({when}) AND ({changed})"
    return (
        Refusal(table, "frozen", ("UPDATE",), message, changed),
        Refusal(table, "kept", ("DELETE",), message, when),
        Refusal(table, "whole", ("TRUNCATE",), message),
    )


register(
    *(Refusal(table, "frozen", ("UPDATE", "DELETE", "TRUNCATE"), AUDIT) for table in FROZEN),
    Refusal(HEAD, "kept", ("DELETE", "TRUNCATE"), AUDIT),
    Refusal(HEAD, "grows", ("UPDATE",), AUDIT, "NEW.count <= OLD.count OR NEW.stream <> OLD.stream"),
)


def statements(vendor: str, present: Iterable[str]) -> Iterator[str]:
    """The SQL that installs the triggers of the tables ``present`` on ``vendor`` (``sqlite`` or ``postgresql``)."""
    here = set(present)
    for refusal in _refusals.values():
        if refusal.table in here:
            yield from _postgresql(refusal) if vendor == "postgresql" else _sqlite(refusal)


def _postgresql(refusal: Refusal) -> Iterator[str]:
    function = f"iiz_{refusal.table}_{refusal.name}"
    refuse = f"RAISE EXCEPTION '{refusal.message}';"
    if refusal.when:
        refuse = f"IF {refusal.when} THEN {refuse} END IF;"
    back = "RETURN OLD;" if refusal.events == ("DELETE",) else "RETURN NEW;"
    yield (
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse} {back} END $$"
    )
    each = "ROW" if refusal.when else "STATEMENT"
    yield (
        f"CREATE TRIGGER iiz_{refusal.name} BEFORE {' OR '.join(refusal.events)} ON {refusal.table} "
        f"FOR EACH {each} EXECUTE FUNCTION {function}()"
    )


def _sqlite(refusal: Refusal) -> Iterator[str]:
    condition = f"WHEN {refusal.when} " if refusal.when else ""
    for event in refusal.events:
        if event != "TRUNCATE":  # SQLite knows none
            yield (
                f"CREATE TRIGGER iiz_{refusal.table}_{refusal.name}_{event.lower()} BEFORE {event} ON {refusal.table} "
                f"{condition}BEGIN SELECT RAISE(ABORT, '{refusal.message}'); END"
            )


def standing(using: str = DEFAULT_DB_ALIAS) -> set[tuple[str, str]]:
    """Table and name of each of our triggers in the database."""
    connection = connections[using]
    sql = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        sql = (
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
        )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {(table, name) for table, name in cursor.fetchall() if name.startswith("iiz_")}


def install(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Put every trigger in place as it is declared now; those of an earlier version go."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        lift(using)
        for sql in statements(connection.vendor, connection.introspection.table_names(cursor)):
            cursor.execute(sql)


def lift(using: str = DEFAULT_DB_ALIAS) -> None:
    """Remove every trigger. Only migrations and the flush between transactional tests have a reason to."""
    connection = connections[using]
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for table, name in sorted(standing(using)):
            cursor.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")


def step_aside(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Let migrations rebuild tables where that is how tables change."""
    if connections[using].vendor == "sqlite":
        lift(using)
