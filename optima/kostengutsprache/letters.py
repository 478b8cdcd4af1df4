"""The letters of a Kostengutsprache: itself in the published form, and the order to the provider (KG-03, KG-07, KG-09).

What they say stands in the rows alone, so each reader and each copy gets the same words. The functions give the context
of a PDF, or the same as text; :func:`file_signed` and :func:`file_order` put them into the case.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iiz.core import clock, documents, pdf, periods
from iiz.core.actor import Actor
from iiz.core.blocks import Block, Row, as_text, filled
from iiz.core.context import CANTON
from iiz.core.templatetags.ui import chf, day

from ..enums import CostDecision, TariffUnit
from ..enums import KostengutspracheState as S
from ..models import Approval, Kostengutsprache, Order
from . import copies, waits
from .signing import Signer

TEMPLATE, ORDER_TEMPLATE = "optima/pdf/kg.html", "optima/pdf/order.html"
MARKED = (S.DRAFT, S.REFUSED, S.LAPSED)
"""States in which it binds nobody: its title says so."""


def approval_of(request: Kostengutsprache) -> Approval | None:
    """The signature, if there is one."""
    return getattr(request, "approval", None)


def order_of(request: Kostengutsprache) -> Order | None:
    """The order, if there is one."""
    return getattr(approval_of(request), "order", None)


# The Kostengutsprache ---------------------------------------------------------------------------------------------


def title_of(request: Kostengutsprache) -> str:
    """``Kostengutsprache O-2026-0040-K2``, marked while it is a draft and once it came to nothing."""
    title = _("Kostengutsprache %(number)s") % {"number": request.number}
    return f"{title} – {request.get_state_display()}" if request.state in MARKED else title


def name_of(request: Kostengutsprache) -> str:
    """The file name without ending."""
    return f"Kostengutsprache-{request.number}{'-Entwurf' if request.state == S.DRAFT else ''}"


def payer_of(request: Kostengutsprache) -> str:
    """The payer's name; a draft for which no measure is chosen has not copied it yet."""
    return request.payer_name or request.payer.name


def promise(request: Kostengutsprache) -> str:
    """The sentence to which the payer commits itself, as the concept words it; or that it does not."""
    if request.state == S.REFUSED:
        words = _("%(payer)s hat diese Kostengutsprache abgelehnt und übernimmt die untenstehenden Kosten nicht.")
        return words % {"payer": payer_of(request)}
    if request.state == S.LAPSED:
        words = _("Diese Kostengutsprache ist verfallen: %(payer)s übernimmt die untenstehenden Kosten nicht.")
        return words % {"payer": payer_of(request)}
    return _(
        "Mit vorliegender Kostengutsprache bestätigt %(payer)s, die untenstehenden Kosten gemäss der Massnahmenplanung "
        "zu übernehmen."
    ) % {"payer": payer_of(request)}


def no_expenses() -> str:
    """What is never paid beside it."""
    return _("Es werden keine zusätzlichen Spesen übernommen.")


def period_of(request: Kostengutsprache) -> str:
    """``01.12.2026 bis 31.12.2026``."""
    if request.period_from is None or request.period_until is None:
        return ""
    return _("%(first)s bis %(last)s") % {"first": day(request.period_from), "last": day(request.period_until)}


def cost_of(request: Kostengutsprache) -> str:
    """The amount and how it was reckoned: ``CHF 1'140.00 (12 Tage zu CHF 95.00)``."""
    return f"{chf(request.amount)} ({request.reckoning})" if request.reckoning else chf(request.amount)


def rows(request: Kostengutsprache) -> list[Row]:
    """What the form asks for, in its order, and what it follows (KG-03, KG-10)."""
    tariff = request.tariff
    costs, cost = _("Kosten gemäss Tarifliste"), cost_of(request)
    if tariff is not None and tariff.unit == TariffUnit.OFFER:
        costs, cost = _("Kosten gemäss Offerte"), chf(request.amount)
    elif tariff is not None and tariff.price_list:
        costs = _("Kosten gemäss Tarifliste %(name)s") % {"name": tariff.price_list}
    found = [
        (_("Zahlende Stelle"), _lines(payer_of(request), request.payer_person, request.payer_address)),
        (_("Teilnehmende Person"), _lines(request.person_name, request.person_address)),
        (_("Pers-Nr."), request.rav_number),
        (_("Massnahme"), request.measure),
        (_("Dauer"), period_of(request)),
        (costs, cost),
        (_("Anbieter"), _lines(request.provider_name, request.provider_address)),
        origin(request),
    ]
    return [row for row in found if row[1]]


