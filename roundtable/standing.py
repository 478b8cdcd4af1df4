"""Where a Roundtable stands in short: plan, case management, date, views, Vollmacht, and who sits there beside."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iiz.core import consents
from iiz.core.actor import Actor
from iiz.core.enums import DataCategory, Phase
from iiz.core.models import Case
from iiz.core.templatetags.ui import day, when

from . import content, course, plan_reading
from .enums import ParticipantKind, StartDecision
from .enums import RoundtableState as S
from .models import Participant
from .queries import (
    asked,
    at_the_table,
    draft_plan,
    final_plan,
    has_answered,
    live_perspectives,
    open_poll,
    planned,
    roundtable_of,
)


def rows(case: Case, actor: Actor) -> list[tuple[str, str]]:
    """Plan, case management, next step, date, views, guests at the table, and Vollmacht in short.

    Nothing once the Vollmacht is withdrawn.

    Offices and client stand beside it under *Beteiligte*. Of an ended case only the guests; of one that never started
    not even them.
    """
    if roundtable_of(case).decision == StartDecision.NOT_STARTED or not content.reads_office(case, actor):
        return []
    guests = [row for row in at_the_table(case) if row.kind not in (ParticipantKind.OFFICE, ParticipantKind.CLIENT)]
    found = [(_("Ausserdem am Tisch"), ", ".join(_name(row) for row in guests))]
    if case.phase == Phase.OPEN:
        found = [_plan(case, actor), _manager(case), _step(case, actor), _date(case), _views(case), *found]
        found += _vollmacht(case, actor)
    return [row for row in found if row[1]]


def _plan(case: Case, actor: Actor) -> tuple[str, str]:
    """Which version of the Handlungsplan is in force, or on its way, for who may read it."""
    label, plan, draft = _("Handlungsplan"), final_plan(case), draft_plan(case)
    if not plan_reading.kinds_for(case, actor):
        return label, ""
    words = []
    if plan is not None and plan.final_at is not None:
        names = {"n": plan.number, "day": day(plan.final_at)}
        words.append(_("Fassung %(n)s, verbindlich seit %(day)s") % names)
    if draft is not None:
        words.append(_("Fassung %(n)s ist als Entwurf zur Durchsicht") % {"n": draft.number})
    return label, "; ".join(words)


def _manager(case: Case) -> tuple[str, str]:
    return _("Case Management"), course.manager_words(case)


def _step(case: Case, actor: Actor) -> tuple[str, str]:
    """The step that is due next, and how many are open, also those that the reader may not see."""
    rows, hidden = course.readable_open(case, actor), course.hidden_open(case, actor)
    if not rows:
        return _("Nächster Schritt"), _("für Ihre Stelle nicht lesbar") if hidden else ""
    first = rows[0]
    names = {"what": first.what, "day": day(first.due_on), "n": len(rows)}
    words = _("%(what)s, bis %(day)s")
    if course.is_late(first):
        words = _("%(what)s, fällig seit %(day)s")
    more = ngettext("%(n)s Schritt ist offen", "%(n)s Schritte sind offen", len(rows)) % names
    return _("Nächster Schritt"), "; ".join(filter(None, [words % names, more, course.hidden_words(hidden)]))


def _date(case: Case) -> tuple[str, str]:
    """The date of the next meeting, or how many have answered the proposed ones."""
    meeting, poll = planned(case), open_poll(case)
    if meeting is not None:
        return _("Nächstes Gespräch"), ", ".join(filter(None, [when(meeting), meeting.place]))
    if poll is None:
        return _("Nächstes Gespräch"), _("noch kein Termin") if case.state == S.PREPARING else ""
    rows = asked(case, poll)
    names = {
        "n": sum(has_answered(poll, row) for row in rows),
        "all": len(rows),
        "day": day(poll.answer_by),
    }
    return _("Termin"), _("%(n)s von %(all)s haben geantwortet; Antwort bis %(day)s") % names


def _views(case: Case) -> tuple[str, str]:
    """How many views are there of those that were asked for before all met."""
    rows = live_perspectives(case) if case.state == S.PREPARING else []
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
