"""A Kostengutsprache in other papers of its case: one line for a note, all of it for the record (IV-06, UX-02)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iiz.core.actor import Actor
from iiz.core.blocks import Block
from iiz.core.models import Case, Participation
from iiz.core.templatetags.ui import chf, day

from ..enums import KostengutspracheState as S
from ..models import Kostengutsprache
from ..models.kostengutsprache import OWED, KostengutspracheQuerySet
from . import letters


def payers_outside() -> Exists:
    """On a case: whether an office that takes no part in it is asked to pay for something (CON-19)."""
    return Exists(_outside().filter(case=OuterRef("pk")))


def read_outside(case: Case) -> list[tuple[str, str]]:
    """Offices that take no part in a case, and the Kostengutsprachen that each reads as long as it may."""
    found: dict[str, list[str]] = {}
    for row in _outside().filter(case=case).select_related("payer").order_by("payer__name", "position"):
        found.setdefault(row.payer.name, []).append(f"K{row.position}")
    return [
        (
            office,
            ngettext("nur die Kostengutsprache %(which)s", "nur die Kostengutsprachen %(which)s", len(which))
            % {"which": ", ".join(which)},
        )
        for office, which in found.items()
    ]


def _outside() -> QuerySet[Kostengutsprache]:
    """What a payer outside the case reads, as in ``visible_to``."""
    takes_part = Participation.objects.filter(case=OuterRef("case"), institution=OuterRef("payer"), until=None)
    rows = Kostengutsprache.objects.exclude(state=S.DRAFT).exclude(content_hash="").exclude(Exists(takes_part))
    return rows.filter(Q(case__withdrawn_at=None) | Q(state__in=OWED))


SETTLING = (S.ORDERED, S.INVOICED, S.PAID)
"""States that say more than the decision before them."""


def asked(case: Case, actor: Actor) -> KostengutspracheQuerySet:
    """Those of a case that ``actor`` may read and that somebody was asked for, in their order; no drafts, no counts."""
    rows = Kostengutsprache.objects.visible_to(actor).filter(case=case).exclude(content_hash="")
    return rows.select_related("case", "approval__order")


def of_case(case: Case, actor: Actor) -> list[Kostengutsprache]:
    """The same, with what is told of each in full."""
    rows = asked(case, actor).select_related("payer", "tariff")
    return list(rows.prefetch_related("queries", "approval__order__invoices"))


def way(request: Kostengutsprache) -> str:
    """How far it has come: ``beantragt am 23.11.2026, bewilligt am 25.11.2026, bestellt``."""
    asked = _("beantragt am %(day)s") % {"day": day(request.requested_on)}
    decided = {"decision": request.get_decision_display(), "day": day(request.decided_on)}
    since = request.get_state_display() if request.state in SETTLING else ""
    lapsed = _("verfallen am %(day)s") % {"day": day(request.lapsed_on)} if request.lapsed_on else ""
    told = _("%(decision)s am %(day)s") % decided if request.decision else ""
    return ", ".join(part for part in (asked, told, since, lapsed) if part)


def in_short(request: Kostengutsprache) -> str:
    """One line of it, without the client: measure, period, cost, and how far it has come."""
    return f"{request.measure}, {letters.period_of(request)}, {chf(request.amount)}: {way(request)}"


def in_full(request: Kostengutsprache) -> Block:
    """All of it, for the record of the case."""
    found = [(label, value.replace("\n", ", ")) for label, value in letters.rows(request)]
    found.append((_("Stand"), way(request)))
    for query in request.queries.all():
        found += [(_("Rückfrage"), query.question), (_("Antwort"), query.answer)]
    found.append((_("Begründung der Ablehnung"), request.refusal_reason))
    found.append((_("Unterschrift"), ", ".join(value for _label, value in letters.signature(request))))
    ruling = f"{day(request.ruling_on)} {request.ruling_reference}".strip()
    found.append((_("Verfügung der zahlenden Stelle"), ruling))
    order = letters.order_of(request)
    for row in order.invoices.all() if order is not None else ():
        paid = _("bezahlt am %(day)s") % {"day": day(row.paid_on)} if row.paid_on else ""
        back = _("zurückgewiesen am %(day)s") % {"day": day(row.returned_on)} if row.returned_on else ""
        value = [row.number, day(row.dated_on), chf(row.amount), paid or back or _("offen")]
        found.append((_("Rechnung des Anbieters"), ", ".join(value)))
    return Block("kg", _("Kostengutsprache %(number)s") % {"number": request.number}, found)
