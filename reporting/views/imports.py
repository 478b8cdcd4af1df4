"""Importing history in the browser: look first, then confirm. The same code as ``manage.py import_cases``."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.files.storage import default_storage
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iiz.core.enums import Service
from iiz.core.http import Request
from iiz.core.views.coordination import coordinator
from iiz.core.views.marks import writes

from ..forms import KINDS, ImportForm
from ..imports import IMPORTERS, Refused, run
from ..models import Dimension, LegacyTotal

FOLDER = "import"
SALT = "reporting.import"
HOUR = 60 * 60
"""For how many seconds a checked file waits for its confirmation."""

ROW_LIMIT = 10_000
"""More rows than this would keep the page waiting for minutes; the command has no such limit."""

SHOWN = 200
"""How many mistakes the page shows."""


@writes
def upload(request: Request) -> HttpResponse:
    """Check a file and show what an import would do, or every mistake in it. Writes no case."""
    actor = coordinator(request)
    form = ImportForm(request.POST or None, request.FILES or None, actor=actor)
    context = _page(form)
    if request.method == "POST" and form.is_valid():
        file, what = form.cleaned_data["file"], form.cleaned_data["service"]
        context["filename"] = file.name
        try:
            outcome = run(what, file, dry_run=True, limit=ROW_LIMIT)
        except Refused as refused:
            context |= _problems(refused)
        else:
            context |= {"outcome": outcome, "of_totals": what not in Service.values}
            if outcome.added:
                _forget_old()
                file.seek(0)
                stored = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}", file)
                context["token"] = signing.dumps([what, stored, actor.user.pk], salt=SALT)
        context["form"] = ImportForm(actor=actor)
    return render(request, "reporting/import.html", context)


@writes
def confirm(request: Request) -> HttpResponse:
    """Import the file that was checked, all rows or none, in the name of the coordinator."""
    actor = coordinator(request)
    again = HttpResponseRedirect(reverse("reporting:import"))
    if request.method != "POST":
        return again
    try:
        what, stored, user = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=HOUR)
        file = default_storage.open(stored) if user == actor.user.pk else None
    except (signing.BadSignature, OSError):
        file = None
    if file is None:
        messages.error(request, _("Diese Prüfung ist abgelaufen. Bitte laden Sie die Datei nochmals hoch."))
        return again
    with file:
        try:
            outcome = run(what, file, actor=actor, limit=ROW_LIMIT)
        except Refused as refused:
            return render(request, "reporting/import.html", _page(ImportForm(actor=actor)) | _problems(refused))
        finally:
            default_storage.delete(stored)
    if what in Service.values:
        done = ngettext("%(n)s Fall ist importiert.", "%(n)s Fälle sind importiert.", outcome.added)
    else:
        done = ngettext("%(n)s Total ist importiert.", "%(n)s Totale sind importiert.", outcome.added)
    messages.success(request, done % {"n": outcome.added})
    return HttpResponseRedirect(reverse("reporting:optima" if what == Service.OPTIMA else "reporting:roundtable"))


def _page(form: ImportForm) -> dict[str, Any]:
    """What the page always shows: the form, which columns there are, and of which years there are totals."""
    kinds = [(label, IMPORTERS[what].required, IMPORTERS[what].optional) for what, label in KINDS.items()]
    return {"form": form, "limit": ROW_LIMIT, "kinds": kinds, "totals": _totals()}


def _totals() -> list[tuple[str, list[tuple[int, int]]]]:
    """Of each service the years of which there are totals, with their registrations."""
    found: dict[str, list[tuple[int, int]]] = {}
    for row in LegacyTotal.objects.filter(dimension=Dimension.REGISTRATIONS).order_by("service", "year"):
        found.setdefault(str(Service(row.service).label), []).append((row.year, row.number))
    return list(found.items())


def _problems(refused: Refused) -> dict[str, Any]:
    return {"problems": refused.problems[:SHOWN], "problem_count": len(refused.problems)}


def _forget_old() -> None:
    """Remove files that were checked more than an hour ago and never confirmed."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except OSError:
        return
    for name in names:
        path = f"{FOLDER}/{name}"
        if timezone.now() - default_storage.get_modified_time(path) > dt.timedelta(seconds=HOUR):
            default_storage.delete(path)
