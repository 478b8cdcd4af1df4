"""Kostengutsprachen of played cases, each step as from the pages, with invented providers and prices."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from iiz.core import audit, clock
from iiz.core.actor import Actor, actor_for
from iiz.core.demo import DemoCanton
from iiz.core.models import Case, GuestLink, Institution
from iiz.core.seed import START
from iiz.core.templatetags.ui import chf
from iiz.core.workdays import next_working_day

from .enums import SignedHow, TariffUnit
from .kostengutsprache import actions, settling, signing, steps
from .kostengutsprache.signing import Signer
from .models import Kostengutsprache, Provider, ProviderInvoice, Tariff

DAY = dt.timedelta(days=1)
PRICE_LIST = "Demo: erfundene Preise"
PRICES: dict[str, tuple[tuple[str, str, str | None], ...]] = {
    "Lernwerk Ahornmatt": (
        ("Bewerbungstraining", TariffUnit.DAY, "95.00"),
        ("Standortbestimmung", TariffUnit.FLAT, "1450.00"),
        ("Deutsch im Beruf", TariffUnit.HOUR, "24.50"),
    ),
    "Einsatzbetriebe Rosenacker": (
        ("Einsatzprogramm", TariffUnit.MONTH, "1900.00"),
        ("Schnuppereinsatz", TariffUnit.WEEK, "320.00"),
    ),
    "Begleitwerk Lindenhalde": (
        ("Job-Coaching", TariffUnit.OFFER, None),
        ("Wohn- und Budgetbegleitung", TariffUnit.HOUR, "110.00"),
    ),
}
"""By provider: measure, unit, price."""
WANTED = {
    "running": ("Job-Coaching", 1, 2400),
    "agreed": ("Einsatzprogramm", 4, None),
    "released": ("Deutsch im Beruf", 60, None),
    "running_soon": ("Einsatzprogramm", 3, None),
    "running_overdue": ("Bewerbungstraining", 12, None),
    "running_declined": ("Schnuppereinsatz", 4, None),
    "running_answered": ("Standortbestimmung", 1, None),
    "running_called": ("Wohn- und Budgetbegleitung", 18, None),
    "iv_rests": ("Deutsch im Beruf", 80, None),
    "hinted": ("Job-Coaching", 1, 3600),
    "registered": ("Standortbestimmung", 1, None),
    "restored": ("Wohn- und Budgetbegleitung", 12, None),
    "running_unplanned": ("Wohn- und Budgetbegleitung", 10, None),
    "extended": ("Schnuppereinsatz", 6, None),
    "closed_teilweise": ("Bewerbungstraining", 15, None),
}
"""By path: which measure, how many units, and what it costs where it is offered."""
WORDS = {
    "ask": "Weshalb braucht es die Standortbestimmung vor dem Bewerbungstraining?",
    "refuse": "Einen Schnuppereinsatz von vier Wochen finanzieren wir erst nach einem Gespräch mit dem Betrieb.",
    "withdraw": "Die Begleitung ist nicht mehr nötig: Die Wohnsituation hat sich geklärt.",
    "send_back": "Auf der Rechnung stehen Spesen. Sie sind in der Kostengutsprache ausgeschlossen.",
}


def price_lists() -> None:
    """The providers of the demo and what they charge."""
    for place, (name, measures) in enumerate(PRICES.items(), start=1):
        provider = Provider.objects.create(
            name=name,
            street=f"Werkweg {place}",
            postcode="6000",
            place="Luzern",
            phone="041 000 00 00",
            email=f"anbieter{place}@demo.example",
            valid_from=START,
        )
        for measure, unit, price in measures:
            Tariff.objects.create(
                provider=provider,
                measure=measure,
                unit=unit,
                amount=Decimal(price) if price else None,
                price_list="" if unit == TariffUnit.OFFER else PRICE_LIST,
                valid_from=START,
            )


def sheet(title: str, *lines: str) -> SimpleUploadedFile:
    """A page of plain text as PDF, as somebody would have scanned it."""
    text = [f"BT /F 16 Tf 72 770 Td ({title}) Tj ET"]
    text += [f"BT /F 11 Tf 72 {730 - 18 * place} Td ({line}) Tj ET" for place, line in enumerate(lines)]
    stream = "\n".join(text).encode("cp1252")
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
        b" /Resources << /Font << /F 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
    )
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, start)
    return SimpleUploadedFile(f"{title}.pdf", body, "application/pdf")


class Promises:
    """What the people of a played case do with its Kostengutsprachen; a part of ``demo_steps.Part``."""

    canton: DemoCanton
    case: Case
    principal: Actor
    adviser: Actor
    path: str
    to_come: list[tuple[str, dt.datetime]]
    kg: Kostengutsprache

    def _again(self, request: Kostengutsprache) -> None:
        """Go on with the rows as they are now."""
        self.kg = Kostengutsprache.objects.select_related("payer", "tariff", "approval__order").get(pk=request.pk)
        self.case.refresh_from_db()

    def _open(self, actor: Actor) -> None:
        audit.log_read(actor, self.case, self.kg.number)

    def _draft(self, payer: Institution, person: str, **changes: Any) -> Kostengutsprache:
        measure, quantity, offered = WANTED[self.path]
        first, last = self._period()
        data = {
            "payer": payer,
            "payer_person": person,
            "tariff": Tariff.objects.select_related("provider").get(measure=measure),
            "quantity": Decimal(quantity),
            "amount": None if offered is None else Decimal(offered),
            "period_from": first,
            "period_until": last,
        }
        return actions.draft(self.case, self.adviser, data | changes)

    def _period(self) -> tuple[dt.date, dt.date]:
        """From soon after the order until before the provider's invoice; in three weeks where nothing is ordered."""
        days: dict[str, dt.date] = {}
        for step, moment in reversed(self.to_come):
            days[step] = timezone.localdate(moment)
        ordered, billed = days.get("order_measure"), days.get("forward_invoice")
        first = next_working_day((ordered or clock.today() + 20 * DAY) + DAY)
        last = min(billed - 5 * DAY, first + 60 * DAY) if billed else max(first, self.canton.last_day) + 40 * DAY
        return first, max(first, last)

    def draft_kg(self) -> None:
        """The contractor begins one and leaves it for later."""
        self._again(self._draft(self.principal.institution, self.principal.user.get_full_name()))

    def request_kg(self) -> None:
        """The contractor asks the principal to bear the cost."""
        self.draft_kg()
        self._again(actions.ask_for(self.kg, self.adviser))

    def request_kg_elsewhere(self) -> None:
        """The client is entitled at an office that takes no part in the case (CON-19)."""
        payer = self.canton.logins["rav"]
        self._again(self._draft(payer.institution, payer.user.get_full_name()))
        self._again(actions.ask_for(self.kg, self.adviser))

    def follow_up_kg(self) -> None:
        """The measure goes on for some weeks: another Kostengutsprache, never a changed one (KG-02)."""
        changes = {"follows": self.kg, "quantity": Decimal(4)}
        first = next_working_day(clock.today() + 20 * DAY)
        changes |= {"period_from": first, "period_until": first + 40 * DAY}
        self._again(self._draft(self.kg.payer, self.kg.payer_person, **changes))
        self._again(actions.ask_for(self.kg, self.adviser))

    def withdraw_kg(self) -> None:
        """The contractor takes the request back."""
        actions.withdraw(self.kg, self.adviser, WORDS["withdraw"])
        self._again(self.kg)

    def _signer(self) -> Signer:
        """A listed person of the payer with an account, who may sign this amount."""
        people = signing.may_sign(self.kg, signing.listed(self.kg.payer))
        found = next(person for person in people if person.user is not None)
        assert found.user is not None
        signer = Signer(found, SignedHow.LOGIN, actor_for(found.user, self.kg.payer))
        assert signer.actor is not None
        self._open(signer.actor)
        return signer

    def approve_kg(self) -> None:
        """The payer signs in the portal."""
        actions.approve(self.kg, self._signer(), self.kg.content_hash)
        self._again(self.kg)

    def approve_kg_by_link(self) -> None:
        """Somebody without an account signs by the link in the mail."""
        asked = signing.may_sign(self.kg, signing.listed(self.kg.payer))
        found = next(person for person in asked if person.user is None)
        link = GuestLink.objects.get(purpose=actions.DECIDE, object_id=self.kg.pk, email=found.email)
        audit.log_guest_read(link, self.kg.number)
        actions.approve(self.kg, Signer(found, SignedHow.LINK, link=link), self.kg.content_hash)
        self._again(self.kg)

    def sign_on_paper(self) -> None:
        """The payer's caseworker files the signed sheet."""
        self._open(self.principal)
        found = signing.may_sign(self.kg, signing.listed(self.kg.payer))[0]
        scan = sheet(
            f"Kostengutsprache {self.kg.number}",
            f"{self.kg.measure}, {chf(self.kg.amount)}",
            f"unterschrieben: {found.name}, {clock.today():%d.%m.%Y}",
            "Dieses Blatt ist für die Demo erfunden.",
        )
        data = {"signed_on": clock.today(), "file": scan, "content_type": "application/pdf"}
        actions.approve_on_paper(self.kg, self.principal, found, data, self.kg.content_hash)
        self._again(self.kg)

    def refuse_kg(self) -> None:
        """The payer refuses, with its reason."""
        actions.refuse(self.kg, self._signer(), WORDS["refuse"])
        self._again(self.kg)

    def ask_about_kg(self) -> None:
        """The payer asks back."""
        actions.ask(self.kg, self._signer(), WORDS["ask"])
        self._again(self.kg)

    def order_measure(self) -> None:
        """The contractor orders the measure."""
        settling.order(self.kg, self.adviser)
        self._again(self.kg)

    def forward_invoice(self) -> None:
        """The contractor forwards the provider's invoice: a corrected one has a number of its own."""
        number = f"{self.kg.pk + 2000}-{self.kg.approval.order.invoices.count() + 1}"
        amount = (settling.left(self.kg) * Decimal("0.95")).quantize(Decimal("0.05"))
        self._forward(number, amount)

    def _forward(self, number: str, amount: Decimal) -> None:
        paper = sheet(
            f"Rechnung {number}",
            f"{self.kg.provider_name}, {clock.today():%d.%m.%Y}",
            f"{self.kg.measure} gemäss Kostengutsprache {self.kg.number}: {chf(amount)}",
            "Diese Rechnung ist für die Demo erfunden.",
        )
        data = {
            "number": number,
            "dated_on": clock.today() - 2 * DAY,
            "amount": amount,
            "is_last": True,
            "file": paper,
            "content_type": "application/pdf",
        }
        settling.forward(self.kg, self.adviser, data)
        self._again(self.kg)

    def _invoice(self) -> ProviderInvoice:
        return steps.unpaid(self.kg)[0]

    def send_invoice_back(self) -> None:
        """The payer does not accept the invoice."""
        self._open(self.principal)
        settling.send_back(self.kg, self.principal, self._invoice(), WORDS["send_back"])
        self._again(self.kg)

    def pay_invoice(self) -> None:
        """The payer pays."""
        self._open(self.principal)
        settling.pay(self.kg, self.principal, self._invoice(), clock.today())
        self._again(self.kg)
