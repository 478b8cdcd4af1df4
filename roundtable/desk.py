"""The *Online-Schalter*: what comes in from the public, is confirmed, and is handled (RT-02, CAN-AG, PER-10).

Nothing counts before it is confirmed from the sender's own mailbox. How much may come in is counted in the rows
themselves, one after the other, so that the limits hold for several processes and without a cache.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.db import models, transaction
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from iiz.core import audit, clock, notify
from iiz.core.actor import Actor, members
from iiz.core.enums import InstitutionKind, MailTopic, Role
from iiz.core.models import Case, Institution, OutboxMail
from iiz.core.workflow import NotAllowed

from . import actions
from .enums import EnquiryOutcome, EnquirySender
from .models import Enquiry
from .models.enquiry import LOST, VALID

STREAM = "desk"
"""The audit stream of what is done with enquiries."""
PER_NETWORK, PER_NETWORK_TIME = 10, dt.timedelta(hours=1)
IN_ALL, IN_ALL_TIME = 60, dt.timedelta(hours=1)
UNCONFIRMED, UNCONFIRMED_TIME = 3, dt.timedelta(days=1)
"""How many enquiries one mailbox may leave unconfirmed: nobody's mailbox is filled by strangers."""
NETWORK_KEPT = dt.timedelta(days=1)
CLEARED_AFTER = dt.timedelta(days=90)
"""How long after an enquiry was handled what is personal in it is kept."""
PERSONAL = ("name", "organisation", "email", "phone", "client_name", "text", "note", "answer", "network", "digest")
"""What is cleared; with it goes the municipality."""
TYPED = ("kind", "sender", "name", "organisation", "email", "phone", "service", "agreed", "client_name", "text")

WITHOUT_OFFICE: dict[str, Any] = {
    EnquirySender.CLIENT: _("Klientin/Klient selbst"),
    EnquirySender.RELATIVE: _("Angehörige"),
}
"""Who registers where no institution does: *Andere*, with these words in the footnote (RT-03)."""

CONFIRM, RECEIVED, ANSWERED, TAKEN_UP = "desk_confirm", "desk_received", "desk_answered", "desk_taken_up"
ARRIVED = "desk_arrived"
TO_SENDER = (CONFIRM, RECEIVED, ANSWERED, TAKEN_UP)


class TooMany(Exception):
    """More comes in than anybody could read; nothing was stored."""


class Handled(Exception):
    """Somebody else was faster; the enquiry waits no longer."""


# From the public ------------------------------------------------------------------------------------------------


