"""Who may do what with a Kostengutsprache in which state: rows, from which buttons and server both read (KG-10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.enums import WORKING_ROLES, Phase, Role
from iiz.core.models import Case, GuestLink
from iiz.core.workflow import NotAllowed

from ..enums import KostengutspracheState as S
from ..models import CostQuery, Kostengutsprache, ProviderInvoice
from . import need, signing

Guard = Callable[[Kostengutsprache], str]
SIGNING = frozenset({Role.SIGNATORY})
ROAD: tuple[str, ...] = (S.DRAFT, S.REQUESTED, S.APPROVED, S.ORDERED, S.INVOICED, S.PAID)
"""The states of one to which nobody says no, in their order."""


class Side(models.TextChoices):
    """On which side of a Kostengutsprache an office stands."""

    REQUESTER = "requester", gettext_lazy("beantragende Stelle")
    PAYER = "payer", gettext_lazy("zahlende Stelle")


@dataclass(frozen=True)
class Step:
    """One row: its button, its sentence in the timeline, the states in which it is possible, and for whom.

    ``settles``: it goes on with what is owed already, so also once the case has ended or the agreement is withdrawn.
    ``target`` ``None`` keeps the state; a step whose target depends on the facts names it in ``actions``. ``other``:
    the roles that may do it on the other side as well.
    """

    name: str
    label: Any
    told: Any
    sources: frozenset[str]
    target: str | None
    side: str
    roles: frozenset[str] = WORKING_ROLES
    guards: tuple[Guard, ...] = ()
    settles: bool = False
    other: frozenset[str] = frozenset()

    @property
    def verb(self) -> str:
        """The verb under which the audit notes it."""
        return f"kg_{self.name}"


@dataclass(frozen=True)
class Offer:
    """A step as offered on the page: possible, or shown with the reason why not."""

    step: Step
    reason: str = ""


def open_query(request: Kostengutsprache) -> CostQuery | None:
    """The question that waits for an answer."""
    return next((row for row in request.queries.all() if row.answered_at is None), None)


def invoices(request: Kostengutsprache) -> list[ProviderInvoice]:
    """The invoices that count: forwarded and not sent back."""
    order = getattr(getattr(request, "approval", None), "order", None)
    return [row for row in order.invoices.all() if row.returned_on is None] if order is not None else []


def sent_back(request: Kostengutsprache) -> list[ProviderInvoice]:
    """Those that were sent back and for which a corrected one is awaited, the latest first."""
    found = invoices(request)
    order = getattr(getattr(request, "approval", None), "order", None)
    if order is None or any(row.is_last for row in found):
        return []
    new = max((timezone.localdate(row.forwarded_at) for row in found), default=None)
    rows = [row for row in order.invoices.all() if row.returned_on and (new is None or row.returned_on >= new)]
    return sorted(rows, key=lambda row: (row.returned_on, row.pk), reverse=True)


def unpaid(request: Kostengutsprache) -> list[ProviderInvoice]:
    """Those that wait for the payment."""
    return [row for row in invoices(request) if row.paid_on is None]


# Guards -----------------------------------------------------------------------------------------------------------


def in_time(request: Kostengutsprache) -> str:
    """The case stands where a Kostengutsprache may be asked for."""
    return need.too_early(request.case)


def complete(request: Kostengutsprache) -> str:
    """The form says all that is signed."""
    says = {
        _("Massnahme"): request.tariff_id,
        _("Dauer"): request.period_from and request.period_until,
        _("Kosten"): request.amount,
    }
    missing = [label for label, value in says.items() if not value]
    if missing:
        return _("Es fehlt noch: %(what)s.") % {"what": ", ".join(missing)}
    wrong = need.wrong_period(request.period_from, request.period_until)
    return wrong[1] if wrong is not None else ""


def at_todays_price(request: Kostengutsprache) -> str:
    """Provider and price are those of today (KG-12)."""
    tariff, today = request.tariff, clock.today()
    if tariff is None or (tariff.holds_on(today) and tariff.provider.holds_on(today)):
        return ""
    return _("Dieser Tarif gilt nicht mehr. Wählen Sie die Massnahme neu.")


def somebody_pays(request: Kostengutsprache) -> str:
    """The payer is an office that may be asked, and never the one that asks (CON-19)."""
    if need.payers(request.case).filter(pk=request.payer_id).exists():
        return ""
    return _("Diese Stelle kann keine Kostengutsprache geben. Wählen Sie eine andere zahlende Stelle.")


def handed_over(request: Kostengutsprache) -> str:
    """Nothing is ordered before the hand-over is agreed."""
    if request.case.state in need.UNDER_WAY:
        return ""
    return _("Bestellt wird erst, wenn die Übergabe vereinbart ist.")


def not_over(request: Kostengutsprache) -> str:
    """The period of the measure is not over."""
    if request.period_until is None or request.period_until >= clock.today():
        return ""
    return _("Der Zeitraum der Massnahme ist vorbei. Nötig ist eine neue Kostengutsprache.")


def no_query(request: Kostengutsprache) -> str:
    """No question is open."""
    return _("Eine Rückfrage ist bereits offen.") if open_query(request) else ""


def a_query(request: Kostengutsprache) -> str:
    """A question is open."""
    return "" if open_query(request) else _("Es ist keine Rückfrage offen.")


def not_just_sent(request: Kostengutsprache) -> str:
    """The last links went out an hour ago or longer."""
    since = clock.now() - signing.PAUSE
    links = GuestLink.objects.filter(purpose=signing.DECIDE, object_id=request.pk, case=request.case_id)
    if links.filter(created_at__gt=since).exists():
        return _("Die Links wurden eben gesendet. Erneut senden können Sie sie nach einer Stunde.")
    return ""


def an_unpaid_invoice(request: Kostengutsprache) -> str:
    """An invoice waits for the payment."""
    return "" if unpaid(request) else _("Es ist keine Rechnung offen.")


def nothing_unpaid(request: Kostengutsprache) -> str:
    """All that was forwarded is paid or sent back."""
    return _("Eine Rechnung ist noch nicht bezahlt.") if unpaid(request) else ""


def within_commitment(request: Kostengutsprache) -> str:
    """Something is left of what was promised."""
    if request.amount is None or sum(row.amount for row in invoices(request)) < request.amount:
        return ""
    return _("Der bewilligte Betrag ist ausgeschöpft. Für mehr braucht es eine neue Kostengutsprache.")


EVER = frozenset({S.REQUESTED, S.APPROVED, S.REFUSED, S.ORDERED, S.INVOICED, S.PAID})

STEPS = (
    Step(
        "request",
        gettext_lazy("Kostengutsprache beantragen"),
        gettext_lazy("hat eine Kostengutsprache beantragt"),
        frozenset({S.DRAFT}),
        S.REQUESTED,
        Side.REQUESTER,
        guards=(in_time, complete, not_over, at_todays_price, somebody_pays),
    ),
    Step(
        "discard",
        gettext_lazy("Entwurf verwerfen"),
        gettext_lazy("hat den Entwurf einer Kostengutsprache verworfen"),
        frozenset({S.DRAFT}),
        None,
        Side.REQUESTER,
        settles=True,
    ),
    Step(
        "withdraw",
        gettext_lazy("Antrag zurückziehen"),
        gettext_lazy("hat eine Kostengutsprache zurückgezogen"),
        frozenset({S.REQUESTED}),
        S.LAPSED,
        Side.REQUESTER,
    ),
    Step(
        "approve",
        gettext_lazy("Bewilligen"),
        gettext_lazy("hat eine Kostengutsprache unterschrieben"),
        frozenset({S.REQUESTED}),
        S.APPROVED,
        Side.PAYER,
        SIGNING,
        guards=(not_over,),
    ),
    Step(
        "refuse",
        gettext_lazy("Ablehnen"),
        gettext_lazy("hat eine Kostengutsprache abgelehnt"),
        frozenset({S.REQUESTED}),
        S.REFUSED,
        Side.PAYER,
        SIGNING,
    ),
    Step(
        "paper",
        gettext_lazy("Unterschrift auf Papier ablegen"),
        gettext_lazy("hat die Unterschrift einer Kostengutsprache auf Papier abgelegt"),
        frozenset({S.REQUESTED}),
        S.APPROVED,
        Side.PAYER,
        guards=(not_over,),
    ),
    Step(
        "ask",
        gettext_lazy("Rückfrage stellen"),
        gettext_lazy("hat zu einer Kostengutsprache zurückgefragt"),
        frozenset({S.REQUESTED}),
        None,
        Side.PAYER,
        WORKING_ROLES | SIGNING,
        guards=(no_query,),
    ),
    Step(
        "answer",
        gettext_lazy("Rückfrage beantworten"),
        gettext_lazy("hat die Rückfrage zu einer Kostengutsprache beantwortet"),
        frozenset({S.REQUESTED}),
        None,
        Side.REQUESTER,
        guards=(a_query,),
    ),
    Step(
        "send_again",
        gettext_lazy("Link erneut senden"),
        gettext_lazy("hat den zeichnungsberechtigten Personen den Link erneut gesendet"),
        frozenset({S.REQUESTED}),
        None,
        Side.REQUESTER,
        guards=(no_query, not_just_sent),
        other=frozenset({Role.CONTACT}),
    ),
    Step(
        "order",
        gettext_lazy("Auftragsbestätigung senden"),
        gettext_lazy("hat die Massnahme bestellt"),
        frozenset({S.APPROVED}),
        S.ORDERED,
        Side.REQUESTER,
        guards=(handed_over, not_over),
    ),
    Step(
        "forward",
        gettext_lazy("Rechnung weiterleiten"),
        gettext_lazy("hat eine Rechnung des Anbieters weitergeleitet"),
        frozenset({S.ORDERED, S.INVOICED, S.PAID}),
        S.INVOICED,
        Side.REQUESTER,
        guards=(within_commitment,),
        settles=True,
    ),
    Step(
        "pay",
        gettext_lazy("Zahlung festhalten"),
        gettext_lazy("hat die Zahlung einer Rechnung festgehalten"),
        frozenset({S.INVOICED}),
        None,
        Side.PAYER,
        WORKING_ROLES | SIGNING,
        guards=(an_unpaid_invoice,),
        settles=True,
    ),
    Step(
        "send_back",
        gettext_lazy("Rechnung zurückweisen"),
        gettext_lazy("hat eine Rechnung des Anbieters zurückgewiesen"),
        frozenset({S.INVOICED}),
        None,
        Side.PAYER,
        WORKING_ROLES | SIGNING,
        guards=(an_unpaid_invoice,),
        settles=True,
    ),
    Step(
        "finish",
        gettext_lazy("Keine weitere Rechnung"),
        gettext_lazy("hat festgehalten, dass zu einer Kostengutsprache keine Rechnung mehr kommt"),
        frozenset({S.INVOICED}),
        S.PAID,
        Side.REQUESTER,
        guards=(nothing_unpaid,),
        settles=True,
    ),
    Step(
        "note_ruling",
        gettext_lazy("Verfügung festhalten"),
        gettext_lazy("hat Datum und Aktenzeichen der Verfügung zu einer Kostengutsprache festgehalten"),
        EVER,
        None,
        Side.PAYER,
        WORKING_ROLES | SIGNING,
        settles=True,
    ),
)
BY_NAME = {step.name: step for step in STEPS}


def sides(request: Kostengutsprache, actor: Actor) -> set[str]:
    """On which sides the actor's office stands."""
    offices = {Side.REQUESTER: request.requester_id, Side.PAYER: request.payer_id}
    return {side for side, office in offices.items() if office == actor.institution.pk}


