"""The form of a Kostengutsprache with exactly the fields of the published one (KG-03)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.forms.fields import ShortText
from iiz.core.models import Case, Institution
from iiz.core.templatetags.ui import chf

from ..enums import TariffUnit
from ..kostengutsprache import need, person, words
from ..models import Kostengutsprache, Provider, Tariff
from .fields import Number

MOST = Decimal("9999999.99")
"""The highest amount a Kostengutsprache can hold."""
LIVE = {"hx-post": "", "hx-target": "#ergebnis", "hx-select": "#ergebnis", "hx-swap": "outerHTML"}
LIVE |= {"hx-vals": '{"do": "look"}', "hx-include": "closest form", "hx-sync": "closest form:replace"}
"""How a field asks for the cost and who may sign, without saving anything."""


class OfficeField(forms.ModelChoiceField):
    """An office that may be asked to pay."""

    default_error_messages = {
        "invalid_choice": gettext_lazy("Diese Stelle kann nicht angefragt werden. Bitte wählen Sie eine aus der Liste.")
    }

    def label_from_instance(self, obj: Institution) -> str:
        """Its name."""
        return obj.name


class TariffField(forms.ModelChoiceField):
    """A measure with its price, by provider."""

    default_error_messages = {
        "required": gettext_lazy("Welche Massnahme soll es sein?"),
        "invalid_choice": gettext_lazy(
            "Diese Massnahme gibt es heute nicht mehr zu diesem Preis. Bitte wählen Sie eine aus der Liste."
        ),
    }

    def label_from_instance(self, obj: Tariff) -> str:
        """``Bewerbungstraining, CHF 95.00 pro Tag``."""
        if obj.unit == TariffUnit.OFFER:
            return _("%(measure)s, gemäss Offerte") % {"measure": obj.measure}
        if obj.unit == TariffUnit.FLAT:
            return _("%(measure)s, %(price)s pauschal") % {"measure": obj.measure, "price": chf(obj.amount)}
        values = {"measure": obj.measure, "price": chf(obj.amount), "unit": obj.get_unit_display()}
        return _("%(measure)s, %(price)s pro %(unit)s") % values


def grouped(field: TariffField, tariffs: list[Tariff]) -> list[tuple[str, Any]]:
    """The choices under the names of their providers."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for row in tariffs:
        groups.setdefault(row.provider.name, []).append((row.pk, field.label_from_instance(row)))
    return [("", _("bitte wählen")), *groups.items()]