def network_of(address: str) -> str:
    """The network of ``address`` (a whole IPv6 site counts as one) as a keyed hash; never the address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        address = str(parsed.ipv4_mapped or f"{int(parsed) >> 64:x}")
    return salted_hmac("roundtable.desk.network", address, algorithm="sha256").hexdigest()


def take(data: Mapping[str, Any], network: str) -> Enquiry | None:
    """Store what was typed and send the mail with which it is confirmed; ``None`` for what is here already.

    Effects: one row, one mail. Raises :class:`TooMany` beyond the limits. The same words twice are one row and one
    mail, however fast they follow each other.
    """
    fields = {name: data.get(name) or "" for name in TYPED} | {"agreed": data.get("agreed")}
    fields["email"] = fields["email"].lower()
    town = data.get("municipality")
    digest = _digest([*fields.values(), town.pk if town else ""])
    _limit(digest, fields["email"], network)  # under a flood most end here, without taking the lock
    with transaction.atomic():
        _one_by_one()
        if not _limit(digest, fields["email"], network):
            return None
        row = Enquiry.objects.create(
            **fields, municipality=town, network=network, digest=digest, created_at=clock.now()
        )
        notify.queue_direct(CONFIRM, row.email, row.pk)
    return row


def _digest(values: list[Any]) -> str:
    words = "\x1f".join(" ".join(str(value).split()).lower() for value in values)
    return salted_hmac("roundtable.desk.digest", words, algorithm="sha256").hexdigest()


def _limit(digest: str, email: str, network: str) -> bool:
    """Whether this is new; :class:`TooMany` if it is, and there is no room for it."""
    if Enquiry.objects.filter(digest=digest).exists():
        return False
    now = timezone.now()
    for rows, most in (
        (Enquiry.objects.filter(created_at__gt=now - IN_ALL_TIME), IN_ALL),
        (Enquiry.objects.filter(network=network, created_at__gt=now - PER_NETWORK_TIME), PER_NETWORK),
        (Enquiry.objects.filter(email=email, confirmed_at=None, created_at__gt=now - UNCONFIRMED_TIME), UNCONFIRMED),
    ):
        if rows.count() >= most:
            raise TooMany
    return True


def _one_by_one() -> None:
    """Let what comes in at once be counted one after the other; SQLite does so by itself."""
    offices = Institution.objects.filter(kind=InstitutionKind.COORDINATION).order_by("pk")
    offices.select_for_update(no_key=True).values_list("pk").first()


def can_confirm(enquiry: Enquiry) -> bool:
    """Whether it still waits for its confirmation."""
    return enquiry.confirmed_at is None and clock.now() < enquiry.expires_at


def confirm(enquiry: Enquiry) -> bool:
    """Let an enquiry count from now on; returns whether it did not before.

    Effects: the receipt to the sender, the news to the coordination office, one audit entry.
    """
    with transaction.atomic():
        row = Enquiry.objects.select_for_update().filter(pk=enquiry.pk).first()
        if row is None or not can_confirm(row):
            return False
        row.confirmed_at = clock.now()
        row.save(update_fields=["confirmed_at"])
        notify.queue_direct(RECEIVED, row.email, row.pk)
        office = Institution.objects.active().filter(kind=InstitutionKind.COORDINATION).first()
        if office is not None:
            notify.queue_office(ARRIVED, office, members(office, [Role.COORDINATOR]), mark=row.pk)
        audit.record(STREAM, None, "enquiry_confirmed", row, {"kind": row.kind})
        return True


# At the coordination office -------------------------------------------------------------------------------------


def waiting(actor: Actor) -> models.QuerySet[Any] | None:
    """What waits for the coordination office; ``None`` for everybody else."""
    return Enquiry.objects.open() if actor.is_coordination else None


def answer(enquiry: Enquiry, actor: Actor, words: str) -> None:
    """Answer by mail to the sender. Raises :class:`Handled`."""
    _handle(enquiry, actor, EnquiryOutcome.ANSWERED, answer=words)


def turn_down(enquiry: Enquiry, actor: Actor, reason: str, note: str = "", words: str = "") -> None:
    """Note that this is no case and why; with ``words`` the sender gets them by mail. Raises :class:`Handled`."""
    _handle(enquiry, actor, EnquiryOutcome.NO_CASE, reason=reason, note=note, answer=words)


def case_refusal(enquiry: Enquiry) -> str:
    """Why no case can begin from it, as a German sentence; empty if nothing hinders (PER-07)."""
    if enquiry.agreed is False:
        return gettext(
            "Ohne das Einverständnis der Person kann kein Fall beginnen. Antworten Sie, was es dafür braucht."
        )
    return ""


def take_up(enquiry: Enquiry, actor: Actor, given: Mapping[str, Any] | None = None) -> Case:
    """Begin a Roundtable of the coordination office with what was typed; the sender hears that it goes on.

    ``given`` is what every registration begins with. Effects: as ``actions.begin``, the answers of the draft, one mail.
    Raises :class:`Handled`, or ``NotAllowed`` with the reason.
    """
    with transaction.atomic():
        row = held(enquiry)
        refusal = case_refusal(row)
        if refusal:
            raise NotAllowed(refusal)
        case = actions.begin(actor, uuid.UUID(row.nonce))
        case.draft |= {**(given or {}), **_answers(row)}
        case.save(update_fields=["draft"])
        _handle(row, actor, EnquiryOutcome.CASE, case=case)
        return case


def _answers(row: Enquiry) -> dict[str, str]:
    """What an enquiry says of a registration, under the names of its form."""
    itself = row.sender == EnquirySender.CLIENT
    first, _space, last = (row.name if itself else row.client_name).rpartition(" ")
    contact = ", ".join(part for part in (row.name, row.phone, row.email) if part)
    office = Institution.objects.active().filter(name__iexact=row.organisation).first() if row.organisation else None
    answers = {
        "first_name": first,
        "last_name": last,
        "phone": row.phone if itself else "",
        "email": row.email if itself else "",
        "municipality": str(row.municipality_id or ""),
        "registered_office": office.name if office else "",
        "registered_text": "" if office else str(WITHOUT_OFFICE.get(row.sender, row.organisation)),
        "registered_contact": contact[:160],
        "reason": row.text,
        "prior_talk": gettext("Online-Schalter, %(day)s") % {"day": f"{timezone.localdate(row.created_at):%d.%m.%Y}"},
    }
    return {name: value for name, value in answers.items() if value}


def _handle(enquiry: Enquiry, actor: Actor, outcome: EnquiryOutcome, **fields: Any) -> None:
    with transaction.atomic():
        row = held(enquiry)
        values = {"answer": "", "reason": "", "note": "", "case": None} | fields
        values |= {"outcome": outcome, "handled_at": clock.now(), "handled_by": actor.user, "digest": ""}
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
        if row.case is not None:
            notify.queue_direct(TAKEN_UP, row.email, row.pk)
        elif row.answer:
            notify.queue_direct(ANSWERED, row.email, row.pk)
        changes = {"outcome": outcome.value, "reason": row.reason, "case": row.case.number if row.case else ""}
        audit.record(STREAM, actor, "enquiry_handled", row, changes)


def held(enquiry: Enquiry) -> Enquiry:
    """The enquiry as it is now, locked in the caller's transaction. Raises :class:`Handled` if it waits no longer."""
    row = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    if not row.is_open:
        raise Handled
    return row


