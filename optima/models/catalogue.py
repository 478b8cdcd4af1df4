"""Dated lists that the coordination office keeps: reasons, criteria, rates (NFR-07)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import StatisticsGroup
from iiz.core.models import Validity

from ..enums import ClosingParty, CriterionCheck, CriterionWeight, DetailKind
from .billed import BilledRow


class RefusalReason(Validity):
    """A listed reason for which a contractor refuses (OUT-01, OUT-02)."""

    once_per = ("code",)

    code = models.SlugField(_("Schlüssel"), max_length=60)
    label = models.CharField(_("Bezeichnung"), max_length=120)
    needs_text = models.BooleanField(_("verlangt eine Begründung"), default=False)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)

    class Meta(Validity.Meta):
        verbose_name = _("Ablehnungsgrund")
        verbose_name_plural = _("Ablehnungsgründe")
        ordering = ["position", "label"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["code", "valid_from"], name="refusal_reason_once"),
        ]

    def __str__(self) -> str:
        return self.label


class AdmissionCriterion(Validity):
    """One condition under which a group of contractors takes a case (ALV-01 to ALV-08, IV-01 to IV-04, SH-01 to SH-04).

    Shown before the form is filled, answered in the Antrag, confirmed by the contractor. ``principal_group`` empty:
    whoever asks. ``items`` are the points of its checklist, one a line. ``months`` is the period of checks that count
    from a day. ``instead`` says what to do where it is not met.
    """

    once_per = ("contractor_group", "code")

    contractor_group = models.CharField(_("Auftragnehmer"), max_length=10, choices=StatisticsGroup)
    code = models.SlugField(_("Schlüssel"), max_length=60)
    heading = models.CharField(_("Thema"), max_length=80)
    text = models.CharField(_("Voraussetzung"), max_length=300)
    help_text = models.CharField(_("Erklärung"), max_length=300, blank=True)
    principal_group = models.CharField(_("nur wenn beauftragt von"), max_length=10, choices=StatisticsGroup, blank=True)
    items = models.TextField(_("Punkte der Checkliste"), max_length=2000, blank=True)
    weight = models.CharField(
        _("Verbindlichkeit"), max_length=10, choices=CriterionWeight, default=CriterionWeight.ADVISORY
    )
    check_by = models.CharField(_("Prüfung"), max_length=15, choices=CriterionCheck, default=CriterionCheck.ASKED)
    months = models.PositiveSmallIntegerField(_("Monate"), null=True, blank=True)
    instead = models.CharField(_("Was stattdessen möglich ist"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)

    class Meta(Validity.Meta):
        verbose_name = _("Aufnahmekriterium")
        verbose_name_plural = _("Aufnahmekriterien")
        ordering = ["contractor_group", "position"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["contractor_group", "code", "valid_from"], name="admission_criterion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_contractor_group_display()}: {self.heading}"

    @property
    def points(self) -> list[str]:
        """The points of the checklist."""
        return [line.strip() for line in self.items.splitlines() if line.strip()]


class Obstacle(Validity):
    """A burden in somebody's surroundings that stands in the way of work (SH-02)."""

    once_per = ("code",)

    code = models.SlugField(_("Schlüssel"), max_length=60)
    label = models.CharField(_("Bezeichnung"), max_length=160)
    help_text = models.CharField(_("Erklärung"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)

    class Meta(Validity.Meta):
        verbose_name = _("Belastung im Umfeld")
        verbose_name_plural = _("Belastungen im Umfeld")
        ordering = ["position", "label"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["code", "valid_from"], name="obstacle_once"),
        ]

    def __str__(self) -> str:
        return self.label


