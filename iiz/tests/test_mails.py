"""Each kind of mail, made by the real workflow: opens for its reader alone and tells nothing of the client.

A kind that nobody makes here is a fault: add a way to ``WAYS``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as locmem
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from iiz.core import accounts, confirmations, delivery, digests, guests, institutions, letters, notify, workflow
from iiz.core.actor import actor_for
from iiz.core.enums import Reply, Role
from iiz.core.models import Case, Meeting, OutboxMail, Signatory, Task
from iiz.core.tests.factories import GuestLinkFactory, InstitutionFactory, TimeLimitFactory, actor, coordinator
from iiz.core.tests.reminding import START, Travel, submitted, sweep_at
from iiz.core.workdays import last_working_day
from optima.enums import MeetingKind
from optima.kostengutsprache import actions as granting
from optima.kostengutsprache import links, settling
from optima.models import CopyTo, ProviderInvoice
from optima.tests import beside, money, promises, requesting
from optima.tests import factories as optima
from roundtable import desk
from roundtable.models import Enquiry
from roundtable.tests import mailing

pytestmark = pytest.mark.django_db

WORDS = ("Pflege", "Arbeitsvertrag", "Ausbildung", "Bewerbung", "Schnuppertage", "Sitzungszimmer", "Klientin ist krank")
"""Out of what the factories let people write about the client."""


def planned_meeting(case: Case) -> Meeting:
    return case.meetings.get(state="planned")


def handover_moved() -> None:
    case = optima.handover_planned()
    data = {"meeting": planned_meeting(case), **optima.date(12)}
    workflow.apply(case, "move_meeting", optima.principal_of(case), data)


def handover_cancelled() -> None:
    case = optima.handover_planned()
    data = {"meeting": planned_meeting(case), "reason": "Klientin ist krank"}
    workflow.apply(case, "cancel_meeting", optima.principal_of(case), data)


def seat_passed_on() -> None:
    case = optima.handover_planned()
    jan = optima.contractor_of(case)
    for name in ("Eva", "Ida"):
        colleague = actor(Role.CASEWORKER, jan.institution, first_name=name)
        case = workflow.apply(case, "assign", jan, {"adviser": colleague.user})


def invitation_declined() -> None:
    case = optima.handover_planned()
    data = {"meeting": planned_meeting(case), "reply": Reply.DECLINED, "note": "Klientin ist krank"}
    workflow.apply(case, "reply_meeting", optima.adviser_of(case), data)


def continued() -> Case:
    case = optima.running()
    return workflow.apply(case, "hold_standortgespraech", optima.adviser_of(case), optima.continuing())


def wished() -> Case:
    case = optima.running()
    return workflow.apply(case, "request_meeting", optima.principal_of(case), {"reason": "Bewerbung stockt"})


def wish_declined() -> None:
    case = wished()
    workflow.apply(case, "decline_meeting", optima.adviser_of(case), {"answer": "Die Ausbildung beginnt bald."})


def extra_held() -> None:
    case = wished()
    case = workflow.apply(case, "plan_meeting", optima.adviser_of(case), optima.date(3, kind=MeetingKind.EXTRA))
    words = {"held_on": timezone.localdate(), "attended": {}, "note": "Bewerbung besprochen."}
    meeting = case.meetings.get(state="planned", kind=MeetingKind.EXTRA)
    workflow.apply(case, "hold_extra", optima.adviser_of(case), words | {"meeting": meeting})


def corrected() -> None:
    case = optima.closed()
    data = {"reason": optima.closing_reason(), "outcome": "teilweise", "why": "Vertippt, Arbeitsvertrag fehlte."}
    workflow.apply(case, "correct", coordinator(), data)


def told_of_withdrawal() -> None:
    coordinator()
    optima.consent_withdrawn()


def to_rule() -> None:
    coordinator()
    optima.barred()


def assigned() -> None:
    jan = optima.jan()
    adviser = actor(Role.CASEWORKER, jan.institution)
    workflow.apply(optima.submitted(contractor=jan.institution), "assign", jan, {"adviser": adviser.user})


def invited() -> None:
    jan = optima.jan()
    accounts.invite(jan, jan.institution, "Ada", "Neu", "ada@test.example", [Role.CASEWORKER])


def asked_to_confirm() -> None:
    TimeLimitFactory.create(service=confirmations.SERVICE, wait=confirmations.WAIT, days=365)
    optima.jan()
    day = last_working_day(timezone.localdate() - dt.timedelta(days=1))
    confirmations.sweep(timezone.make_aware(dt.datetime.combine(day, dt.time(9))))


def signatory_named() -> None:
    jan = optima.jan()
    actor(Role.CONTACT, jan.institution)
    institutions.save_entry(jan, Signatory(institution=jan.institution, name="Vera"), {})


def reminded(day: str) -> Callable[[Travel], None]:
    """The usual reminders of an Antrag until ``day``."""

    def remind(on: Travel) -> None:
        on(START)
        TimeLimitFactory.create()
        coordinator()
        jan = optima.jan()
        adviser = actor(Role.CASEWORKER, jan.institution)
        workflow.apply(submitted(jan), "assign", jan, {"adviser": adviser.user})
        for one in ("2026-03-13", "2026-03-17", "2026-03-20", "2026-03-23", "2026-03-30"):
            if one <= day:
                sweep_at(on, one)

    return remind


def guessed() -> None:
    coordinator()
    case = optima.submitted()
    nora = optima.principal_of(case)
    guests.tell_of_lock(GuestLinkFactory.create(case=case, sender=nora.institution, created_by=nora.user))


def gathered() -> None:
    corrected()
    digests.gather(timezone.now() + dt.timedelta(days=5))


def promise_answered() -> None:
    row = promises.queried()
    granting.answer(row, optima.adviser_of(row.case), "Die Ausbildung beginnt bald.")


def promise_lapsed() -> None:
    row = promises.approved()
    granting.lapse_due(timezone.now() + dt.timedelta(days=60))
    assert promises.fresh(row).lapsed_on


def promise_on_paper(**fields: Any) -> None:
    row = promises.requested()
    found = promises.signatory(row.payer, **fields)
    actor(Role.CONTACT, row.payer)
    data = promises.invoice() | {"signed_on": timezone.localdate()}
    granting.approve_on_paper(row, actor(Role.CASEWORKER, row.payer), found, data, row.content_hash)


def signer_reminded() -> None:
    row = promises.requested(payer=InstitutionFactory.create(iv=True))
    promises.signatory(row.payer, user=None, email="vera@test.example")
    task = Task.objects.get(object_id=row.pk, done_at=None)
    links.remind(task)
    links.remind(task)


def promise_copied() -> None:
    CopyTo.objects.create(group="RAV", label="DLZ AA Musterwil", email="kopie@test.example", valid_from=optima.LONG_AGO)
    promises.approved()


def measure_ordered() -> None:
    promises.tariff(email="anbieter@test.example")
    promises.ordered()


def invoice_sent_back() -> None:
    row = promises.invoiced()
    invoice = ProviderInvoice.objects.get()
    settling.send_back(row, promises.signing(promises.signer(row).signatory), invoice, "Mit Spesen.")


def brought() -> Enquiry:
    """Something written at the desk, waiting for its confirmation."""
    row = desk.take({"kind": "registration", "sender": "client", "name": "Eva", "email": "eva@test.example"}, "")
    assert row is not None
    return row


def arrived() -> Enquiry:
    coordinator()
    row = brought()
    desk.confirm(row)
    return row


def answered_at_the_desk() -> None:
    desk.answer(arrived(), coordinator(), "Rufen Sie uns an.")


WAYS: dict[str, Callable[..., Any]] = {
    **mailing.WAYS,
    desk.CONFIRM: brought,
    desk.RECEIVED: arrived,
    desk.ARRIVED: arrived,
    desk.ANSWERED: answered_at_the_desk,
    desk.TAKEN_UP: lambda: desk.take_up(arrived(), coordinator()),
    "optima_arrived": optima.submitted,
    "optima_assigned": assigned,
    "optima_accepted": optima.accepted,
    "optima_refused": optima.refused,
    "optima_queried": optima.queried,
    "optima_to_rule": to_rule,
    "optima_ruled": optima.ruled,
    "optima_answered": optima.answered,
    "optima_withdrawn": optima.withdrawn,
    "consent_withdrawn": told_of_withdrawal,
    "optima_ended": optima.ended,
    "meeting_invited": optima.handover_planned,
    "meeting_moved": handover_moved,
    "meeting_cancelled": handover_cancelled,
    "meeting_declined": invitation_declined,
    "meeting_held_early": optima.handover_held,
    "meeting_passed_on": seat_passed_on,
    "optima_note_waits": optima.handover_held,
    "optima_agreed": optima.agreed,
    "optima_not_agreed": optima.not_established,
    "optima_begun": optima.running,
    "optima_continued": continued,
    "optima_meeting_wanted": wished,
    "optima_meeting_declined": wish_declined,
    "optima_extra_noted": extra_held,
    "optima_message_sent": requesting.hinted,
    "optima_message_answered": requesting.answered,
    "optima_closed": optima.closed,
    "optima_release_changed": beside.released,
    "optima_work_offer": beside.restored,
    "optima_work_offer_taken_back": lambda: beside.taken_back(beside.restored()),
    "optima_corrected": corrected,
    "optima_invoice": money.invoice,
    "optima_month_to_bill": money.reminded,
    "kg_requested": promises.requested,
    "kg_withdrawn": promises.lapsed,
    "kg_question": promises.queried,
    "kg_answered": promise_answered,
    "kg_approved": promises.approved,
    "kg_refused": promises.refused,
    "kg_lapsed": promise_lapsed,
    "kg_promise_over": promise_lapsed,
    "kg_decided": promises.approved,
    "kg_paper": promise_on_paper,
    "kg_paper_filed": promise_on_paper,
    "kg_paper_link": lambda: promise_on_paper(user=None, email="vera@test.example"),
    "kg_invoice": promises.invoiced,
    "kg_paid": promises.paid,
    "kg_sent_back": invoice_sent_back,
    "kg_decide_link": promises.requested,
    "kg_remind_link": signer_reminded,
    "kg_copy_link": promise_copied,
    "kg_order_link": measure_ordered,
    "task_due_soon": reminded("2026-03-13"),
    "task_overdue": reminded("2026-03-17"),
    "task_escalated": reminded("2026-03-23"),
    "task_stuck": reminded("2026-03-30"),
    "invitation": invited,
    "directory_check": asked_to_confirm,
    "signatory_changed": signatory_named,
    "guest_locked": guessed,
    "digest": gathered,
}
"""How each kind of mail comes about."""


def made(kind: str, time_machine: Any) -> list[OutboxMail]:
    """The mails of one kind after it came about."""
    way = WAYS[kind]
    way(Travel(time_machine)) if kind.startswith("task_") else way()
    mails = list(OutboxMail.objects.filter(kind=kind).select_related("case__person", "user", "institution"))
    assert mails, "nobody was told"
    return mails


def letter_of(mail: OutboxMail) -> EmailMultiAlternatives:
    kind = notify.kinds[mail.kind]
    if mail.kind == digests.KIND:
        return letters.digest(mail, kind, digests.contents(mail).told)
    return letters.message(mail, kind)


def html_of(letter: EmailMultiAlternatives) -> str:
    return next(str(part.content) for part in letter.alternatives if part.mimetype == "text/html")


def links_of(letter: EmailMultiAlternatives) -> list[str]:
    """The addresses in a mail, the same in text and HTML, and none to elsewhere."""
    found = re.findall(r"http\S+", letter.body)
    assert re.findall(r'(?:href|src)="([^"]*)"', html_of(letter)) == found
    assert html_of(letter).count("http") == len(found)
    assert all(address.startswith("http://testserver/") for address in found)
    return [address.removeprefix("http://testserver") for address in found]


def test_every_kind_of_mail_is_made_here():
    assert set(WAYS) == set(notify.kinds)


@pytest.mark.parametrize("kind", sorted(notify.kinds))
def test_a_mail_opens_for_its_reader_alone_tells_nothing_of_the_client_and_leaves(kind, client_of, time_machine):
    mails = made(kind, time_machine)
    stranger = client_of(optima.fremde())
    for mail in mails:
        letter = letter_of(mail)
        *of_parts, address = links_of(letter)
        assert len(of_parts) == (len(parts_of(mail)) if kind == digests.KIND else 0), "one link each"
        reader = reader_of(mail, client_of)
        for link in (*of_parts, address):
            assert reader.get(link).status_code == 200, link
        of_case = mail.case and not mail.guest and address != "/pendenzen/"
        for link in (*of_parts, address) if of_case else of_parts:
            assert stranger.get(link).status_code == 404, link
        tells_nothing(letter, [part.case for part in parts_of(mail) if part.case])
    delivery.deliver(timezone.now() + dt.timedelta(days=5))
    assert not OutboxMail.objects.filter(kind=kind, sent_at=None).exists()
    assert {mail.address for mail in mails} <= {address for letter in locmem.outbox for address in letter.to}


def reader_of(mail: OutboxMail, client_of: Callable[..., Client]) -> Client:
    """The browser of whoever gets the mail, at the institution it is for."""
    if mail.user is None:
        return Client()
    membership = mail.user.memberships.filter(**({"institution": mail.institution} if mail.institution else {})).first()
    return client_of(actor_for(mail.user, membership.institution))


def parts_of(mail: OutboxMail) -> list[OutboxMail]:
    """The mails that a digest gathers; of another the mail itself."""
    gathered = list(mail.parts.select_related("case__person"))
    return gathered or [mail]


def tells_nothing(letter: EmailMultiAlternatives, cases: list[Case]) -> None:
    """The numbers of the cases stand there, and no word about their clients."""
    words = f"{letter.subject}\n{letter.body}\n{html_of(letter)}\n{letter.extra_headers}"
    assert len(letter.subject) < 78
    assert "\u00df" not in words
    assert "%(" not in words
    for case in cases:
        assert letter.subject.startswith("IIZ: ")
        assert case.number in letter.body
        assert case.number in html_of(letter)
        person = case.person
        secrets = [person.first_name, person.last_name, person.ahv_number, f"{person.birth_date:%d.%m.%Y}"]
        for secret in (*secrets, str(person.birth_date), person.street, person.phone, *WORDS):
            assert secret not in words
