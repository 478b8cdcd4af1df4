"""Documents that participants are asked to confirm: sent, answered once, called off (RT-18, PER-09, PER-10).

Each deed is one transaction under the lock of the case, which checks again who takes part and may read the document.
Effects: the row, an entry in the chain of the case, Pendenzen renewed; a guest's link ends with the answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import audit, clock, consents, files, guests, notify, workflow
from iiz.core.actor import Actor
from iiz.core.enums import Audience, GuestEnd, Phase
from iiz.core.models import Case, Document, GuestLink
from iiz.core.workflow import Conflict, NotAllowed

from . import words
from .effects.dates import invite_guest
from .enums import ParticipantKind
from .models import Confirmation, Participant
from .perspectives import Author
from .queries import at_the_table, institution_of, is_covered, moderates, told_as

CONFIRM = "roundtable_confirm"
"""Purpose of the guest link: read one document and confirm it."""
LATE = dt.timedelta(days=7)
"""How long after its day an answer can still be given by a link."""
RELATED = ("document", "participant__participation__institution", "participant__participation__user")


# Whether ------------------------------------------------------------------------------------------------------------


def refusal(case: Case, actor: Actor) -> str:
    """Why ``actor`` may not ask anybody to confirm a document of the case; empty if nothing hinders."""
    if not moderates(case, actor):
        return _("Das kann nur tun, wer den Roundtable führt.")
    if case.phase != Phase.OPEN:
        return _("Der Roundtable ist beendet.")
    if not consents.live_lines(case):
        return _("Die Vollmacht gilt nicht mehr: Es darf nichts mehr ausgetauscht werden.")
    return ""


def no_reader(case: Case, row: Participant, document: Document) -> str:
    """Why a document may not be sent to somebody; empty if it may (PER-06, PER-10).

    It goes to whoever takes part and is covered; to somebody without an office only if the line of the Vollmacht opens
    any data, which one by the client's wish never does. What tells of health goes to an office that may read and needs
    it or filed it, to somebody without an office whose line opens it, and to the client, of whom it tells.
    """
    if document.audience != Audience.CASE:
        return _("Das Dokument ist nicht für alle beteiligten Stellen abgelegt.")
    if all(other.pk != row.pk for other in at_the_table(case)):
        return _("Die Teilnahme an diesem Roundtable ist beendet.")
    if not is_covered(case, row):
        return _("Die Vollmacht gilt hier nicht mehr: Es darf nichts mehr ausgetauscht werden.")
    if row.kind == ParticipantKind.CLIENT or institution_of(row) == document.institution_id:
        return ""
    if row.participation is None and not (row.line is not None and row.line.categories):
        return _("Die Vollmacht gibt hier keine Angaben anderer frei, also auch kein Dokument.")
    if not document.health:
        return ""
    if row.participation is None:
        may = row.line is not None and row.line.health
        return "" if may else _("Das Dokument enthält Angaben zur Gesundheit, die diese Person nicht lesen darf.")
    line = consents.line_for(case, institution_of(row) or 0)
    may = line is not None and line.health and row.participation.health
    return "" if may else _("Das Dokument enthält Angaben zur Gesundheit, die diese Stelle nicht lesen darf.")


def hindrance(row: Confirmation) -> str:
    """Why a confirmation cannot be answered any more; empty if nothing hinders."""
    if row.answered_at is not None:
        return _("Diese Bestätigung ist am %(day)s beantwortet worden.") % {
            "day": f"{timezone.localtime(row.answered_at):%d.%m.%Y}"
        }
    if row.cancelled_at is not None:
        return _("Um diese Bestätigung wird nicht mehr gebeten. Sie müssen nichts mehr tun.")
    stopped = hindrance_of_case(row.case)
    if not stopped and row.document.sha256 != row.sha256:
        return _("Das Dokument ist inzwischen ein anderes als das, das Ihnen gesendet wurde.")
    return stopped or no_reader(row.case, row.participant, row.document)


def hindrance_of_case(case: Case) -> str:
    """Why nothing of a case can be confirmed any more."""
    if case.withdrawn_at is not None:
        return _("Die Vollmacht ist zurückgezogen: Es wird nichts mehr ausgetauscht.")
    return _("Der Roundtable ist beendet.") if case.phase != Phase.OPEN else ""


def guest_hindrance(link: GuestLink) -> str:
    """Why a link leads to nothing that could be confirmed."""
    row = of_link(link)
    return hindrance(row) if row is not None else _("Um diese Bestätigung wird nicht mehr gebeten.")


def of_link(link: GuestLink) -> Confirmation | None:
    """What a link is about; ``None`` if it is not the guest's own."""
    rows = Confirmation.objects.select_related("case__vollmacht", "participant__line", *RELATED)
    return rows.filter(pk=link.object_id, case=link.case_id, participant=link.ref).first()


# Whoever moderates --------------------------------------------------------------------------------------------------


