"""What an institution says of itself: address, contact persons, services, signatories, and that all of it is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import confirmations, institutions
from ..conflicts import conflict_page
from ..forms.members import AddressForm, ContactForm, EntryForm, ServiceForm, SignatoryForm
from ..http import Request
from ..institutions import Entry
from ..models import ContactPerson, Institution, ServiceOffer, Signatory
from .marks import writes
from .members import kept_institution, page_of


@dataclass(frozen=True)
class EntryKind:
    """One list of entries: its rows, its form, and the words of its pages."""

    model: type[Entry]
    form: type[EntryForm]
    title: Any
    lead: Any
    ends: Any


_ROLES_STAY = gettext_lazy("Er gilt sofort nicht mehr. Die Rollen des Kontos bleiben, wie sie sind.")
ENTRIES = {
    "ansprechperson": EntryKind(
        ContactPerson,
        ContactForm,
        gettext_lazy("Ansprechperson"),
        gettext_lazy("So steht sie im Verzeichnis, das die anderen Stellen sehen."),
        _ROLES_STAY,
    ),
    "angebot": EntryKind(
        ServiceOffer,
        ServiceForm,
        gettext_lazy("Angebot"),
        gettext_lazy("Was Ihre Institution für Menschen tut. So steht es im Verzeichnis, für alle lesbar."),
        gettext_lazy("Das Angebot steht ab sofort nicht mehr im Verzeichnis."),
    ),
    "unterschrift": EntryKind(
        Signatory,
        SignatoryForm,
        gettext_lazy("Zeichnungsberechtigte Person"),
        gettext_lazy("Wer für Ihre Institution Kostengutsprachen unterschreiben darf."),
        _ROLES_STAY,
    ),
}


def _entry(institution: Institution, kind: str, entry: int | None) -> Entry:
    if kind not in ENTRIES:
        raise Http404
    model = ENTRIES[kind].model
    if entry is None:
        return model(institution=institution)
    # Entries that begin later can be corrected too; those that ended cannot.
    still = Q(valid_until=None) | Q(valid_until__gte=timezone.localdate())
    rows: Any = model._default_manager
    if model is Signatory:
        still &= Q(ended_at=None)
    found: Entry = get_object_or_404(rows.filter(still, institution=institution), pk=entry)
    return found


@writes
def entry(request: Request, pk: int, kind: str, entry: int | None = None) -> HttpResponse:
    """Name or correct a contact person, a service or somebody who signs."""
    institution, actor = kept_institution(request, pk)
    row = _entry(institution, kind, entry)
    words = ENTRIES[kind]
    form: Any = words.form(request.POST or None, instance=row, institution=institution)
    if request.method == "POST" and form.is_valid():
        if row.pk and form.cleaned_data["version"] != form.initial["version"]:
            return _overtaken(request, institution, form)
        try:
            if form.told():
                institutions.save_entry(actor, form.save(commit=False), form.told())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Der Eintrag ist gespeichert."))
            return HttpResponseRedirect(page_of(request, institution))
    context = {
        "institution": institution,
        "title": words.title,
        "lead": words.lead,
        "form": form,
        "button": _("Speichern"),
        "back": page_of(request, institution),
    }
    return render(request, "core/members_form.html", context)


def _overtaken(request: Request, institution: Institution, form: Any) -> HttpResponse:
    labels = {name: field.label for name, field in form.fields.items()}
    sentence = _("Dieser Eintrag wurde geändert, während Ihre Seite offen war. Es ist nichts gespeichert.")
    return conflict_page(request, sentence, labels=labels, url=page_of(request, institution))


@writes
def entry_end(request: Request, pk: int, kind: str, entry: int) -> HttpResponse:
    """Take an entry off the list; it stays with its last day."""
    institution, actor = kept_institution(request, pk)
    row = _entry(institution, kind, entry)
    reason = ""
    if request.method == "POST":
        try:
            institutions.end_entry(actor, row)
        except ValidationError as error:
            reason = str(error.message)
        else:
            messages.success(request, _("Der Eintrag ist beendet."))
            return HttpResponseRedirect(page_of(request, institution))
    context = {
        "institution": institution,
        "title": _("Eintrag «%(name)s» beenden?") % {"name": row},
        "lead": ENTRIES[kind].ends,
        "reason": reason,
        "button": _("Eintrag beenden"),
        "danger": True,
        "back": page_of(request, institution),
    }
    return render(request, "core/members_form.html", context)


@writes
def address(request: Request, pk: int) -> HttpResponse:
    """Correct how the institution is reached; its name and kind stay with the coordination office."""
    institution, actor = kept_institution(request, pk)
    form = AddressForm(request.POST or None, instance=Institution.objects.get(pk=institution.pk))
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["version"] != form.initial["version"]:
            return _overtaken(request, institution, form)
        if form.told():
            institutions.save_address(actor, institution, form.told())
        messages.success(request, _("Die Adresse ist gespeichert."))
        return HttpResponseRedirect(page_of(request, institution))
    context = {
        "institution": institution,
        "title": _("Adresse und Telefon"),
        "lead": _("So stehen sie im Verzeichnis, für alle lesbar."),
        "note": _("Name und Art der Institution ändert die IIZ-Koordinationsstelle."),
        "form": form,
        "button": _("Speichern"),
        "back": page_of(request, institution),
    }
    return render(request, "core/members_form.html", context)


@writes
def confirm(request: Request, pk: int) -> HttpResponse:
    """Say that the entry in the directory is right; the page of the institution has the button too (ACT-08)."""
    institution, actor = kept_institution(request, pk)
    if request.method == "POST":
        confirmations.confirm(actor, institution)
        messages.success(request, _("Danke. Die Angaben sind bestätigt."))
        return HttpResponseRedirect(page_of(request, institution))
    context = {
        "institution": institution,
        "title": _("Stimmen die Angaben im Verzeichnis?"),
        "lead": _("Adresse und Telefon, Ansprechpersonen und Angebote. Im Verzeichnis steht danach das heutige Datum."),
        "button": _("Angaben bestätigen"),
        "back": page_of(request, institution),
    }
    return render(request, "core/members_form.html", context)
