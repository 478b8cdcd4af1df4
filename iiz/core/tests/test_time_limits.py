"""Periods as the coordination office keeps them: by their words, dated, with a clear sentence for what cannot be."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from iiz.core.models import AuditEntry, TimeLimit

from .factories import TimeLimitFactory, coordinator

pytestmark = pytest.mark.django_db

ADD = "/admin/core/timelimit/add/"


@pytest.fixture
def office(client_of: Callable[..., Client]) -> Client:
    return client_of(coordinator())


def typed(**changes: Any) -> dict[str, Any]:
    values = {
        "service": "optima",
        "wait": "decide",
        "days": "10",
        "remind_before": "3",
        "remind_after": "1",
        "deputy_after": "",
        "contact_after": "7",
        "coordinator_after": "14",
        "valid_from": "01.04.2026",
        "valid_until": "",
    }
    return {**values, **changes}


def test_a_row_is_ended_and_a_new_one_added(office: Client) -> None:
    old = TimeLimitFactory.create()
    assert "Vom 01.01.2020 an gilt bereits eine Zeile" in office.post(ADD, typed()).content.decode()
    ended = typed(days="14", deputy_after="4", valid_from="01.01.2020", valid_until="31.03.2026")
    assert office.post(f"/admin/core/timelimit/{old.pk}/change/", ended).status_code == 302
    assert office.post(ADD, typed()).status_code == 302
    assert list(TimeLimit.objects.order_by("valid_from").values_list("days", "deputy_after")) == [(14, 4), (10, None)]
    assert AuditEntry.objects.filter(stream="master", verb="master_added").count() == 1


def test_an_existing_row_stays_with_its_pendenz(office: Client) -> None:
    row = TimeLimitFactory.create()
    office.post(f"/admin/core/timelimit/{row.pk}/change/", typed(wait="answer"))
    assert TimeLimit.objects.get(pk=row.pk).wait == "decide"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"wait": "nothing"}, "Bitte"),
        ({"days": "366"}, "365"),
        ({"days": "-1"}, "0"),
        ({"remind_before": "10"}, "Wählen Sie weniger Tage"),
        ({"coordinator_after": "5"}, "Das läge vor dem Schritt darüber"),
        ({"valid_until": "01.01.2026"}, "Das Ende liegt vor dem Beginn"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_lost(
    office: Client, changes: dict[str, str], sentence: str
) -> None:
    response = office.post(ADD, typed(**changes))
    assert response.status_code == 200
    page = response.content.decode()
    errors = str(response.context["adminform"].form.errors)
    assert sentence in errors, errors
    assert 'value="7"' in page
    assert not TimeLimit.objects.exists()


def test_the_list_shows_the_words_of_the_pendenz_and_what_its_number_counts(office: Client) -> None:
    TimeLimitFactory.create()
    TimeLimitFactory.create(wait="reply_handover", days=3, working_days=True)
    TimeLimitFactory.create(wait="hold_handover", days=None)
    TimeLimitFactory.create(wait="gone", days=None)
    page = office.get("/admin/core/timelimit/").content.decode()
    for words in ("Antrag prüfen und entscheiden", "14 Tage", "3 Arbeitstage", "Tag aus dem Fall", "keine", "gone"):
        assert words in page
