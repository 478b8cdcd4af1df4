"""Meetings that both services share: moved, cancelled, answered; the one line about a phone call."""

import datetime as dt

import pytest
from django.http import Http404
from django.utils import timezone

from iiz.core import clock, delivery, meetings, workflow
from iiz.core.enums import MeetingState, Reply, Role
from iiz.core.models import AuditEntry, CallNote, Case, Meeting, OutboxMail
from iiz.core.tests.factories import actor
from iiz.core.workflow import Conflict, NotAllowed
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora():
    """The principal's person, who invites."""
    return optima.nora()


@pytest.fixture
def jan():
    """The contractor's adviser, who chairs."""
    return optima.jan()


@pytest.fixture
def case(nora, jan) -> Case:
    """A case whose hand-over meeting is planned in a week."""
    return planned_by(nora, jan)


def planned_by(nora, jan) -> Case:
    return optima.handover_planned(optima.accepted(optima.submitted(nora, jan.institution)))


def meeting_of(case: Case) -> Meeting:
    return Meeting.objects.get(case=case)


def reply_of(case: Case, who) -> str:
    return meeting_of(case).invitees.get(user=who.user).reply


def mails(kind: str) -> set:
    return {mail.user for mail in OutboxMail.objects.filter(kind=kind)}


# Answering --------------------------------------------------------------------------------------------------


def test_who_plans_has_accepted_and_the_others_are_asked(case, nora, jan):
    assert (reply_of(case, nora), reply_of(case, jan)) == (Reply.ACCEPTED, Reply.OPEN)
    assert mails("meeting_invited") == {jan.user, nora.user}, "the file for the own calendar comes to both"


def test_the_invited_side_says_yes_and_nobody_gets_mail(case, jan):
    workflow.apply(case, "reply_meeting", jan, {"meeting": meeting_of(case), "reply": Reply.ACCEPTED})
    assert reply_of(case, jan) == Reply.ACCEPTED
    assert not mails("meeting_declined")


def test_who_cannot_come_says_why_and_whoever_invites_hears_of_it(case, nora, jan):
    data = {"meeting": meeting_of(case), "reply": Reply.DECLINED, "note": "Ferien bis 12."}
    workflow.apply(case, "reply_meeting", jan, data)
    assert meeting_of(case).invitees.get(user=jan.user).reply_note == "Ferien bis 12."
    assert mails("meeting_declined") == {nora.user}


def test_nobody_answers_the_own_invitation(case, nora):
    with pytest.raises(NotAllowed, match="selbst festgelegt"):
        workflow.apply(case, "reply_meeting", nora, {"meeting": meeting_of(case), "reply": Reply.DECLINED})


def test_who_invited_and_cannot_come_on_the_new_date_is_heard_and_may_think_again(case, nora, jan):
    workflow.apply(case, "move_meeting", jan, {"meeting": meeting_of(case), **optima.date(14)})
    for reply in (Reply.DECLINED, Reply.ACCEPTED, Reply.DECLINED):
        workflow.apply(case, "reply_meeting", nora, {"meeting": meeting_of(case), "reply": reply})
        assert reply_of(case, nora) == reply
    told = OutboxMail.objects.filter(kind="meeting_declined")
    assert [mail.user for mail in told] == [jan.user, jan.user], "once for each «kann nicht»"
    with pytest.raises(NotAllowed, match="selbst festgelegt"):
        workflow.apply(case, "reply_meeting", jan, {"meeting": meeting_of(case), "reply": Reply.DECLINED})


def test_a_decline_that_was_taken_back_is_not_mailed(case, jan, mailoutbox):
    for reply in (Reply.DECLINED, Reply.ACCEPTED):
        workflow.apply(case, "reply_meeting", jan, {"meeting": meeting_of(case), "reply": reply})
    delivery.deliver(timezone.now() + dt.timedelta(days=1))
    assert not [letter for letter in mailoutbox if "Absage" in letter.subject]


def test_a_stranger_does_not_know_of_the_meeting(case):
    with pytest.raises(Http404):
        workflow.apply(case, "reply_meeting", optima.fremde(), {"meeting": meeting_of(case), "reply": Reply.ACCEPTED})


def test_a_colleague_answers_for_somebody_who_left_yesterday(case, jan):
    colleague = actor(Role.CASEWORKER, jan.institution)
    jan.user.memberships.update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    seats = list(meeting_of(case).invitees.all())
    assert meetings.gone(seats) == {seat.pk for seat in seats if seat.user == jan.user}
    workflow.apply(case, "reply_meeting", colleague, {"meeting": meeting_of(case), "reply": Reply.ACCEPTED})
    assert reply_of(case, jan) == Reply.ACCEPTED


# Moving -----------------------------------------------------------------------------------------------------


def test_a_new_time_asks_everybody_again_but_who_moved_it(case, nora, jan):
    workflow.apply(case, "reply_meeting", jan, {"meeting": meeting_of(case), "reply": Reply.ACCEPTED})
    workflow.apply(case, "move_meeting", nora, {"meeting": meeting_of(case), **optima.date(12)})
    moved = meeting_of(case)
    assert (moved.starts_at, moved.sequence) == (optima.at(12), 1)
    assert (reply_of(case, nora), reply_of(case, jan)) == (Reply.ACCEPTED, Reply.OPEN)
    assert mails("meeting_moved") == {jan.user, nora.user}


