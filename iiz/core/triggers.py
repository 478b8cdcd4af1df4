"""Database triggers that refuse to change or remove what was written to the audit.

Django rebuilds SQLite tables on many migrations and drops their triggers: so ``post_migrate`` installs them again.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

FROZEN = ("core_auditentry", "core_accesslogentry")
HEAD = "core_audithead"

POSTGRES = """
CREATE OR REPLACE FUNCTION iiz_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$;
"""


def statements(vendor: str) -> list[str]:
    """The SQL that installs all triggers on ``vendor`` (``sqlite`` or ``postgresql``)."""
    if vendor == "postgresql":
        rows = [POSTGRES]
        rows += [
            f"CREATE OR REPLACE TRIGGER iiz_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION iiz_append_only()"
            for table in FROZEN
        ]
        rows.append(
            f"CREATE OR REPLACE TRIGGER iiz_kept BEFORE DELETE OR TRUNCATE ON {HEAD} "
            "FOR EACH STATEMENT EXECUTE FUNCTION iiz_append_only()"
        )
        rows.append(
            f"CREATE OR REPLACE TRIGGER iiz_grows BEFORE UPDATE ON {HEAD} FOR EACH ROW "
            "WHEN (NEW.count <= OLD.count OR NEW.stream <> OLD.stream) EXECUTE FUNCTION iiz_append_only()"
        )
        return rows
    refuse = "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
    rows = []
    for table in FROZEN:
        for verb in ("UPDATE", "DELETE"):
            name = f"iiz_{table}_{verb.lower()}"
            rows.append(f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table} {refuse}")
    rows.append(f"CREATE TRIGGER IF NOT EXISTS iiz_{HEAD}_delete BEFORE DELETE ON {HEAD} {refuse}")
    rows.append(
        f"CREATE TRIGGER IF NOT EXISTS iiz_{HEAD}_update BEFORE UPDATE ON {HEAD} "
        f"WHEN NEW.count <= OLD.count OR NEW.stream <> OLD.stream {refuse}"
    )
    return rows


def install(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Install every trigger; does nothing where they stand already."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for sql in statements(connection.vendor):
            cursor.execute(sql)


def lift(using: str = DEFAULT_DB_ALIAS) -> None:
    """Remove every trigger. Only the flush between transactional tests has a reason to."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in FROZEN:
                cursor.execute(f"DROP TRIGGER IF EXISTS iiz_frozen ON {table}")
            cursor.execute(f"DROP TRIGGER IF EXISTS iiz_kept ON {HEAD}")
            cursor.execute(f"DROP TRIGGER IF EXISTS iiz_grows ON {HEAD}")
            return
        for table in (*FROZEN, HEAD):
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS iiz_{table}_{verb}")
