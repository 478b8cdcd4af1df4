"""Institutions, municipalities and who answers for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum import iban
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength
from stdnum.exceptions import ValidationError as NotANumber

from ..enums import KIND_GROUPS, ContactPurpose, InstitutionKind, LeadCapabilityLevel, RoutingMode, StatisticsGroup
from .validity import Validity, ValidityQuerySet


def validate_iban(value: str) -> None:
    """Refuse what is no Swiss or Liechtenstein IBAN: only those can stand on a QR-bill (FIN-06)."""
    try:
        number = iban.compact(value)
        iban.validate(number)
    except InvalidChecksum:
        raise ValidationError(
            _("Diese IBAN stimmt nicht: Die Prüfziffer passt nicht zu den übrigen Ziffern.")
        ) from None
    except (InvalidFormat, InvalidLength, NotANumber):
        raise ValidationError(_("Das ist keine IBAN. Beispiel: CH93 0076 2011 6238 5295 7.")) from None
    if not number.startswith(("CH", "LI")):
        raise ValidationError(_("Auf einer QR-Rechnung steht nur eine IBAN aus der Schweiz oder aus Liechtenstein."))


class InstitutionQuerySet(models.QuerySet):
    """Institutions by what they can be asked for."""

    def active(self) -> InstitutionQuerySet:
        """Real institutions that work today: no closed ones, no placeholders of the import."""
        return self.filter(is_active=True, is_placeholder=False)

    def coordination(self) -> Institution | None:
        """The coordination office, if there is one."""
        return self.active().filter(kind=InstitutionKind.COORDINATION).order_by("pk").first()


class Institution(models.Model):
    """An office or partner. The coordination office is one of its own kind (ACT-01, ACT-02, ACT-09).

    Each has one auth group, made here; the permission rows of cases name that group. ``confirmed_on`` is when somebody
    last said that its entry in the directory is right, ``asked_on`` when its contact persons were last asked (ACT-08).
    """

    name = models.CharField(_("Name"), max_length=160, unique=True)
    short_name = models.CharField(_("Kurzname"), max_length=60)
    kind = models.CharField(_("Art"), max_length=20, choices=InstitutionKind)
    statistics_group = models.CharField(_("Statistikgruppe"), max_length=10, choices=StatisticsGroup, editable=False)
    street = models.CharField(_("Strasse"), max_length=120, blank=True)
    postcode = models.CharField(_("PLZ"), max_length=10, blank=True)
    place = models.CharField(_("Ort"), max_length=80, blank=True)
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    email = models.EmailField(_("E-Mail"), blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True, validators=[validate_iban])
    is_active = models.BooleanField(_("aktiv"), default=True)
    is_placeholder = models.BooleanField(_("Platzhalter des Imports"), default=False, editable=False)
    mfa_roles = models.JSONField(_("Rollen mit Pflicht zur Zwei-Faktor-Anmeldung"), default=list, blank=True)
    group = models.OneToOneField(Group, models.PROTECT, editable=False, related_name="institution")
    confirmed_on = models.DateField(_("Angaben bestätigt am"), null=True, editable=False)
    confirmed_by = models.ForeignKey("core.User", models.SET_NULL, null=True, editable=False, related_name="+")
    asked_on = models.DateField(null=True, editable=False)

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Institution")
        verbose_name_plural = _("Institutionen")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the statistics group true to the kind and give the institution its group."""
        self.statistics_group = KIND_GROUPS.get(self.kind, StatisticsGroup.OTHER)
        if self.group_id is None:
            self.group = Group.objects.get_or_create(name=f"institution:{self.name}")[0]
        super().save(*args, **kwargs)

    @property
    def is_coordination(self) -> bool:
        """Whether this is the coordination office, which sees every case that is not a draft (ACT-09)."""
        return self.kind == InstitutionKind.COORDINATION


class Municipality(models.Model):
    """A municipality of the canton with its region, the *Wahlkreis* (ACT-03)."""

    bfs_nr = models.PositiveIntegerField(_("BFS-Nummer"), primary_key=True)
    name = models.CharField(_("Gemeinde"), max_length=80, unique=True)
    region = models.CharField(_("Wahlkreis"), max_length=60)

    class Meta:
        verbose_name = _("Gemeinde")
        verbose_name_plural = _("Gemeinden")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Jurisdiction(Validity):
    """Which institution of a group answers for a municipality, from when to when (ACT-03)."""

    once_per = ("municipality", "group")

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="jurisdictions")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="jurisdictions")
    group = models.CharField(_("Statistikgruppe"), max_length=10, choices=StatisticsGroup)

    class Meta(Validity.Meta):
        verbose_name = _("Zuständigkeit")
        verbose_name_plural = _("Zuständigkeiten")
        ordering = ["municipality", "group", "-valid_from"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(
                fields=["municipality", "group"],
                condition=Q(valid_until=None),
                name="one_open_jurisdiction",
                violation_error_message=_("Für diese Gemeinde ist bereits eine Stelle zuständig."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} → {self.institution}"


class ContactQuerySet(ValidityQuerySet):
    """Contact persons by what one may ask them."""

    def for_optima(self) -> ContactQuerySet:
        """Those who advise on Optima and receive what comes in, not those of the *Abklärungsphase* (ACT-13)."""
        return self.filter(purpose=ContactPurpose.OPTIMA)


class ContactPerson(Validity):
    """The *Ansprechperson* of an institution: advises, clarifies, allocates what comes in (ACT-06).

    One with the purpose *Abklärungsphase* is asked while entitlement is examined and nobody is in charge yet (ACT-13).
    """

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="contacts")
    user = models.ForeignKey("core.User", models.SET_NULL, null=True, blank=True, related_name="contact_for")
    name = models.CharField(_("Name"), max_length=120)
    phone = models.CharField(_("Telefon"), max_length=40)
    email = models.EmailField(_("E-Mail"))
    purpose = models.CharField(
        _("Ansprechperson für"), max_length=15, choices=ContactPurpose, default=ContactPurpose.OPTIMA
    )
    deputy = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, verbose_name=_("Stellvertretung"), related_name="+"
    )

    objects = ContactQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Validity.Meta):
        verbose_name = _("Ansprechperson")
        verbose_name_plural = _("Ansprechpersonen")
        ordering = ["institution", "name"]

    def __str__(self) -> str:
        return self.name


