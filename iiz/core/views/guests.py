"""Behind the link of somebody without an account: the code, and the one page it opens (RT-08, KG-04)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from .. import conflicts, guest_codes, guests, registry
from ..actor import Actor
from ..enums import GuestEnd
from ..forms.guest import CodeForm
from ..http import Request
from ..models import Case, GuestLink
from ..workflow import Conflict, NotAllowed
from .fetch import acting, visible_case
from .marks import writes

COOKIE = "iiz_guest"
SALT = "iiz.guest.opening"
IDLE = 15 * 60
"""Seconds without a request after which the page closes."""


@login_not_required
@writes
def guest(request: Request, token: str) -> HttpResponseBase:
    """One page for one case and one purpose; first the code, then what the purpose shows.

    Looking at it sends nothing and uses nothing up, as programs that check mails look too. Whoever is logged in at
    the portal is nobody here.
    """
    request.user, request.actor, request.actors = AnonymousUser(), None, []
    link = GuestLink.from_token(token)
    if link is None:
        return _closed(request, None, _("Er ist nicht vollständig, oder es gibt ihn nicht mehr."), status=404)
    reason = _ended(link)
    if reason:
        return _closed(request, link, reason)
    step = request.POST.get("guest", "")
    if not _is_open(request, link):
        return _door(request, link, step)
    if step:  # the code, sent twice
        return HttpResponseRedirect(request.path)
    try:
        response = registry.guest_purposes[link.purpose].page(request, link)
    except guests.Gone:
        return _over(request, token)
    except Conflict:
        if not guests.hindrance(link):
            raise
        return _over(request, token)
    except NotAllowed as refusal:
        return _closed(request, link, str(refusal), status=403)
    opening = GuestLink.objects.values_list("opening", flat=True).get(pk=link.pk)
    return _keep(request, response, link) if opening else _forget(request, response)


def _over(request: Request, token: str) -> HttpResponseBase:
    """The link ended between the look and the deed: the page says why, and gives back what was typed."""
    link = GuestLink.from_token(token)
    reason = _ended(link) if link is not None else ""
    if not reason or not _typed(request, link):
        return HttpResponseRedirect(request.path)
    return _closed(request, link, reason)


def _typed(request: Request, link: GuestLink | None) -> list[tuple[Any, str]]:
    """What somebody sent to a page that does not take it any more, as label and value: nothing is lost."""
    if request.method != "POST" or "guest" in request.POST:
        return []
    purpose = registry.guest_purposes.get(link.purpose) if link is not None else None
    words = purpose.typed if purpose else None
    return words(request) if words else conflicts.typed(request, {})


def _ended(link: GuestLink) -> str:
    """Why a link no longer leads to its purpose, as a German sentence; empty while it does."""
    if link.used_at:
        purpose = registry.guest_purposes.get(link.purpose)
        moment = {"when": f"{timezone.localtime(link.used_at):%d.%m.%Y, %H:%M}"}
        done = purpose.done if purpose else ""
        return " ".join([_("Erledigt am %(when)s.") % moment, str(done(link) if callable(done) else done)]).strip()
    if link.revoked_at:
        over = guests.hindrance(link)
        new = _("Sie haben einen neuen erhalten. Nehmen Sie den Link aus der neuesten E-Mail.")
        return {
            GuestEnd.BLOCKED.value: _("Er wurde gesperrt."),
            GuestEnd.REPLACED.value: over or new,
            GuestEnd.GUESSED.value: _("Er wurde gesperrt, weil zu oft ein falscher Code eingegeben wurde."),
            GuestEnd.OVER.value: over or _("Der Anlass dafür besteht nicht mehr."),
        }[link.ended_by]
    if not link.is_live:
        return _("Er ist am %(when)s abgelaufen.") % {"when": f"{timezone.localtime(link.expires_at):%d.%m.%Y}"}
    return guests.hindrance(link)


def _closed(request: Request, link: GuestLink | None, reason: str, status: int = 410) -> HttpResponseBase:
    """The page for a link that opens nothing: why, whom to ask, and what was typed in vain."""
    done = link is not None and link.used_at is not None
    context = {"reason": reason, "guest": link, "done": done, "lost": _typed(request, link)}
    return _forget(request, render(request, "core/guest_closed.html", context, status=status))


def _door(request: Request, link: GuestLink, step: str) -> HttpResponseBase:
    """Ask for a code, send it, and open to whoever knows it."""
    form, sentence, sent = CodeForm(), "", False
    if step == "code":
        sentence = guest_codes.send(link)
        sent = not sentence
        link.refresh_from_db()
    elif step == "open":
        form = CodeForm(request.POST)
        if form.is_valid():
            answer = guest_codes.enter(link, form.cleaned_data["code"])
            link.refresh_from_db()
            if answer.opening:
                return _keep(request, HttpResponseRedirect(request.path), link)
            if not link.is_live:
                return HttpResponseRedirect(request.path)
            form = CodeForm()
            sentence = answer.sentence
    context = {
        "guest": link,
        "purpose": registry.guest_purposes[link.purpose],
        "form": form,
        "sentence": sentence,
        "sent": sent,
        "awaited": guest_codes.awaited(link),
        "lost": _typed(request, link),
    }
    refused = request.method == "POST" and not step
    return render(request, "core/guest_door.html", context, status=403 if refused else 200)


def _is_open(request: Request, link: GuestLink) -> bool:
    """Whether this browser entered the code of this very link, and was here within the last quarter of an hour."""
    try:
        pk, opening = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=IDLE)
    except (signing.BadSignature, ValueError, TypeError):
        return False
    return bool(link.opening) and pk == link.pk and constant_time_compare(str(opening), link.opening)


def _keep(request: Request, response: HttpResponseBase, link: GuestLink) -> HttpResponseBase:
    """Let the page stay open in this browser, at this address only, for another quarter of an hour."""
    value = signing.dumps([link.pk, link.opening], salt=SALT)
    response.set_cookie(
        COOKIE,
        value,
        max_age=IDLE,
        path=request.path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def _forget(request: Request, response: HttpResponseBase) -> HttpResponseBase:
    if COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, path=request.path, samesite="Strict")
    return response


# In the case --------------------------------------------------------------------------------------------------------


def guest_rows(case: Case, actor: Actor) -> list[dict[str, Any]]:
    """The links of a case for *Zugriff*: for whom, for what, how it stands, and who may block it."""
    rows = []
    for link in guests.of_case(case):
        purpose = registry.guest_purposes.get(link.purpose)
        rows.append(
            {
                "link": link,
                "label": purpose.label if purpose else link.purpose,
                "silent": guests.is_silent(link),
                "live": link.is_live,
                "may_block": link.is_live and not guests.is_silent(link) and guests.may_block(link, actor),
            }
        )
    return rows


@writes
def guest_block(request: Request, number: str, pk: int) -> HttpResponse:
    """End a link before its time; the page asks first."""
    case, actor = visible_case(request, number), acting(request)
    link = get_object_or_404(guests.of_case(case), pk=pk)
    if not guests.may_block(link, actor):
        raise NotAllowed(_("Sperren kann die Institution, die den Zugang gesendet hat, oder die Koordinationsstelle."))
    back = f"{case.get_absolute_url()}zugriff/"
    if request.method == "POST":
        guests.revoke(link, GuestEnd.BLOCKED, actor)
        messages.success(request, _("Der Zugang ist gesperrt."))
        return HttpResponseRedirect(back)
    return render(request, "core/guest_block.html", {"case": case, "guest": link, "back": back})
