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
