"""Where a Roundtable stands in short: the date, the views, the Vollmacht, and who sits there without an office."""

from __future__ import annotations

from django.utils.translation import gettext as _

from iiz.core import consents
from iiz.core.actor import Actor
from iiz.core.enums import DataCategory, Phase
from iiz.core.models import Case
from iiz.core.templatetags.ui import day, when

from . import content
from .enums import ParticipantKind, StartDecision
from .enums import RoundtableState as S
from .models import Participant
from .queries import at_the_table, has_answered, is_covered, live_perspectives, open_poll, planned, roundtable_of


def rows(case: Case, actor: Actor) -> list[tuple[str, str]]:
    """Date, views, guests at the table, and Vollmacht in short; nothing once the Vollmacht is withdrawn.

    Offices and client stand beside it under *Beteiligte*. Of an ended case only the guests; of one that never started
    not even them.
    """
    if roundtable_of(case).decision == StartDecision.NOT_STARTED or not content.reads_office(case, actor):
        return []
    guests = [row for row in at_the_table(case) if row.kind not in (ParticipantKind.OFFICE, ParticipantKind.CLIENT)]
    found = [(_("Ausserdem am Tisch"), ", ".join(_name(row) for row in guests))]
    if case.phase == Phase.OPEN:
        found = [_date(case), _views(case), *found, *_vollmacht(case, actor)]
    return [row for row in found if row[1]]


def _date(case: Case) -> tuple[str, str]:
    """The date of the next meeting, or how many have answered the proposed ones."""
    meeting, poll = planned(case), open_poll(case)
    if meeting is not None:
        return _("Nächstes Gespräch"), ", ".join(filter(None, [when(meeting), meeting.place]))
    if poll is None:
        return _("Nächstes Gespräch"), _("noch kein Termin") if case.state == S.PREPARING else ""
    rows = [row for row in at_the_table(case) if is_covered(case, row)]
    names = {
        "n": sum(has_answered(poll, row) for row in rows),
        "all": len(rows),
        "day": day(poll.answer_by),
    }
    return _("Termin"), _("%(n)s von %(all)s haben geantwortet; Antwort bis %(day)s") % names


def _views(case: Case) -> tuple[str, str]:
    """How many views are there of those that were asked for."""
    rows = live_perspectives(case)
    if not rows:
        return _("Sichten"), ""
    given = [row for row in rows if row.given_at is not None]
    names = {"n": len(given), "all": len(rows), "day": day(max(row.due_on for row in rows))}
    return _("Sichten"), _("%(n)s von %(all)s abgegeben; erbeten bis %(day)s") % names


def _vollmacht(case: Case, actor: Actor) -> list[tuple[str, str]]:
    """Whom the Vollmacht names until when, and what it opens to the reader on what basis (PER-06, PER-08)."""
    vollmacht = case.vollmacht
    if vollmacht is None:
        return []
    lines = consents.live_lines(case)
    named = ", ".join(line.who for line in lines)
    until = _("bis %(day)s: %(named)s") % {"day": day(vollmacht.valid_until), "named": named}
    if vollmacht.withdrawn_on is not None:
        until = _("zurückgezogen am %(day)s: Es wird nichts ausgetauscht.") % {"day": day(vollmacht.withdrawn_on)}
    elif not lines:
        until = _("abgelaufen am %(day)s: Es wird nichts ausgetauscht.") % {"day": day(vollmacht.valid_until)}
    own = consents.line_for(case, actor.institution.pk)
    if own is None or actor.is_coordination:
        return [(_("Vollmacht"), until)]
    opened = ", ".join(str(kind.label) for kind in DataCategory if consents.may_read(case, actor, kind))
    reads = f"{opened or _('keine Angaben anderer')} ({consents.basis_words(own)})"
    return [(_("Vollmacht"), until), (_("Ihre Institution liest"), reads)]


def _name(row: Participant) -> str:
    """Name and function."""
    return f"{row.name} ({row.function})" if row.function else row.name
