"""The form of the *Online-Schalter*, and how the coordination office handles what came in (RT-02, CAN-AG)."""

from __future__ import annotations

import re
import time
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core.enums import Service
from iiz.core.forms.fields import LongText, ShortText
from iiz.core.models import Municipality

from ..enums import EnquiryKind, EnquirySender, NoCase

TEXT, ANSWER = 600, 3000
STAMP = "roundtable.desk.stamp"
LEAST, MOST = 3, 12 * 60 * 60
"""Seconds between showing the form and sending it: nobody writes faster, and after half a day it is shown afresh."""
AHV = re.compile(r"756[\s.]?\d{4}[\s.]?\d{4}[\s.]?\d{2}")
KINDS = (
    (EnquiryKind.REGISTRATION.value, gettext_lazy("Einen Fall anmelden")),
    (EnquiryKind.QUESTION.value, gettext_lazy("Eine Frage stellen")),
)
SENDERS = (
    (EnquirySender.CLIENT.value, gettext_lazy("Es geht um mich selbst")),
    (EnquirySender.RELATIVE.value, gettext_lazy("Ich schreibe für jemanden, der mir nahesteht")),
    (EnquirySender.PROFESSIONAL.value, gettext_lazy("Ich schreibe als Fachperson")),
)
YES_NO = (
    ("yes", gettext_lazy("Ja, sie weiss davon und ist einverstanden")),
    ("no", gettext_lazy("Nein, oder noch nicht")),
)


def stamp() -> str:
    """When the form was shown, signed."""
    return signing.dumps(round(time.time()), salt=STAMP)


class Line(ShortText):
    """One line of text: what breaks it is a space."""

    def to_python(self, value: Any) -> str:
        """The words with single spaces between them."""
        return " ".join((super().to_python(value) or "").split())


