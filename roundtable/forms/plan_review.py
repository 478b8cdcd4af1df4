"""What somebody says to a draft of the Handlungsplan: promises to the own steps, and corrections (RT-14, RT-18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.forms.fields import LongText, ShortText
from iiz.core.models import ServiceOffer

from ..enums import Answer, CorrectionState
from ..models import Correction, Step
from ..reviewing import MOST, Pledge

EMPTY = 2
"""How many empty corrections are offered beside those that were given."""
TEXT = 1000
ANSWERS = (
    (Answer.ACCEPTED.value, gettext_lazy("Wir sagen zu")),
    (Answer.REFUSED.value, gettext_lazy("Wir sagen nicht zu")),
)


def preset(step: Step, offers: Sequence[ServiceOffer]) -> int | None:
    """The offer with which a step can be promised in one click: the one chosen, else the only one there is."""
    keys = [offer.pk for offer in offers]
    if step.offer_id in keys:
        return step.offer_id
    return keys[0] if len(keys) == 1 else None


class CorrectionsForm(forms.Form):
    """What is wrong in a draft, each with its place; none means agreed."""

    def __init__(
        self, *args: Any, places: Sequence[tuple[str, str]], given: Sequence[Correction] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places = dict(places)
        still = [row for row in given if row.state == CorrectionState.OPEN]
        self.number = min(MOST, max(len(still) + EMPTY, self._posted()))
        for place in range(self.number):
            row = still[place] if place < len(still) else None
            self._correction(place, row)

    def _posted(self) -> int:
        """How many came back with the form, so that nothing typed is left out."""
        rows = [name.partition("_")[2] for name in self.data if name.startswith("text_")]
        return max((int(row) + 1 for row in rows if row.isdecimal() and len(row) < 3), default=0)

    def _correction(self, place: int, row: Correction | None) -> None:
        choices = [("", _("Bitte wählen")), *self.places.items()]
        if row is not None and row.place not in self.places:
            choices.append((row.place, row.place_label))
            self.places[row.place] = row.place_label
        self.fields[f"place_{place}"] = forms.ChoiceField(
            label=_("Korrektur %(n)s: Stelle im Dokument") % {"n": place + 1},
            choices=choices,
            required=False,
            initial=row.place if row else "",
        )
        self.fields[f"text_{place}"] = LongText(
            limit=TEXT, rows=2, required=False, label=_("Was stimmt nicht?"), initial=row.text if row else ""
        )

    @property
    def corrections(self) -> list[tuple[Any, Any]]:
        """The fields of each correction."""
        return [(self[f"place_{place}"], self[f"text_{place}"]) for place in range(self.number)]

    def clean(self) -> dict[str, Any]:
        """A correction needs both its place and its words."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for place in range(self.number):
            where, text = data.get(f"place_{place}"), str(data.get(f"text_{place}") or "").replace("\x00", "")
            if text and not where and not self.has_error(f"place_{place}"):
                self.add_error(f"place_{place}", _("Zu welcher Stelle gehört das? Im Zweifel: «Etwas anderes»."))
            if where and not text and not self.has_error(f"text_{place}"):
                self.add_error(f"text_{place}", _("Was stimmt hier nicht? Oder wählen Sie keine Stelle."))
        return data

    @property
    def wanted(self) -> list[tuple[str, str, str]]:
        """The corrections as the deed takes them: place, its label, text."""
        data, found = self.cleaned_data, []
        for number in range(self.number):
            place, text = data.get(f"place_{number}") or "", str(data.get(f"text_{number}") or "").replace("\x00", "")
            if place and text:
                found.append((place, str(self.places[place]), text))
        return list(dict.fromkeys(found))


