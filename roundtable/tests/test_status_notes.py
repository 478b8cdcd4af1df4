"""One sentence to all how it goes: offices by mail, people without an account by link, and not too seldom (RT-17)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from iiz.core import clock, workflow
from iiz.core.actor import Actor
from iiz.core.models import CallNote, Case, GuestLink, OutboxMail, Task
from iiz.core.tests.visiting import address, opened
from roundtable import course
from roundtable.effects import follow
from roundtable.effects.following import NOTE
from roundtable.forms.contact import ContactForm
from roundtable.forms.following import TellForm
from roundtable.tests import papers
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db
WORDS = "Die Abklärung läuft, der Bericht kommt im Januar."


@pytest.fixture
def case() -> Case:
    """Lena's Roundtable with the plan in force; Nora has the case management."""
    case = papers.lena()
    papers.version(case)
    return Case.objects.get(pk=case.pk)


def told(case: Case, who: Actor, text: str = WORDS) -> Case:
    return workflow.apply(case, "write_status", who, {"text": text})


def test_the_case_manager_tells_all(case: Case) -> None:
    nora = play.nora_of(case)
    told(case, nora)
    mails = {mail.user for mail in OutboxMail.objects.filter(kind="rt_status_note")}
    assert mails == {play.jan_of(case).user, play.iris_of(case).user}
    link = GuestLink.objects.get(purpose=NOTE, revoked_at=None)
    assert link.email == "tina@praxis.example"
    assert [note.text for note in course.notes(case, play.jan_of(case))] == [WORDS]
    assert course.notes(case, play.fremde()) == []
    told(Case.objects.get(pk=case.pk), nora, "Der Bericht ist da.")
    assert GuestLink.objects.filter(purpose=NOTE, revoked_at=None).count() == 1
    fresh = Case.objects.get(pk=case.pk)
    assert [note.text for note in course.notes(fresh, nora)] == ["Der Bericht ist da.", WORDS]


def test_the_same_is_told_once_a_day(case: Case, client_of, time_machine) -> None:
    """Two tabs with the same words send one mail."""
    nora = play.nora_of(case)
    told(case, nora)
    fresh = Case.objects.get(pk=case.pk)
    typed = {"version": fresh.version, "text": WORDS}
    answer = client_of(nora).post(reverse("core:action", args=[case.number, "write_status"]), typed)
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "heute schon gesendet" in shown
    assert WORDS in shown
    assert fresh.status_notes.count() == 1
    told(fresh, play.koordination())
    told(Case.objects.get(pk=case.pk), nora)
    time_machine.move_to(timezone.now() + play.DAY)
    told(Case.objects.get(pk=case.pk), nora)
    assert fresh.status_notes.count() == 4


def test_nobody_else_tells_all(case: Case) -> None:
    for who in (play.jan_of(case), play.iris_of(case)):
        with pytest.raises(workflow.NotAllowed, match="Case Management"):
            told(case, who)
    told(case, play.koordination())


def test_it_is_one_sentence(case: Case) -> None:
    def errors(text: str) -> set[str]:
        return set(TellForm({"text": text}, case=case, actor=play.nora_of(case)).errors)

    assert errors("") == errors("   ") == errors("x" * 301) == {"text"}
    assert errors(WORDS) == set()


def test_behind_the_link_stands_the_note_and_nothing_else(case: Case) -> None:
    told(case, play.nora_of(case))
    link = GuestLink.objects.get(purpose=NOTE)
    client = opened(link)
    page = client.get(address(link)).content.decode()
    assert WORDS in page
    assert "Beispiel" not in page
    play.withdrawn(Case.objects.get(pk=case.pk))
    assert WORDS not in client.get(address(link)).content.decode()


def test_after_some_weeks_the_case_manager_is_asked_for_the_next(case: Case, time_machine) -> None:
    workflow.settle(case)
    tasks = Task.objects.filter(case=case, name="write_status", done_at=None)
    assert not tasks
    time_machine.move_to(timezone.now() + 47 * play.DAY)
    follow.ripen(timezone.now())
    task = tasks.get()
    nora = play.nora_of(case)
    assert (task.institution, task.user) == (nora.institution, nora.user)
    assert task.due_on is not None
    assert (task.due_on - timezone.localdate()).days == 13
    assert follow.ripen(timezone.now()) == 0
    told(Case.objects.get(pk=case.pk), nora)
    assert not tasks


def test_each_office_notes_a_contact_with_one_line(case: Case) -> None:
    jan, nora = play.jan_of(case), play.nora_of(case)

    def noted(**typed: str) -> str:
        data = {"way": "phone", "whom": "other", "text": "Termin bestätigt.", "called_on": f"{clock.today():%d.%m.%Y}"}
        form = ContactForm(data | typed, case=case, actor=jan)
        if not form.is_valid():
            return ", ".join(form.errors)
        workflow.apply(case, "log_call", jan, form.cleaned_data)
        return CallNote.objects.latest("pk").text

    assert noted() == "Telefon: Termin bestätigt."
    named = noted(way="mail", whom=str(play.row_of(case, nora).pk))
    assert named == f"Mail mit {nora.user.get_full_name()}, {nora.institution.short_name}: Termin bestätigt."
    assert noted(way="talk", whom=str(play.row_of(case, "client").pk)).startswith(
        "kurzes Gespräch mit Klientin/Klient:"
    )
    assert noted(text="x" * 295) == "text"
    assert noted(way="fax", whom="0", text="") == "way, whom, text"
