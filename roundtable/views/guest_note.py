"""The page behind a link that tells somebody without an account how it goes (RT-17)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import guests
from iiz.core.enums import Phase
from iiz.core.models import GuestLink
from iiz.core.registry import GuestPurpose

from .. import guest_answers
from ..effects.following import NOTE
from ..models import ProgressNote
from ..queries import is_covered, planned


def no_note(link: GuestLink) -> str:
    """Why there is nothing to read; an ended case leaves the last note to be read."""
    row = guest_answers.participant_of(link)
    if row is None:
        return _("Ihre Teilnahme an diesem Roundtable ist beendet. Sie müssen nichts mehr tun.")
    if not is_covered(link.case, row):
        return _("Die Vollmacht gilt nicht mehr für Sie. Es wird nichts mehr ausgetauscht.")
    if not ProgressNote.objects.filter(pk=link.object_id, case=link.case_id).exists():
        return _("Diese Nachricht gibt es nicht mehr.")
    return ""


def note(request: HttpRequest, link: GuestLink) -> HttpResponse:
    """The note, its day and who wrote it, and what comes next; nothing else of the case."""
    found = ProgressNote.objects.select_related("written_by", "institution").filter(
        pk=link.object_id, case=link.case_id
    )
    row = found.first()
    if row is None:
        raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))
    guests.log(link, _("Statusmeldung"))
    over = link.case.phase != Phase.OPEN
    meeting = planned(link.case) if not over else None
    context = {"guest": link, "case": link.case, "row": row, "meeting": meeting, "over": over}
    return render(request, "roundtable/guest_note.html", context)


PURPOSE = GuestPurpose(
    NOTE,
    gettext_lazy("Statusmeldung lesen"),
    gettext_lazy("Hier lesen Sie in einem Satz, wie es steht."),
    "",
    "rt_guest_note",
    note,
    no_note,
)
