"""Who is absent from when to when, and who stands in: entered by the contact persons and by oneself (ACT-06).

Noted in the audit stream ``master``. Raises ``ValidationError`` with a sentence for the form, ``NotAllowed`` with the
reason. What has ended is never changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit, keeping, substitutions
from .actor import Actor, actor_for, members
from .models import Institution, Substitution, User
from .workflow import NotAllowed

LONGEST = 366
"""For how many days an absence may be entered."""


def may_enter(actor: Actor, absent: User) -> bool:
    """Whether ``actor`` may say that ``absent`` is away: for oneself, and as a contact person for everybody there."""
    return bool(actor.roles & substitutions.ROLES) and (
        absent == actor.user or keeping.manages(actor, actor.institution)
    )


def people(institution: Institution) -> list[User]:
    """Who can be absent or stand in: those who work in ``institution``."""
    return members(institution, substitutions.ROLES)


def not_over(institution: Institution) -> QuerySet[Substitution]:
    """What holds today or later, the next first."""
    still = Q(valid_until=None) | Q(valid_until__gte=timezone.localdate())
    rows = Substitution.objects.filter(still, institution=institution).select_related("absent", "deputy")
    return rows.order_by("valid_from", "pk")


def today(institutions: Iterable[int]) -> dict[tuple[int, int], Substitution]:
    """Who is absent today: institution and person → the row, the one entered last of several; one query."""
    rows = Substitution.objects.valid_on().filter(institution__in=institutions).select_related("absent", "deputy")
    return {(row.institution_id, row.absent_id): row for row in rows.order_by("valid_from", "pk")}


def words(row: Substitution) -> str:
    """``abwesend bis 04.12.2026, vertreten durch Eva Rat``."""
    if row.valid_until is None:
        return _("abwesend, vertreten durch %(deputy)s") % {"deputy": row.deputy}
    return _("abwesend bis %(day)s, vertreten durch %(deputy)s") % {
        "day": f"{row.valid_until:%d.%m.%Y}",
        "deputy": row.deputy,
    }


def enter(actor: Actor, absent: User, deputy: User, first: dt.date, last: dt.date) -> Substitution:
    """Let ``deputy`` stand in for ``absent`` from ``first`` to ``last``, both inclusive."""
    with transaction.atomic():
        institution = _held(actor, absent)
        _check(institution, absent, deputy, first, last)
        row = Substitution.objects.create(
            institution=institution, absent=absent, deputy=deputy, valid_from=first, valid_until=last
        )
        changes = {"absent": absent.pk, "deputy": deputy.pk, "from": first, "until": last}
        audit.record(keeping.STREAM, actor, "absence_entered", row, changes)
    return row


def end(actor: Actor, row: Substitution) -> None:
    """Somebody is back: the row ends at once. One that has not begun never holds and is taken away."""
    with transaction.atomic():
        _held(actor, row.absent)
        found = not_over(actor.institution).filter(pk=row.pk).first()
        if found is None:
            return
        if found.valid_from > timezone.localdate():
            audit.record(keeping.STREAM, actor, "absence_cancelled", found)
            found.delete()
            return
        keeping.end(found)
        audit.record(keeping.STREAM, actor, "absence_ended", found)


def also_deputy(institution: Institution, user: User, first: dt.date, last: dt.date) -> Substitution | None:
    """For whom ``user`` stands in during these days, if for anybody: nobody does it then."""
    return _between(institution, first, last).filter(deputy=user).select_related("absent").first()


def _held(actor: Actor, absent: User) -> Institution:
    """The actor's institution, locked: of two entries at once the second is checked against the first."""
    institution = Institution.objects.select_for_update().get(pk=actor.institution.pk)
    now = actor_for(actor.user, institution)
    if now is None or not may_enter(now, absent):
        raise NotAllowed(_("Eine Abwesenheit tragen Sie für sich selbst ein; für andere tun es die Ansprechpersonen."))
    return institution


def _check(institution: Institution, absent: User, deputy: User, first: dt.date, last: dt.date) -> None:
    here = {user.pk for user in people(institution)}
    if first < timezone.localdate():
        raise ValidationError({"valid_from": _("Der erste Tag ist heute oder später: Vergangenes bleibt, wie es war.")})
    if last < first:
        raise ValidationError({"valid_until": _("Der letzte Tag liegt vor dem ersten.")})
    if (last - first).days >= LONGEST:
        raise ValidationError({"valid_until": _("Höchstens ein Jahr. Dauert es länger, tragen Sie es danach neu ein.")})
    if absent.pk not in here:
        raise ValidationError({"absent": _("Diese Person arbeitet nicht in Ihrer Institution.")})
    if deputy == absent:
        raise ValidationError({"deputy": _("Niemand vertritt sich selbst. Wählen Sie eine andere Person.")})
    if deputy.pk not in here:
        raise ValidationError({"deputy": _("Diese Person arbeitet nicht in Ihrer Institution.")})
    between = _between(institution, first, last)
    other = between.filter(absent=absent).first()
    if other is not None:
        sentence = _("Für diese Zeit ist schon eine Stellvertretung eingetragen (%(period)s). Beenden Sie sie zuerst.")
        raise ValidationError({"valid_from": sentence % {"period": period(other)}})
    away = between.filter(absent=deputy).first()
    if away is not None:
        sentence = _("%(name)s ist dann selbst abwesend (%(period)s). Wählen Sie eine andere Person.")
        raise ValidationError({"deputy": sentence % {"name": deputy, "period": period(away)}})


def period(row: Substitution) -> str:
    """``01.12.2026 bis 05.12.2026``."""
    if row.valid_until is None:
        return _("ab %(first)s") % {"first": f"{row.valid_from:%d.%m.%Y}"}
    return _("%(first)s bis %(last)s") % {
        "first": f"{row.valid_from:%d.%m.%Y}",
        "last": f"{row.valid_until:%d.%m.%Y}",
    }


def _between(institution: Institution, first: dt.date, last: dt.date) -> QuerySet[Substitution]:
    """What holds on some day from ``first`` to ``last``."""
    rows = Substitution.objects.filter(institution=institution, valid_from__lte=last)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gte=first)).order_by("valid_from", "pk")
