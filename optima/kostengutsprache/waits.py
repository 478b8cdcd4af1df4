"""What waits for whom with a Kostengutsprache, each one for itself (KG-04, KG-09, NFR-06)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import ParticipationRole, Role
from iiz.core.models import Case, Task
from iiz.core.waits import Asked, Waiting
from iiz.core.workdays import add_working_days
from iiz.core.workflow import Party

from ..enums import KostengutspracheState as S
from ..models import Kostengutsprache
from . import links, steps

AFTER_THE_ANSWER = 2
"""Working days that the payer has at least once its question is answered."""
LOOKS_AT = ("kostengutsprachen__queries", "kostengutsprachen__approval__order__invoices")
"""What the rows below read of a case."""


def path(task: Task) -> str:
    """The page of the Kostengutsprache for which a Pendenz waits."""
    return reverse("optima:kostengutsprache", args=[task.object_id])


def _in_charge(case: Case, office: int) -> int | None:
    """The person in charge of the case in an office that takes part in it."""
    roles = (ParticipationRole.PRINCIPAL, ParticipationRole.CONTRACTOR)
    for part in case.participations.all():
        if part.institution_id == office and part.until is None and part.role in roles:
            return part.user_id
    return None


def _each(
    states: frozenset[str],
    asked: Callable[[Kostengutsprache], Asked | None],
) -> Callable[[Case], Iterator[Asked]]:
    def rows(case: Case) -> Iterator[Asked]:
        for request in case.kostengutsprachen.all():
            if request.content_hash and request.state in states:
                one = asked(request)
                if one is not None:
                    yield one

    return rows


def decide(request: Kostengutsprache) -> Asked | None:
    """The payer's decision: counted from the request, without the days on which a question was open.

    While one is open nothing waits for the payer, so nothing is overdue. Once it is answered the payer has two working
    days at least, also if it was asked on the last day or after it.
    """
    if request.requested_on is None or steps.open_query(request) is not None:
        return None
    pauses = tuple(
        (timezone.localdate(row.asked_at), timezone.localdate(row.answered_at))
        for row in request.queries.all()
        if row.answered_at is not None
    )
    least = add_working_days(max(last for _first, last in pauses), AFTER_THE_ANSWER) if pauses else None
    return Asked(request.pk, request.payer_id, request.requested_on, None, pauses, least)


def _answer(request: Kostengutsprache) -> Asked | None:
    query = steps.open_query(request)
    if query is None:
        return None
    return Asked(
        request.pk,
        request.requester_id,
        timezone.localdate(query.asked_at),
        _in_charge(request.case, request.requester_id),
    )


def _order(request: Kostengutsprache) -> Asked | None:
    """The order: counted from the signature, or from the agreed hand-over where that came later."""
    if request.decided_on is None or request.case.state not in ("agreed", "running"):
        return None
    begun = max(request.decided_on, request.case.antrag.handover_on or request.decided_on)
    return Asked(request.pk, request.requester_id, begun, _in_charge(request.case, request.requester_id))


def _forward(request: Kostengutsprache) -> Asked | None:
    """The provider's invoice is awaited from the end of the measure on, or once those that came are dealt with."""
    if request.period_until is None or any(row.is_last for row in steps.invoices(request)):
        return None
    if steps.unpaid(request):
        return None
    order = request.approval.order
    dealt_with = [day for row in order.invoices.all() for day in (row.returned_on, row.paid_on) if day is not None]
    begun = max([request.period_until, *dealt_with])
    return Asked(request.pk, request.requester_id, begun, _in_charge(request.case, request.requester_id))


def _pay(request: Kostengutsprache) -> Asked | None:
    rows = steps.unpaid(request)
    if not rows:
        return None
    first = min(timezone.localdate(row.forwarded_at) for row in rows)
    return Asked(request.pk, request.payer_id, first, _in_charge(request.case, request.payer_id))


DECIDE = Waiting(
    "decide_kg",
    "",
    Party.PRINCIPAL,
    label=_("Kostengutsprache entscheiden"),
    why=_("Ohne Unterschrift wird nichts bestellt. Die Massnahme kann erst danach beginnen."),
    button=_("Lesen und entscheiden"),
    transition="",
    days=10,
    role=Role.SIGNATORY,
    each=_each(frozenset({S.REQUESTED}), decide),
    path=path,
    reminded=links.remind,
)
WAITS = (
    DECIDE,
    Waiting(
        "answer_kg",
        "",
        Party.CONTRACTOR,
        label=_("Rückfrage zur Kostengutsprache beantworten"),
        why=_("Die zahlende Stelle kann erst danach entscheiden."),
        button=_("Lesen und antworten"),
        transition="",
        days=5,
        role=Role.CASEWORKER,
        each=_each(frozenset({S.REQUESTED}), _answer),
        path=path,
    ),
    Waiting(
        "order_measure",
        "",
        Party.CONTRACTOR,
        label=_("Auftragsbestätigung senden"),
        why=_("Die Kostengutsprache ist unterschrieben: Jetzt können Sie die Massnahme bestellen."),
        button=_("Bestellen"),
        transition="",
        days=5,
        role=Role.CASEWORKER,
        each=_each(frozenset({S.APPROVED}), _order),
        path=path,
    ),
    Waiting(
        "forward_invoice",
        "",
        Party.CONTRACTOR,
        label=_("Rechnung des Anbieters weiterleiten"),
        why=_(
            "Nach der Massnahme schickt der Anbieter seine Rechnung; die zahlende Stelle bezahlt sie. Hat sie eine "
            "zurückgewiesen, so leiten Sie die berichtigte weiter."
        ),
        button=_("Rechnung weiterleiten"),
        transition="",
        days=30,
        role=Role.CASEWORKER,
        each=_each(frozenset({S.ORDERED, S.INVOICED}), _forward),
        path=path,
    ),
    Waiting(
        "pay_invoice",
        "",
        Party.PRINCIPAL,
        label=_("Rechnung bezahlen"),
        why=_("Die Massnahme ist bewilligt, die Rechnung des Anbieters ist da."),
        button=_("Ansehen"),
        transition="",
        days=30,
        role=Role.CASEWORKER,
        each=_each(frozenset({S.INVOICED}), _pay),
        path=path,
    ),
)
