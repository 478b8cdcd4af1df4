"""From the acceptance to the start of case work: the talk, its note, the ticks, who leads (OP-06 to OP-11)."""

import datetime as dt

import pytest
from django.utils import timezone

from iiz.core import access, audit, clock, workflow
from iiz.core.enums import Level, Phase, Role
from iiz.core.models import AuditEntry, Case, Meeting, Membership, OutboxMail, Task
from iiz.core.tests.factories import actor
from iiz.core.worklist import mine
from optima.enums import MeetingKind
from optima.enums import OptimaState as S
from optima.forms.handover import RecordForm
from optima.forms.seats import seat_names
from optima.next_step import next_step
from optima.queries import last_handover

from . import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def waiting(case):
    return sorted(Task.objects.filter(case=case, done_at=None).values_list("name", flat=True))


def mails(kind):
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("user__first_name", flat=True))


def leave(somebody):
    """Let somebody's work at the institution end yesterday, without anybody having handed anything over."""
    Membership.objects.filter(user=somebody.user).update(valid_until=timezone.localdate() - DAY)


# The way ----------------------------------------------------------------------------------------------------


def test_the_principal_plans_and_the_contractor_chairs():
    case = make.handover_planned()

    meeting = case.meetings.get()
    assert (meeting.organiser, meeting.chair) == (case.antrag.principal, case.antrag.contractor)
    assert [guest.get_seat_display() for guest in meeting.invitees.all()] == [
        "Klientin/Klient",
        "Auftraggeber",
        "Auftragnehmer",
    ]
    assert waiting(case) == ["hold_handover", "reply_handover"]
    assert mails("meeting_invited") == ["Jan", "Nora"]


def test_a_talk_called_off_has_to_be_arranged_again():
    case = make.handover_planned()
    meeting = case.meetings.get()

    case = workflow.apply(case, "cancel_meeting", make.principal_of(case), {"meeting": meeting, "reason": "Krank"})

    assert (case.state, waiting(case)) == (S.ACCEPTED, ["arrange_handover"])


def test_who_cannot_come_makes_the_inviting_side_look_for_a_new_date_until_it_is_found():
    case = make.handover_planned()
    nora, jan, meeting = make.principal_of(case), make.adviser_of(case), case.meetings.get()
    case = workflow.apply(case, "move_meeting", jan, {"meeting": meeting, **make.date(14)})

    case = workflow.apply(case, "reply_meeting", nora, {"meeting": meeting, "reply": "declined"})

    assert waiting(case) == ["await_new_date", "rearrange_handover"]
    assert "rearrange_handover" in {task.name for task in mine(nora)}
    read = Case.objects.get(pk=case.pk)
    assert next_step(read, nora) is None, "the own Pendenz says it"
    said = next_step(read, jan)["sentence"]
    assert "kann zum vereinbarten Übergabegespräch nicht kommen" in said
    assert f"({nora.institution.name}) sucht einen neuen Termin" in said
    case = workflow.apply(case, "move_meeting", nora, {"meeting": meeting, **make.date(15)})
    assert waiting(case) == ["hold_handover", "reply_handover"]


@pytest.mark.parametrize("made", [make.running, lambda: make.agreed(begins_in=10)])
def test_in_case_work_the_contractor_looks_for_the_new_date(made):
    case = made()
    meeting = case.meetings.get(state="planned")

    case = workflow.apply(case, "reply_meeting", make.principal_of(case), {"meeting": meeting, "reply": "declined"})

    assert waiting(case) == ["rearrange_meeting"], "nothing to hold before"
    assert next_step(Case.objects.get(pk=case.pk), make.principal_of(case)) is None


def test_a_talk_that_was_never_planned_here_can_be_noted_all_the_same():
    case = make.accepted()

    case = workflow.apply(case, "hold_handover", make.adviser_of(case), make.note())

    assert case.state == S.RUNNING
    assert last_handover(case).held_on == timezone.localdate()


