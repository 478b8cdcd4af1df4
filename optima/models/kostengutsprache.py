"""The Kostengutsprache: measure, request, signed approval, order, the provider's invoice (KG-01 to KG-12)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import StatisticsGroup
from iiz.core.models import Case, Document, Institution, Signatory, Validity

from ..enums import CostDecision, KostengutspracheState, SignedHow, TariffUnit
from .antrag import LONG_TEXT

if TYPE_CHECKING:
    from iiz.core.actor import Actor

S = KostengutspracheState
CENT = Decimal("0.01")
OWED = (S.ORDERED, S.INVOICED, S.PAID)
"""States in which a provider has worked for money, or will."""


class Provider(Validity):
    """An *Anbieter* of measures, as the coordination office keeps it (KG-12)."""

    once_per = ("name",)

    name = models.CharField(_("Name"), max_length=160)
    street = models.CharField(_("Strasse"), max_length=120, blank=True)
    postcode = models.CharField(_("PLZ"), max_length=10, blank=True)
    place = models.CharField(_("Ort"), max_length=80, blank=True)
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    email = models.EmailField(
        _("E-Mail"), blank=True, help_text=_("Wohin die Auftragsbestätigung geht. Leer: auf Papier.")
    )

    class Meta(Validity.Meta):
        verbose_name = _("Anbieter")
        verbose_name_plural = _("Anbieter")
        ordering = ["name", "-valid_from"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["name", "valid_from"], name="provider_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Street and place, one a line."""
        return "\n".join(line for line in (self.street, f"{self.postcode} {self.place}".strip()) if line)