class EnquiryForm(forms.Form):
    """What somebody brings, and how to reach them; nothing about health, no number, no birth date (PER-10)."""

    kind = forms.ChoiceField(choices=KINDS, label=gettext_lazy("Was möchten Sie?"), widget=forms.RadioSelect)
    sender = forms.ChoiceField(choices=SENDERS, label=gettext_lazy("Wer schreibt?"), widget=forms.RadioSelect)
    agreed = forms.TypedChoiceField(
        choices=YES_NO,
        required=False,
        coerce=lambda value: value == "yes",
        empty_value=None,
        label=gettext_lazy("Ist die betroffene Person einverstanden?"),
        help_text=gettext_lazy("Beide Dienstleistungen sind freiwillig. Fragen Sie bitte zuerst die Person."),
        widget=forms.RadioSelect,
    )
    client_name = Line(
        limit=120,
        required=False,
        label=gettext_lazy("Name der betroffenen Person"),
        help_text=gettext_lazy("Nur wenn sie einverstanden ist. Keine AHV-Nummer, kein Geburtsdatum."),
        attrs={"autocomplete": "off"},
    )
    text = LongText(
        limit=TEXT,
        rows=5,
        label=gettext_lazy("Worum geht es?"),
        help_text=format_lazy(
            gettext_lazy(
                "In wenigen Sätzen, höchstens {limit} Zeichen. Bitte keine Angaben zur Gesundheit und keine AHV-Nummer."
            ),
            limit=TEXT,
        ),
    )
    municipality = forms.ModelChoiceField(
        Municipality.objects.all(),
        required=False,
        empty_label=gettext_lazy("keine Angabe"),
        label=gettext_lazy("Wohngemeinde der betroffenen Person"),
    )
    service = forms.ChoiceField(
        choices=(("", gettext_lazy("Das weiss ich nicht")), *Service.choices),
        required=False,
        label=gettext_lazy("Welche Dienstleistung?"),
    )
    name = Line(limit=120, label=gettext_lazy("Ihr Name"), attrs={"autocomplete": "name"})
    organisation = Line(
        limit=160,
        required=False,
        conditional=True,
        label=gettext_lazy("Ihre Institution"),
        attrs={"autocomplete": "organization"},
    )
    email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("Ihre E-Mail"),
        help_text=gettext_lazy("Dorthin geht der Link, mit dem Sie bestätigen, und später die Antwort."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = Line(
        limit=40,
        required=False,
        short=True,
        label=gettext_lazy("Ihr Telefon"),
        help_text=gettext_lazy("Wenn wir Sie lieber anrufen sollen."),
        attrs={"autocomplete": "tel", "inputmode": "tel"},
    )
    homepage = forms.CharField(required=False, strip=False)
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed"].conditional = True  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        """No AHV number: nobody needs it here."""
        return self._without_number("text")

    def clean_client_name(self) -> str:
        """No AHV number beside the name either."""
        return self._without_number("client_name")

    def _without_number(self, name: str) -> str:
        value: str = self.cleaned_data[name]
        if AHV.search(value):
            raise ValidationError(_("Bitte lassen Sie die AHV-Nummer weg: Wir brauchen sie hier nicht."), code="number")
        return value

    def clean(self) -> dict[str, Any]:
        """What hangs together: who writes, about whom, with whose agreement; and whether a person typed it."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        kind, sender = data.get("kind"), data.get("sender")
        if sender == EnquirySender.PROFESSIONAL and not data.get("organisation") and "organisation" not in self.errors:
            self.add_error("organisation", _("Bitte schreiben Sie, für welche Institution Sie arbeiten."))
        if sender in (EnquirySender.CLIENT, EnquirySender.RELATIVE):
            data["organisation"] = ""
        if kind == EnquiryKind.QUESTION or sender == EnquirySender.CLIENT:
            data["client_name"] = ""
            data["agreed"] = True if kind == EnquiryKind.REGISTRATION else None
        elif kind == EnquiryKind.REGISTRATION and sender:
            if data.get("agreed") is None:
                self.add_error("agreed", _("Bitte sagen Sie, ob die Person davon weiss und einverstanden ist."))
            elif data["agreed"] is False and data.get("client_name"):
                self.add_error("client_name", _("Ohne ihr Einverständnis nennen Sie den Namen bitte nicht."))
        if data.get("homepage"):
            self.add_error(None, _("Bitte lassen Sie das unsichtbare Feld leer und senden Sie nochmals."))
        elif not self.errors:
            self._take_time()
        return data

    def _take_time(self) -> None:
        """Refuse what was sent faster than anybody writes, or from a page that stood open for half a day."""
        try:
            age = time.time() - signing.loads(self.data.get("stamp", ""), salt=STAMP)
        except (signing.BadSignature, TypeError, ValueError):
            age = MOST
        if age < LEAST:
            self.add_error(None, _("Das ging sehr schnell. Bitte prüfen Sie Ihre Angaben und senden Sie nochmals."))
        elif age >= MOST:
            self.add_error(
                None, _("Diese Seite war lange offen. Bitte prüfen Sie Ihre Angaben und senden Sie nochmals.")
            )

    @property
    def fresh_stamp(self) -> str:
        """The stamp to send along next time: the one that came, as long as it holds."""
        came = self.data.get("stamp", "") if self.is_bound else ""
        try:
            signing.loads(came, salt=STAMP, max_age=MOST)
        except signing.BadSignature:
            return stamp()
        return came


class AnswerForm(forms.Form):
    """The words of the coordination office to the sender."""

    words = LongText(
        limit=ANSWER,
        rows=9,
        label=gettext_lazy("Antwort"),
        help_text=gettext_lazy(
            "Geht als E-Mail an die absendende Person; Gruss und Absender kommen von selbst dazu. Schreiben Sie nichts "
            "über andere Personen und nichts, was nur in einen Fall gehört."
        ),
    )


class NoCaseForm(forms.Form):
    """Why an enquiry is not a case; counted by its reason."""

    reason = forms.ChoiceField(
        choices=NoCase.choices, label=gettext_lazy("Warum wird daraus kein Fall?"), widget=forms.RadioSelect
    )
    note = LongText(
        limit=TEXT,
        rows=3,
        required=False,
        conditional=True,
        label=gettext_lazy("Notiz für die Koordinationsstelle"),
        help_text=gettext_lazy(
            "Nötig nur beim Grund «Anderer Grund». Bleibt bei Ihnen und wird mit den Personendaten gelöscht."
        ),
    )
    words = LongText(
        limit=ANSWER,
        rows=6,
        required=False,
        label=gettext_lazy("Antwort an die absendende Person"),
        help_text=gettext_lazy("Leer lassen, wenn keine E-Mail hinausgehen soll."),
    )

    def clean(self) -> dict[str, Any]:
        """Another reason says nothing without a text."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("reason") == NoCase.OTHER and not data.get("note") and not self.has_error("note"):
            words = _("Beim Grund «%(reason)s» braucht es eine Notiz.") % {"reason": NoCase.OTHER.label}
            self.add_error("note", ValidationError(words, code="required"))
        return data
