"""The view of somebody without an account: one page behind a link, the same form in plain words (RT-09, PER-09)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import guests
from iiz.core.drafting import TooLong
from iiz.core.models import GuestLink
from iiz.core.registry import GuestPurpose
from iiz.core.templatetags.ui import day
from iiz.core.workflow import Conflict

from .. import perspectives
from ..effects.views import VIEW
from ..forms.perspective import posted_rows
from ..models import Perspective
from ..perspectives import Author
from . import perspective_page as parts


def page(request: HttpRequest, link: GuestLink) -> HttpResponse:
    """The form; saved in between, given, or declined."""
    view = perspectives.of_link(link)
    if view is None:
        raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))
    if request.method == "POST":
        return _write(request, link, view)
    guests.log(link, _("Formular der eigenen Sicht"))
    return _page(request, link, view, parts.sheet_of(view, perspectives.answers_of(view)))


def _write(request: HttpRequest, link: GuestLink, view: Perspective) -> HttpResponse:
    author, do = Author(link=link), request.POST.get("do", "save")
    answers = parts.answers_in(request, view)
    version, key = parts.version_in(request), parts.key_in(request)
    sheet = parts.sheet_of(view, answers, judge=do == "give")
    try:
        if do == "decline":
            perspectives.decline(view, author)
            return HttpResponseRedirect(request.path)
        if do == "give" and sheet.is_valid:
            perspectives.give(view, author, sheet.given, version=version, form_key=key)
            return HttpResponseRedirect(request.path)
        view = perspectives.save(view, author, answers, version=version, form_key=key)
    except TooLong:
        sentence = parts.too_long()
        if parts.autosaves(request):
            return JsonResponse({"sentence": sentence}, status=413)
        sheet = parts.sheet_of(view, answers, judge=True)
        return _page(request, link, view, sheet, version=version, problem=sentence, status=413)
    except Conflict as conflict:
        if parts.autosaves(request):
            return JsonResponse({"sentence": conflict.sentence}, status=409)
        context = {"sentence": conflict.sentence, "mine": sheet.labelled(), "theirs": parts.theirs(view), "guest": link}
        return render(request, "roundtable/view_guest_conflict.html", context, status=409)
    if parts.autosaves(request):
        return parts.saved(view)
    if do == "give":
        return _page(request, link, view, sheet)
    anchor = do.partition(":")[2]
    return HttpResponseRedirect(f"{request.path}?gespeichert=1#{anchor or 'gespeichert'}")


def _page(
    request: HttpRequest,
    link: GuestLink,
    view: Perspective,
    sheet: Any,
    *,
    version: int | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = parts.context(request, view, sheet, version=version, problem=problem)
    context |= {
        "guest": link,
        "case": view.case,
        "person": "" if context["is_client"] or view.case.person is None else str(view.case.person),
        "kept": "gespeichert" in request.GET,
        "autosave": request.path,
    }
    return render(request, "roundtable/view_guest.html", context, status=status)


def done(link: GuestLink) -> str:
    """What the link says once it is used: declined, or, with a link of an earlier version, given."""
    view = perspectives.of_link(link)
    words = _("Sie verzichten auf eine eigene Sicht. Das ist in Ordnung; wer das Gespräch vorbereitet, weiss es.")
    if view is not None and view.given_at is not None:
        words = _("Danke, Ihre Sicht ist am %(day)s angekommen.") % {"day": day(view.given_at)}
    return f"{words} {_('Möchten Sie etwas ändern, so rufen Sie die Stelle an, die Sie gefragt hat.')}"


PURPOSE = GuestPurpose(
    VIEW,
    gettext_lazy("Eigene Sicht abgeben"),
    gettext_lazy("Vor einem Gespräch möchten wir wissen, wie es aus Ihrer Sicht steht."),
    done,
    "rt_guest_view",
    page,
    perspectives.guest_hindrance,
    typed=posted_rows,
)
