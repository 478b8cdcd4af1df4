"""How long a Pendenz may wait and who is reminded when, as the coordination office may set it (NFR-06, NFR-07)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import confirmations, registry
from ..enums import Service
from ..models import TimeLimit

AFTERWARDS = ("remind_after", "deputy_after", "contact_after", "coordinator_after")
ONLY_DAYS = ("working_days", "remind_before", *AFTERWARDS)
"""What a period of the directory has no use for: its contact persons are asked once, when it is over."""


def services() -> dict[str, Any]:
    """What has periods, by name, with its words: the services with a workflow, and the directory."""
    known = {service.value: service.label for service in Service if service in registry.workflows}
    return {**known, confirmations.SERVICE: gettext_lazy("Verzeichnis")}


def waits(service: str) -> dict[str, Any]:
    """The waits of a service by name, with their words; one that several states share stands once."""
    if service == confirmations.SERVICE:
        return {confirmations.WAIT: gettext_lazy("Angaben im Verzeichnis bestätigen")}
    flow = registry.workflows.get(service)
    return {wait.name: wait.label for wait in flow.waits} if flow else {}


def names_its_day(service: str, name: str) -> bool:
    """Whether the case itself says until when such a Pendenz waits, such as the day of a meeting."""
    flow = registry.workflows.get(service)
    return flow is not None and any(wait.due is not None for wait in flow.waits if wait.name == name)


class TimeLimitForm(forms.ModelForm):
    """One row; the Pendenz is chosen by its words and stays the same afterwards."""

    service = forms.ChoiceField(label=gettext_lazy("Dienstleistung"))
    wait = forms.ChoiceField(label=gettext_lazy("Pendenz"))

    class Meta:
        model = TimeLimit
        fields = [
            "service",
            "wait",
            "days",
            "working_days",
            "remind_before",
            *AFTERWARDS,
            "valid_from",
            "valid_until",
        ]
        help_texts = {
            "days": gettext_lazy(
                "Gezählt ab dem Tag, an dem die Pendenz entsteht. Leer: keine Frist. Nennt der Fall selbst einen Tag, "
                "zum Beispiel den eines Gesprächs, so gilt dieser."
            ),
            "working_days": gettext_lazy("Wochenenden und Feiertage des Kantons zählen nicht mit."),
            "remind_before": gettext_lazy(
                "So viele Tage vor Ablauf wird erinnert, wer zuständig ist; am letzten Arbeitstag bis dahin. Leer: nie."
            ),
            "remind_after": gettext_lazy(
                "So viele Tage nach Ablauf wird nochmals erinnert, wer zuständig ist; ist das ein freier Tag, am "
                "nächsten Arbeitstag. Leer: nie."
            ),
            "deputy_after": gettext_lazy("So viele Tage nach Ablauf erfährt es die Stellvertretung. Leer: nie."),
            "contact_after": gettext_lazy(
                "So viele Tage nach Ablauf erfahren es die Ansprechpersonen der Institution. Leer: nie."
            ),
            "coordinator_after": gettext_lazy(
                "So viele Tage nach Ablauf erfährt es die IIZ-Koordinationsstelle. Leer: nie."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = services()
        chosen, name = self.fields["service"], self.fields["wait"]
        assert isinstance(chosen, forms.ChoiceField)
        assert isinstance(name, forms.ChoiceField)
        chosen.choices = list(known.items())
        name.choices = [(str(label), list(waits(service).items())) for service, label in known.items()]
        if self.instance.pk:
            chosen.disabled = name.disabled = True

    def clean(self) -> dict[str, Any]:
        """A wait of this service, and steps that can come in their order."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("wait") and data.get("service") and data["wait"] not in waits(data["service"]):
            self.add_error("wait", _("Diese Pendenz gibt es in dieser Dienstleistung nicht."))
        days, before = data.get("days"), data.get("remind_before")
        if days is not None and before is not None and before >= days:
            self.add_error("remind_before", _("Das wäre schon, wenn die Pendenz entsteht. Wählen Sie weniger Tage."))
        if data.get("service") == confirmations.SERVICE:
            for field in ONLY_DAYS:
                if data.get(field) not in (None, False):
                    self.add_error(field, _("Für das Verzeichnis zählt nur die Frist in Tagen. Lassen Sie dies leer."))
        latest = -1
        for field in AFTERWARDS:
            number = data.get(field)
            if number is None:
                continue
            if number < latest:
                self.add_error(field, _("Das läge vor dem Schritt darüber. Wählen Sie gleich viele Tage oder mehr."))
            latest = max(latest, number)
        return data