def origin(request: Kostengutsprache) -> Row:
    """What it goes on from: a promise that it prolongs or changes, or a request that came to nothing."""
    before = request.follows
    if before is None:
        return "", ""
    promised = before.decision == CostDecision.APPROVED
    return _("Verlängert oder ändert") if promised else _("Neuer Antrag anstelle von"), before.number


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def term(request: Kostengutsprache) -> tuple[str, dt.date | None]:
    """How long the payer has, in words, and the day on which that ends: days with an open question do not count.

    Nothing where the canton sets no period.
    """
    limits, wait = periods.read(request.case.service), waits.DECIDE
    found = limits.on(request.requested_on or request.case.arrived_on, request.case.service, wait.name)
    days = found.days if found is not None else wait.days
    if days is None:
        return "", None
    if found is not None and found.working_days:
        words = ngettext("%(n)s Arbeitstag", "%(n)s Arbeitstagen", days) % {"n": days}
    else:
        words = ngettext("%(n)s Tag", "%(n)s Tagen", days) % {"n": days}
    asked = waits.decide(request) if request.requested_on is not None else None
    return words, limits.ends(request.case, wait, asked) if asked is not None else None


def please_return(request: Kostengutsprache) -> str:
    """Until when and to whom the signed form goes back (KG-04); nothing once it was refused or has lapsed."""
    if request.state in (S.REFUSED, S.LAPSED):
        return ""
    words, last = term(request)
    when = _(" innerhalb von %(days)s") % {"days": words} if words else ""
    if last is not None:
        when += _(", das heisst bis am %(day)s,") % {"day": day(last)}
    return _(
        "Bei Einverständnis bitten wir Sie, die unterzeichnete Kostengutsprache%(when)s an %(office)s zu retournieren."
    ) % {"when": when, "office": request.requester.name}


def signature(request: Kostengutsprache) -> list[Row]:
    """Who signed, as what, when, how, and under which words; nothing before."""
    approval = approval_of(request)
    if approval is None:
        return []
    found = [
        (_("Vorname, Name"), approval.signed_by),
        (_("Funktion"), approval.function),
        (_("Datum"), day(approval.signed_on)),
        (_("Unterschrift"), approval.get_how_display()),
        (_("Prüfwert"), short_hash(request)),
    ]
    return [row for row in found if row[1]]


def short_hash(request: Kostengutsprache) -> str:
    """The beginning of the hash of the words, in groups that people can compare."""
    head = request.content_hash[:16]
    return " ".join(head[at : at + 4] for at in range(0, len(head), 4))


def standing(request: Kostengutsprache) -> str:
    """What must be known before reading: a draft, not signed yet, refused, lapsed. Empty for one that holds."""
    if request.state == S.DRAFT:
        return _("Entwurf: noch nicht beantragt.")
    if request.state == S.REQUESTED:
        return _("Antrag, im Portal noch nicht unterschrieben. Verbindlich ist sie erst mit der Unterschrift.")
    if request.state == S.REFUSED:
        return _("Abgelehnt am %(day)s von %(who)s: %(reason)s") % {
            "day": day(request.decided_on),
            "who": request.refused_by,
            "reason": request.refusal_reason,
        }
    if request.state == S.LAPSED:
        return _("Verfallen am %(day)s – %(reason)s") % {
            "day": day(request.lapsed_on),
            "reason": request.lapse_reason,
        }
    return ""


def copies_to(request: Kostengutsprache) -> list[str]:
    """Who gets a copy once it is signed: the case file and the distribution list (KG-07); nobody if it never is."""
    if approval_of(request) is None and request.state not in (S.DRAFT, S.REQUESTED):
        return []
    return [_("Dossier"), *(row.label for row in copies.receivers(request))]


def letter(request: Kostengutsprache) -> dict[str, Any]:
    """What the template of the Kostengutsprache reads: prepared by the requester, signed by the payer."""
    signed, to = signature(request), copies_to(request)
    by_hand, name = request.state in (S.DRAFT, S.REQUESTED), _("Kostengutsprache")
    return {
        "heading": f"{name} – {request.get_state_display()}" if request.state in MARKED else name,
        "office": request.requester,
        "dated": request.requested_on or request.drafted_at,
        "reference": [(_("Nummer"), request.number)],
        "standing": standing(request),
        "promise": promise(request),
        "rows": rows(request),
        "no_expenses": no_expenses(),
        "please_return": please_return(request),
        "signing_office": payer_of(request),
        "signed": signed,
        "by_hand": [_("Vorname, Name"), _("Datum"), _("Unterschrift")] if by_hand else [],
        "copies": [_("Kopie geht nach Erhalt der Unterzeichnung an:"), *(f"– {name}" for name in to)] if to else [],
    }


def blocks(request: Kostengutsprache) -> list[Block]:
    """The words of the letter, without its sender: for the text, and for a page."""
    signed = signature(request)
    return filled(
        [
            Block("standing", "", [("", standing(request))]),
            Block("promise", "", [("", promise(request))]),
            Block("form", "", [(label, value.replace("\n", ", ")) for label, value in rows(request)]),
            Block("terms", "", [("", no_expenses()), ("", please_return(request))]),
            Block("signature", _("Unterschrift"), signed),
            Block("copies", _("Kopie geht an"), [("", ", ".join(copies_to(request)))]),
        ]
    )