def test_a_new_place_leaves_the_answers(case, nora, jan):
    workflow.apply(case, "reply_meeting", jan, {"meeting": meeting_of(case), "reply": Reply.ACCEPTED})
    workflow.apply(case, "move_meeting", nora, {"meeting": meeting_of(case), **optima.date(place="Zimmer 9")})
    assert reply_of(case, jan) == Reply.ACCEPTED
    assert meeting_of(case).sequence == 1


def test_whoever_chairs_may_move_it_and_then_the_inviting_side_answers(case, nora, jan):
    workflow.apply(case, "move_meeting", jan, {"meeting": meeting_of(case), **optima.date(14)})
    assert (reply_of(case, nora), reply_of(case, jan)) == (Reply.OPEN, Reply.ACCEPTED)
    workflow.apply(case, "reply_meeting", nora, {"meeting": meeting_of(case), "reply": Reply.ACCEPTED})
    assert reply_of(case, nora) == Reply.ACCEPTED


def test_moved_before_the_invitation_left_only_the_new_date_is_told(case, nora, jan):
    for days in (11, 12):
        workflow.apply(case, "move_meeting", nora, {"meeting": meeting_of(case), **optima.date(days)})
    mail = OutboxMail.objects.get(kind__startswith="meeting_", user=jan.user)
    assert (mail.kind, meeting_of(case).sequence) == ("meeting_moved", 2)


def test_instead_of_who_left_the_contacts_hear_of_it(case, nora, jan):
    contact = actor(Role.CONTACT, jan.institution)
    jan.user.memberships.update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    workflow.apply(case, "move_meeting", nora, {"meeting": meeting_of(case), **optima.date(12)})
    assert mails("meeting_moved") == {contact.user, nora.user}


def test_the_audit_tells_old_and_new_time(case, nora):
    workflow.apply(case, "move_meeting", nora, {"meeting": meeting_of(case), **optima.date(12)})
    changes = AuditEntry.objects.filter(verb="case_move_meeting").get().changes
    assert [dt.datetime.fromisoformat(text) for text in changes["starts_at"]] == [optima.at(), optima.at(12)]


# Cancelling -------------------------------------------------------------------------------------------------


def test_cancelled_it_is_told_with_its_reason_and_cannot_be_cancelled_twice(case, nora, jan):
    old = meeting_of(case)
    workflow.apply(case, "cancel_meeting", nora, {"meeting": old, "reason": "Klientin ist krank"})
    gone = meeting_of(case)
    assert (gone.state, gone.cancel_reason, gone.sequence) == (MeetingState.CANCELLED, "Klientin ist krank", 1)
    assert mails("meeting_cancelled") == {jan.user, nora.user}
    with pytest.raises((Conflict, NotAllowed)):
        workflow.apply(case, "cancel_meeting", nora, {"meeting": old, "reason": "noch einmal"})
    with pytest.raises((Conflict, NotAllowed)):
        workflow.apply(case, "reply_meeting", jan, {"meeting": old, "reply": Reply.ACCEPTED})


def test_of_two_meetings_the_one_that_is_gone_is_a_conflict(case, nora, jan):
    old = meeting_of(case)
    Meeting.objects.filter(pk=old.pk).update(state=MeetingState.CANCELLED)
    meetings.plan(case, nora, kind=old.kind, guests=[], **optima.date(20))
    with pytest.raises(Conflict, match="nicht mehr geplant"):
        workflow.apply(case, "cancel_meeting", nora, {"meeting": old, "reason": "zu spät"})


def test_a_meeting_of_another_case_is_not_to_be_had(case, nora, jan):
    other = planned_by(nora, jan)
    with pytest.raises(Conflict):
        workflow.apply(case, "cancel_meeting", nora, {"meeting": meeting_of(other), "reason": "fremd"})


def test_without_agreement_nothing_is_exchanged_but_a_meeting_can_be_called_off(case, nora):
    Case.objects.filter(pk=case.pk).update(withdrawn_at=clock.now())
    case.refresh_from_db()
    offers = {offer.transition.name: offer.reason for offer in workflow.available(case, nora, tab="gespraeche")}
    assert "zurückgezogen" in offers["move_meeting"]
    assert "zurückgezogen" in offers["log_call"]
    assert offers["cancel_meeting"] == ""


# Phone calls ------------------------------------------------------------------------------------------------


def test_a_phone_call_is_one_line_and_no_mail(case, jan, nora):
    before = OutboxMail.objects.count()
    workflow.apply(case, "log_call", jan, {"text": "Praktikum beginnt am 1.", "called_on": timezone.localdate()})
    note = CallNote.objects.get()
    assert (note.text, note.institution, note.author) == ("Praktikum beginnt am 1.", jan.institution, jan.user)
    assert OutboxMail.objects.count() == before
    assert list(CallNote.objects.visible_to(nora)) == [note]
    assert not CallNote.objects.visible_to(optima.fremde()).exists()


def test_after_a_withdrawal_each_side_keeps_its_own_meetings_and_notes(case, nora, jan):
    workflow.apply(case, "log_call", jan, {"text": "Telefon", "called_on": timezone.localdate()})
    meetings.plan(case, nora, kind=meeting_of(case).kind, guests=[], **optima.date(20))
    Case.objects.filter(pk=case.pk).update(withdrawn_at=clock.now())
    assert CallNote.objects.visible_to(jan).exists()
    assert not CallNote.objects.visible_to(nora).exists()
    assert Meeting.objects.visible_to(nora).count() == 2
    assert Meeting.objects.visible_to(jan).count() == 1, "the one it chairs"
