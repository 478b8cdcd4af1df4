"""Pages behind a link: which of the proposed dates suit, and whether one comes (RT-08, PER-09).

Each is one page at the one address of its link. Every look is noted.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import calendars, guests
from iiz.core.forms.meeting import length_words
from iiz.core.models import GuestLink
from iiz.core.registry import GuestPurpose

from .. import agenda, guest_answers, plan_reading, seating
from ..effects.dates import DATES, REPLY
from ..enums import ParticipantKind
from ..forms.dates import AnswerForm, ReplyForm, answers_of, typed_answers
from ..models import Participant
from ..queries import at_the_table, seat_of

CALENDAR = "kalender"


def _about(link: GuestLink) -> tuple[Participant, dict[str, Any]]:
    """Whose link it is, and what every page says of the case; raises ``guests.Gone`` where it opens nothing."""
    row = guest_answers.participant_of(link)
    if row is None:
        raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))
    is_client = row.kind == ParticipantKind.CLIENT
    person = str(link.case.person) if link.case.person is not None and not is_client else ""
    return row, {"guest": link, "case": link.case, "is_client": is_client, "person": person}


# Dates --------------------------------------------------------------------------------------------------------------


def dates(request: HttpRequest, link: GuestLink) -> HttpResponse:
    """The proposed dates, a row each; answered, they can be answered otherwise while they are proposed."""
    row, about = _about(link)
    poll = guest_answers.poll_of(link)
    if poll is None:
        raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))
    form = AnswerForm(request.POST or None)
    given = answers_of(poll, row)
    form.add_dates(poll, given)
    if request.method == "POST" and form.is_valid():
        guest_answers.answer(link, form.cleaned_data["answers"])
        return HttpResponseRedirect(request.path)
    guests.log(link, _("Terminvorschläge"))
    context = about | {"form": form, "poll": poll, "answered": bool(given), "length": length_words(poll.minutes)}
    return render(request, "roundtable/guest_dates.html", context)


# Reply --------------------------------------------------------------------------------------------------------------


def invitation(request: HttpRequest, link: GuestLink) -> HttpResponse:
    """When, where, with whom and about what; one comes or not, and may say otherwise until it begins."""
    row, about = _about(link)
    found = guest_answers.meeting_of(link)
    if found is None:
        raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))
    meeting, seat = found
    if CALENDAR in request.GET:
        guests.log(link, _("Gespräch als Kalenderdatei"))
        return HttpResponse(
            calendars.of_meeting(meeting, by_link=True),
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{link.case.number}.ics"'},
        )
    form = ReplyForm(request.POST or None, initial={"note": seat.reply_note})
    if request.method == "POST" and form.is_valid():
        guest_answers.reply(link, form.cleaned_data["reply"], form.cleaned_data["note"])
        return HttpResponseRedirect(request.path)
    guests.log(link, _("Einladung"))
    begins = agenda.begins_for(meeting, row.kind)
    context = about | {
        "form": form,
        "meeting": meeting,
        "seat": seat,
        "parts": agenda.parts(meeting, to_client=about["is_client"], steps=_steps(link, row, meeting)),
        "begins": seating.moment_words(begins) if begins != meeting.starts_at else "",
        "company": _company(link, meeting) if about["is_client"] else [],
    }
    return render(request, "roundtable/guest_invitation.html", context)


def _steps(link: GuestLink, row: Participant, meeting: Any) -> list[str]:
    """The steps that a later meeting is about, as far as a guest may read the plan."""
    return agenda.topics(meeting, link.case, plan_reading.kinds_of(link.case, row))


def _company(link: GuestLink, meeting: Any) -> list[str]:
    """Who else is invited: the client has a right to know."""
    rows = [row for row in at_the_table(link.case) if seat_of(meeting, row) and row.kind != ParticipantKind.CLIENT]
    return [_known(row) for row in rows]


def _known(row: Participant) -> str:
    if row.participation is None:
        return ", ".join(part for part in (row.name, row.function) if part)
    user = row.participation.user
    return ", ".join(
        part for part in (user.get_full_name() if user else "", row.participation.institution.name) if part
    )


def typed_reply(request: HttpRequest) -> list[tuple[Any, str]]:
    """A reply that came too late, with its remark."""
    words = dict(ReplyForm.base_fields["reply"].choices)  # type: ignore[attr-defined]
    rows = [
        (_("Ihre Antwort"), str(words.get(request.POST.get("reply", ""), ""))),
        (_("Bemerkung"), request.POST.get("note", "").strip()),
    ]
    return [row for row in rows if row[1]]


PURPOSES = (
    GuestPurpose(
        DATES,
        gettext_lazy("Termine beantworten"),
        gettext_lazy("Für ein Gespräch sind Termine vorgeschlagen. Hier sagen Sie, welche Ihnen passen."),
        "",
        "rt_guest_dates",
        dates,
        guest_answers.no_dates,
        typed=lambda request: typed_answers(request.POST),
    ),
    GuestPurpose(
        REPLY,
        gettext_lazy("Einladung beantworten"),
        gettext_lazy("Sie sind zu einem Gespräch eingeladen. Hier lesen Sie, wann und wo, und sagen zu oder ab."),
        "",
        "rt_guest_invited",
        invitation,
        guest_answers.no_reply,
        typed=typed_reply,
    ),
)