def stopped(case: Case) -> str:
    """Why nothing new happens on a case any more; empty while it is open."""
    if case.withdrawn_at is not None:
        return _("Das Einverständnis ist zurückgezogen: Es wird nichts mehr ausgetauscht.")
    return _("Der Fall ist beendet.") if case.phase != Phase.OPEN else ""


def hindrance(request: Kostengutsprache, step: Step) -> str:
    """Why ``step`` is not possible now, whoever asks; empty if nothing hinders."""
    if not request.content_hash and request.state != S.DRAFT:
        return _("Von dieser Kostengutsprache ist nur bekannt, dass es sie gab.")
    if request.state not in step.sources:
        words = _("Die Kostengutsprache ist «%(state)s»: Das ist nicht mehr möglich.")
        if request.state in ROAD and ROAD.index(request.state) < min(map(ROAD.index, step.sources & set(ROAD))):
            words = _("Die Kostengutsprache ist «%(state)s»: Das ist noch nicht möglich.")
        return words % {"state": request.get_state_display()}
    if not step.settles and (reason := stopped(request.case)):
        return reason
    return next((reason for guard in step.guards if (reason := guard(request))), "")


def refusal(request: Kostengutsprache, step: Step, actor: Actor) -> str:
    """Why ``actor`` may not do ``step`` now, as a German sentence; empty if nothing hinders."""
    own = sides(request, actor)
    if not own or (step.side not in own and not step.other):
        return _("Das kann nur die %(side)s tun.") % {"side": Side(step.side).label}
    roles = step.roles if step.side in own else step.other
    if not actor.roles & roles:
        names = _(" oder ").join(str(Role(role).label) for role in sorted(roles))
        return _("Ihre Rolle erlaubt das nicht. Nötig ist: %(roles)s.") % {"roles": names}
    return hindrance(request, step)


def available(request: Kostengutsprache, actor: Actor) -> list[Offer]:
    """What the actor's side can do in this state; what is hindered carries its reason and comes last."""
    own = sides(request, actor)
    rows = [step for step in STEPS if (step.side in own or (own and step.other)) and request.state in step.sources]
    offers = [Offer(step, refusal(request, step, actor)) for step in rows]
    return sorted(offers, key=lambda offer: bool(offer.reason))


def check(request: Kostengutsprache, name: str, actor: Actor) -> Step:
    """The row called ``name`` if ``actor`` may do it now; raises :class:`NotAllowed` with the reason."""
    step = BY_NAME[name]
    reason = refusal(request, step, actor)
    if reason:
        raise NotAllowed(reason)
    return step