def test_all_agreed_at_the_table_and_case_work_begins_today():
    case = make.running()

    antrag = case.antrag
    assert (case.state, case.lead_institution, case.lead_user) == (
        S.RUNNING,
        antrag.contractor,
        make.adviser_of(case).user,
    )
    assert case.lead_since == antrag.started_on == antrag.handover_on == timezone.localdate()
    assert antrag.planned_until == antrag.started_on.replace(
        year=antrag.planned_until.year, month=antrag.planned_until.month
    )
    next_one = case.meetings.get(kind=MeetingKind.STANDORTGESPRAECH)
    assert {guest.reply for guest in next_one.invitees.all()} == {"accepted"}
    assert waiting(case) == ["hold_standortgespraech"]
    invited = OutboxMail.objects.filter(kind="meeting_invited", object_id=next_one.pk)
    assert {mail.user for mail in invited} == {make.principal_of(case).user, make.adviser_of(case).user}
    assert mails("optima_begun") == ["Nora"]
    assert mails("optima_agreed") == []


def test_the_lead_passes_on_the_agreed_day_though_nobody_is_there():
    case = make.agreed(begins_in=10)
    nora, contractor = make.principal_of(case), case.antrag.contractor
    assert (case.state, case.lead_institution) == (S.AGREED, nora.institution)
    assert mails("optima_agreed") == ["Nora"]

    nine, ten = (timezone.now() + days * DAY for days in (9, 10))
    with clock.at(nine):
        assert workflow.catch_up(nine) == 0
    with clock.at(ten):
        assert workflow.catch_up(ten) == 1
        assert workflow.catch_up(ten) == 0

    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.lead_institution) == (S.RUNNING, contractor)
    assert case.lead_since == case.antrag.started_on == timezone.localdate(ten)
    entry = AuditEntry.objects.filter(stream=audit.case_stream(case.number)).last()
    assert (entry.verb, entry.user_name) == ("case_begin", "")
    assert mails("optima_begun") == ["Jan", "Nora"]
    assert access.level_of(case, make.principal_of(case)) == Level.CONTRIBUTE
    assert list(access.differences(Case.objects.all())) == []


def test_a_machine_that_was_off_on_the_day_begins_on_the_agreed_one():
    case = make.agreed(begins_in=10)
    agreed_day = timezone.localdate() + 10 * DAY
    later = timezone.now() + 14 * DAY

    with clock.at(later):
        workflow.catch_up(later)

    case = Case.objects.get(pk=case.pk)
    assert case.lead_since == case.antrag.started_on == agreed_day


def test_nothing_begins_once_the_client_has_withdrawn():
    case = make.agreed(begins_in=10)
    workflow.apply(case, "client_withdraws", make.principal_of(case), {})
    later = timezone.now() + 11 * DAY

    with clock.at(later):
        assert workflow.catch_up(later) == 0

    assert waiting(case) == ["end_withdrawn"]
    assert not Meeting.objects.filter(case=case, state="planned").exists()


# The ticks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ticks", ["nyy", "yny", "yyn", "n--"])
def test_one_no_ends_the_matter_and_the_lead_stays_where_it_was(ticks):
    case = make.handover_planned()

    case = workflow.apply(case, "hold_handover", make.adviser_of(case), make.note(ticks))

    assert (case.state, case.phase, case.lead_institution) == (S.NOT_ESTABLISHED, Phase.ENDED, case.antrag.principal)
    assert case.ended_on == case.antrag.handover_on == timezone.localdate()
    assert case.antrag.started_on is None
    assert waiting(case) == []
    assert mails("optima_not_agreed") == ["Nora"]


def test_the_principal_who_was_not_there_says_yes_in_the_portal():
    case = make.handover_held()
    assert waiting(case) == ["agree_note"]
    assert mails("optima_note_waits") == ["Nora"]

    case = workflow.apply(
        case, "agree_note", make.principal_of(case), {"note_version": 1, "agreed": {"principal": True}}
    )

    assert case.state == S.RUNNING
    assert mails("optima_begun") == ["Jan"]


def test_the_principals_no_ends_it_with_its_reason(client_of):
    case = make.handover_held()
    words = {"note_version": 1, "agreed": {"principal": False}, "ended_note": "So war es nicht besprochen."}

    case = workflow.apply(case, "agree_note", make.principal_of(case), words)

    assert case.state == S.NOT_ESTABLISHED
    page = client_of(make.contractor_of(case)).get(case.get_absolute_url()).content.decode()
    assert "So war es nicht besprochen." in page


