"""Mails that did not leave: to whom, why, since when, and the button that tries again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import letters, outbox
from ..actor import Actor
from ..enums import MailTrouble
from ..http import Request
from ..models import OutboxMail
from ..notify import kinds
from .coordination import coordinator
from .marks import writes

PAGE = 25


@writes
def mails(request: Request) -> HttpResponse:
    """Mails that wait or were given up; a press on the button lets one of the latter, or all, try again."""
    actor = coordinator(request)
    if request.method == "POST":
        _send_again(request, actor)
        return HttpResponseRedirect(request.get_full_path())
    related = ("case", "user", "institution")
    page = Paginator(outbox.given_up().select_related(*related), PAGE).get_page(request.GET.get("seite"))
    waiting = outbox.waiting()
    return render(
        request,
        "core/mails.html",
        {
            "waiting": [row_of(mail) for mail in waiting.select_related(*related)[:PAGE]],
            "waiting_count": waiting.count(),
            "failed": [row_of(mail) for mail in page],
            "failed_count": page.paginator.count,
            "can_go_again": outbox.can_go_again().exists(),
            "newer": f"?seite={page.previous_page_number()}" if page.has_previous() else "",
            "older": f"?seite={page.next_page_number()}" if page.has_next() else "",
        },
    )


def _send_again(request: Request, actor: Actor) -> None:
    """Let one mail or all of them try again, and say what comes of it."""
    if "alle" in request.POST:
        count = outbox.send_all_again(actor)
        if count:
            told = ngettext("%(n)s Mail geht nochmals hinaus.", "%(n)s Mails gehen nochmals hinaus.", count)
            messages.success(request, told % {"n": count})
        else:
            messages.info(request, _("Keine Mail kann nochmals hinausgehen."))
        return
    key = request.POST.get("mail", "")
    mail = get_object_or_404(OutboxMail, pk=key if key.isdecimal() else 0, digest=False)
    try:
        outbox.send_again(actor, mail)
    except ValidationError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("Die Mail an %(address)s geht nochmals hinaus.") % {"address": mail.address})


def row_of(mail: OutboxMail) -> dict[str, Any]:
    """One mail as the lists show it: what it is, what went wrong, and whether trying again makes sense."""
    kind = kinds.get(mail.kind)
    trouble, _sep, detail = mail.last_error.partition(": ")
    return {
        "mail": mail,
        "subject": letters.subject(mail, kind) if kind else mail.kind,
        "trouble": MailTrouble(trouble).label if trouble in MailTrouble.values else _("Noch nicht versucht."),
        "detail": detail,
        "again": mail.failed_at is not None and mail.trouble not in outbox.FOR_GOOD,
    }
