"""While case work runs: Standortgespräche, extra meetings, phone lines; no running reports (OP-16 to OP-18, OP-21)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from iiz.core import clock, workflow
from iiz.core.enums import Role
from iiz.core.models import Case, Meeting, OutboxMail, Task
from iiz.core.tests.factories import actor, coordinator
from iiz.core.workdays import add_months
from optima import pages
from optima.enums import MeetingKind
from optima.forms.casework import DeclineForm, PlanMeetingForm, RequestForm, StandortForm
from optima.models import ReducedProcedure

from . import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def waiting(case):
    return sorted(Task.objects.filter(case=case, done_at=None).values_list("name", flat=True))


def mails(kind):
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("user__first_name", flat=True))


def local(days):
    return f"{timezone.localdate() + days * DAY:%d.%m.%Y}"


def standort_form(case, **changes):
    """The note of a Standortgespräch that goes on, as typed; a number stands for the day so many days from now."""
    words = {
        "held_on": 0,
        "present": ["client", "contractor"],
        "progress": "Zwei Schnuppertage.",
        "decision": "continue",
        "measures": "Einsatzprogramm",
        "day": 90,
        "time": "14",
        "minutes": "60",
        "place": "RAV",
    }
    data = {name: local(value) if isinstance(value, int) else value for name, value in (words | changes).items()}
    return StandortForm(data, case=Case.objects.get(pk=case.pk), actor=make.adviser_of(case))


# The Standortgespräch ---------------------------------------------------------------------------------------


def test_going_on_plans_the_next_talk_and_tells_the_principal():
    case = make.running()
    form = standort_form(case)
    assert form.is_valid(), form.errors

    case = workflow.apply(case, "hold_standortgespraech", make.adviser_of(case), form.cleaned_data)

    held, planned = case.meetings.filter(kind=MeetingKind.STANDORTGESPRAECH).order_by("starts_at")
    assert (held.state, held.standortgespraech.decision, planned.state) == ("held", "continue", "planned")
    assert planned.day == timezone.localdate() + 90 * DAY
    assert {guest.seat: guest.reply for guest in planned.invitees.all()} == {
        "client": "accepted",
        "principal": "open",
        "contractor": "accepted",
    }
    assert waiting(case) == ["hold_standortgespraech", "reply_standort"]
    assert mails("optima_continued") == ["Nora"]


def test_the_planned_end_moves_only_by_an_extension_at_the_table():
    case = make.running()
    until, months = case.antrag.planned_until, case.antrag.planned_months

    case = workflow.apply(case, "hold_standortgespraech", make.adviser_of(case), make.continuing())
    assert case.antrag.planned_until == until
    case = workflow.apply(case, "hold_standortgespraech", make.adviser_of(case), make.continuing(extended_months=3))

    assert (case.antrag.planned_until, case.antrag.planned_months) == (add_months(until, 3), months + 3)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ((2026, 8, 31), 6, (2027, 2, 28)),
        ((2027, 8, 31), 6, (2028, 2, 29)),
        ((2026, 11, 30), 3, (2027, 2, 28)),
        ((2026, 12, 15), 12, (2027, 12, 15)),
        ((2026, 1, 31), 10, (2026, 11, 30)),
    ],
)
def test_months_end_where_the_calendar_does(day, months, later):
    assert add_months(dt.date(*day), months) == dt.date(*later)


def test_before_the_planned_end_somebody_is_asked_to_extend_or_close():
    case = make.running(make.handover_planned(make.accepted(make.submitted(planned_months=2))))

    (task,) = case.tasks.filter(done_at=None, name="planned_end")
    assert task.due_on == case.antrag.planned_until


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"held_on": -1}, "held_on", "vor dem Beginn der Fallarbeit"),
        ({"held_on": 1}, "held_on", "in der Zukunft"),
        ({"progress": ""}, "progress", "ausfüllen"),
        ({"progress": "x" * 5_001}, "progress", "5'001"),
        ({"decision": ""}, "decision", "ausfüllen"),
        ({"measures": ""}, "measures", "als Nächstes"),
        ({"day": ""}, "day", "ausfüllen"),
        ({"day": -3}, "day", "schon vorbei"),
        ({"day": 600}, "day", "18 Monate"),
        ({"time": "23.30"}, "time", "zwischen 6 und 22"),
        ({"extended_months": "0"}, "extended_months", "1"),
        ({"extended_months": "40"}, "extended_months", "36"),
        ({"video_url": "zoom meeting", "place": ""}, "video_url", "gültiger Link"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field(changes, field, sentence):
    form = standort_form(make.running(), **changes)

    assert not form.is_valid()
    assert sentence in form.errors[field][0]
    assert len(form.errors) == 1, form.errors


def test_going_on_beyond_the_planned_end_means_to_extend_it():
    case = make.running()
    later = case.antrag.planned_until + 20 * DAY
    form = standort_form(case, day=f"{later:%d.%m.%Y}")
    assert not form.is_valid()
    assert "nach dem geplanten Ende" in form.errors["extended_months"][0]

    assert standort_form(case, day=f"{later:%d.%m.%Y}", extended_months="3").is_valid()


def test_the_next_talk_keeps_its_hour_across_the_change_to_summer_time(time_machine):
    time_machine.move_to(dt.datetime(2027, 1, 20, 9, tzinfo=dt.UTC))
    case = make.running()
    form = standort_form(case, day="29.3.2027", time="9.30")
    assert form.is_valid(), form.errors

    workflow.apply(case, "hold_standortgespraech", make.adviser_of(case), form.cleaned_data)

    meeting = Meeting.objects.get(case=case, state="planned")
    assert meeting.starts_at == dt.datetime(2027, 3, 29, 7, 30, tzinfo=dt.UTC)
    assert f"{timezone.localtime(meeting.starts_at):%H:%M}" == "09:30"


def test_what_belongs_to_the_other_way_is_dropped():
    form = standort_form(make.running(), outcome="erfolgreich", reason="999999", papers="Vertrag")

    assert form.is_valid(), form.errors
    assert "outcome" not in form.cleaned_data


def test_while_all_goes_as_agreed_the_principal_reads_when_and_has_nothing_to_do(client_of):
    case = make.running()
    nora = make.principal_of(case)
    day = Meeting.objects.get(case=case, state="planned").day

    page = client_of(nora).get(case.get_absolute_url()).content.decode()

    assert f"Standortgespräch am {day:%d.%m.%Y}." in page
    assert "Sie müssen jetzt nichts tun" in page
    assert not Task.objects.filter(case=case, done_at=None, institution=nora.institution).exists()


def test_once_the_day_is_over_the_principal_reads_who_owes_the_note(time_machine, client_of):
    time_machine.move_to(timezone.now())
    case = make.running()
    nora = make.principal_of(case)
    time_machine.shift(100 * DAY)

    step = client_of(nora).get(case.get_absolute_url()).context["step"]

    assert "Standortgespräch führen und festhalten" in step["sentence"]


def test_both_sides_read_who_does_what_and_what_rests(client_of):
    case = make.running()
    ReducedProcedure.objects.create(
        principal_group="SH",
        contractor_group="IV",
        contractor_does="Begleitet die Person",
        principal_keeps="Wirtschaftliche Sozialhilfe",
        rests="Gespräche zur Arbeit",
        resumes="Gespräche wieder aufnehmen",
        valid_from=make.LONG_AGO,
    )

    for somebody in (make.principal_of(case), make.adviser_of(case), coordinator()):
        page = client_of(somebody).get(case.get_absolute_url()).content.decode()
        for words in ("Begleitet die Person", "Wirtschaftliche Sozialhilfe", "Gespräche zur Arbeit"):
            assert words in page
        assert "wieder aufnehmen" not in page


# The extra meeting ------------------------------------------------------------------------------------------


def test_a_wish_for_an_extra_meeting_needs_its_reason():
    case = make.running()
    nora = make.principal_of(case)

    assert "ausfüllen" in RequestForm({"reason": " "}, case=case, actor=nora).errors["reason"][0]
    assert "1'001" in RequestForm({"reason": "x" * 1001}, case=case, actor=nora).errors["reason"][0]


def test_a_wish_is_answered_with_a_meeting():
    case = make.running()
    case = workflow.apply(case, "request_meeting", make.principal_of(case), {"reason": "Wohnung verloren"})
    jan = make.adviser_of(case)
    assert "answer_request" in waiting(case)
    assert mails("optima_meeting_wanted") == ["Jan"]
    form = PlanMeetingForm(case=case, actor=jan)
    assert (form.initial["kind"], form.initial["reason"]) == (MeetingKind.EXTRA, "Wohnung verloren")
    assert form.fields["kind"].widget.is_hidden

    words = {"kind": MeetingKind.EXTRA, "reason": "Wohnung verloren"} | make.date(3)
    case = workflow.apply(case, "plan_meeting", jan, words)

    assert waiting(case) == ["hold_extra", "hold_standortgespraech", "reply_standort"]
    assert case.meeting_requests.get().meeting.kind == MeetingKind.EXTRA
    extra = case.meetings.get(kind=MeetingKind.EXTRA)
    note = {
        "meeting": extra,
        "held_on": clock.today(),
        "attended": {"client": True, "contractor": True},
        "note": "Übergangslösung",
    }
    case = workflow.apply(case, "hold_extra", jan, note)
    extra.refresh_from_db()
    assert (extra.state, extra.note) == ("held", "Übergangslösung")
    assert case.state == "running"


def test_a_wish_is_answered_without_a_meeting_and_both_read_it(client_of):
    case = make.running()
    nora, jan = make.principal_of(case), make.adviser_of(case)
    case = workflow.apply(case, "request_meeting", nora, {"reason": "Wohnung verloren"})
    assert DeclineForm(case=case, actor=jan).wish.reason == "Wohnung verloren"

    case = workflow.apply(case, "decline_meeting", jan, {"answer": "Ist bereits gelöst."})

    assert mails("optima_meeting_declined") == ["Nora"]
    assert "answer_request" not in waiting(case)
    for somebody in (nora, jan):
        page = client_of(somebody).get(case.get_absolute_url()).content.decode()
        assert "Wohnung verloren" in page
        assert "Ist bereits gelöst." in page


def test_one_wish_at_a_time_and_only_from_the_principal():
    case = make.running()
    nora, jan = make.principal_of(case), make.adviser_of(case)
    case = workflow.apply(case, "request_meeting", nora, {"reason": "Eins"})

    with pytest.raises(workflow.NotAllowed, match="bereits gewünscht"):
        workflow.apply(case, "request_meeting", nora, {"reason": "Zwei"})
    with pytest.raises(workflow.NotAllowed, match="nur diese Seite"):
        workflow.apply(case, "request_meeting", jan, {"reason": "Drei"})


def test_while_a_wish_is_open_the_principal_reads_whose_turn_it_is():
    case = make.running()
    nora = make.principal_of(case)
    assert pages.next_step(case, nora) is not None

    case = workflow.apply(case, "request_meeting", nora, {"reason": "Eins"})

    assert pages.next_step(case, nora) is None


def test_a_meeting_that_the_contractor_wants_needs_a_reason_too():
    case = make.running()
    data = {"kind": "zusatzgespraech", "day": local(3), "time": "9", "minutes": "60", "place": "RAV", "reason": ""}

    form = PlanMeetingForm(data, case=case, actor=make.adviser_of(case))

    assert form.errors == {"reason": ["Ein zusätzliches Gespräch braucht einen Grund."]}


def test_a_standortgespraech_called_off_has_to_be_planned_again():
    case = make.running()
    meeting = case.meetings.get(state="planned")

    case = workflow.apply(case, "cancel_meeting", make.adviser_of(case), {"meeting": meeting, "reason": "Krank"})

    assert "plan_standortgespraech" in waiting(case)


# Phone and what is offered ----------------------------------------------------------------------------------


def test_a_phone_call_is_one_line_that_both_sides_read():
    case = make.running()

    case = workflow.apply(
        case, "log_call", make.principal_of(case), {"text": "Krankmeldung bis Freitag", "called_on": clock.today()}
    )

    assert case.call_notes.get().text == "Krankmeldung bis Freitag"
    assert case.state == "running"


def test_the_head_of_a_running_case_offers_one_primary_step_and_folds_the_rare_ones(client_of):
    case = make.running()
    context = client_of(make.adviser_of(case)).get(case.get_absolute_url()).context

    assert context["step"]["offer"].transition.name == "hold_standortgespraech"
    assert {offer.transition.name for offer in context["offers"]} == {"assign", "plan_meeting"}
    assert {offer.transition.name for offer in context["folded"]} >= {"close_exceptionally", "client_withdraws"}
    assert not {offer.transition.name for offer in context["folded"]} & {"hold_extra", "decline_meeting"}


def test_who_only_reads_is_offered_nothing_and_a_stranger_finds_nothing(client_of):
    case = make.running()
    reader = actor(Role.READ_ONLY, case.antrag.principal)
    address = reverse("core:action", args=[case.number, "hold_standortgespraech"])

    context = client_of(reader).get(case.get_absolute_url()).context

    assert (context["offers"], context["folded"]) == ([], [])
    assert client_of(reader).get(address).status_code == 403
    assert client_of(make.fremde()).get(address).status_code == 404
