"""A typo in the last note of a Standortgespräch: who puts it right, what stays, and the trace it leaves."""

import pytest
from django.urls import reverse

from iiz.core import audit, registry, workflow
from iiz.core.models import AuditEntry
from optima.forms.wording import RewordForm
from optima.models import Abschluss

from . import factories as make

pytestmark = pytest.mark.django_db


def reword(case, **words):
    return workflow.apply(case, "reword_note", make.adviser_of(case), words)


def test_only_the_words_change_and_the_trace_holds_both_as_hashes():
    case = make.continued(make.running())
    meeting = case.meetings.get(state="held", kind="standortgespraech")
    before = meeting.standortgespraech.next_at

    reword(case, progress="Zwei Schnuppertage, gute Rückmeldungen.")

    meeting.refresh_from_db()
    note = meeting.standortgespraech
    note.refresh_from_db()
    assert note.progress == "Zwei Schnuppertage, gute Rückmeldungen."
    assert (note.measures, note.next_at, meeting.note_version) == ("Einsatzprogramm, danach Bewerbungen.", before, 2)
    entry = AuditEntry.objects.get(verb="case_reword_note")
    assert registry.told(entry) == "hat den Wortlaut der letzten Notiz berichtigt"
    assert entry.changes["progress"] == [
        audit.personal("Zwei Schnuppertage, gute Rückmeldung."),
        audit.personal("Zwei Schnuppertage, gute Rückmeldungen."),
    ]
    assert "measures" not in entry.changes


def test_after_the_end_the_words_of_the_closure_too_and_nothing_that_was_decided():
    case = make.closed()
    form = RewordForm(case=case, actor=make.adviser_of(case))
    assert list(form.fields) == ["progress", "measures", "papers", "note"]
    ended, outcome = case.ended_on, case.antrag.outcome

    case = reword(case, papers="Arbeitsvertrag, Zeugnis", outcome="sonstige")

    closure = Abschluss.objects.get(antrag=case.antrag)
    assert closure.papers == "Arbeitsvertrag, Zeugnis"
    assert (case.ended_on, case.antrag.outcome, case.state) == (ended, outcome, "closed")


def test_what_the_principal_downloads_then_is_the_new_version(client_of):
    case = make.closed()
    nora, jan = make.principal_of(case), make.adviser_of(case)
    typed = {"progress": "Arbeitsvertrag ist da.", "measures": "", "papers": "Arbeitsvertrag", "note": ""}
    sent = typed | {"acting": jan.institution.pk, "version": case.version}

    done = client_of(jan).post(reverse("core:action", args=[case.number, "reword_note"]), sent, follow=True)

    assert "Die Notiz ist berichtigt." in done.content.decode()
    assert "Arbeitsvertrag ist da." in client_of(nora).get(f"{case.get_absolute_url()}gespraeche/").content.decode()


def test_the_same_words_are_no_correction():
    case = make.closed()
    typed = {"progress": "Arbeitsvertrag unterschrieben.", "measures": "", "papers": "Arbeitsvertrag", "note": ""}

    form = RewordForm(typed, case=case, actor=make.adviser_of(case))

    assert form.non_field_errors() == ["Bitte ändern Sie mindestens ein Wort."]


def test_without_a_note_or_after_a_withdrawal_there_is_nothing_to_put_right():
    for case, sentence in ((make.running(), "noch keine Notiz"), (make.stopped(), "zurückgezogen")):
        with pytest.raises(workflow.NotAllowed, match=sentence):
            reword(case, progress="Anders.")