class SignatoryQuerySet(ValidityQuerySet):
    """Rights to sign by the day on which they are used."""

    def valid_on(self, day: dt.date | None = None) -> SignatoryQuerySet:
        """Who may sign on ``day``: a right that was ended by hand holds no more from that moment on its last day."""
        day = day or timezone.localdate()
        return super().valid_on(day).filter(Q(ended_at=None) | Q(valid_until__gt=day))  # type: ignore[return-value]


class Signatory(Validity):
    """A person who may sign a Kostengutsprache for the institution (KG-05).

    ``limit`` is the highest amount in CHF that this person may promise with one signature; empty: any. Without an
    account the person is asked by ``email`` alone. ``ended_at`` is the moment from which an ended right is used no
    more; its last day is that of the end, as somebody may have signed in the morning.
    """

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="signatories")
    user = models.ForeignKey("core.User", models.PROTECT, null=True, blank=True, related_name="signs_for")
    name = models.CharField(_("Name"), max_length=120)
    function = models.CharField(_("Funktion"), max_length=120, blank=True)
    email = models.EmailField(_("E-Mail"), blank=True)
    limit = models.DecimalField(
        _("unterschreibt bis CHF"),
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = SignatoryQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Validity.Meta):
        verbose_name = _("zeichnungsberechtigte Person")
        verbose_name_plural = _("zeichnungsberechtigte Personen")
        ordering = ["institution", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Whoever has an account is asked there: nobody stands in the list twice over, by account and by address."""
        super().clean()
        if not self.email:
            return
        if self.user is not None:
            raise ValidationError({"email": gettext("Wer ein Konto hat, erhält Mails an dessen Adresse: hier leer.")})
        accounts = get_user_model()._default_manager.filter(email__iexact=self.email)
        if accounts.exists():
            sentence = gettext(
                "Zu dieser Adresse gibt es ein Konto. Wählen Sie es bei «Konto»; fehlt es dort, so laden Sie die "
                "Person zuerst in Ihre Institution ein."
            )
            raise ValidationError({"email": sentence})

    @property
    def address(self) -> str:
        """Where this person is asked: the address of the account, else the one that was recorded."""
        return self.user.email if self.user is not None else self.email


class ServiceOffer(Validity):
    """What an institution does for people, as the directory tells everybody (ACT-08, IV-07)."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="offers")
    label = models.CharField(_("Angebot"), max_length=80)
    description = models.CharField(_("Beschreibung"), max_length=300, blank=True)

    class Meta(Validity.Meta):
        verbose_name = _("Angebot")
        verbose_name_plural = _("Angebote")
        ordering = ["institution", "label"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(
                fields=["institution", "label"],
                condition=Q(valid_until=None),
                name="one_open_service_offer",
                violation_error_message=_("Dieses Angebot steht bereits im Verzeichnis."),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class LeadCapability(Validity):
    """Whether a social service can take the integral case lead, since when (ACT-04, ACT-05)."""

    once_per = ("institution",)

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="lead_capabilities")
    level = models.CharField(_("Fallführung"), max_length=20, choices=LeadCapabilityLevel)
    remark = models.CharField(_("Bemerkung"), max_length=300, blank=True)

    class Meta(Validity.Meta):
        verbose_name = _("Fähigkeit zur Fallführung")
        verbose_name_plural = _("Fähigkeiten zur Fallführung")
        ordering = ["institution", "-valid_from"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(
                fields=["institution"], condition=Q(valid_until=None), name="one_open_lead_capability"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution}: {self.get_level_display()}"


class RoutingRule(Validity):
    """Where applications to a group of contractors arrive (ACT-07)."""

    once_per = ("group",)

    group = models.CharField(_("Auftragnehmer"), max_length=10, choices=StatisticsGroup)
    mode = models.CharField(_("Weg"), max_length=20, choices=RoutingMode)
    target = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, verbose_name=_("zentrale Stelle"))

    class Meta(Validity.Meta):
        verbose_name = _("Weg der Anträge")
        verbose_name_plural = _("Wege der Anträge")
        ordering = ["group", "-valid_from"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["group"], condition=Q(valid_until=None), name="one_open_routing_rule"),
            models.CheckConstraint(
                condition=~Q(mode="central") | Q(target__isnull=False),
                name="central_routing_has_target",
                violation_error_message=_("Für «eine zentrale Stelle» fehlt die Stelle."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_group_display()}: {self.get_mode_display()}"
