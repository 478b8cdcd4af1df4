"""The agenda and the invitations of a planned meeting as letters, to send, file and copy (RT-10, REP-16)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from iiz.core.actor import Actor
from iiz.core.blocks import as_text
from iiz.core.enums import Phase
from iiz.core.http import Request
from iiz.core.meeting_rows import TAB as MEETINGS
from iiz.core.models import Case, Meeting
from iiz.core.templatetags.ui import when
from iiz.core.views import papers
from iiz.core.views.fetch import acting, visible_case
from iiz.core.views.marks import reads
from iiz.core.workflow import NotAllowed

from .. import agenda, plan_reading, seating
from ..enums import MeetingKind, ParticipantKind
from ..models import Participant
from ..queries import at_the_table, is_covered, moderates, planned, seat_of

Letter = tuple[str, str, str]


def letters(case: Case, actor: Actor) -> list[Letter]:
    """The letters of the meeting to come: label, address of the PDF, address of the text."""
    if refusal(case):
        return []
    found = [_letter(_("Traktanden"), "agenda", case.number)]
    if moderates(case, actor):
        for row in _invited(case):
            label = _("Einladung: %(who)s") % {"who": seating.name_of(case, row, actor)}
            found.append(_letter(label, "invitation", case.number, row.pk))
    return found


def _letter(label: str, name: str, *args: Any) -> Letter:
    return label, reverse(f"roundtable:{name}_pdf", args=args), reverse(f"roundtable:{name}_text", args=args)


def refusal(case: Case) -> str:
    """Why there is neither agenda nor invitation now; empty if there is."""
    if case.phase != Phase.OPEN or case.withdrawn_at is not None:
        return _("Es wird nichts mehr ausgetauscht.")
    return "" if planned(case) is not None else _("Es ist kein Gespräch geplant.")


def _invited(case: Case) -> list[Participant]:
    """Who has a seat at the meeting to come, and is covered."""
    meeting = planned(case)
    rows = at_the_table(case) if meeting is not None else []
    return [row for row in rows if meeting is not None and seat_of(meeting, row) and is_covered(case, row)]


def _fetch(request: Request, number: str) -> tuple[Case, Actor, Meeting]:
    """The case with its planned meeting; 404 where there is none."""
    case, actor = visible_case(request, number), acting(request)
    meeting = planned(case)
    if meeting is None or refusal(case):
        raise Http404
    meeting.case = case
    return case, actor, meeting


def _named(case: Case, actor: Actor) -> list[tuple[str, str]]:
    return [(row.kind, seating.named(case, row, actor)) for row in _invited(case)]


def _steps(case: Case, actor: Actor, meeting: Meeting) -> list[str]:
    """The steps that a later meeting is about, as they may stand on a paper that lies on the table."""
    return agenda.topics(meeting, case, plan_reading.kinds_for(case, actor), on_paper=True)


# Agenda -------------------------------------------------------------------------------------------------------------


def _agenda_title(case: Case) -> str:
    return _("Traktanden Roundtable %(number)s") % {"number": case.number}


@reads
def agenda_pdf(request: Request, number: str) -> HttpResponse:
    """The agenda with its two parts; each download is logged."""
    case, actor, meeting = _fetch(request, number)
    context = {
        "office": meeting.organiser,
        "dated": timezone.localdate(),
        "reference": [(_("Roundtable"), case.number)],
        "when": when(meeting),
        "place": agenda.place_of(meeting),
        "moderation": meeting.organiser.name,
        "parts": agenda.parts(meeting, _named(case, actor), steps=_steps(case, actor, meeting)),
    }
    title, name = _agenda_title(case), f"Traktanden-{case.number}"
    told = _("Traktanden als PDF")
    return papers.as_pdf(request, case, "roundtable/pdf/agenda.html", context, title=title, name=name, told=told)


@reads
def agenda_text(request: Request, number: str) -> HttpResponse:
    """The agenda as plain text to copy; each opening is logged."""
    case, actor, meeting = _fetch(request, number)
    text = as_text(_agenda_title(case), agenda.blocks(meeting, _named(case, actor), _steps(case, actor, meeting)))
    told, back = _("Traktanden als Text"), reverse("core:case_tab", args=[case.number, MEETINGS])
    return papers.as_text(request, case, text, title=_agenda_title(case), told=told, back=back)


# Invitation ---------------------------------------------------------------------------------------------------------


def _invitation(request: Request, number: str, pk: int) -> tuple[Case, dict[str, Any]]:
    """What the letter to one participant says; only whoever moderates sends it."""
    case, actor, meeting = _fetch(request, number)
    if not moderates(case, actor):
        raise NotAllowed(_("Einladungen schickt, wer den Roundtable führt."))
    row = next((one for one in _invited(case) if one.pk == pk), None)
    if row is None:
        raise Http404
    is_client, person = row.kind == ParticipantKind.CLIENT, str(case.person or "")
    office, begins = meeting.organiser, agenda.begins_for(meeting, row.kind)
    steps = agenda.topics(meeting, case, plan_reading.kinds_of(case, row), on_paper=True)
    return case, {
        "office": office,
        "recipient": _address(case, row, actor),
        "dated": timezone.localdate(),
        "reference": [(_("Roundtable"), case.number)],
        "signed_by": [actor.user.get_full_name()],
        "is_client": is_client,
        "sentences": _sentences(person, is_client=is_client, later=meeting.kind == MeetingKind.AUSWERTUNG),
        "rows": [
            (_("Wann"), when(meeting) if begins == meeting.starts_at else _later(meeting, begins)),
            (_("Wo"), agenda.place_of(meeting)),
        ],
        "parts": [part for part in agenda.parts(meeting, to_client=is_client, steps=steps) if part.ends > begins],
        "rights": _rights(office, is_client=is_client),
    }


def _later(meeting: Meeting, begins: dt.datetime) -> str:
    """When somebody comes who is expected for the second part."""
    times = [f"{timezone.localtime(moment):%-H.%M}" for moment in (begins, meeting.ends_at)]
    return f"{date_format(timezone.localtime(begins), 'l, j. F Y')}, {'–'.join(times)}\n{_before(meeting)}"


def _before(meeting: Meeting) -> str:
    """What happens before the second part."""
    time = f"{timezone.localtime(meeting.starts_at):%-H.%M}"
    return _("Davor, ab %(time)s Uhr, sprechen die Fachpersonen unter sich.") % {"time": time}


def _address(case: Case, row: Participant, actor: Actor) -> list[str]:
    """The lines of the window: name and address as far as it is known; the rest of it stays free to write by hand."""
    if row.kind == ParticipantKind.CLIENT and case.person is not None:
        person = case.person
        return [line for line in (str(person), person.street, f"{person.postcode} {person.place}".strip()) if line]
    if row.participation is not None:
        office, user = row.participation.institution, row.participation.user
        lines = [office.name, user.get_full_name() if user else "", office.street]
        return [line for line in (*lines, f"{office.postcode} {office.place}".strip()) if line]
    return [seating.name_of(case, row, actor)]


def _sentences(person: str, *, is_client: bool, later: bool) -> list[str]:
    if later and is_client:
        return [
            _("Wir laden Sie zu einem weiteren Gespräch mit Fachpersonen ein."),
            _("Wir schauen zusammen an, wie es mit dem Plan geht, was hilft und was ändern soll."),
        ]
    if later:
        names = {"person": person}
        return [_("Wir laden Sie zu einem weiteren Gespräch im Roundtable mit %(person)s ein.") % names]
    if is_client:
        return [
            _("Wir laden Sie zu einem Gespräch mit den Fachpersonen der Stellen ein."),
            _(
                "Wir schauen zusammen an, wie es heute steht, was Ihnen hilft und was Sie erreichen wollen. Am Schluss "
                "machen wir einen Plan, in dem steht, wer was bis wann tut."
            ),
        ]
    names = {"person": person}
    return [_("Wir laden Sie zu einem Roundtable mit %(person)s und den beteiligten Stellen ein.") % names]


def _rights(office: Any, *, is_client: bool) -> list[str]:
    """What the recipient may do, in plain words."""
    reach = ", ".join(part for part in (office.phone, office.email) if part)
    reply = _("Bitte sagen Sie uns, ob Sie kommen: %(reach)s.") % {"reach": reach} if reach else ""
    if not is_client:
        return [line for line in (reply, _("Was am Gespräch gesagt wird, bleibt unter den Beteiligten.")) if line]
    lines = [
        reply,
        _("Die Teilnahme ist freiwillig. Sie können Ihre Vollmacht jederzeit zurückziehen oder einschränken."),
        _("Sie dürfen jemanden mitbringen, dem Sie vertrauen. Bitte sagen Sie es uns vorher."),
        _("Mehr steht im Merkblatt: %(url)s") % {"url": _sheet()},
    ]
    return [line for line in lines if line]


def _sheet() -> str:
    return f"{settings.BASE_URL.rstrip('/')}{reverse('core:sheet')}"


@reads
def invitation_pdf(request: Request, number: str, pk: int) -> HttpResponse:
    """The invitation as a letter to one participant; each download is logged."""
    case, context = _invitation(request, number, pk)
    title, name = _("Einladung zum Gespräch"), f"Einladung-{case.number}-{pk}"
    told = _("Einladung als PDF")
    return papers.as_pdf(request, case, "roundtable/pdf/invitation.html", context, title=title, name=name, told=told)


@reads
def invitation_text(request: Request, number: str, pk: int) -> HttpResponse:
    """The invitation as plain text to copy; each opening is logged."""
    case, letter = _invitation(request, number, pk)
    lines = [*letter["recipient"], "", _("Einladung zum Gespräch"), "", *letter["sentences"], ""]
    lines += [f"{label}: {value}" for label, value in letter["rows"] if value]
    for part in letter["parts"]:
        lines += ["", f"{part.title}, {part.span}", *(f"- {point}" for point in part.points)]
    lines += ["", *letter["rights"], "", _("Freundliche Grüsse"), *letter["signed_by"]]
    told, back = _("Einladung als Text"), reverse("core:case_tab", args=[case.number, MEETINGS])
    text = "\n".join(lines) + "\n"
    return papers.as_text(request, case, text, title=_("Einladung zum Gespräch"), told=told, back=back)