class Fallpauschale(BilledRow):
    """A monthly flat rate per case which a contractor may bill, and how (FIN-02 to FIN-05).

    ``principal_group`` empty: the rate holds whoever the principal is. ``billed`` false: a reckoning figure of the
    model, billed only while model A holds. ``every_case``: it counts for each running case, else only where the service
    was recorded. What stands on an invoice keeps its rate.
    """

    once_per = ("contractor_group", "principal_group", "service")

    contractor_group = models.CharField(_("Auftragnehmer"), max_length=10, choices=StatisticsGroup)
    principal_group = models.CharField(_("Auftraggeber"), max_length=10, choices=StatisticsGroup, blank=True)
    service = models.CharField(_("Leistung"), max_length=120)
    amount = models.DecimalField(_("CHF pro Monat"), max_digits=8, decimal_places=2)
    billed = models.BooleanField(_("wird in Rechnung gestellt"), default=False)
    every_case = models.BooleanField(_("gilt für jeden laufenden Fall"), default=False)
    remark = models.CharField(_("Bemerkung"), max_length=300, blank=True)

    class Meta(BilledRow.Meta):
        verbose_name = _("Fallpauschale")
        verbose_name_plural = _("Fallpauschalen")
        ordering = ["contractor_group", "principal_group", "-valid_from"]
        constraints = [
            *BilledRow.Meta.constraints,
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="flat_rate_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.get_contractor_group_display()}: CHF {self.amount}"

    def billed_for(self) -> dict[str, str]:
        """What the group of the contractor billed, whoever paid if the rate is for all."""
        groups = {"biller__statistics_group": self.contractor_group}
        return groups | ({"debtor__statistics_group": self.principal_group} if self.principal_group else {})

    def closes_gap(self) -> bool:
        """Between two rates of the service for the same principal, on days that stand on no invoice."""
        if self.valid_until is None:
            return False
        same = Fallpauschale.objects.filter(contractor_group=self.contractor_group, service=self.service)
        beside = same.filter(principal_group=self.principal_group).exclude(pk=self.pk)
        billed = same.filter(lines__until__gte=self.valid_from, lines__since__lte=self.valid_until)
        if self.principal_group:
            billed = billed.filter(principal_group__in=("", self.principal_group))
        between = beside.filter(valid_until__lt=self.valid_from), beside.filter(valid_from__gt=self.valid_until)
        return all(rows.exists() for rows in between) and not billed.exists()


class ClosingReason(Validity):
    """Why a case is closed (OUT-04), and which side may name it."""

    once_per = ("code",)

    code = models.SlugField(_("Schlüssel"), max_length=60)
    label = models.CharField(_("Bezeichnung"), max_length=120)
    party = models.CharField(_("wer ihn nennt"), max_length=10, choices=ClosingParty, default=ClosingParty.ANY)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)

    class Meta(Validity.Meta):
        verbose_name = _("Abschlussgrund")
        verbose_name_plural = _("Abschlussgründe")
        ordering = ["position", "label"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["code", "valid_from"], name="closing_reason_once"),
        ]

    def __str__(self) -> str:
        return self.label


class ClosingDetail(Validity):
    """A cause for a partial or missing success, or a result that was reached (OUT-06)."""

    once_per = ("code",)

    kind = models.CharField(_("Art"), max_length=10, choices=DetailKind)
    code = models.SlugField(_("Schlüssel"), max_length=60)
    label = models.CharField(_("Bezeichnung"), max_length=120)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)

    class Meta(Validity.Meta):
        verbose_name = _("Ursache oder Wirkung")
        verbose_name_plural = _("Ursachen und Wirkungen")
        ordering = ["kind", "position", "label"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["code", "valid_from"], name="closing_detail_once"),
        ]

    def __str__(self) -> str:
        return self.label


class ReducedProcedure(Validity):
    """Who does what while a case is delegated, what rests, and what is taken up again at the end (RED-01 to RED-08).

    Texts of several lines are lists, one entry a line.
    """

    once_per = ("principal_group", "contractor_group")

    principal_group = models.CharField(_("Auftraggeber"), max_length=10, choices=StatisticsGroup)
    contractor_group = models.CharField(_("Auftragnehmer"), max_length=10, choices=StatisticsGroup)
    contractor_does = models.TextField(_("Das tut der Auftragnehmer"), max_length=2000)
    contractor_does_not = models.TextField(_("Das tut der Auftragnehmer nicht"), max_length=2000, blank=True)
    principal_keeps = models.TextField(_("Das bleibt beim Auftraggeber"), max_length=2000)
    rests = models.TextField(_("Das ruht beim Auftraggeber"), max_length=2000)
    resumes = models.TextField(_("Das nimmt der Auftraggeber am Ende wieder auf"), max_length=2000)
    takes_hints = models.BooleanField(_("Hinweise für Sanktionen möglich"), default=False)
    takes_measures = models.BooleanField(_("Wünsche nach Massnahmen möglich"), default=False)
    measures_only = models.CharField(_("Massnahmen nur, wenn"), max_length=300, blank=True)

    class Meta(Validity.Meta):
        verbose_name = _("Aufgabenteilung")
        verbose_name_plural = _("Aufgabenteilungen")
        ordering = ["principal_group", "contractor_group", "-valid_from"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(
                fields=["principal_group", "contractor_group"],
                condition=models.Q(valid_until=None),
                name="one_open_reduced_procedure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_principal_group_display()} → {self.get_contractor_group_display()}"
