"""The person at the centre, and what was true of them at the application."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from stdnum.ch import ssn
from stdnum.exceptions import ValidationError as NumberError

from ..enums import AgeBand, IvProcedure, Sex
from .institution import Municipality

if TYPE_CHECKING:
    from ..actor import Actor

OLDEST_BIRTH = dt.date(1900, 1, 1)


def normalise_ahv(value: str) -> str:
    """The 13 bare digits of an AHV number (PER-02).

    Raises ``ValidationError`` with a German sentence when the length or the check digit is wrong.
    """
    compact = ssn.compact(value.replace("\u00a0", " ")).strip()
    try:
        return ssn.validate(compact)
    except NumberError as error:
        if len(compact) != 13 or not compact.isdigit():
            raise ValidationError(_("Eine AHV-Nummer hat 13 Ziffern und beginnt mit 756."), code="ahv") from error
        raise ValidationError(
            _("Diese AHV-Nummer stimmt nicht: Die Prüfziffer passt nicht. Bitte vergleichen Sie mit dem Ausweis."),
            code="ahv",
        ) from error


def validate_birth_date(value: dt.date) -> None:
    """Refuse a birth date in the future or before 1900."""
    if value > timezone.localdate():
        raise ValidationError(_("Das Geburtsdatum liegt in der Zukunft."), code="birth_date")
    if value < OLDEST_BIRTH:
        raise ValidationError(_("Bitte prüfen Sie das Jahr des Geburtsdatums."), code="birth_date")


def age_band(birth_year: int | None, year: int) -> str:
    """The statistics age band for somebody born in ``birth_year`` who arrived in ``year`` (PER-03)."""
    if birth_year is None:
        return AgeBand.UNKNOWN
    age = year - birth_year
    for limit, band in (
        (25, AgeBand.UP_TO_24),
        (35, AgeBand.FROM_25),
        (45, AgeBand.FROM_35),
        (55, AgeBand.FROM_45),
    ):
        if age < limit:
            return band
    return AgeBand.FROM_55


class PersonQuerySet(models.QuerySet["Person"]):
    """Persons as far as somebody may know of them."""

    def visible_to(self, actor: Actor | None) -> PersonQuerySet:
        """Persons with a case that ``actor`` may see, or with a Vollmacht that the institution keeps – if, and only if.

        A case whose client withdrew the agreement shows the person only to the office that
        registered it and to the coordination office.
        """
        from .case import Case
        from .vollmacht import Vollmacht

        if actor is None or not actor.sees_cases:
            return self.none()
        cases = Case.objects.visible_to(actor).filter(person=models.OuterRef("pk"))
        if not actor.is_coordination:
            cases = cases.filter(Q(withdrawn_at=None) | Q(registering_institution=actor.institution))
        kept = Vollmacht.objects.filter(person=models.OuterRef("pk"), institution=actor.institution)
        return self.filter(models.Exists(cases) | models.Exists(kept))


class Person(models.Model):
    """A client. One record for both services within the circle of offices that share their cases (PER-01).

    When an office enters an AHV number that is known elsewhere but not to it, its record is linked
    silently (``same_as``) to the first one: nothing of the other record shows, and only the
    coordination office learns of the link and of contradictions.
    """

    first_name = models.CharField(_("Vorname"), max_length=80)
    last_name = models.CharField(_("Name"), max_length=80)
    birth_date = models.DateField(_("Geburtsdatum"), validators=[validate_birth_date], null=True)
    sex = models.CharField(_("Geschlecht"), max_length=1, choices=Sex, blank=True)
    ahv_number = models.CharField(_("AHV-Nummer"), max_length=13, null=True, blank=True, db_index=True)
    rav_number = models.CharField(_("RAV-Personennummer"), max_length=20, blank=True)
    street = models.CharField(_("Strasse und Nummer"), max_length=120, blank=True)
    postcode = models.CharField(_("PLZ"), max_length=10, blank=True)
    place = models.CharField(_("Ort"), max_length=80, blank=True)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, verbose_name=_("Wohngemeinde")
    )
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    email = models.EmailField(_("E-Mail"), blank=True)
    same_as = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="also_known_as"
    )
    contradicts = models.BooleanField(_("widerspricht dem verknüpften Eintrag"), default=False, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("Person")
        verbose_name_plural = _("Personen")
        ordering = ["last_name", "first_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ahv_number"],
                condition=Q(same_as=None, ahv_number__isnull=False),
                name="one_first_record_per_ahv_number",
            ),
            models.CheckConstraint(condition=~Q(same_as=F("id")), name="person_not_same_as_itself"),
            models.CheckConstraint(condition=~Q(ahv_number=""), name="ahv_number_null_not_empty"),
        ]
        indexes = [models.Index(fields=["last_name", "first_name"]), models.Index(fields=["birth_date"])]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def identity_id(self) -> int:
        """The record that stands for this person across all circles."""
        return self.same_as_id or self.pk


class BenefitSnapshot(models.Model):
    """What the person received at the application; written once, then kept (PER-04)."""

    case = models.OneToOneField("core.Case", models.CASCADE, related_name="benefits", primary_key=True)
    social_counselling = models.BooleanField(_("in persönlicher Sozialhilfe (Beratung)"), null=True)
    wsh = models.BooleanField(_("bezieht wirtschaftliche Sozialhilfe"), null=True)
    job_seeker = models.BooleanField(_("als stellensuchend gemeldet"), null=True)
    ale = models.BooleanField(_("bezieht Arbeitslosenentschädigung"), null=True)
    iv_counselling = models.BooleanField(_("in Eingliederungsberatung oder Massnahme der IV"), null=True)
    taken_on = models.DateField(_("Stand am"), default=timezone.localdate)

    class Meta:
        verbose_name = _("Leistungen beim Antrag")
        verbose_name_plural = _("Leistungen beim Antrag")

    def __str__(self) -> str:
        return f"{self.case}"

    QUESTIONS = ("social_counselling", "wsh", "job_seeker", "ale", "iv_counselling")


class CriteriaFacts(models.Model):
    """Further dated facts which admission criteria ask for (PER-05). All voluntary at the application."""

    case = models.OneToOneField("core.Case", models.CASCADE, related_name="facts", primary_key=True)
    iv_procedure = models.CharField(_("IV-Verfahren"), max_length=10, choices=IvProcedure, blank=True)
    iv_refused_on = models.DateField(_("letzte Ablehnung der IV am"), null=True, blank=True)
    iv_clarification_open = models.BooleanField(_("IV-Abklärung läuft"), null=True)
    iv_measure_running = models.BooleanField(_("IV-Massnahme läuft"), null=True)
    iv_appeal_open = models.BooleanField(_("Rechtsmittel bei der IV hängig"), null=True)
    iv_pension_open = models.BooleanField(_("Rentenfrage offen"), null=True)
    iv_damage_suspected = models.BooleanField(_("IV-relevanter Gesundheitsschaden vermutet"), null=True)
    partial_pension = models.BooleanField(_("bezieht eine Teilrente"), null=True)
    aids = models.BooleanField(_("hat Hilfsmittel der IV"), null=True)
    rav_registered_on = models.DateField(_("zuletzt beim RAV gemeldet am"), null=True, blank=True)
    taken_on = models.DateField(_("Stand am"), default=timezone.localdate)

    class Meta:
        verbose_name = _("Angaben zu IV und RAV")
        verbose_name_plural = _("Angaben zu IV und RAV")

    def __str__(self) -> str:
        return f"{self.case}"
