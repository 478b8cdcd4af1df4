"""Every part of the design system on one page, while ``DEBUG`` is on; what screenshots and axe look at.

Its sample texts are not translated: nobody but us sees them.
"""

from __future__ import annotations

import datetime as dt

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Name", max_length=80)
    born_on = forms.DateField(label="Geburtsdatum", widget=forms.DateInput())
    ahv_number = forms.CharField(
        label="AHV-Nummer",
        required=False,
        help_text="13 Ziffern, sie beginnt mit 756. Sie steht auf der Versicherungskarte.",
        widget=forms.TextInput(attrs={"class": "medium"}),
    )
    agreed = forms.ChoiceField(
        label="Ist die Klientin oder der Klient einverstanden?",
        choices=[("yes", "Ja"), ("no", "Nein")],
        widget=forms.RadioSelect,
    )
    contractor = forms.ChoiceField(
        label="Wer soll die Fallführung übernehmen?",
        help_text="Die Kriterien der Stelle stehen daneben, bevor Sie weiterschreiben.",
        choices=[("rav", "RAV Sursee"), ("iv", "IV-Stelle"), ("sobz", "SoBZ Musterregion")],
        widget=forms.RadioSelect,
    )
    topics = forms.MultipleChoiceField(
        label="Worum geht es?",
        required=False,
        choices=[("work", "Arbeit"), ("health", "Gesundheit"), ("family", "Familie")],
        widget=forms.CheckboxSelectMultiple,
    )
    municipality = forms.ChoiceField(
        label="Gemeinde", choices=[("", "Bitte wählen"), ("1103", "Sursee"), ("1061", "Luzern")]
    )
    goal = forms.CharField(
        label="Ziel",
        help_text="Ein Satz: was soll bis wann anders sein?",
        max_length=400,
        widget=forms.Textarea,
    )
    paper = forms.FileField(label="Unterlage", required=False, help_text="PDF, Word, Excel oder Bild, höchstens 20 MB.")
    told = forms.BooleanField(
        label="Ich habe die ersuchte Stelle angerufen.", help_text="Das spart meistens eine Rückfrage."
    )


class SampleFilters(forms.Form):
    """Filters of a list."""

    q = forms.CharField(label="Nummer oder Name", required=False, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label="Stand", required=False, choices=[("", "alle"), ("open", "Fallarbeit läuft")])
    lead = forms.ChoiceField(label="Fallführung", required=False, choices=[("", "alle"), ("rav", "RAV Sursee")])


def _sample() -> dict[str, object]:
    """What the parts are shown with; all people are invented."""
    today = timezone.localdate()
    return {
        "steps": [
            {"label": "Antrag", "note": "21.09.2026", "state": "done"},
            {"label": "Entscheid", "note": "angenommen 28.09.", "state": "done"},
            {"label": "Übergabe", "note": "12.10.2026", "state": "done"},
            {"label": "Fallarbeit", "note": "1. Standortgespräch 14.01.", "state": "now"},
            {"label": "Abschluss", "note": "", "state": "next"},
        ],
        "todos": [
            {
                "due": today - dt.timedelta(days=2),
                "title": "Kostengutsprache entscheiden",
                "detail": "Bewerbungstraining, CHF 1'250.00",
                "why": "O-2026-0031 · Das RAV Sursee bittet Sie. Ohne Antwort beginnt die Massnahme nicht.",
                "url": "#",
                "button": "Ansehen und entscheiden",
            },
            {
                "due": today,
                "title": "Rückfrage beantworten",
                "detail": "",
                "why": "O-2026-0044 · Die Frist ruht, bis Sie antworten.",
                "url": "#",
                "button": "Antworten",
            },
            {
                "due": today + dt.timedelta(days=9),
                "title": "Übergabegespräch organisieren",
                "detail": "",
                "why": "O-2026-0040 · Das RAV hat angenommen.",
                "url": "#",
                "button": "Termin vorschlagen",
            },
        ],
        "tab_items": [
            {"label": label, "url": "#", "current": index == 0, "count": 2 if index == 3 else 0}
            for index, label in enumerate(
                ["Übersicht", "Gespräche", "Kostengutsprachen", "Dokumente", "Verlauf", "Zugriff"]
            )
        ],
        "entries": [
            {"at": today, "text": "Kostengutsprache angefragt.", "who": "Jan Probe, RAV Sursee"},
            {"at": today, "text": "Der Notiz haben alle zugestimmt.", "who": "Nora Beispiel, Musterwil"},
        ],
        "cost_rows": [
            ("Fallpauschale im Monat", "CHF 350.00, zahlt die Auftraggeberin"),
            ("Massnahmen", "nur mit Kostengutsprache der zahlenden Stelle"),
        ],
        "sections": [
            {"id": "bausteine-formular", "label": "Person", "note": "vollständig"},
            {"id": "bausteine-ziel", "label": "Ziel", "note": "1 Angabe fehlt"},
        ],
        "late": today - dt.timedelta(days=2),
        "soon": today + dt.timedelta(days=3),
        "saved_at": timezone.now(),
    }


@login_not_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """All parts with sample data; ``?fehler`` shows the form as sent empty. 404 unless ``DEBUG`` is on."""
    if not settings.RELAXED:
        raise Http404
    form = SampleForm({} if "fehler" in request.GET else None)
    return render(request, "core/gallery.html", _sample() | {"form": form, "filters": SampleFilters()})
