"""Agenda and invitation as letters: who may have them, what they say and never say (RT-10, REP-16)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from iiz.core.models import AccessLogEntry, Meeting
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Any:
    case = play.fixed(play.with_mother(play.with_therapist(email="tina@praxis.example")))
    Meeting.objects.filter(case=case).update(video_url="https://video.example/iiz")
    return case


def test_the_agenda_says_who_comes_to_which_part(case: Any, client_of: Any) -> None:
    jan = client_of(play.jan_of(case))
    text = jan.get(reverse("roundtable:agenda_text", args=[case.number])).content.decode()
    first, _between, second = text.partition("ZWEITER TEIL")
    assert "9.00–10.00 Uhr" in first
    assert play.THERAPIST in first
    assert "Maria Probe" not in first
    assert "10.00–11.30 Uhr" in second
    assert "Maria Probe" in second
    assert "Traktanden" in jan.get(f"/faelle/{case.number}/dokumente/").content.decode()
    assert AccessLogEntry.objects.filter(case_number=case.number, what="Traktanden als Text").exists()


def test_the_agenda_is_a_tagged_letter(case: Any, client_of: Any) -> None:
    response = client_of(play.koordination()).get(reverse("roundtable:agenda_pdf", args=[case.number]))
    reader = PdfReader(io.BytesIO(response.content))
    assert "Erster Teil: die Fachpersonen" in reader.pages[0].extract_text()
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_client_without_a_mail_address_gets_a_letter_in_plain_words(case: Any, client_of: Any) -> None:
    office, row = client_of(play.koordination()), play.row_of(case, "client")
    response = office.get(reverse("roundtable:invitation_pdf", args=[case.number, row.pk]))
    pages = PdfReader(io.BytesIO(response.content)).pages
    assert len(pages) == 1, "one leaf in one envelope"
    words = " ".join(pages[0].extract_text().split())
    told = ("Wir laden Sie zu einem", "Die Teilnahme ist freiwillig.", "/merkblatt/", "10.00–11.30", "ab 9.00 Uhr")
    for part in ("Petra Probe", "Dorfstrasse 2", *told):
        assert part in words
    text = office.get(reverse("roundtable:invitation_text", args=[case.number, row.pk])).content.decode()
    assert "jemanden mitbringen" in text


def test_offices_get_no_invitation_of_others_and_after_the_withdrawal_there_is_none(case: Any, client_of: Any) -> None:
    row = play.row_of(case, "client")
    invitation = reverse("roundtable:invitation_text", args=[case.number, row.pk])
    agenda = reverse("roundtable:agenda_text", args=[case.number])
    assert client_of(play.jan_of(case)).get(invitation).status_code == 403
    assert client_of(play.fremde()).get(agenda).status_code == 404
    play.withdrawn(case)
    assert client_of(play.koordination()).get(agenda).status_code == 404
