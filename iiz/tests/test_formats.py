"""Dates and numbers look Swiss (product: language and look)."""

from datetime import date, datetime
from decimal import Decimal

from django import forms
from django.template import Context, Template
from django.utils import formats


def render(template: str, **values: object) -> str:
    return Template("{% load l10n humanize %}" + template).render(Context(values))


def test_dates() -> None:
    assert render("{{ day }}", day=date(2026, 11, 22)) == "22.11.2026"
    assert render("{{ at }}", at=datetime(2026, 11, 22, 9, 5)) == "22.11.2026 09:05"


def test_amounts() -> None:
    assert formats.number_format(Decimal("1250"), 2, force_grouping=True) == "1'250.00"
    assert render("{{ amount|intcomma }}", amount=1234567) == "1&#x27;234&#x27;567"


def test_years_are_not_grouped() -> None:
    assert render("{{ year }}", year=2026) == "2026"


def test_dates_typed_or_picked_are_read() -> None:
    field = forms.DateField()
    assert field.clean("22.11.2026") == field.clean("2026-11-22") == date(2026, 11, 22)
