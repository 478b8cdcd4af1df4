"""The Antrag on one page: written, saved by itself, checked, submitted (UX-01, OP-04)."""

import pytest
from django.urls import reverse

from iiz.core.models import Case

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora(client):
    somebody = make.nora()
    client.force_login(somebody.user)
    return somebody


def test_opening_the_page_begins_no_draft(client, nora):
    response = client.get(reverse("optima:new"))

    assert response.status_code == 200
    assert not Case.objects.exists()


from iiz.core.tests.factories import InstitutionFactory, ContactPersonFactory, MunicipalityFactory
from iiz.core.synthetic import ahv_number


def typed(contractor, **changes):
    data = {
        "first_name": "Lena", "last_name": "Beispiel", "birth_date": "14.03.1988",
        "ahv_number": ahv_number(123456789), "contractor": contractor.name,
        "social_counselling": "yes", "wsh": "yes", "job_seeker": "no", "ale": "no", "iv_counselling": "no",
        "goals-TOTAL_FORMS": "1", "goals-INITIAL_FORMS": "0",
        "goals-0-text": "Stelle", "goals-0-expected_result": "Vertrag", "situation": "Lage", "months": "6",
        "second_contact": "Vera", "agreed_on": "22.11.2025", "key": "5f0a2a54-6f0a-4a3e-9a6f-000000000001", "version": "0",
    }
    return data | changes


def test_smoke(client, nora):
    jan = make.jan()
    ContactPersonFactory.create(institution=jan.institution)
    r = client.post(reverse("optima:new"), typed(jan.institution, do="save"))
    assert r.status_code == 302, r.content.decode()
    case = Case.objects.get()
    r = client.get(r.url)
    assert r.status_code == 200
    assert "vollständig" in r.content.decode()

    r = client.get(reverse("optima:pdf", args=[case.number]))

    r = client.post(reverse("optima:office"), typed(jan.institution), headers={"HX-Trigger-Name": "contractor", "HX-Request": "true"})
    assert r.status_code == 200
    r = client.post(reverse("optima:person_search"), {"person_search": "Le"})
    assert r.status_code == 200
    r = client.post(reverse("optima:new"), typed(jan.institution, do="submit"))
    assert r.status_code == 302, r.content.decode()
    case.refresh_from_db()
    assert case.state == "submitted"
    r = client.get(r.url)
    assert r.status_code == 200
    r = client.get(reverse("optima:pdf", args=[case.number]))

    r = client.get(reverse("optima:text", args=[case.number]))
    print(r.content.decode())
