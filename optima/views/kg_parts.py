"""What the pages of a Kostengutsprache share: its mark, its road, whose turn it is, its money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.models import Task
from iiz.core.templatetags.ui import day
from iiz.core.waits import Waiting

from ..enums import PROMISED
from ..enums import KostengutspracheState as S
from ..kostengutsprache import settling, steps, waits
from ..models import Kostengutsprache
from ..models.kostengutsprache import KostengutspracheQuerySet

MARKS = {
    S.DRAFT: "rest",
    S.REQUESTED: "wait",
    S.APPROVED: "ok",
    S.REFUSED: "stop",
    S.LAPSED: "rest",
    S.ORDERED: "ok",
    S.INVOICED: "wait",
    S.PAID: "ok",
}
STAGES = (
    gettext_lazy("beantragt"),
    gettext_lazy("unterschrieben"),
    gettext_lazy("bestellt"),
    gettext_lazy("Rechnung"),
    gettext_lazy("bezahlt"),
)
REACHED = {
    S.DRAFT: (0, "next"),
    S.REQUESTED: (0, "now"),
    S.APPROVED: (1, "now"),
    S.REFUSED: (1, "stopped"),
    S.ORDERED: (2, "now"),
    S.INVOICED: (3, "now"),
    S.PAID: (4, "done"),
}
"""How far each has come: what is not done yet is not coloured."""
DONE_BY = {
    "decide_kg": ("approve", "refuse", "ask"),
    "answer_kg": ("answer",),
    "order_measure": ("order",),
    "forward_invoice": ("forward", "finish"),
    "pay_invoice": ("pay", "send_back"),
}
"""By which steps a Pendenz is done, the usual one first."""
WAITS: dict[str, Waiting] = {wait.name: wait for wait in waits.WAITS}


def shown(rows: KostengutspracheQuerySet) -> KostengutspracheQuerySet:
    """``rows`` with all that a line says of each, in a fixed number of queries."""
    return rows.select_related("case", "payer", "requester", "approval__order").prefetch_related(
        "approval__order__invoices"
    )


@dataclass(frozen=True)
class Line:
    """A Kostengutsprache as a line of a list, with the Pendenz that is open for it."""

    kg: Kostengutsprache
    task: Task | None

    @property
    def mark(self) -> str:
        """The kind of its status."""
        return MARKS[S(self.kg.state)]

    @property
    def counted_only(self) -> bool:
        """Whether only its number is known, from earlier statistics."""
        return not self.kg.content_hash and self.kg.state != S.DRAFT

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps by which the Pendenz is done."""
        return DONE_BY[self.task.name] if self.task is not None else ()

    @property
    def turn(self) -> str:
        """What is waited for."""
        return str(WAITS[self.task.name].label) if self.task is not None else ""


def lines(rows: Iterable[Kostengutsprache]) -> list[Line]:
    """Each of ``rows`` with its open Pendenz; one query for all."""
    found = list(rows)
    tasks = Task.objects.filter(done_at=None, name__in=WAITS, object_id__in=[row.pk for row in found])
    by_key = {task.object_id: task for task in tasks.select_related("institution", "user")}
    return [Line(row, by_key.get(row.pk)) for row in found]


def money(rows: Iterable[Kostengutsprache]) -> dict[str, Decimal]:
    """What is promised, invoiced and paid in CHF, each as far as it is known."""
    found = {"promised": Decimal(0), "invoiced": Decimal(0), "paid": Decimal(0)}
    for row in rows:
        if row.state in PROMISED and row.amount is not None:
            found["promised"] += row.amount
        for invoice in steps.invoices(row):
            found["invoiced"] += invoice.amount
            found["paid"] += invoice.amount if invoice.paid_on else 0
    return found


def balance(row: Kostengutsprache) -> list[tuple[str, Decimal]]:
    """The invoices against what was promised."""
    sums = money([row])
    return [
        (_("bewilligt"), sums["promised"]),
        (_("in Rechnung gestellt"), sums["invoiced"]),
        (_("davon bezahlt"), sums["paid"]),
        (_("noch nicht in Rechnung gestellt"), settling.left(row)),
    ]


def road(row: Kostengutsprache) -> list[dict[str, Any]]:
    """beantragt – unterschrieben – bestellt – Rechnung – bezahlt, with the days that there are."""
    approval = getattr(row, "approval", None)
    order = getattr(approval, "order", None)
    bills = steps.invoices(row)
    notes = [
        day(row.requested_on),
        day(approval.signed_on) if approval else "",
        day(order.ordered_at) if order else "",
        day(max(bill.dated_on for bill in bills)) if bills else "",
        day(max(bill.paid_on for bill in bills if bill.paid_on)) if row.state == S.PAID and bills else "",
    ]
    labels = list(STAGES)
    reached, standing = REACHED.get(S(row.state), (1 if approval is None else 2, "stopped"))
    if row.state == S.REFUSED:
        labels[1], notes[1] = gettext_lazy("abgelehnt"), day(row.decided_on)
    elif row.state == S.LAPSED:
        labels[reached], notes[reached] = gettext_lazy("verfallen"), day(row.lapsed_on)
    found = []
    for place, label in enumerate(labels):
        state = "done" if place < reached else standing if place == reached else "next"
        found.append({"label": label, "note": notes[place], "state": state})
    return found


WITH_ALL = (
    "case__person",
    "case__antrag",
    "payer",
    "requester",
    "tariff__provider",
    "follows__case",
    "requested_by",
    "drafted_by",
    "approval__order__ordered_by",
    "approval__scan",
    "approval__signatory",
)
"""What the page of one shows of it."""
RELATED: tuple[str | Prefetch, ...] = ("queries", "approval__order__invoices__document", "followed_by__case")