class Tariff(Validity):
    """What a measure of a provider costs (KG-03, KG-12). ``amount`` in CHF per ``unit``; empty where it is offered."""

    once_per = ("provider", "measure")

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="tariffs", verbose_name=_("Anbieter"))
    measure = models.CharField(_("Massnahme"), max_length=160)
    unit = models.CharField(_("Einheit"), max_length=10, choices=TariffUnit, default=TariffUnit.FLAT)
    amount = models.DecimalField(
        _("CHF pro Einheit"),
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(CENT)],
        help_text=_("Leer nur bei «nach Offerte»: Dann trägt die beantragende Stelle den Betrag ein."),
    )
    price_list = models.CharField(_("Tarifliste"), max_length=160, blank=True)

    class Meta(Validity.Meta):
        verbose_name = _("Tarif")
        verbose_name_plural = _("Tarife")
        ordering = ["provider__name", "measure", "-valid_from"]
        constraints = [
            *Validity.Meta.constraints,
            models.UniqueConstraint(fields=["provider", "measure", "valid_from"], name="tariff_once"),
            models.CheckConstraint(
                condition=Q(unit=TariffUnit.OFFER, amount=None) | (~Q(unit=TariffUnit.OFFER) & Q(amount__gt=0)),
                name="tariff_has_a_price_or_an_offer",
                violation_error_message=_("Ein Tarif hat einen Betrag, oder er gilt «nach Offerte» und hat keinen."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.measure}"


class CopyTo(Validity):
    """Who gets a copy of a signed Kostengutsprache, besides the case file (KG-07).

    For one requesting institution, or for all of a group where ``institution`` is empty.
    """

    group = models.CharField(_("beantragende Stelle"), max_length=10, choices=StatisticsGroup)
    institution = models.ForeignKey(
        Institution, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("nur für")
    )
    label = models.CharField(_("Kopie geht an"), max_length=160)
    email = models.EmailField(
        _("E-Mail"),
        blank=True,
        help_text=_("Diese Adresse erhält einen Link mit Code. Leer: Die Stelle schickt die Kopie selbst."),
    )

    class Meta(Validity.Meta):
        verbose_name = _("Eintrag im Verteiler")
        verbose_name_plural = _("Verteiler der Kostengutsprachen")
        ordering = ["group", "institution", "label"]

    def __str__(self) -> str:
        return self.label


class KostengutspracheQuerySet(models.QuerySet["Kostengutsprache"]):
    """Kostengutsprachen as far as somebody may read them."""

    def visible_to(self, actor: Actor | None) -> KostengutspracheQuerySet:
        """What ``actor`` may read:

        - the asking office its own, drafts included, as long as it may open the case;
        - the paying office what it was asked, whether it takes part in the case or not: this page and nothing else;
          once the client has withdrawn the agreement, only what it owes: what is ordered, invoiced or paid;
        - the other offices of the case what was asked, until the client withdraws the agreement;
        - the coordination office everything but drafts.
        """
        if actor is None or not actor.sees_cases:
            return self.none()
        opened = Q(case__in=Case.objects.visible_to(actor))
        asked = ~Q(state=S.DRAFT)
        if actor.is_coordination:
            return self.filter(opened, asked)
        here, today = actor.institution, timezone.localdate()
        kept = Q(case__retention_until=None) | Q(case__retention_until__gte=today)
        return self.filter(
            (Q(requester=here) & opened)
            | (Q(payer=here) & asked & kept & (Q(case__withdrawn_at=None) | Q(state__in=OWED)))
            | (opened & asked & Q(case__withdrawn_at=None))
        )


class Kostengutsprache(models.Model):
    """The payer's promise to bear the cost of a measure, asked for by the office that leads (KG-01, KG-03).

    What the form says is written into the row when it is asked for and never changes after: an extension or a change is
    another one (``follows``). ``content_hash`` is the SHA-256 of those words; empty for a draft and for what was
    imported as a mere count. ``decision`` stays whatever becomes of the measure; both days count in the statistics on
    their own (KG-11). Amounts in CHF. ``ruling_*`` are day and reference of the order behind it, nothing more (OP-12).
    ``typed`` is what stands in the form of a draft, right or wrong; ``form_key`` names the form it was begun with.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="kostengutsprachen")
    position = models.PositiveSmallIntegerField(null=True, editable=False)
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followed_by")
    requester = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    payer = models.ForeignKey(Institution, models.PROTECT, related_name="+", verbose_name=_("Zahlende Stelle"))
    state = models.CharField(_("Status"), max_length=12, choices=S, default=S.REQUESTED)
    tariff = models.ForeignKey(Tariff, models.PROTECT, null=True, related_name="+", verbose_name=_("Massnahme"))
    quantity = models.DecimalField(
        _("Anzahl"), max_digits=7, decimal_places=2, null=True, validators=[MinValueValidator(CENT)]
    )

    payer_name = models.CharField(_("Zahlende Stelle"), max_length=160, blank=True)
    payer_person = models.CharField(_("Zuständige Person"), max_length=160, blank=True)
    payer_address = models.CharField(_("Adresse der zahlenden Stelle"), max_length=260, blank=True)
    person_name = models.CharField(_("Teilnehmende Person"), max_length=170, blank=True)
    person_address = models.CharField(_("Adresse der Person"), max_length=260, blank=True)
    rav_number = models.CharField(_("RAV-Personennummer"), max_length=20, blank=True)
    measure = models.CharField(_("Massnahme"), max_length=160, blank=True)
    period_from = models.DateField(_("Dauer von"), null=True)
    period_until = models.DateField(_("Dauer bis"), null=True)
    amount = models.DecimalField(_("Kosten in CHF"), max_digits=9, decimal_places=2, null=True)
    reckoning = models.CharField(_("gerechnet als"), max_length=200, blank=True)
    provider_name = models.CharField(_("Anbieter"), max_length=160, blank=True)
    provider_address = models.CharField(_("Adresse des Anbieters"), max_length=260, blank=True)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)

    form_key = models.UUIDField(null=True, unique=True, editable=False)
    typed = models.JSONField(default=dict, editable=False)
    drafted_at = models.DateTimeField(null=True, editable=False)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    requested_on = models.DateField(_("beantragt am"), null=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(_("Entscheid"), max_length=10, choices=CostDecision, blank=True)
    decided_on = models.DateField(_("entschieden am"), null=True)
    refused_by = models.CharField(_("abgelehnt von"), max_length=160, blank=True)
    refusal_reason = models.TextField(_("Begründung"), max_length=LONG_TEXT, blank=True)
    lapsed_on = models.DateField(_("verfallen am"), null=True)
    lapse_reason = models.CharField(_("Weshalb sie verfallen ist"), max_length=300, blank=True)
    ruling_on = models.DateField(_("Verfügung vom"), null=True)
    ruling_reference = models.CharField(_("Aktenzeichen der Verfügung"), max_length=80, blank=True)

    objects = KostengutspracheQuerySet.as_manager()

    class Meta:
        verbose_name = _("Kostengutsprache")
        verbose_name_plural = _("Kostengutsprachen")
        ordering = ["position", "requested_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "provider_name", "measure"],
                condition=Q(state="requested") & ~Q(content_hash=""),
                name="one_pending_kg_per_measure",
            ),
            models.UniqueConstraint(fields=["case", "position"], name="kg_position_once"),
            models.CheckConstraint(
                condition=Q(state="draft", requested_on=None) | (~Q(state="draft") & Q(requested_on__isnull=False)),
                name="kg_requested_means_date",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_on=None) | (~Q(decision="") & Q(decided_on__gte=F("requested_on"))),
                name="kg_decided_means_date",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["draft", "requested"]) & Q(decision=""))
                | Q(state="refused", decision="refused")
                | (Q(state__in=["approved", "ordered", "invoiced", "paid"]) & Q(decision="approved"))
                | (Q(state="lapsed") & ~Q(decision="refused")),
                name="kg_state_fits_decision",
            ),
            models.CheckConstraint(
                condition=Q(state="lapsed", lapsed_on__isnull=False) | (~Q(state="lapsed") & Q(lapsed_on=None)),
                name="kg_lapsed_means_date",
            ),
            models.CheckConstraint(
                condition=Q(content_hash="")
                | (
                    Q(amount__gt=0)
                    & Q(period_until__gte=F("period_from"))
                    & ~Q(measure="")
                    & ~Q(provider_name="")
                    & ~Q(payer=F("requester"))
                ),
                name="kg_asked_for_says_all",
            ),
        ]
        indexes = [
            models.Index(fields=["requested_on"], name="kg_requested"),
            models.Index(fields=["decided_on"], name="kg_decided"),
            models.Index(fields=["payer", "state"], name="kg_of_payer"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """How it is called: the number of the case and its own, ``O-2026-0040-K2``."""
        return f"{self.case.number}-K{self.position}" if self.position else self.case.number


class CostQuery(models.Model):
    """A question of the payer before it decides, and the answer; meanwhile the period rests (KG-04)."""

    kostengutsprache = models.ForeignKey(Kostengutsprache, models.CASCADE, related_name="queries")
    question = models.TextField(_("Rückfrage"), max_length=LONG_TEXT)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.CharField(max_length=170)
    answer = models.TextField(_("Antwort"), max_length=LONG_TEXT, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=170, blank=True)

    class Meta:
        verbose_name = _("Rückfrage zur Kostengutsprache")
        verbose_name_plural = _("Rückfragen zu Kostengutsprachen")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kostengutsprache"], condition=Q(answered_at=None), name="one_open_cost_query"
            )
        ]

    def __str__(self) -> str:
        return self.question[:60]


class Approval(models.Model):
    """The signature under a Kostengutsprache: by whom, when, how, under which words (KG-02, KG-05).

    Triggers refuse to change or remove it. ``seal`` is an HMAC under the audit key, which the database does not know:
    ``verify_audit`` finds one that was forged there.
    """

    kostengutsprache = models.OneToOneField(Kostengutsprache, models.PROTECT, related_name="approval")
    signatory = models.ForeignKey(Signatory, models.PROTECT, related_name="+")
    signed_by = models.CharField(_("unterschrieben von"), max_length=160)
    function = models.CharField(_("Funktion"), max_length=120, blank=True)
    how = models.CharField(_("wie"), max_length=10, choices=SignedHow)
    signed_on = models.DateField(_("unterschrieben am"))
    recorded_at = models.DateTimeField(default=timezone.now)
    scan = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    content_hash = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("Unterschrift")
        verbose_name_plural = _("Unterschriften")
        constraints = [
            models.CheckConstraint(
                condition=Q(how="paper", scan__isnull=False) | (~Q(how="paper") & Q(scan=None)),
                name="approval_on_paper_has_a_scan",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kostengutsprache}: {self.signed_by}"


class Order(models.Model):
    """The *Auftragsbestätigung* to the provider. Without the approval it rests on there is none (KG-02, KG-09).

    Database triggers refuse one whose words are not those that were signed, and any change of it.
    """

    approval = models.OneToOneField(Approval, models.PROTECT, related_name="order")
    content_hash = models.CharField(max_length=64)
    ordered_at = models.DateTimeField(_("bestellt am"), default=timezone.now)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_to = models.EmailField(_("gesendet an"), blank=True)

    class Meta:
        verbose_name = _("Auftragsbestätigung")
        verbose_name_plural = _("Auftragsbestätigungen")

    def __str__(self) -> str:
        return str(self.approval)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Say in words what the database would refuse: without a signed Kostengutsprache nothing is ordered."""
        if self._state.adding:
            refuse_unsigned(self)
        super().save(*args, **kwargs)


class NotSigned(Exception):
    """Nothing may be ordered; the message is the German reason (KG-02)."""


def refuse_unsigned(order: Order) -> None:
    """Raise :class:`NotSigned` unless ``order`` rests on a signed Kostengutsprache, in the words that were signed."""
    approval = Approval.objects.filter(pk=order.approval_id or 0).select_related("kostengutsprache").first()
    if approval is None:
        raise NotSigned(_("Ohne unterschriebene Kostengutsprache wird nichts bestellt."))
    request = approval.kostengutsprache
    if request.state != S.APPROVED:
        raise NotSigned(
            _("Die Kostengutsprache ist «%(state)s»: Bestellt wird nur, was bewilligt ist.")
            % {"state": request.get_state_display()}
        )
    if not order.content_hash == approval.content_hash == request.content_hash:
        raise NotSigned(_("Diese Bestellung entspricht nicht dem, was unterschrieben ist."))


class ProviderInvoice(models.Model):
    """An invoice of the provider, forwarded to the payer, who pays or sends it back (KG-09). Amounts in CHF."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="invoices")
    number = models.CharField(_("Rechnungsnummer"), max_length=60)
    dated_on = models.DateField(_("Rechnungsdatum"))
    amount = models.DecimalField(
        _("Betrag in CHF"), max_digits=9, decimal_places=2, validators=[MinValueValidator(CENT)]
    )
    is_last = models.BooleanField(_("letzte Rechnung dieser Massnahme"), default=True)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    forwarded_at = models.DateTimeField(_("weitergeleitet am"), default=timezone.now)
    forwarded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    paid_on = models.DateField(_("bezahlt am"), null=True)
    returned_on = models.DateField(_("zurückgewiesen am"), null=True)
    return_reason = models.CharField(_("Weshalb"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("Rechnung des Anbieters")
        verbose_name_plural = _("Rechnungen der Anbieter")
        ordering = ["dated_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "number"], condition=Q(returned_on=None), name="provider_invoice_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="provider_invoice_amount_positive"),
            models.CheckConstraint(
                condition=Q(paid_on=None) | Q(returned_on=None), name="provider_invoice_paid_or_returned"
            ),
        ]

    def __str__(self) -> str:
        return self.number