class ReviewForm(CorrectionsForm):
    """The same with the promises of an office to its own steps."""

    def __init__(self, *args: Any, steps: Sequence[Step], offers: Sequence[ServiceOffer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps, self.offers = steps, offers
        for step in steps:
            self._pledge(step)
        self.order_fields([name for name in self.fields if "_" in name and not name.startswith(("place_", "text_"))])

    def _pledge(self, step: Step) -> None:
        answered = step.answer != Answer.OPEN
        self.fields[f"answer_{step.key}"] = forms.ChoiceField(
            label=_("Sagen Sie diesen Schritt zu?"),
            choices=ANSWERS if self.offers else ANSWERS[1:],
            widget=forms.RadioSelect,
            initial=step.answer if answered else "",
            error_messages={"required": _("Bitte sagen Sie zu oder nicht zu.")},
        )
        if self.offers:
            offer = forms.ChoiceField(
                label=_("Angebot aus Ihrem Leistungskatalog"),
                choices=[("", _("Bitte wählen")), *((str(row.pk), row.label) for row in self.offers)],
                required=False,
                initial=str(preset(step, self.offers) or ""),
            )
            offer.conditional = True  # type: ignore[attr-defined]
            self.fields[f"offer_{step.key}"] = offer
            self.fields[f"entitled_{step.key}"] = forms.BooleanField(
                label=_("Anspruch ist geprüft und gegeben"), required=False, initial=step.entitled
            )
        self.fields[f"note_{step.key}"] = ShortText(
            limit=500,
            required=False,
            label=_("Bemerkung"),
            conditional=True,
            help_text=_("Wenn Sie nicht zusagen: weshalb?"),
            initial=step.answer_note,
        )

    @property
    def pledged(self) -> list[tuple[Step, list[Any]]]:
        """Each own step with its fields."""
        names = ("answer", "offer", "entitled", "note")
        return [
            (step, [self[f"{name}_{step.key}"] for name in names if f"{name}_{step.key}" in self.fields])
            for step in self.steps
        ]

    def clean(self) -> dict[str, Any]:
        """A promise needs its offer and the claim, a no its reason."""
        data = super().clean()
        for step in self.steps:
            answer = data.get(f"answer_{step.key}")
            if answer == Answer.ACCEPTED:
                if not data.get(f"offer_{step.key}"):
                    self.add_error(f"offer_{step.key}", _("Bitte wählen Sie das Angebot, mit dem Sie das leisten."))
                if not data.get(f"entitled_{step.key}"):
                    self.add_error(
                        f"entitled_{step.key}", _("Zusagen lässt sich nur, wenn der Anspruch geprüft und gegeben ist.")
                    )
            elif answer == Answer.REFUSED and not data.get(f"note_{step.key}"):
                self.add_error(f"note_{step.key}", _("Bitte sagen Sie kurz, weshalb Sie nicht zusagen."))
        return data

    @property
    def pledges(self) -> Mapping[int, Pledge]:
        """The promises as the deed takes them."""
        data, found = self.cleaned_data, {}
        for step in self.steps:
            offer = data.get(f"offer_{step.key}")
            found[step.key] = Pledge(
                answer=data[f"answer_{step.key}"],
                offer=int(offer) if offer else None,
                entitled=bool(data.get(f"entitled_{step.key}")),
                note=str(data.get(f"note_{step.key}") or "").replace("\x00", ""),
            )
        return found


class HandleForm(forms.Form):
    """What becomes of one correction, and one line why."""

    state = forms.ChoiceField(
        label=gettext_lazy("Was wird daraus?"),
        choices=[(one.value, one.label) for one in (CorrectionState.TAKEN, CorrectionState.DECLINED)],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Bitte wählen Sie: übernommen oder nicht.")},
    )
    answer = ShortText(
        limit=300,
        required=False,
        conditional=True,
        label=gettext_lazy("Antwort"),
        help_text=gettext_lazy("Ein Satz. Wer die Korrektur gegeben hat, liest ihn beim Entwurf."),
    )

    def clean(self) -> dict[str, Any]:
        """What is not taken over needs its reason."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("state") == CorrectionState.DECLINED and not data.get("answer") and "answer" not in self.errors:
            self.add_error("answer", _("Bitte sagen Sie in einem Satz, weshalb nicht."))
        return data