def text(request: Kostengutsprache) -> str:
    """The Kostengutsprache as plain text, ready to copy."""
    return as_text(title_of(request), blocks(request))


# The order --------------------------------------------------------------------------------------------------------


def order_title_of(request: Kostengutsprache) -> str:
    """``Auftragsbestätigung O-2026-0040-K2``."""
    return _("Auftragsbestätigung %(number)s") % {"number": request.number}


def order_name_of(request: Kostengutsprache) -> str:
    """The file name without ending."""
    return f"Auftragsbestaetigung-{request.number}"


def ordering(request: Kostengutsprache) -> str:
    """The sentence that orders, with the signature it rests on (KG-02)."""
    approval = approval_of(request)
    assert approval is not None  # an order rests on one
    return _(
        "Wir beauftragen Sie mit der untenstehenden Massnahme. Die Kosten sind gedeckt durch die Kostengutsprache "
        "%(number)s von %(payer)s, unterschrieben am %(day)s von %(who)s."
    ) % {
        "number": request.number,
        "payer": request.payer_name,
        "day": day(approval.signed_on),
        "who": approval.signed_by,
    }


def order_rows(request: Kostengutsprache) -> list[Row]:
    """What the provider needs to know, and nothing else of the person or the case."""
    found = [
        (_("Teilnehmende Person"), _lines(request.person_name, request.person_address)),
        (_("Massnahme"), request.measure),
        (_("Dauer"), period_of(request)),
        (_("Kostendach"), cost_of(request)),
    ]
    return [row for row in found if row[1]]


def order_terms(request: Kostengutsprache) -> list[str]:
    """What holds for the invoice (KG-09)."""
    return [
        no_expenses() + " " + _("Für eine Verlängerung oder Änderung braucht es vorher eine neue Kostengutsprache."),
        _(
            "Ihre Rechnung senden Sie bitte unter Angabe der Nummer %(number)s an %(office)s. Wir leiten sie an "
            "%(payer)s weiter, die zahlende Stelle."
        )
        % {"number": request.number, "office": request.requester.name, "payer": request.payer_name},
    ]


def order_letter(request: Kostengutsprache) -> dict[str, Any]:
    """What the template of the order reads: the requester to the provider."""
    order = order_of(request)
    assert order is not None  # who asks has looked
    return {
        "office": request.requester,
        "recipient": _lines(request.provider_name, request.provider_address).splitlines(),
        "dated": order.ordered_at,
        "reference": [(_("Nummer"), request.number)],
        "ordering": ordering(request),
        "rows": order_rows(request),
        "terms": order_terms(request),
        "signed_by": _signed_by(request, order),
    }


def _signed_by(request: Kostengutsprache, order: Order) -> list[str]:
    person = order.ordered_by
    return [line for line in (person.get_full_name(), request.requester.name, person.phone, person.email) if line]


def order_blocks(request: Kostengutsprache) -> list[Block]:
    """The words of the order, for the text and for a page."""
    order = order_of(request)
    assert order is not None  # who asks has looked
    return filled(
        [
            Block("ordering", "", [("", ordering(request))]),
            Block("form", "", [(label, value.replace("\n", ", ")) for label, value in order_rows(request)]),
            Block("terms", "", [("", line) for line in order_terms(request)]),
            Block("contact", _("Kontakt"), [("", ", ".join(_signed_by(request, order)))]),
        ]
    )


def order_text(request: Kostengutsprache) -> str:
    """The order as plain text, ready to copy."""
    return as_text(order_title_of(request), order_blocks(request))


# Into the case ----------------------------------------------------------------------------------------------------


def file_signed(request: Kostengutsprache, signer: Signer) -> None:
    """File the signed letter for all offices of the case: its copy for the Dossier (KG-07).

    On paper the scan is the signed letter and stands there already.
    """
    approval = approval_of(request)
    assert approval is not None  # just made
    if approval.scan is None:
        title = _("%(number)s, unterschrieben") % {"number": request.number}
        _file(request, TEMPLATE, letter(request), title_of(request), title, name_of(request), signer)


def file_order(request: Kostengutsprache, actor: Actor) -> None:
    """File the order for all offices of the case."""
    title = order_title_of(request)
    _file(request, ORDER_TEMPLATE, order_letter(request), title, title, order_name_of(request), actor)


def _file(
    request: Kostengutsprache,
    template: str,
    context: dict[str, Any],
    title: str,
    filed_as: str,
    name: str,
    who: Actor | Signer,
) -> None:
    author = request.requested_by
    assert author is not None  # a draft is neither signed nor ordered
    frame = {"canton_name": CANTON, "created_at": timezone.localtime(clock.now())}
    documents.issue(
        request.case,
        pdf.render(template, context | frame, title=title, archive=True),
        title=filed_as,
        filename=f"{name}-PDF-A.pdf",
        office=request.requester,
        author=author,
        actor=who.actor if isinstance(who, Signer) else who,
        guest=who.link if isinstance(who, Signer) else None,
    )
