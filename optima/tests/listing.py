"""The pages of the dated lists as the coordination office uses them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client

from optima.models import ZielgruppeRule

TODAY = dt.date.today()


def address(row: Any, page: str = "change") -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/{page}/"


def added(model: Any) -> str:
    return f"/admin/optima/{model._meta.model_name}/add/"


def typed(row: Any, **changes: Any) -> dict[str, Any]:
    """A row as its form would send it."""
    values: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(value, dt.date):
            value = f"{value:%d.%m.%Y}"
        if value not in (None, False):
            values[field.name] = "on" if value is True else value
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def errors(office: Client, url: str, values: dict[str, Any]) -> dict[str, list[str]]:
    """What the form says is wrong; it must keep what was typed and store nothing."""
    answer = office.post(url, values)
    assert answer.status_code == 200, "was saved"
    return dict(answer.context["adminform"].form.errors)


def rule(code: str) -> ZielgruppeRule:
    return ZielgruppeRule.objects.get(code=code)


def coming(row: Any) -> Any:
    """The row as it stands before its first day, when it may still be written."""
    type(row).objects.filter(pk=row.pk).update(valid_from=TODAY + dt.timedelta(days=1))
    row.refresh_from_db()
    return row
