"""The migrations lead to the tables that the models describe: the other tests run on tables made from the models."""

from __future__ import annotations

from collections import Counter
from typing import Any

import environ
import pytest
from django.db import connection
from django.db.utils import ConnectionHandler

from iiz.core import triggers

pytestmark = pytest.mark.django_db

OURS = ("core_", "optima_", "roundtable_", "reporting_")


def tables(database: Any) -> dict[str, tuple[dict[str, Any], Counter[str]]]:
    """Columns and constraints of each of our tables, whatever the names of constraints and the order of columns.

    Those of Django and its apps are theirs: the key of a table between two of them may be wider in a model than in the
    migration that made it.
    """
    introspection = database.introspection
    found = {}
    with database.cursor() as cursor:
        for table in introspection.table_names(cursor):
            if not table.startswith(OURS):
                continue
            columns = {
                column.name: (column.type_code, column.display_size, column.null_ok, column.default, column.collation)
                for column in introspection.get_table_description(cursor, table)
            }
            constraints = introspection.get_constraints(cursor, table).values()
            found[table] = (
                columns,
                Counter(
                    str(sorted((key, value) for key, value in constraint.items() if key != "definition"))
                    for constraint in constraints
                ),
            )
    return found


def test_the_migrations_lead_to_what_the_models_describe(migrated: str, migrations_noted: None) -> None:
    handler = ConnectionHandler({"default": environ.Env.db_url_config(migrated)})
    made = handler["default"]
    try:
        assert tables(made) == tables(connection) != {}
        sql = "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        if made.vendor == "postgresql":
            sql = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
        found = []
        for database in (made, connection):
            with database.cursor() as cursor:
                cursor.execute(sql)
                found.append(cursor.fetchall())
        assert found[0] == found[1]
        assert len(found[0]) >= len(triggers.tables())
    finally:
        made.close()