def test_the_adviser_records_what_the_client_said_later():
    case = make.handover_planned()
    jan = make.adviser_of(case)
    case = workflow.apply(case, "hold_handover", jan, make.note("-yy"))
    assert waiting(case) == ["record_agreements"]
    form = RecordForm({"note_version": "1", "agreed_client": "open"}, case=case, actor=jan)
    assert list(form.ticked) == ["client"]
    assert "mindestens eine Antwort" in form.errors["__all__"][0]

    case = workflow.apply(case, "record_agreements", jan, {"note_version": 1, "agreed": {"client": True}})

    assert case.state == S.RUNNING


def test_a_changed_note_asks_everybody_again():
    case = make.handover_planned()
    jan = make.adviser_of(case)
    case = workflow.apply(case, "hold_handover", jan, make.note("-yy"))

    case = workflow.apply(case, "revise_note", jan, make.note("y--", measures="Anders"))

    assert case.state == S.HANDOVER_HELD
    assert waiting(case) == ["agree_note", "record_agreements"]
    assert last_handover(case).uebergabegespraech.measures == "Anders"


def test_who_has_answered_is_not_asked_twice():
    case = make.handover_planned()
    case = workflow.apply(case, "hold_handover", make.adviser_of(case), make.note("-yy"))
    nora = make.principal_of(case)

    assert "agree_note" not in {offer.transition.name for offer in workflow.available(case, nora)}
    with pytest.raises(workflow.NotAllowed, match="bereits geantwortet"):
        workflow.apply(case, "agree_note", nora, {"agreed": {"principal": False}})


def test_without_a_goal_nothing_is_handed_over():
    case = make.handover_planned()
    case.antrag.goals.update(expected_result="")

    with pytest.raises(workflow.NotAllowed, match="Ziel"):
        workflow.apply(case, "hold_handover", make.adviser_of(case), make.note())


# Who has left -----------------------------------------------------------------------------------------------


def test_an_adviser_who_left_before_the_start_does_not_lead():
    case = make.agreed(begins_in=10)
    jan = make.adviser_of(case)
    chief = actor(Role.CONTACT, jan.institution, first_name="Ines")
    leave(jan)
    later = timezone.now() + 10 * DAY

    with clock.at(later):
        workflow.catch_up(later)

    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.lead_institution, case.lead_user) == (S.RUNNING, jan.institution, None)
    assert "name_adviser" in waiting(case)
    assert "name_adviser" in {task.name for task in mine(chief)}

    case = workflow.apply(case, "assign", chief, {"adviser": chief.user})

    assert case.lead_user == chief.user
    assert "name_adviser" not in waiting(case)
    seat = case.meetings.get(state="planned").invitees.get(seat="contractor")
    assert (seat.user, seat.reply) == (chief.user, "open")


def test_the_seat_of_somebody_who_left_stays_the_offices():
    case = make.handover_held()
    nora = make.principal_of(case)
    deputy = actor(Role.CONTACT, nora.institution)
    leave(nora)

    case = workflow.apply(case, "agree_note", deputy, {"note_version": 1, "agreed": {"principal": True}})

    seat = case.meetings.get(state="planned").invitees.get(seat="principal")
    assert (seat.institution, seat.user) == (nora.institution, None)
    assert "(arbeitet nicht mehr dort)" in seat_names(Case.objects.get(pk=case.pk), make.adviser_of(case))["principal"]


# The end before the start -----------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [make.accepted, make.handover_planned, make.handover_held, make.agreed])
def test_before_case_work_either_side_may_end_the_matter_with_a_reason(made):
    case = made()

    case = workflow.apply(case, "end_unestablished", make.contractor_of(case), {"ended_note": "Stelle gefunden"})

    assert (case.state, case.ended_on) == (S.NOT_ESTABLISHED, timezone.localdate())
    assert (waiting(case), Meeting.objects.filter(case=case, state="planned").count()) == ([], 0)
    assert mails("optima_ended") == ["Nora"]
