"""Providers, tariffs and the distribution list as the coordination office keeps them (KG-03, KG-07, KG-12)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from iiz.core.tests.factories import InstitutionFactory, coordinator
from optima.models import CopyTo, Kostengutsprache, Provider, Tariff

from . import promises
from .listing import added, address, errors, typed

pytestmark = pytest.mark.django_db

COPY = {"group": "RAV", "label": "DLZ AA Emmenbrücke", "valid_from": "01.01.2026"}


@pytest.fixture
def office(client_of: Callable[..., Client]) -> Client:
    """The browser of the coordination office."""
    return client_of(coordinator())


def test_an_address_is_put_right_in_place_and_requests_keep_theirs(office: Client) -> None:
    request = promises.requested()
    provider = Provider.objects.get()
    assert office.post(address(provider), typed(provider, place="Neudorf")).status_code == 302
    assert Provider.objects.get().place == "Neudorf"
    assert "Musterwil" in Kostengutsprache.objects.get(pk=request.pk).provider_address


def test_another_price_is_a_new_version(office: Client) -> None:
    row = promises.tariff()
    assert errors(office, address(row), typed(row, amount="99.00"))
    office.post(address(row, "neue-fassung"), {"valid_from": "01.01.2030"})
    new = Tariff.objects.exclude(pk=row.pk).get()
    assert office.post(address(new), typed(new, amount="99.00")).status_code == 302
    assert dict(Tariff.objects.values_list("valid_from__year", "amount")) == {
        2020: Decimal("95.00"),
        2030: Decimal("99.00"),
    }
    assert "valid_from" in errors(office, added(Tariff), typed(new, pk=None, id=None, valid_from="01.06.2030"))


@pytest.mark.parametrize(("unit", "amount"), [("offer", "95"), ("day", ""), ("day", "0"), ("day", "-5"), ("day", "x")])
def test_a_tariff_has_a_price_or_an_offer(office: Client, unit: str, amount: str) -> None:
    values = {"provider": promises.tariff().provider_id, "measure": "Anderes", "unit": unit, "amount": amount}
    assert list(errors(office, added(Tariff), values | {"valid_from": "01.01.2026"})) == ["amount"]


def test_the_distribution_list_names_everybody_once_a_day(office: Client) -> None:
    sh, rav = InstitutionFactory.create(), InstitutionFactory.create(rav=True)
    assert office.post(added(CopyTo), COPY).status_code == 302
    assert list(errors(office, added(CopyTo), COPY | {"label": "dlz aa emmenbrücke"})) == ["label"]
    assert list(errors(office, added(CopyTo), COPY | {"institution": sh.pk})) == ["institution"]
    assert list(errors(office, added(CopyTo), COPY | {"group": "OTHER"})) == ["group"]
    assert office.post(added(CopyTo), COPY | {"institution": rav.pk}).status_code == 302


def test_the_lists_ship_the_published_copy_and_no_invented_price(seeds: None) -> None:
    rows: Any = CopyTo.objects.values_list("group", "institution", "label", "email")
    assert list(rows) == [("RAV", None, "DLZ AA Emmenbrücke", "")]
    assert not Tariff.objects.exists()
    assert not Provider.objects.exists()
