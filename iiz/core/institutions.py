"""What an institution says of itself: contact persons, signatories, and who needs a second factor.

Kept by its contact persons and the coordination office (ACT-06, KG-05, NFR-11); noted in the audit stream
``master``, personal values as keyed hashes. Raises as :mod:`iiz.core.accounts` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from . import audit
from .actor import Actor
from .keeping import STREAM, end, hold
from .models import ContactPerson, Institution, Signatory

PERSONAL = frozenset({"name", "phone", "email"})


def save_entry(actor: Actor, entry: ContactPerson | Signatory, changed: dict[str, Any]) -> None:
    """Save a new or corrected contact person or signatory; ``changed`` maps fields to their new values."""
    kind = "contact" if isinstance(entry, ContactPerson) else "signatory"
    verb = f"{kind}_changed" if entry.pk else f"{kind}_named"
    with transaction.atomic():
        hold(actor, entry.institution)
        entry.save()
        audit.record(STREAM, actor, verb, entry, {name: _told(name, value) for name, value in changed.items()})


def _told(name: str, value: Any) -> Any:
    if name in PERSONAL:
        return audit.personal(value)
    return value.pk if isinstance(value, models.Model) else str(value or "")


def end_contact(actor: Actor, contact: ContactPerson) -> None:
    """Take somebody off the list of contact persons; the last one stays (ACT-06).

    Whoever had this person as a deputy has none any more.
    """
    with transaction.atomic():
        hold(actor, contact.institution)
        row = ContactPerson.objects.valid_on().filter(pk=contact.pk).first()
        if row is None:
            return
        others = ContactPerson.objects.valid_on().filter(institution=contact.institution)
        if not others.exclude(pk=row.pk).exists():
            raise ValidationError(_("Das ist die letzte Ansprechperson. Tragen Sie zuerst eine andere ein."))
        end(row)
        others.filter(deputy=row).update(deputy=None)
        audit.record(STREAM, actor, "contact_ended", row)


def end_signatory(actor: Actor, signatory: Signatory) -> None:
    """From now on this person no longer signs for the institution (KG-05)."""
    with transaction.atomic():
        hold(actor, signatory.institution)
        row = Signatory.objects.valid_on().filter(pk=signatory.pk).first()
        if row is not None:
            end(row)
            audit.record(STREAM, actor, "signatory_ended", row)


def require_mfa(actor: Actor, institution: Institution, roles: Iterable[str]) -> None:
    """Let the holders of ``roles`` enter only with a second factor (NFR-11)."""
    with transaction.atomic():
        hold(actor, institution)
        row = Institution.objects.get(pk=institution.pk)
        old, row.mfa_roles = row.mfa_roles, sorted(set(roles))
        if old != row.mfa_roles:
            row.save(update_fields=["mfa_roles"])
            audit.record(STREAM, actor, "mfa_required", row, {"roles": [old, row.mfa_roles]})