def counts() -> list[dict[str, Any]]:
    """How many enquiries there were: rows of ``year``, ``kind``, ``outcome`` and ``count``, the latest year first.

    An enquiry whose draft was discarded waits again and counts as open.
    """
    became = models.Case(models.When(LOST, then=models.Value("")), default="outcome")
    rows = Enquiry.objects.confirmed().annotate(year=ExtractYear("confirmed_at"), became=became)
    found = rows.order_by().values("year", "kind", "became", "reason").annotate(count=models.Count("pk"))
    told = [{"outcome": row.pop("became"), **row} for row in map(dict, found)]
    return sorted(told, key=lambda row: (-row["year"], row["kind"], row["outcome"], row["reason"]))


# By the calendar ------------------------------------------------------------------------------------------------


def sweep(now: dt.datetime) -> Counter[str]:
    """Delete what nobody confirmed, forget networks after a day, clear what was handled long ago.

    Goes by the real day, whatever moment the sweep was called for.
    """
    now = timezone.now()
    counted: Counter[str] = Counter()
    dead = list(Enquiry.objects.filter(confirmed_at=None, created_at__lt=now - VALID).values_list("pk", flat=True))
    old = Enquiry.objects.filter(handled_at__lt=now - CLEARED_AFTER, cleared_at=None)
    ripe = list(old.values_list("pk", flat=True))
    if dead or ripe:
        with transaction.atomic():
            _forget_mails([*dead, *ripe])
            Enquiry.objects.filter(pk__in=dead, confirmed_at=None).delete()
            blank: dict[str, Any] = dict.fromkeys(PERSONAL, "")
            Enquiry.objects.filter(pk__in=ripe).update(**blank, municipality=None, cleared_at=now)
        counted["purged"] = len(dead) + len(ripe)
    Enquiry.objects.exclude(network="").filter(created_at__lt=now - NETWORK_KEPT).update(network="")
    return counted


def _forget_mails(keys: list[int]) -> None:
    """The mails to the sender hold the address: they go with it."""
    OutboxMail.objects.filter(kind__in=TO_SENDER, object_id__in=keys).delete()


# Mail -----------------------------------------------------------------------------------------------------------


def _row(mail: OutboxMail) -> Enquiry | None:
    return Enquiry.objects.filter(pk=mail.object_id or 0).first()


def _confirm_path(mail: OutboxMail) -> str:
    row = _row(mail)
    assert row is not None  # otherwise the mail is not sent
    return reverse("roundtable:desk_confirm", args=[row.token()])


def _unconfirmed(mail: OutboxMail) -> bool:
    row = _row(mail)
    return row is not None and can_confirm(row)


def _answer_of(mail: OutboxMail) -> str:
    row = _row(mail)
    if row is None:
        return ""
    office = Institution.objects.active().filter(kind=InstitutionKind.COORDINATION).first()
    sender = [row.handled_by, office and office.name, office and office.phone, office and office.email]
    return "\n".join([row.answer, "", gettext("Freundliche Grüsse"), *(str(line) for line in sender if line)])


def _still_waits(mail: OutboxMail) -> bool:
    return Enquiry.objects.open().exists()


MAILS = (
    notify.MailKind(
        CONFIRM,
        _("Bitte bestätigen Sie Ihre Nachricht"),
        _(
            "Mit dieser E-Mail-Adresse wurde der IIZ-Koordinationsstelle am Online-Schalter geschrieben. Bestätigen "
            "Sie es innert drei Tagen, erst dann wird es gelesen. Waren Sie es nicht, müssen Sie nichts tun: Dann wird "
            "alles gelöscht."
        ),
        _("Ansehen und bestätigen"),
        _confirm_path,
        topic=MailTopic.DECISION,
        holds=_unconfirmed,
    ),
    notify.MailKind(
        RECEIVED,
        _("Ihre Nachricht ist angekommen"),
        _("Ihre Nachricht ist bei der IIZ-Koordinationsstelle. Sie meldet sich bei Ihnen."),
        _("Merkblatt für Klientinnen und Klienten"),
        lambda mail: reverse("core:sheet"),
        topic=MailTopic.DECISION,
    ),
    notify.MailKind(
        ANSWERED,
        _("Antwort der IIZ-Koordinationsstelle"),
        _("Die IIZ-Koordinationsstelle antwortet auf Ihre Nachricht:"),
        _("Nochmals schreiben"),
        lambda mail: reverse("roundtable:desk"),
        topic=MailTopic.DECISION,
        text=_answer_of,
    ),
    notify.MailKind(
        TAKEN_UP,
        _("Ihre Anmeldung wird bearbeitet"),
        _("Die IIZ-Koordinationsstelle hat aus Ihrer Anmeldung einen Fall eröffnet und meldet sich für das Weitere."),
        _("So geht es weiter"),
        lambda mail: reverse("core:sheet"),
        topic=MailTopic.DECISION,
    ),
    notify.MailKind(
        ARRIVED,
        _("Neue Anfrage am Online-Schalter"),
        _("Am Online-Schalter ist eine Anfrage eingetroffen."),
        _("Anfragen ansehen"),
        lambda mail: reverse("roundtable:enquiries"),
        topic=MailTopic.NEWS,
        holds=_still_waits,
    ),
)