def ask(
    case: Case,
    actor: Actor,
    document: Document,
    participants: Iterable[Participant],
    *,
    question: str,
    due_on: dt.date,
) -> int:
    """Send a document to participants for confirmation; returns how many.

    Offices get a Pendenz and a mail, people without an account a link; asked again, somebody gets the new day. Whoever
    may not read the document is passed over. Raises ``NotAllowed`` with the reason.
    """
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        reason = refusal(locked, actor)
        if reason:
            raise NotAllowed(reason)
        asked = [row for row in participants if not no_reader(locked, row, document)]
        for row in asked:
            fields = {"question": question, "due_on": due_on, "sha256": document.sha256}
            confirmation, _new = Confirmation.objects.update_or_create(
                document=document,
                participant=row,
                answered_at=None,
                cancelled_at=None,
                defaults=fields,
                create_defaults={"case": locked, "asked_at": clock.now(), "asked_by": actor.user, **fields},
            )
            _send(locked, confirmation, row, actor)
        workflow.settle(locked)
        who = [told_as(row) for row in asked]
        changes = {"asked": len(asked), "who": who, "sha256": document.sha256, "due_on": due_on}
        audit.record(audit.case_stream(locked.number), actor, "confirmation_asked", document, changes)
    return len(asked)


def _send(case: Case, confirmation: Confirmation, row: Participant, actor: Actor) -> None:
    part = row.participation
    if part is None:
        if row.email:
            day = max(confirmation.due_on, clock.today()) + LATE
            until = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
            invite_guest(CONFIRM, case, confirmation.pk, row, until, actor)
        return
    to = [(user, part.institution) for user in notify.in_charge(part.institution, part.user)]
    readers = [(user, office) for user, office in to if notify.may_read(case, user, office)]
    mark = f"{confirmation.due_on:%Y%m%d}-{case.version}"
    notify.queue("rt_confirm", case, readers, beside=actor.user, object_id=confirmation.pk, mark=mark)


def cancel(confirmation: Confirmation, actor: Actor) -> None:
    """Ask for the answer no longer; a link to it ends. Raises ``NotAllowed``, also once it is answered."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=confirmation.case_id)
        if not moderates(case, actor):
            raise NotAllowed(_("Das kann nur tun, wer den Roundtable führt."))
        row = Confirmation.objects.get(pk=confirmation.pk)
        if row.answered_at is not None:
            raise NotAllowed(_("Diese Bestätigung ist bereits beantwortet."))
        if row.cancelled_at is not None:
            return
        row.cancelled_at = clock.now()
        row.save(update_fields=["cancelled_at"])
        guests.revoke_all(CONFIRM, row.pk, GuestEnd.OVER, actor)
        workflow.settle(case)
        changes = {"who": told_as(row.participant)}
        audit.record(audit.case_stream(case.number), actor, "confirmation_cancelled", row.document, changes)


# Whoever is asked ---------------------------------------------------------------------------------------------------


@contextmanager
def _held(confirmation: Confirmation) -> Iterator[Confirmation]:
    """The confirmation as it is now, its case locked."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=confirmation.case_id)
        row = Confirmation.objects.select_related("participant__line", *RELATED).filter(pk=confirmation.pk).first()
        if row is None:
            raise Http404
        row.case = row.participant.case = case
        yield row


def answer(confirmation: Confirmation, author: Author, *, confirmed: bool, note: str, seen: str) -> Confirmation:
    """Confirm a document, or say why not; once, and only the document that was sent, by its fingerprint.

    ``seen`` is the fingerprint that stood on the page. Raises ``Conflict`` when it is answered already or another
    document than the one seen, ``NotAllowed`` with the reason; a guest whose link ended gets ``guests.Gone``.
    """
    with _held(confirmation) as row:
        if row.answered_at is not None:
            raise Conflict(row.case, hindrance(row))
        reason = hindrance(row)
        if not reason and author.actor is not None and not author.actor.works_on_cases:
            reason = _("Ihre Rolle erlaubt das nicht.")
        if reason:
            raise NotAllowed(reason)
        with row.document.file.open("rb") as body:
            same = seen == row.sha256 == files.fingerprint(body)
        if not same:
            raise Conflict(
                row.case, _("Das Dokument ist nicht mehr das, das Ihnen gesendet wurde. Nichts ist bestätigt.")
            )
        if author.link is not None:
            guests.fulfil(author.link)
        row.confirmed, row.note, row.answered_at = confirmed, note, clock.now()
        row.save(update_fields=["confirmed", "note", "answered_at"])
        workflow.settle(row.case)
        changes: dict[str, Any] = {"confirmed": confirmed, "sha256": row.sha256, "kind": row.participant.kind}
        stream = audit.case_stream(row.case.number)
        audit.record(stream, author.actor, "confirmation_answered", row.document, changes, guest=author.link)
    return row


VERBS = {
    "confirmation_asked": words.with_detail(gettext_lazy("hat um die Bestätigung eines Dokuments gebeten"), words.who),
    "confirmation_cancelled": words.with_detail(
        gettext_lazy("bittet nicht mehr um die Bestätigung eines Dokuments"), words.who
    ),
    "confirmation_answered": lambda entry: (
        _("hat ein Dokument bestätigt") if entry.changes.get("confirmed") else _("hat ein Dokument nicht bestätigt")
    ),
}
"""The sentences of the timeline."""
