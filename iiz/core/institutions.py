"""What an institution says of itself: address, contact persons, services, signatories, and who needs a second factor.

Kept by its contact persons and the coordination office (ACT-06, ACT-08, KG-05, NFR-11); noted in the audit stream
``master``, personal values as keyed hashes. Raises as :mod:`iiz.core.accounts` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import audit, clock, notify
from .actor import Actor, actor_for, members
from .enums import ContactPurpose, MailTopic, Role
from .keeping import STREAM, end, hold, manages
from .models import ContactPerson, Institution, OutboxMail, ServiceOffer, Signatory, User

PERSONAL = frozenset({"name", "phone", "email"})
Entry = ContactPerson | ServiceOffer | Signatory
KINDS: dict[type[models.Model], str] = {ContactPerson: "contact", ServiceOffer: "service", Signatory: "signatory"}
"""The words of the audit for each kind of entry."""
MAIL = "signatory_changed"
RIGHT = frozenset({"limit", "user"})
"""What makes a right to sign another one."""


def register() -> None:
    """Make the mail known; called once from ``CoreConfig.ready``."""
    notify.register(
        notify.MailKind(
            MAIL,
            gettext_lazy("Zeichnungsberechtigung geändert"),
            gettext_lazy(
                "Bei den zeichnungsberechtigten Personen Ihrer Institution ist geändert worden, wer unterschreibt oder "
                "bis zu welchem Betrag. Bitte prüfen Sie, ob das stimmt."
            ),
            gettext_lazy("Institution ansehen"),
            path=lambda mail: reverse("core:members"),
            topic=MailTopic.DECISION,
            holds=_still_keeps,
        )
    )


def _still_keeps(mail: OutboxMail) -> bool:
    """Whether the reader still keeps the entries of the institution."""
    if mail.user is None or mail.institution is None:
        return False
    return manages(actor_for(mail.user, mail.institution), mail.institution)


def save_entry(actor: Actor, entry: Entry, changed: dict[str, Any]) -> None:
    """Save a new or corrected entry; ``changed`` maps fields to their new values.

    Another limit or account of somebody who signs is a new version from today on; the old one ends (NFR-07). Raises
    ``ValidationError`` if the last contact person for Optima were to be one for something else (ACT-13), and if
    somebody were to give the own person a right to sign (KG-05).
    """
    kind = KINDS[type(entry)]
    verb = f"{kind}_changed" if entry.pk else f"{kind}_named"
    with transaction.atomic():
        hold(actor, entry.institution)
        if isinstance(entry, ContactPerson) and entry.pk and entry.purpose != ContactPurpose.OPTIMA and _is_last(entry):
            raise ValidationError({"purpose": _last_sentence()})
        right = isinstance(entry, Signatory) and (not entry.pk or RIGHT & changed.keys())
        if isinstance(entry, Signatory) and right:
            _begin_anew(actor, entry)
        entry.save()
        audit.record(STREAM, actor, verb, entry, {name: _told(name, value) for name, value in changed.items()})
        if isinstance(entry, Signatory) and right:
            tell_of_right(entry, actor.user)


def _begin_anew(actor: Actor, entry: Signatory) -> None:
    """Let a changed right begin as a new row where the old one has held; nobody does so for the own person."""
    before = Signatory.objects.filter(pk=entry.pk).first() if entry.pk else None
    if actor.user in (entry.user, before.user if before is not None else None):
        raise ValidationError(own_right())
    if before is not None and before.valid_from <= clock.today():
        _end_right(before)
        entry.pk, entry._state.adding, entry.valid_from = None, True, clock.today()


def own_right() -> str:
    """Why nobody gives or changes the own right to sign."""
    return _(
        "Die eigene Zeichnungsberechtigung ändern Sie nicht selbst: Das tut eine andere Ansprechperson oder die "
        "Koordinationsstelle."
    )


def tell_of_right(entry: Signatory, by: User) -> None:
    """Tell the contact persons of the institution, in the caller's transaction, that somebody's right has changed."""
    people = [user for user in members(entry.institution, [Role.CONTACT]) if user != by]
    notify.queue_office(MAIL, entry.institution, people, mark=f"{entry.pk}.{clock.now():%Y%m%d%H%M%S}")


def _end_right(row: Signatory) -> None:
    """End a right to sign at once; its last day is today, as it may have been used this morning."""
    row.valid_until, row.ended_at = clock.today(), clock.now()
    row.save(update_fields=["valid_until", "ended_at"])


def _told(name: str, value: Any) -> Any:
    if name in PERSONAL:
        return audit.personal(value)
    return value.pk if isinstance(value, models.Model) else str(value or "")


def _is_last(contact: ContactPerson) -> bool:
    """Whether, by what is stored, nobody else advises on Optima today."""
    now = ContactPerson.objects.for_optima().valid_on().filter(institution=contact.institution)
    return now.filter(pk=contact.pk).exists() and not now.exclude(pk=contact.pk).exists()


def _last_sentence() -> str:
    return _("Das ist die letzte Ansprechperson für Optima. Tragen Sie zuerst eine andere ein.")


def end_contact(actor: Actor, contact: ContactPerson) -> None:
    """Take somebody off the list of contact persons; the last one for Optima stays (ACT-06, ACT-13).

    Whoever had this person as a deputy has none any more.
    """
    with transaction.atomic():
        hold(actor, contact.institution)
        row = ContactPerson.objects.valid_on().filter(pk=contact.pk).first()
        if row is None:
            return
        if _is_last(row):
            raise ValidationError(_last_sentence())
        end(row)
        ContactPerson.objects.valid_on().filter(institution=contact.institution, deputy=row).update(deputy=None)
        audit.record(STREAM, actor, "contact_ended", row)


def end_entry(actor: Actor, entry: Entry) -> None:
    """End any entry: a contact person, a service, or somebody who signs (KG-05)."""
    if isinstance(entry, ContactPerson):
        end_contact(actor, entry)
        return
    with transaction.atomic():
        hold(actor, entry.institution)
        row: Any = type(entry)._default_manager.valid_on().filter(pk=entry.pk).first()
        if row is not None:
            _end_right(row) if isinstance(row, Signatory) else end(row)
            audit.record(STREAM, actor, f"{KINDS[type(entry)]}_ended", row)


def save_address(actor: Actor, institution: Institution, changed: dict[str, Any]) -> None:
    """Save how the institution is reached; ``changed`` maps fields to their new values (ACT-08)."""
    with transaction.atomic():
        hold(actor, institution)
        row = Institution.objects.get(pk=institution.pk)
        old = {name: getattr(row, name) for name in changed}
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))
        pairs = {name: [old[name], str(value)] for name, value in changed.items()}
        audit.record(STREAM, actor, "address_changed", row, pairs)


def require_mfa(actor: Actor, institution: Institution, roles: Iterable[str]) -> None:
    """Let the holders of ``roles`` enter only with a second factor (NFR-11)."""
    with transaction.atomic():
        hold(actor, institution)
        row = Institution.objects.get(pk=institution.pk)
        old, row.mfa_roles = row.mfa_roles, sorted(set(roles))
        if old != row.mfa_roles:
            row.save(update_fields=["mfa_roles"])
            audit.record(STREAM, actor, "mfa_required", row, {"roles": [old, row.mfa_roles]})
