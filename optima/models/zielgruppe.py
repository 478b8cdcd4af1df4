"""The decision table of the target groups, the legal preconditions that gate it, and what it said of a case."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import StatisticsGroup
from iiz.core.models import Validity

from ..enums import Condition, Finding, LegalState, Verdict, Zielgruppe
from .antrag import Antrag


class LegalPrecondition(Validity):
    """Whether the law allows something, by whose word, since when (NFR-08, CON-23, CON-24).

    One row per period of a status: a new decision ends the row and adds another. ``locked_words`` says in plain words
    what is not possible as long as the status is not *met*.
    """

    once_per = ("code",)

    code = models.SlugField(_("Schlüssel"), max_length=60)
    title = models.CharField(_("Rechtsgrundlage"), max_length=200)
    authority = models.CharField(_("Behörde"), max_length=200)
    status = models.CharField(_("Stand"), max_length=10, choices=LegalState, default=LegalState.OPEN)
    decided_on = models.DateField(_("Entscheid vom"), null=True, blank=True)
    source = models.CharField(_("Quelle"), max_length=300, blank=True)
    locked_words = models.CharField(_("Weshalb gesperrt, in einfachen Worten"), max_length=500, blank=True)
    remark = models.CharField(_("Bemerkung"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)

    class Meta(Validity.Meta):
        verbose_name = _("Rechtsgrundlage")
        verbose_name_plural = _("Rechtsgrundlagen")
        ordering = ["position", "code", "-valid_from"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["code", "valid_from"], name="legal_precondition_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def met(self) -> bool:
        """Whether it allows what depends on it."""
        return self.status == LegalState.MET


class ZielgruppeRule(Validity):
    """One row of the decision table (GRP-A to GRP-I2): for whom a hand-over in one direction is meant.

    ``iv_procedures`` lists the states of the IV procedure that fit; the other inputs ask yes, no, or nothing.
    ``preconditions`` are codes of legal preconditions that must be met; ``barred_while_iv_runs`` bars the row while an
    IV procedure runs, unless the coordination office makes an exception (CON-44).
    """

    once_per = ("code",)

    code = models.CharField(_("Zeile"), max_length=4)
    zielgruppe = models.CharField(_("Zielgruppe"), max_length=1, choices=Zielgruppe)
    title = models.CharField(_("Bezeichnung"), max_length=200)
    principal_group = models.CharField(_("Auftraggeber"), max_length=10, choices=StatisticsGroup)
    contractor_group = models.CharField(_("Auftragnehmer"), max_length=10, choices=StatisticsGroup)
    iv_procedures = models.JSONField(_("IV-Verfahren"), default=list)
    ale = models.CharField(_("Arbeitslosenentschädigung"), max_length=4, choices=Condition, default=Condition.ANY)
    sh = models.CharField(_("Sozialhilfe"), max_length=4, choices=Condition, default=Condition.ANY)
    work_offer = models.CharField(_("intaktes Arbeitsangebot"), max_length=4, choices=Condition, default=Condition.ANY)
    obstacles = models.CharField(_("Belastungen im Umfeld"), max_length=4, choices=Condition, default=Condition.ANY)
    preconditions = models.JSONField(_("Rechtsgrundlagen"), default=list, blank=True)
    barred_while_iv_runs = models.BooleanField(_("gesperrt, solange ein IV-Verfahren läuft"), default=False)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)

    class Meta(Validity.Meta):
        verbose_name = _("Zeile der Zielgruppen")
        verbose_name_plural = _("Tabelle der Zielgruppen")
        ordering = ["position", "code", "-valid_from"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["code", "valid_from"], name="zielgruppe_rule_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"


class Classification(models.Model):
    """What the table said of a case when it was submitted, and what people made of it (GRP-20).

    ``table_version`` is the day on which the table last changed before; ``inputs`` what it was asked. ``rule`` is the
    row that holds now: the proposed one until the contractor or the coordination office named another.
    ``needs_ruling``: no contractor may accept before the coordination office has cleared it.
    """

    antrag = models.OneToOneField(Antrag, models.CASCADE, primary_key=True, related_name="classification")
    finding = models.CharField(_("Ergebnis der Tabelle"), max_length=12, choices=Finding)
    proposed = models.ForeignKey(ZielgruppeRule, models.PROTECT, null=True, related_name="+")
    rule = models.ForeignKey(ZielgruppeRule, models.PROTECT, null=True, related_name="+")
    table_version = models.DateField(_("Stand der Tabelle"))
    inputs = models.JSONField(default=dict)
    needs_ruling = models.BooleanField(default=False)
    barred = models.CharField(_("Grund der Sperre"), max_length=500, blank=True)
    confirmed_at = models.DateTimeField(_("bestätigt am"), null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("Begründung der Änderung"), max_length=500, blank=True)
    verdict = models.CharField(_("Entscheid der Koordinationsstelle"), max_length=10, choices=Verdict, blank=True)
    ruling = models.TextField(_("Begründung der Koordinationsstelle"), max_length=2000, blank=True)
    ruled_at = models.DateTimeField(null=True)
    ruled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("Zuordnung zur Zielgruppe")
        verbose_name_plural = _("Zuordnungen zu Zielgruppen")
        constraints = [
            models.CheckConstraint(condition=Q(verdict="") | ~Q(ruling=""), name="verdict_has_its_reason"),
            models.CheckConstraint(
                condition=Q(finding=Finding.GROUP) | Q(proposed=None), name="only_a_group_proposes_a_row"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.antrag}: {self.rule.code if self.rule else self.get_finding_display()}"

    @property
    def cleared(self) -> bool:
        """Whether the contractor may accept as far as the table is concerned."""
        return not self.needs_ruling or self.verdict == Verdict.CLEARED


class CriterionFinding(models.Model):
    """How one admission criterion was answered at the application, and what the contractor says of it (OP-05).

    ``reason``: why an exception is asked for where the criterion is not met (IV-03). ``confirmed``: the contractor's
    view at its decision; empty until then.
    """

    antrag = models.ForeignKey(Antrag, models.CASCADE, related_name="criteria")
    criterion = models.ForeignKey("optima.AdmissionCriterion", models.PROTECT, related_name="+")
    answer = models.CharField(_("Antwort"), max_length=4)
    sentence = models.CharField(max_length=500, blank=True)
    reason = models.TextField(_("Begründung der Ausnahme"), max_length=2000, blank=True)
    confirmed = models.BooleanField(_("vom Auftragnehmer bestätigt"), null=True)

    class Meta:
        verbose_name = _("Antwort zu einem Aufnahmekriterium")
        verbose_name_plural = _("Antworten zu Aufnahmekriterien")
        ordering = ["criterion__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["antrag", "criterion"], name="one_answer_per_criterion"),
        ]

    def __str__(self) -> str:
        return f"{self.antrag}: {self.criterion.heading}"


class RuleText(Validity):
    """A text of the portal that the coordination office words itself, such as a paragraph of the Vereinbarung."""

    once_per = ("code",)

    code = models.SlugField(_("Schlüssel"), max_length=60)
    title = models.CharField(_("Wo er steht"), max_length=160)
    text = models.TextField(_("Text"), max_length=4000)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)

    class Meta(Validity.Meta):
        verbose_name = _("Text")
        verbose_name_plural = _("Texte")
        ordering = ["position", "code", "-valid_from"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["code", "valid_from"], name="rule_text_once"),
        ]

    def __str__(self) -> str:
        return self.title
