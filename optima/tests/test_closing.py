"""The end: at the table, as an exception, with the lead back, and put right later (OP-19 to OP-21, OUT-04)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from iiz.core import audit, registry, workflow
from iiz.core.enums import Phase, Role
from iiz.core.models import AuditEntry, Case, Meeting, Membership, OutboxMail, Task
from iiz.core.tests.factories import actor, coordinator
from optima import pages
from optima.enums import MeetingKind, Outcome
from optima.enums import OptimaState as S
from optima.forms.casework import CorrectForm, ExceptionForm, StandortForm
from optima.models import ClosingDetail, ReducedProcedure

from . import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def waiting(case):
    return sorted(Task.objects.filter(case=case, done_at=None).values_list("name", flat=True))


def mails(kind):
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("user__first_name", flat=True))


def local(days):
    return f"{timezone.localdate() + days * DAY:%d.%m.%Y}"


def detail(kind="cause", code="mitwirkung_fehlt", label="Mitwirkung fehlt"):
    return ClosingDetail.objects.create(kind=kind, code=code, label=label, valid_from=make.LONG_AGO)


def closing_form(case, **changes):
    """The note of a final meeting, as typed."""
    data = {
        "held_on": local(0),
        "present": ["client", "principal", "contractor"],
        "progress": "Vertrag unterschrieben.",
        "decision": "close",
        "reason": str(make.closing_reason(party="contractor").pk),
        "outcome": "erfolgreich",
    }
    return StandortForm(data | changes, case=Case.objects.get(pk=case.pk), actor=make.adviser_of(case))


def correction(case, **changes):
    """The correction of a case in its present words, but for ``changes``."""
    who = coordinator()
    fresh = Case.objects.get(pk=case.pk)
    blank = CorrectForm(case=fresh, actor=who)
    data = {"why": "Vertippt"}
    for name in blank.fields:
        value = blank.initial.get(name)
        if name in ("causes", "results"):
            data[name] = [str(row.pk) for row in value]
        elif value:
            data[name] = f"{value:%d.%m.%Y}" if isinstance(value, dt.date) else str(value)
    return CorrectForm(data | changes, case=fresh, actor=who)


def corrected(case, **changes):
    form = correction(case, **changes)
    assert form.is_valid(), form.errors
    return workflow.apply(case, "correct", form.actor, form.cleaned_data)


# At the table -----------------------------------------------------------------------------------------------


def test_closing_at_the_table_makes_it_the_abschlussgespraech_and_gives_the_lead_back():
    case = make.running()
    cause, result = detail(), detail("result", "stelle_befristet", "Befristete Stelle")
    form = closing_form(case, outcome="teilweise", causes=[cause.pk], results=[result.pk], papers="Arbeitsvertrag")
    assert form.is_valid(), form.errors

    case = workflow.apply(case, "hold_standortgespraech", make.adviser_of(case), form.cleaned_data)

    antrag, closure = case.antrag, case.antrag.abschluss
    assert (case.state, case.phase, case.ended_on) == (S.CLOSED, Phase.ENDED, timezone.localdate())
    assert (antrag.outcome, antrag.closing_reason) == (Outcome.PARTIAL, "Ziel erreicht")
    assert closure.meeting.kind == MeetingKind.ABSCHLUSSGESPRAECH
    assert [row.label for row in closure.causes.all()] == ["Mitwirkung fehlt"]
    assert [row.label for row in closure.results.all()] == ["Befristete Stelle"]
    assert (case.lead_institution, case.lead_user) == (antrag.principal, make.principal_of(case).user)
    assert case.lead_since == timezone.localdate()
    assert waiting(case) == ["resume"]
    assert mails("optima_closed") == ["Nora"]
    assert not Meeting.objects.filter(case=case, state="planned").exists()


def test_the_case_ends_on_the_day_of_the_talk_not_of_its_note(time_machine):
    time_machine.move_to(timezone.now())
    case = make.running()
    day = timezone.localdate() + 5 * DAY
    time_machine.shift(9 * DAY)

    case = workflow.apply(case, "hold_standortgespraech", make.adviser_of(case), make.closing(held_on=day))

    assert case.ended_on == case.lead_since == day


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"reason": ""}, "reason", "ausfüllen"),
        ({"reason": "999999"}, "reason", "Auswahl"),
        ({"outcome": ""}, "outcome", "ausfüllen"),
        ({"outcome": "teilweise"}, "causes", "was gefehlt hat"),
        ({"outcome": "nicht_umgesetzt"}, "causes", "was gefehlt hat"),
        ({"papers": "x" * 1_001}, "papers", "1'001"),
    ],
)
def test_what_is_missing_at_the_end_is_said_beside_the_field(changes, field, sentence):
    form = closing_form(make.running(), **changes)

    assert not form.is_valid()
    assert sentence in form.errors[field][0]
    assert len(form.errors) == 1, form.errors


def test_a_success_has_no_cause_for_failing():
    cause = detail()
    form = closing_form(make.running(), causes=[cause.pk])

    assert form.is_valid()
    assert list(form.cleaned_data["causes"]) == []


def test_a_case_cannot_be_closed_before_its_work_began():
    form = closing_form(make.running(), held_on=local(-1))

    assert form.errors["held_on"] == ["Das liegt vor dem Beginn der Fallarbeit."]


def test_each_side_names_its_own_reasons():
    for code, party in (("ziel_erreicht", "contractor"), ("widerruf", "principal"), ("bilateral", "any")):
        make.closing_reason(code, party=party)
    case = make.running()

    def offered(who):
        return {row.code for row in ExceptionForm(case=case, actor=who).fields["reason"].queryset}

    assert offered(make.adviser_of(case)) == {"ziel_erreicht", "bilateral"}
    assert offered(make.principal_of(case)) == {"widerruf", "bilateral"}
    assert offered(coordinator()) == {"ziel_erreicht", "widerruf", "bilateral"}


def test_closing_twice_from_two_tabs_shows_what_holds_and_loses_nothing(client_of):
    case = make.running()
    jan, version = make.adviser_of(case), case.version
    form = closing_form(case)
    assert form.is_valid()
    workflow.apply(case, "hold_standortgespraech", jan, form.cleaned_data)

    answer = client_of(jan).post(
        reverse("core:action", args=[case.number, "hold_standortgespraech"]),
        dict(form.data) | {"version": version, "progress": "Aus dem zweiten Fenster"},
    )

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Aus dem zweiten Fenster" in page
    assert "Abgeschlossen" in page
    assert case.meetings.filter(state="held", kind=MeetingKind.ABSCHLUSSGESPRAECH).count() == 1


# As an exception --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [make.principal_of, make.adviser_of, lambda case: coordinator()])
def test_without_a_talk_closing_is_an_exception_with_its_reason(who, client_of):
    case = make.running()
    somebody = who(case)
    reason = make.closing_reason("bilateral", party="any")
    data = {"reason": reason.pk, "outcome": "sonstige"}
    assert "ausfüllen" in ExceptionForm(data, case=case, actor=somebody).errors["exception"][0]
    form = ExceptionForm(data | {"exception": "Wegzug in einen anderen Kanton"}, case=case, actor=somebody)
    assert form.is_valid(), form.errors

    case = workflow.apply(case, "close_exceptionally", somebody, form.cleaned_data)

    assert (case.state, case.ended_on, case.lead_institution) == (S.CLOSED, timezone.localdate(), case.antrag.principal)
    assert not case.meetings.filter(state="planned").exists()
    assert case.meetings.filter(state="cancelled").count() == 1
    page = client_of(make.principal_of(case)).get(case.get_absolute_url()).content.decode()
    assert "Wegzug in einen anderen Kanton" in page


def test_after_a_withdrawal_the_contractor_closes_with_what_is_known_already():
    reason = make.closing_reason("einverstaendnis_zurueckgezogen", party="any")
    case = make.stopped()
    jan = make.adviser_of(case)
    assert waiting(case) == ["close_withdrawn"]
    form = ExceptionForm(case=case, actor=jan)
    assert (form.initial["reason"], form.initial["exception"]) == (reason, "Das Einverständnis ist zurückgezogen.")

    data = {"reason": reason, "outcome": "sonstige", "exception": form.initial["exception"]}
    case = workflow.apply(case, "close_exceptionally", jan, data)

    assert (case.state, waiting(case)) == (S.CLOSED, [])
    assert [label for label, _words in pages.closure(case, make.principal_of(case))] == ["Grund", "Ergebnis"]
    assert "Ausnahme, weil" in dict(pages.closure(case, jan))


# Afterwards -------------------------------------------------------------------------------------------------


def test_the_principal_takes_up_again_what_rested(client_of):
    ReducedProcedure.objects.create(
        principal_group="SH",
        contractor_group="IV",
        contractor_does="Begleitet",
        principal_keeps="Sozialhilfe",
        rests="Gespräche zur Arbeit",
        resumes="Gespräche wieder ansetzen\nBemühungen wieder kontrollieren",
        valid_from=make.LONG_AGO,
    )
    case = make.closed()
    nora = make.principal_of(case)
    page = client_of(nora).get(reverse("core:action", args=[case.number, "resume"])).content.decode()
    assert "Bemühungen wieder kontrollieren" in page

    case = workflow.apply(case, "resume", nora, {})

    assert (case.antrag.resumed_on, waiting(case)) == (timezone.localdate(), [])
    assert "resume" not in {offer.transition.name for offer in workflow.available(case, nora)}
    with pytest.raises(workflow.NotAllowed, match="bereits festgehalten"):
        workflow.apply(case, "resume", nora, {})


def test_the_lead_does_not_return_to_somebody_who_has_left():
    case = make.running()
    nora = make.principal_of(case)
    deputy = actor(Role.CONTACT, nora.institution)
    Membership.objects.filter(user=nora.user).update(valid_until=timezone.localdate() - DAY)

    case = workflow.apply(case, "hold_standortgespraech", make.adviser_of(case), make.closing())

    assert (case.lead_institution, case.lead_user) == (nora.institution, None)
    assert workflow.apply(case, "resume", deputy, {}).antrag.resumed_on is not None


# Put right later --------------------------------------------------------------------------------------------


def test_a_correction_keeps_the_case_closed_and_tells_old_and_new_with_the_reason(client_of):
    case = make.closed()
    yesterday = timezone.localdate() - DAY
    case.antrag.decided_on = yesterday - DAY
    case.antrag.save()
    cause = detail()

    case = corrected(
        case,
        why="Der Vertrag galt nicht",
        outcome="nicht_umgesetzt",
        causes=[str(cause.pk)],
        handover_on=f"{yesterday:%d.%m.%Y}",
        started_on=f"{yesterday:%d.%m.%Y}",
    )

    assert (case.state, case.phase, case.antrag.outcome) == (S.CLOSED, Phase.ENDED, Outcome.FAILED)
    assert case.antrag.started_on == yesterday
    assert mails("optima_corrected") == ["Jan", "Nora"]
    for somebody in (make.principal_of(case), make.adviser_of(case), coordinator()):
        told = client_of(somebody).get(f"{case.get_absolute_url()}verlauf/").content.decode()
        assert "Ergebnis: Auftrag nicht umgesetzt statt Auftrag erfolgreich umgesetzt" in told
        assert f"Beginn der Fallarbeit: {yesterday:%d.%m.%Y} statt {timezone.localdate():%d.%m.%Y}" in told
        assert "was gefehlt hat: Mitwirkung fehlt statt nichts" in told
        assert "Der Vertrag galt nicht" in told
    assert client_of(make.fremde()).get(f"{case.get_absolute_url()}verlauf/").status_code == 404


def test_the_chain_holds_the_reason_of_a_correction_only_as_a_hash():
    case = corrected(make.closed(), why="Frau Unverkennbar hat angerufen", outcome="sonstige")

    entry = AuditEntry.objects.get(stream=audit.case_stream(case.number), verb="case_correct")
    assert "Unverkennbar" not in str(entry.changes)
    assert "Unverkennbar" not in registry.told(entry)
    assert list(audit.verify()) == []


def test_after_a_withdrawal_only_the_coordination_office_reads_why_a_case_was_put_right():
    reason = make.closing_reason("einverstaendnis_zurueckgezogen", party="any")
    case = make.stopped()
    data = {"reason": reason, "outcome": "sonstige", "exception": "Rückzug"}
    case = workflow.apply(case, "close_exceptionally", make.adviser_of(case), data)
    case = corrected(case, why="Falscher Grund", outcome="erfolgreich")

    assert pages.corrections(case, make.principal_of(case)) == []
    assert pages.corrections(case, coordinator()) == ["Falscher Grund"]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"why": ""}, "why", "ausfüllen"),
        ({"why": "x" * 501}, "why", "501"),
        ({}, "__all__", "mindestens eine Angabe"),
        ({"started_on": -3}, "started_on", "vor dem Übergabegespräch"),
        ({"ended_on": -3}, "ended_on", "vor dem"),
        ({"ended_on": 1}, "ended_on", "in der Zukunft"),
        ({"handover_on": ""}, "handover_on", "ausfüllen"),
        ({"outcome": "teilweise"}, "causes", "was gefehlt hat"),
        ({"outcome": "grossartig"}, "outcome", "Auswahl"),
    ],
)
def test_an_impossible_correction_is_refused_beside_the_field(changes, field, sentence):
    words = {name: local(value) if isinstance(value, int) else value for name, value in changes.items()}
    form = correction(make.closed(), **words)

    assert not form.is_valid()
    assert sentence in form.errors[field][0]


def test_a_corrected_end_moves_the_lead_and_the_retention_with_it(time_machine):
    time_machine.move_to(timezone.now())
    case = make.running()
    time_machine.shift(10 * DAY)
    case = workflow.apply(case, "hold_standortgespraech", make.adviser_of(case), make.closing())
    before, earlier = case.retention_until, case.ended_on - 2 * DAY

    case = corrected(case, ended_on=f"{earlier:%d.%m.%Y}")

    assert case.ended_on == case.lead_since == earlier
    assert case.retention_until <= before


def test_a_case_that_failed_at_its_hand_over_has_one_day_for_both(time_machine):
    time_machine.move_to(timezone.now())
    planned = make.handover_planned()
    time_machine.shift(7 * DAY)
    case = make.not_established(planned)
    form = correction(case)
    assert list(form.fields) == ["why", "handover_on"]

    case = corrected(case, handover_on=f"{case.ended_on - DAY:%d.%m.%Y}")

    assert case.antrag.handover_on == case.ended_on == timezone.localdate() - DAY


def test_only_the_coordination_office_corrects():
    case = make.closed()

    for somebody in (make.principal_of(case), make.adviser_of(case)):
        with pytest.raises(workflow.NotAllowed):
            workflow.apply(case, "correct", somebody, {"why": "Vertippt"})
