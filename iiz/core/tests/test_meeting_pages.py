"""The tab *Gespräche* and its files, as people see them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from iiz.core import clock, meetings, workflow
from iiz.core.enums import Role
from iiz.core.models import AccessLogEntry, Case, Meeting
from iiz.core.tests.factories import actor
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db

MOST = 24
"""Queries of the tab: session and frame of the case, then meetings, people, rights, calls, and the note of reading."""


def tab(case: Case) -> str:
    return reverse("core:case_tab", args=[case.number, "gespraeche"])


def act(case: Case, name: str) -> str:
    return reverse("core:action", args=[case.number, name])


@pytest.fixture
def case() -> Case:
    """A case whose hand-over meeting is planned."""
    return optima.handover_planned()


def test_the_invited_say_yes_with_one_click(case, client_of):
    jan = optima.adviser_of(case)
    browser = client_of(jan)
    page = browser.get(tab(case)).content.decode()
    assert "Zusagen" in page
    assert "Sitzungszimmer 2" in page
    sent = {"acting": jan.institution.pk, "version": case.version, "meeting": Meeting.objects.get().pk}
    answer = browser.post(act(case, "reply_meeting"), sent | {"reply": "accepted"}, follow=True)
    assert answer.redirect_chain[-1][0] == tab(case)
    page = answer.content.decode()
    assert "Antwort ändern" in page
    assert "Zusagen" not in page


def test_each_side_sees_the_buttons_it_may_press_and_readers_none(case, client_of):
    nora = optima.principal_of(case)
    page = client_of(nora).get(tab(case)).content.decode()
    assert "?gespraech=" in page
    assert "Zusagen" not in page
    reader = actor(Role.READ_ONLY, nora.institution)
    page = client_of(reader).get(tab(case)).content.decode()
    assert "?gespraech=" not in page
    assert "In meinen Kalender" in page


def test_a_link_to_answer_the_own_invitation_says_why_not(case, client_of):
    answer = client_of(optima.principal_of(case)).get(
        f"{act(case, 'reply_meeting')}?gespraech={Meeting.objects.get().pk}"
    )
    assert answer.status_code == 403
    assert "selbst festgelegt" in answer.content.decode()


def test_who_invited_and_declined_the_new_date_may_change_the_answer(case, client_of):
    nora, meeting = optima.principal_of(case), Meeting.objects.get()
    workflow.apply(case, "move_meeting", optima.adviser_of(case), {"meeting": meeting, **optima.date(9)})
    workflow.apply(case, "reply_meeting", nora, {"meeting": meeting, "reply": "declined"})
    page = client_of(nora).get(tab(case)).content.decode()
    assert "Antwort ändern" in page
    assert "Verschieben" in page


def test_moved_in_another_tab_shows_both_versions(case, client_of):
    nora, jan = optima.principal_of(case), optima.adviser_of(case)
    meeting = Meeting.objects.get()
    workflow.apply(case, "move_meeting", nora, {"meeting": meeting, **optima.date(9)})
    typed = {"day": "3.12.2027", "time": "14", "minutes": "60", "place": "Rathaus", "video_url": ""}
    day = optima.at(20).date()
    typed |= {"acting": jan.institution.pk, "version": case.version, "meeting": meeting.pk, "day": f"{day:%d.%m.%Y}"}
    answer = client_of(jan).post(act(case, "move_meeting"), typed)
    assert answer.status_code == 409
    assert "Rathaus" in answer.content.decode()
    assert "hat ein Gespräch verschoben" in answer.content.decode()
    assert Meeting.objects.get().place == "Sitzungszimmer 2"


def test_cancelled_meanwhile_an_answer_is_a_conflict_and_a_link_says_so(case, client_of):
    nora, jan = optima.principal_of(case), optima.adviser_of(case)
    meeting = Meeting.objects.get()
    workflow.apply(case, "cancel_meeting", nora, {"meeting": meeting, "reason": "krank"})
    browser = client_of(jan)
    sent = {"acting": jan.institution.pk, "version": case.version, "meeting": meeting.pk, "reply": "accepted"}
    assert browser.post(act(case, "reply_meeting"), sent).status_code == 409
    assert browser.get(f"{act(case, 'reply_meeting')}?gespraech={meeting.pk}").status_code == 403
    assert "1 abgesagtes Gespräch" in browser.get(tab(case)).content.decode()


def test_a_link_to_a_meeting_that_is_gone_says_so(case, client_of):
    answer = client_of(optima.principal_of(case)).get(f"{act(case, 'move_meeting')}?gespraech=999999")
    assert answer.status_code == 403
    assert "nicht mehr geplant" in answer.content.decode()


def test_what_people_type_is_shown_as_they_typed_it(case, client_of):
    jan = optima.adviser_of(case)
    evil = "<script>alert(1)</script> & Co."
    workflow.apply(case, "log_call", jan, {"text": evil, "called_on": timezone.localdate()})
    Meeting.objects.update(place="<img src=x onerror=alert(1)>")
    page = client_of(jan).get(tab(case)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_who_left_is_marked(case, client_of):
    jan = optima.adviser_of(case)
    colleague = actor(Role.CASEWORKER, jan.institution)
    jan.user.memberships.all().delete()
    page = client_of(colleague).get(tab(case)).content.decode()
    assert "Arbeitet nicht mehr bei" in page
    assert "Zusagen" in page


def test_without_meetings_the_tab_says_what_will_be_there(client_of):
    case = optima.submitted()
    page = client_of(optima.principal_of(case)).get(tab(case)).content.decode()
    assert "Noch kein Gespräch." in page
    assert "Telefonat festhalten" in page


def test_a_held_meeting_shows_its_note_and_who_agrees(client_of):
    case = optima.handover_held()
    page = client_of(optima.principal_of(case)).get(tab(case)).content.decode()
    assert "Bewerbungstraining ab nächster Woche." in page
    assert page.count("noch offen") == 1
    assert "Als PDF" in page


def test_minutes_as_letter_and_as_text_say_the_same_and_are_logged(client_of, tmp_path):
    case = optima.handover_held()
    nora, meeting = optima.principal_of(case), Meeting.objects.get()
    browser = client_of(nora)
    text = browser.get(reverse("core:minutes_text", args=[case.number, meeting.pk])).context["text"]
    answer = browser.get(reverse("core:minutes_pdf", args=[case.number, meeting.pk]))
    path = tmp_path / "notiz.pdf"
    path.write_bytes(answer.content)
    [page] = PdfReader(path).pages  # a usual note fits on one
    letter = page.extract_text()
    for words in ("Lena Beispiel", "Bewerbungstraining", "niemand unterschreibt", "Nora Keller", meeting.chair.name):
        assert words.casefold() in text.casefold()
        assert words in letter
    logged = AccessLogEntry.objects.filter(case_number=case.number).values_list("what", flat=True)
    assert {"Notiz als Text: Übergabegespräch", "Notiz als PDF: Übergabegespräch"} <= set(logged)


def test_after_a_withdrawal_only_the_own_meetings_are_left(client_of):
    case = optima.running()
    nora = optima.principal_of(case)
    Case.objects.filter(pk=case.pk).update(withdrawn_at=clock.now())
    meeting = Meeting.objects.exclude(organiser=nora.institution).exclude(chair=nora.institution).first()
    assert meeting is not None
    browser = client_of(nora)
    assert browser.get(reverse("core:meeting_calendar", args=[case.number, meeting.pk])).status_code == 404
    assert f"gespraech-{meeting.pk}" not in browser.get(tab(case)).content.decode()


@pytest.fixture
def queries_of(client_of):
    """How many queries the tab of a case takes."""

    def count(case: Case) -> int:
        browser = client_of(optima.principal_of(case))
        browser.get(tab(case))
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert browser.get(tab(case)).status_code == 200
        return len(found)

    return count


def test_twelve_meetings_take_as_many_queries_as_one(queries_of):
    case = optima.running()
    one = queries_of(case)
    nora, held = optima.principal_of(case), Meeting.objects.filter(case=case).first()
    assert held is not None
    guests = [meetings.Guest(row.seat, row.institution, row.user) for row in held.invitees.all()]
    for n in range(11):
        extra = meetings.plan(case, nora, kind="zusatzgespraech", guests=guests, **optima.date(n + 1))
        if n % 2:
            meetings.write_note(extra, nora, held_on=timezone.localdate(), attended={}, note="Kurz besprochen.")
    assert queries_of(case) == one
    assert one <= MOST


def test_a_phone_note_is_no_conflict_with_what_others_write_and_stands_there_once(client_of):
    case = optima.accepted()
    nora, jan = optima.principal_of(case), optima.contractor_of(case)
    url, today = f"/faelle/{case.number}/aktion/log_call/", f"{timezone.localdate():%d.%m.%Y}"
    typed = {"text": "Termin abgemacht", "called_on": today, "acting": nora.institution.pk, "version": case.version}
    workflow.apply(case, "log_call", jan, {"text": "Angerufen", "called_on": timezone.localdate()})
    for _click in range(2):
        assert client_of(nora).post(url, typed).status_code == 302
    assert sorted(case.call_notes.values_list("text", flat=True)) == ["Angerufen", "Termin abgemacht"]
