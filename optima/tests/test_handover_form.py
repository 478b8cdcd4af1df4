"""What is typed about the hand-over: the date, the note, the answers to it; and what does not fit (OP-09, OP-10)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from iiz.core import workflow
from iiz.core.models import Case
from iiz.core.tests.factories import InstitutionFactory
from optima.enums import OptimaState as S
from optima.forms.handover import AgreeForm, HandoverNoteForm, PlanHandoverForm

from . import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def local(days):
    return f"{timezone.localdate() + days * DAY:%d.%m.%Y}"


def typed(**changes):
    """A note as it is typed at the table, today; a number stands for the day so many days from now."""
    words = {
        "held_on": local(0),
        "present": ["client", "principal", "contractor"],
        "starts_on": local(7),
        "measures": "Bewerbungstraining",
        "statement": "yes",
        "day": local(90),
        "time": "9.30",
        "minutes": "60",
        "place": "Sitzungszimmer 2",
        "agreed_client": "yes",
        "agreed_principal": "yes",
        "agreed_contractor": "yes",
    }
    return {name: local(value) if isinstance(value, int) else value for name, value in (words | changes).items()}


def note_form(case, **changes):
    return HandoverNoteForm(typed(**changes), case=Case.objects.get(pk=case.pk), actor=make.adviser_of(case))


def test_whoever_plans_has_told_the_client_and_reads_whom_to_call_first():
    case = make.accepted()
    nora = make.principal_of(case)
    form = PlanHandoverForm({"day": local(7), "time": "9", "minutes": "60", "place": "Büro"}, case=case, actor=nora)

    assert "zuerst mit der Klientin" in form.errors["client_informed"][0]
    assert form.adviser().user == make.adviser_of(case).user


def test_what_is_typed_at_the_table_is_what_the_workflow_needs():
    case = make.handover_planned()

    form = note_form(case)

    assert form.is_valid(), form.errors
    assert workflow.apply(case, "hold_handover", make.adviser_of(case), form.cleaned_data).state == S.AGREED


def test_what_is_known_is_filled_in_already():
    case = make.handover_planned()
    form = HandoverNoteForm(case=case, actor=make.adviser_of(case))

    assert form.initial["held_on"] == timezone.localdate()
    assert form.initial["present"] == ["client", "principal", "contractor"]
    assert form.initial["place"] == "Sitzungszimmer 2"
    assert "starts_on" not in form.initial


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"held_on": 1}, "held_on", "in der Zukunft"),
        ({"held_on": "1.1.2020"}, "held_on", "vor der Annahme"),
        ({"held_on": "gestern"}, "held_on", "Bitte ein Datum"),
        ({"starts_on": -1}, "starts_on", "frühestens am Tag"),
        ({"starts_on": 93}, "starts_on", "spätestens drei Monate"),
        ({"starts_on": ""}, "starts_on", "ausfüllen"),
        ({"day": 7}, "day", "nach dem Beginn"),
        ({"day": -1}, "day", "schon vorbei"),
        ({"time": "25 Uhr"}, "time", "Uhrzeit"),
        ({"place": ""}, "place", "Ort oder einen Link"),
        ({"place": "Bei Frau Beispiel"}, "place", "ohne Namen"),
        ({"measures": "x" * 5_001}, "measures", "5'001"),
        ({"measures": "   "}, "measures", "ausfüllen"),
        ({"statement": ""}, "statement", "ausfüllen"),
        ({"statement": "no"}, "statement", "kommt der Auftrag nicht zustande"),
        ({"present": []}, "present", "ausfüllen"),
        ({"present": ["client", "contractor"]}, "agreed_principal", "noch offen"),
        ({"agreed_client": ""}, "agreed_client", "einverstanden ist"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field(changes, field, sentence):
    form = note_form(make.handover_planned(), **changes)

    assert not form.is_valid()
    assert sentence in form.errors[field][0]
    assert len(form.errors) == 1, form.errors


def test_what_the_client_declares_depends_on_the_contractor():
    service = InstitutionFactory.create()
    to_iv = make.handover_planned()
    to_service = make.handover_planned(make.accepted(make.submitted(contractor=make.jan(service).institution)))

    labels = [str(note_form(case).fields["statement"].label) for case in (to_iv, to_service)]

    assert "arbeiten zu können und zu wollen" in labels[0]
    assert "einverstanden und arbeitet mit" in labels[1]


def test_a_no_in_the_portal_has_a_reason_and_a_yes_needs_none():
    case = make.handover_held()
    nora = make.principal_of(case)

    no = AgreeForm({"note_version": "1", "answer": "no"}, case=case, actor=nora)
    yes = AgreeForm({"note_version": "1", "answer": "yes", "ended_note": "Doch"}, case=case, actor=nora)

    assert "in einem Satz" in no.errors["ended_note"][0]
    assert yes.is_valid()
    assert yes.cleaned_data["ended_note"] == ""


# Somebody was faster ------------------------------------------------------------------------------------------


def test_agreeing_to_a_note_that_was_changed_meanwhile_shows_both(client_of):
    case = make.handover_held()
    jan, nora = make.adviser_of(case), make.principal_of(case)
    version = case.version
    workflow.apply(case, "revise_note", jan, make.note("y-y", measures="Etwas ganz anderes"))

    answer = client_of(nora).post(
        reverse("core:action", args=[case.number, "agree_note"]),
        {"version": version, "note_version": "1", "answer": "yes"},
    )

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Ja, so haben wir es besprochen" in page
    assert "Etwas ganz anderes" in page
    assert Case.objects.get(pk=case.pk).state == S.HANDOVER_HELD


def test_a_note_changed_in_two_tabs_is_kept_twice_for_reading(client_of):
    case = make.handover_held()
    jan, version = make.adviser_of(case), case.version
    workflow.apply(case, "revise_note", jan, make.note("y-y", measures="Aus dem ersten Fenster"))

    answer = client_of(jan).post(
        reverse("core:action", args=[case.number, "revise_note"]),
        typed(measures="Aus dem <b>zweiten</b> Fenster", agreed_principal="open") | {"version": version},
    )

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Aus dem ersten Fenster" in page
    assert "Aus dem &lt;b&gt;zweiten&lt;/b&gt; Fenster" in page