class RequestForm(forms.Form):
    """Who pays, for which measure, how much of it, and when. What is fixed stands beside it.

    Valid means that it can be asked for. A draft takes what is right from :meth:`columns`, and keeps all as typed.
    """

    payer = OfficeField(
        Institution.objects.none(),
        label=gettext_lazy("Zahlende Stelle"),
        empty_label=None,
        widget=forms.Select(attrs=LIVE | {"hx-trigger": "change", "hx-select-oob": "#zustaendig"}),
        help_text=gettext_lazy(
            "Wo die Person anspruchsberechtigt ist; in der Regel der Auftraggeber. Eine andere Stelle liest nur diese "
            "Kostengutsprache und sonst nichts vom Fall."
        ),
    )
    payer_person = ShortText(
        limit=160,
        label=gettext_lazy("Zuständige Person bei der zahlenden Stelle"),
        error_messages={"required": gettext_lazy("Wer ist dort zuständig? Der Name steht auf dem Formular.")},
    )
    street = ShortText(limit=120, label=gettext_lazy("Strasse und Nummer"), required=False)
    postcode = ShortText(limit=10, label=gettext_lazy("PLZ"), required=False, attrs={"class": "short"})
    place = ShortText(limit=80, label=gettext_lazy("Ort"), required=False)
    rav_number = ShortText(limit=20, short=True, label=gettext_lazy("RAV-Personennummer"), required=False)
    tariff = TariffField(
        Tariff.objects.none(),
        label=gettext_lazy("Massnahme"),
        empty_label=gettext_lazy("bitte wählen"),
        widget=forms.Select(attrs=LIVE | {"hx-trigger": "change", "hx-select-oob": "#menge"}),
        help_text=gettext_lazy("Nach Anbieter, mit dem Preis von heute. Der Anbieter folgt aus der Massnahme."),
    )
    quantity = Number(
        label=gettext_lazy("Anzahl"),
        required=False,
        conditional=True,
        max_digits=7,
        decimal_places=2,
        widget=forms.TextInput(
            attrs=LIVE | {"class": "short", "inputmode": "decimal", "hx-trigger": "change, keyup changed delay:400ms"}
        ),
    )
    amount = Number(
        label=gettext_lazy("Kosten in CHF, gemäss Offerte"),
        required=False,
        conditional=True,
        max_digits=9,
        decimal_places=2,
        widget=forms.TextInput(
            attrs=LIVE | {"class": "short", "inputmode": "decimal", "hx-trigger": "change, keyup changed delay:400ms"}
        ),
    )
    period_from = forms.DateField(
        label=gettext_lazy("Dauer von"),
        widget=forms.DateInput(),
        error_messages={"required": gettext_lazy("An welchem Tag beginnt die Massnahme?")},
    )
    period_until = forms.DateField(
        label=gettext_lazy("Dauer bis"),
        widget=forms.DateInput(attrs=LIVE | {"hx-trigger": "change"}),
        error_messages={"required": gettext_lazy("An welchem Tag endet die Massnahme?")},
    )
    claim_ended = forms.BooleanField(
        label="",
        error_messages={
            "required": gettext_lazy("Solange der eigene Anspruch besteht, braucht es keine Kostengutsprache.")
        },
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.actor, today = case, actor, clock.today()
        self.need = need.of(case)
        payer: OfficeField = self.fields["payer"]  # type: ignore[assignment]
        offices = list(need.payers(case))
        payer.queryset = need.payers(case)
        principal = case.antrag.principal_id
        offices.sort(key=lambda office: office.pk != principal)
        payer.choices = [
            (office.pk, _("%(name)s (Auftraggeber)") % {"name": office.name} if office.pk == principal else office.name)
            for office in offices
        ]
        tariff: TariffField = self.fields["tariff"]  # type: ignore[assignment]
        valid = Tariff.objects.valid_on(today).filter(provider__in=Provider.objects.valid_on(today))
        tariff.queryset = valid.select_related("provider").order_by("provider__name", "measure")
        self.tariffs = list(tariff.queryset)
        tariff.choices = grouped(tariff, self.tariffs)
        asked = person.missing(case)
        for name in (*person.ADDRESS, person.NUMBER):
            if name not in asked:
                del self.fields[name]
        if self.need.own_claim:
            words_ = _("Der eigene Anspruch auf %(what)s bei %(who)s besteht nicht mehr.")
            self.fields["claim_ended"].label = words_ % {"what": self.need.claim, "who": self.need.contractor}
        else:
            del self.fields["claim_ended"]
        self._fit(self.chosen)

    @property
    def chosen(self) -> Tariff | None:
        """The measure that is chosen by now, right or wrong in the rest."""
        value = str(self["tariff"].value() or "")
        return next((row for row in self.tariffs if str(row.pk) == value), None)

    def _fit(self, tariff: Tariff | None) -> None:
        """Ask for a number where something is counted, for an amount where there is an offer."""
        unit = tariff.unit if tariff is not None else ""
        if unit in (TariffUnit.FLAT, TariffUnit.OFFER):
            del self.fields["quantity"]
        elif tariff is not None:
            self.fields["quantity"].label = _("Anzahl %(units)s") % {"units": words.COUNTED[tariff.unit]}
        if unit != TariffUnit.OFFER:
            del self.fields["amount"]

    def clean(self) -> dict[str, Any]:
        """What is needed beside the chosen measure, a period to come, and an amount that a form can hold."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self._clean_cost(data)
        first, last = data.get("period_from"), data.get("period_until")
        if first and first < clock.today():
            self.add_error(
                "period_from",
                _("Dieser Tag ist vorbei. Eine Massnahme beginnt erst, wenn die Kostengutsprache unterschrieben ist."),
            )
        wrong = need.wrong_period(first, last)
        if wrong is not None and wrong[0] not in self.errors:
            self.add_error(*wrong)
        return data

    def after_the_plan(self) -> str:
        """A hint where the measure would go on well after the planned end of the case."""
        try:
            last = self.fields["period_until"].clean(self["period_until"].value())
        except forms.ValidationError:
            return ""
        return need.after_the_plan(self.case, last)

    def _clean_cost(self, data: dict[str, Any]) -> None:
        tariff = data.get("tariff")
        for name in ("quantity", "amount"):
            if tariff is None or name not in self.fields or name in self.errors:
                continue
            value = data.get(name)
            if value is None:
                said = {"quantity": _("Wie viel davon braucht es?"), "amount": _("Wie hoch ist die Offerte?")}
                self.add_error(name, said[name])
            elif value <= 0:
                self.add_error(name, _("Nötig ist eine Zahl über null."))
        cost = words.cost(tariff, data.get("quantity"), data.get("amount")) if tariff else None
        if cost is not None and cost > MOST:
            self.add_error("quantity", _("Das ergibt mehr als 10 Millionen Franken. Bitte prüfen Sie die Zahl."))

    def columns(self) -> dict[str, Any]:
        """What is right by now, for the row of a draft, and everything as it was typed. Only for a bound form."""
        self.is_valid()
        data = self.cleaned_data
        names = ("tariff", "quantity", "amount", "period_from", "period_until")
        return {
            "payer": data.get("payer") or self.case.antrag.principal,
            "payer_person": data.get("payer_person", ""),
            **{name: data.get(name) for name in names},
            "typed": {name: str(self.data[name]) for name in self.base_fields if name in self.data},
        }

    def sketch(self) -> Kostengutsprache:
        """The Kostengutsprache as it would stand by now, unsaved; for what is shown beside the form."""
        data = self._seen()
        row = Kostengutsprache(case=self.case, requester=self.actor.institution, payer=data["payer"])
        row.drafted_by = self.actor.user
        row.payer_name, row.tariff, row.quantity = data["payer"].name, data["tariff"], data["quantity"]
        if data["tariff"] is not None:
            row.provider_name, row.provider_address = data["tariff"].provider.name, data["tariff"].provider.address
            row.amount = words.cost(data["tariff"], data["quantity"], data["amount"])
            row.reckoning = words.reckoning(data["tariff"], data["quantity"]) if row.amount is not None else ""
        return row

    def _seen(self) -> dict[str, Any]:
        """Field by field what can be understood, whether the form was sent or not."""
        found: dict[str, Any] = {"tariff": self.chosen, "quantity": None, "amount": None}
        for name in ("payer", "quantity", "amount"):
            if name in self.fields:
                try:
                    found[name] = self.fields[name].clean(self[name].value())
                except forms.ValidationError:
                    found[name] = None
        found["payer"] = found["payer"] or self.case.antrag.principal
        return found


def prefilled(case: Case, follows: Kostengutsprache | None) -> dict[str, Any]:
    """What a new form begins with: the principal and its person in charge, or what is to go on (KG-02)."""
    if follows is not None:
        return {
            "payer": follows.payer_id,
            "payer_person": follows.payer_person,
            "tariff": follows.tariff_id,
            "quantity": f"{follows.quantity.normalize():f}" if follows.quantity is not None else "",
        }
    principal = case.antrag.principal
    parts = [row for row in case.participations.all() if row.institution_id == principal.pk and row.until is None]
    user = next((row.user for row in parts if row.user is not None), None)
    return {"payer": principal.pk, "payer_person": user.get_full_name() if user else ""}


def typed_again(row: Kostengutsprache) -> Mapping[str, Any]:
    """What the form of a draft shows: as it was typed, or as it stands in the row."""
    if row.typed:
        return dict(row.typed)
    return {
        "payer": row.payer_id,
        "payer_person": row.payer_person,
        "tariff": row.tariff_id,
        "quantity": f"{row.quantity.normalize():f}" if row.quantity is not None else "",
        "amount": row.amount,
        "period_from": row.period_from,
        "period_until": row.period_until,
    }
