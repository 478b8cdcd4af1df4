"""Who pays what for counselling: services given, how two groups share their effort, invoices (FIN-02 to FIN-08)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from iiz.core import clock
from iiz.core.enums import StatisticsGroup
from iiz.core.models import Case, Institution

from ..enums import CostBasis, CostModel, LineKind, Proration
from .billed import BilledRow
from .catalogue import Fallpauschale


class CaseService(models.Model):
    """Something that a contractor gives in a case from a day to a day and that has a flat rate of its own (FIN-05)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="services")
    service = models.CharField(_("Leistung"), max_length=120)
    since = models.DateField(_("seit"))
    until = models.DateField(_("bis"), null=True, blank=True)

    class Meta:
        verbose_name = _("Leistung")
        verbose_name_plural = _("Leistungen")
        ordering = ["case", "since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="case_service_end_after_begin"
            ),
            models.UniqueConstraint(
                fields=["case", "service"], condition=Q(until=None), name="one_running_service_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.service}"


class CostSharing(BilledRow):
    """How the effort that one group has for another is paid, by whose decision and on what basis (FIN-04, FIN-08).

    Without a row model C holds. The row of the first day of a month holds for the whole month.
    """

    once_per = ("contractor_group", "principal_group")

    contractor_group = models.CharField(_("Auftragnehmer"), max_length=10, choices=StatisticsGroup)
    principal_group = models.CharField(_("Auftraggeber"), max_length=10, choices=StatisticsGroup)
    model = models.CharField(_("Modell"), max_length=1, choices=CostModel, default=CostModel.C)
    basis = models.CharField(_("Grundlage"), max_length=10, choices=CostBasis, blank=True)
    reference = models.CharField(_("Vereinbarung oder Schreiben"), max_length=200, blank=True)
    decided_by = models.CharField(_("wer das entschieden hat"), max_length=160)

    class Meta(BilledRow.Meta):
        verbose_name = _("Finanzierungsmodell")
        verbose_name_plural = _("Finanzierungsmodelle")
        ordering = ["contractor_group", "principal_group", "-valid_from"]
        constraints = [*BilledRow.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.get_principal_group_display()} → {self.get_contractor_group_display()}: {self.model}"

    def billed_for(self) -> dict[str, str]:
        """What one group billed the other."""
        return {"biller__statistics_group": self.contractor_group, "debtor__statistics_group": self.principal_group}

    def clean(self) -> None:
        """Whoever bills can say on what basis."""
        super().clean()
        if self.model == CostModel.A and not self.basis:
            raise ValidationError({"basis": gettext("Modell A braucht eine Grundlage, auf der bezahlt wird.")})


class BillingRule(BilledRow):
    """How months are counted, when an invoice is due, and from when the balance calls for a decision (FIN-04, FIN-06).

    Amounts in CHF, without VAT. ``small_effort``: up to this estimated effort a year between two groups nobody needs to
    bill. ``tolerance``: by how many percent given and taken may differ and still roughly balance.
    """

    once_per = ()

    proration = models.CharField(_("Angebrochene Monate"), max_length=10, choices=Proration, default=Proration.MONTH)
    payment_days = models.PositiveSmallIntegerField(
        _("zahlbar in Tagen"), default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    small_effort = models.DecimalField(
        _("kleiner Aufwand bis CHF im Jahr"),
        max_digits=9,
        decimal_places=2,
        default=12500,
        validators=[MinValueValidator(0)],
    )
    tolerance = models.PositiveSmallIntegerField(
        _("ausgeglichen bis zu einem Unterschied von Prozent"), default=20, validators=[MaxValueValidator(100)]
    )

    class Meta(BilledRow.Meta):
        verbose_name = _("Abrechnungsregel")
        verbose_name_plural = _("Abrechnungsregeln")
        ordering = ["-valid_from"]
        constraints = [*BilledRow.Meta.constraints]

    def __str__(self) -> str:
        return str(self.get_proration_display())

    def billed_for(self) -> dict[str, str]:
        """All invoices: one rule for the canton."""
        return {}


class Invoice(models.Model):
    """What one office bills another for a month; never changed once issued but for the day it was paid (FIN-06).

    ``number`` counts the invoices of a biller without gaps. Addresses and IBAN are those of the day of issue:
    ``{"name", "street", "postcode", "place"}``. ``total`` is what is to be paid, rounded to 5 Rappen by ``rounding``;
    below zero it is a credit note, without a reference.
    """

    biller = models.ForeignKey(Institution, models.PROTECT, related_name="+", verbose_name=_("Rechnungsstellerin"))
    debtor = models.ForeignKey(Institution, models.PROTECT, related_name="+", verbose_name=_("Auftraggeber"))
    month = models.DateField(_("Monat"))
    number = models.PositiveIntegerField(_("Rechnungsnummer"))
    issued_on = models.DateField(_("ausgestellt am"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_on = models.DateField(_("zahlbar bis"))
    rounding = models.DecimalField(_("Rundung"), max_digits=3, decimal_places=2, default=0)
    total = models.DecimalField(_("CHF"), max_digits=12, decimal_places=2)
    iban = models.CharField(_("IBAN"), max_length=34)
    reference = models.CharField(_("Referenz"), max_length=27, blank=True)
    biller_address = models.JSONField()
    debtor_address = models.JSONField()
    paid_on = models.DateField(_("bezahlt am"), null=True)

    class Meta:
        verbose_name = _("Rechnung")
        verbose_name_plural = _("Rechnungen")
        ordering = ["-month", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["biller", "debtor", "month"], name="one_invoice_a_month"),
            models.UniqueConstraint(fields=["biller", "number"], name="one_invoice_per_number"),
            models.CheckConstraint(condition=~Q(biller=F("debtor")), name="nobody_bills_themselves"),
        ]
        indexes = [models.Index(fields=["debtor", "-month"], name="invoice_of_debtor")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}-{self.number:04d}"

    @property
    def overdue_since(self) -> dt.date | None:
        """The first day after the last one on which it should have been paid, once that has come."""
        late = self.paid_on is None and self.total > 0 and self.due_on < clock.today()
        return self.due_on + dt.timedelta(days=1) if late else None


class InvoiceLine(models.Model):
    """One service in one case in one month, at one rate; or what puts an earlier month right (FIN-05, FIN-06).

    ``counted`` of ``whole`` is the part of the month: 31 of 31 days, 1 of 2 halves, 1 of 1 month; with ``amount`` below
    zero it is a credit. ``since`` and ``until`` are the first and last day that count, ``None`` where none does.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=10, choices=LineKind)
    case = models.ForeignKey(Case, models.PROTECT, related_name="invoice_lines")
    case_number = models.CharField(_("Fallnummer"), max_length=32)
    month = models.DateField(_("Monat"))
    service = models.CharField(_("Leistung"), max_length=120)
    rate = models.ForeignKey(Fallpauschale, models.PROTECT, related_name="lines")
    rate_amount = models.DecimalField(_("CHF pro Monat"), max_digits=8, decimal_places=2)
    since = models.DateField(_("von"), null=True)
    until = models.DateField(_("bis"), null=True)
    counted = models.SmallIntegerField()
    whole = models.PositiveSmallIntegerField()
    amount = models.DecimalField(_("CHF"), max_digits=10, decimal_places=2)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrected_by")
    reason = models.CharField(_("Grund"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Rechnungszeile")
        verbose_name_plural = _("Rechnungszeilen")
        ordering = ["kind", "case_number", "month", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "service", "month", "rate"],
                condition=Q(kind=LineKind.REGULAR),
                name="one_regular_line_a_month",
            ),
            models.CheckConstraint(
                condition=Q(kind=LineKind.REGULAR) | ~Q(reason=""), name="a_correction_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["month", "case"], name="line_by_month")]

    def __str__(self) -> str:
        return f"{self.case_number}: {self.service}"
