"""What tests of the Wegweiser share: Musterwil with its service, and what stands on a page."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.test import Client

from iiz.core.enums import InstitutionKind, LeadCapabilityLevel
from iiz.core.models import Jurisdiction, LeadCapability, RoutingRule
from iiz.core.tests.factories import InstitutionFactory, MunicipalityFactory

LONG_AGO = dt.date(2020, 1, 1)
START = "/wegweiser/?weg=fuehrung&paar="
BURDENED = "&belastung=sucht&belastung=k-kein_arbeitsangebot&belastung=k-anspruch_psh"
MOST_QUERIES = 12


def musterwil() -> dict[str, Any]:
    """A coordination office with its phone, and Musterwil whose service leads."""
    InstitutionFactory.create(
        kind=InstitutionKind.COORDINATION,
        name="IIZ-Koordinationsstelle",
        phone="041 555 00 00",
        email="iiz@test.example",
    )
    service = InstitutionFactory.create(name="SoBZ Musterwil", phone="041 555 10 10")
    place = MunicipalityFactory.create(bfs_nr=1099, name="Musterwil")
    RoutingRule.objects.filter(group="SH").delete()
    RoutingRule.objects.create(group="SH", mode="municipality", valid_from=LONG_AGO)
    Jurisdiction.objects.create(municipality=place, institution=service, group="SH", valid_from=LONG_AGO)
    capability = LeadCapability.objects.create(institution=service, level=LeadCapabilityLevel.FULL, valid_from=LONG_AGO)
    return {"service": service, "place": place, "capability": capability}


def told(address: str, client: Client | None = None) -> str:
    """What stands on the page, without its markup."""
    answer = (client or Client()).get(address)
    assert answer.status_code == 200, address
    return words(answer)


def words(answer) -> str:
    page = re.search(r"<main.*?</main>", answer.content.decode(), re.S)[0]
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())
