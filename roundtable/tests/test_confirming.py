"""Documents that are sent for confirmation: to whom, answered once, never another one (RT-18, PER-10)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from iiz.core import documents
from iiz.core.enums import Audience
from iiz.core.models import AccessLogEntry, AuditEntry, Document, GuestLink, Task
from iiz.core.tests.uploads import PDF
from iiz.core.tests.visiting import address, opened, told
from optima.tests import factories as optima
from roundtable.models import Confirmation

from . import playing as play

pytestmark = pytest.mark.django_db


def filed(case: Any, *, health: bool = False, audience: str = Audience.CASE) -> Document:
    upload = SimpleUploadedFile("protokoll.pdf", PDF, content_type="application/pdf")
    return documents.store(
        case,
        play.jan_of(case),
        title="Protokoll",
        upload=upload,
        content_type="application/pdf",
        audience=audience,
        health=health,
    )


def ask_url(document: Document) -> str:
    return reverse("roundtable:confirm_ask", args=[document.case.number, document.pk])


def sent(case: Any, client_of: Any, document: Document, *who: Any) -> Any:
    rows = [play.row_of(case, one).pk for one in who]
    due = f"{case.arrived_on + 9 * play.DAY:%d.%m.%Y}"
    data = {"participants": rows, "question": "Gelesen und einverstanden.", "due_on": due}
    return client_of(play.koordination()).post(ask_url(document), data)


@pytest.fixture
def case():
    return play.with_therapist(email="tina@praxis.example")


def text(response: Any) -> str:
    return str(response.content.decode())


def test_an_office_reads_and_confirms_once(case, client_of):
    jan, iris = play.jan_of(case), play.iris_of(case)
    document = filed(case)
    assert sent(case, client_of, document, iris).status_code == 302
    row = Confirmation.objects.get()
    page = reverse("roundtable:confirmation", args=[row.pk])
    assert Task.objects.filter(name="confirm_document", institution=iris.institution, done_at=None).exists()
    assert client_of(jan).get(page).status_code == 404
    assert client_of(play.fremde()).get(page).status_code == 404
    browser = client_of(iris)
    assert "Protokoll" in text(browser.get(page))
    assert "womit Sie nicht einverstanden" in text(browser.post(page, {"confirmed": "no", "seen": row.sha256}))

    answer = {"confirmed": "no", "note": "Punkt 3 stimmt nicht.", "seen": row.sha256}
    assert browser.post(page, answer).status_code == 302

    row.refresh_from_db()
    assert (row.confirmed, row.note) == (False, "Punkt 3 stimmt nicht.")
    assert not Task.objects.filter(name="confirm_document", done_at=None).exists()
    assert browser.post(page, {**answer, "confirmed": "yes"}).status_code == 409
    overview = f"/faelle/{case.number}/dokumente/"
    assert "Punkt 3 stimmt nicht." in text(client_of(play.koordination()).get(overview))
    assert "Punkt 3 stimmt nicht." not in text(client_of(jan).get(overview))
    assert AuditEntry.objects.filter(verb="confirmation_answered").count() == 1


def test_somebody_without_an_account_opens_the_document_inside_the_one_page(case, client_of):
    document = filed(case)
    sent(case, client_of, document, play.THERAPIST)
    link = GuestLink.objects.get(purpose="roundtable_confirm")
    tina = opened(link)
    assert "Protokoll" in text(tina.get(address(link)))
    file = tina.get(address(link), {"datei": "1"})
    assert b"".join(file.streaming_content) == PDF
    assert AccessLogEntry.objects.filter(user_name=f"{play.THERAPIST} (Link)", what="Dokument «Protokoll»").exists()
    row = Confirmation.objects.get()
    assert tina.post(address(link), {"confirmed": "yes", "seen": "0" * 64}).status_code == 409
    assert tina.post(address(link), {"confirmed": "yes", "seen": row.sha256}).status_code == 302
    assert "Danke, Ihre Antwort ist angekommen." in told(tina, link)
    row.refresh_from_db()
    assert row.confirmed is True


def test_a_document_that_changed_is_not_confirmed(case, client_of):
    document = filed(case)
    sent(case, client_of, document, play.iris_of(case))
    document.file.storage.delete(document.file.name)
    document.file.storage.save(document.file.name, ContentFile(PDF + b"other"))
    row = Confirmation.objects.get()
    page = reverse("roundtable:confirmation", args=[row.pk])
    refused = client_of(play.iris_of(case)).post(page, {"confirmed": "yes", "seen": row.sha256})
    assert refused.status_code == 409
    row.refresh_from_db()
    assert row.answered_at is None


def test_what_tells_of_health_goes_only_to_those_who_may_read_and_need_it(case, client_of):
    office, document = client_of(play.koordination()), filed(case, health=True)
    page = text(office.get(ask_url(document)))
    jan, nora = play.jan_of(case), play.nora_of(case)  # Jan's office filed it and knows it anyway
    offered = [play.row_of(case, who).pk for who in (jan, play.iris_of(case), play.THERAPIST)]
    assert all(f'name="participants" value="{key}"' in page for key in offered)
    assert page.count('name="participants"') == len(offered)
    assert f"{nora.institution.name}: Das Dokument enthält Angaben zur Gesundheit, die diese Stelle" in page
    sent(case, client_of, document, play.nora_of(case))
    assert not Confirmation.objects.exists()
    sent(case, client_of, document, play.THERAPIST)
    link = GuestLink.objects.get(purpose="roundtable_confirm")
    tina = opened(link)
    play.narrowed(case, play.THERAPIST, frozenset({"work"}))
    assert "Angaben zur Gesundheit" in told(tina, link)
    assert tina.get(address(link), {"datei": "1"}).status_code == 410


def test_somebody_whose_line_opens_no_data_gets_no_document_and_the_page_says_why(case, client_of):
    case = play.with_mother(case, email="maria@mutter.example")
    document = filed(case)
    mother = play.row_of(case, "Maria Probe")
    page = text(client_of(play.koordination()).get(ask_url(document)))
    assert f'name="participants" value="{mother.pk}"' not in page
    assert "Maria Probe: Die Vollmacht gibt hier keine Angaben anderer frei" in page
    sent(case, client_of, document, "Maria Probe")
    assert not Confirmation.objects.exists()


def test_only_what_is_for_all_is_sent_and_only_by_the_coordination_office(case, client_of):
    jan = play.jan_of(case)
    assert client_of(jan).get(ask_url(filed(case))).status_code == 403
    own = filed(case, audience=Audience.OWN)
    assert client_of(play.koordination()).get(ask_url(own)).status_code == 404


@pytest.mark.parametrize("end", [play.withdrawn, play.closed], ids=["withdrawn", "closed"])
def test_nothing_is_confirmed_after_the_end(case, client_of, end):
    iris = play.iris_of(case)
    sent(case, client_of, filed(case), iris, play.THERAPIST)
    link = GuestLink.objects.get(purpose="roundtable_confirm")
    tina = opened(link)
    row = Confirmation.objects.get(participant=play.row_of(case, iris))
    case = end(case) if end is play.withdrawn else end(play.running(play.fixed(case)))
    page = reverse("roundtable:confirmation", args=[row.pk])
    refused = client_of(iris).post(page, {"confirmed": "yes", "seen": row.sha256})
    assert refused.status_code == 409
    assert tina.post(address(link), {"confirmed": "yes", "seen": row.sha256}).status_code == 410
    assert not Confirmation.objects.exclude(answered_at=None).exists()


def test_a_request_is_called_off(case, client_of):
    document = filed(case)
    sent(case, client_of, document, play.THERAPIST)
    assert f"{play.THERAPIST}: offen" in text(client_of(play.koordination()).get(ask_url(document)))
    row, link = Confirmation.objects.get(), GuestLink.objects.get(purpose="roundtable_confirm")
    step = reverse("roundtable:confirm_cancel", args=[row.pk])
    assert client_of(play.jan_of(case)).post(step).status_code == 403
    assert client_of(play.koordination()).post(step).status_code == 302
    link.refresh_from_db()
    assert link.revoked_at is not None


def test_health_is_ticked_where_a_case_rests_on_a_vollmacht_and_says_who_reads_it_then(case, client_of):
    iris, nora = play.iris_of(case), play.nora_of(case)
    browser, upload = client_of(nora), f"/faelle/{case.number}/dokumente/neu/"
    assert iris.institution.name in text(browser.get(upload)).split("Enthält Angaben zur Gesundheit")[1]
    file = SimpleUploadedFile("bericht.pdf", PDF, content_type="application/pdf")
    browser.post(upload, {"title": "Bericht", "file": file, "audience": "case", "health": "on"})
    assert Document.objects.get(title="Bericht").health
    overview = f"/faelle/{case.number}/dokumente/"
    shown = text(client_of(iris).get(overview))
    assert "Bericht" in shown
    assert "beteiligte Stellen, die Angaben zur Gesundheit brauchen" in shown
    assert ">alle beteiligten Stellen<" not in shown
    assert "Bericht" not in text(client_of(play.jan_of(case)).get(overview)).split("<main")[1]
    other = optima.submitted()
    page = text(client_of(optima.principal_of(other)).get(f"/faelle/{other.number}/dokumente/neu/"))
    assert "Angaben zur Gesundheit" not in page
