"""What people do with a *Sicht*: write it, give it, decline, call it off (RT-09, RT-11, PER-06 to PER-09).

Each is one transaction under the lock of the case, which checks again that the author still takes part and is covered.
Effects: the row, an entry in the chain of the case, Pendenzen renewed. A draft is for its author's eyes alone; what was
given stays readable to its author whatever happens.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import access, audit, clock, guests, workflow
from iiz.core.actor import Actor
from iiz.core.drafting import META, MOST, TooLong
from iiz.core.enums import GuestEnd, Level, Phase
from iiz.core.models import Case, GuestLink
from iiz.core.workflow import Conflict, NotAllowed

from . import words
from .effects.views import VIEW, basis_of, invite
from .enums import ParticipantKind
from .models import AreaView, Income, LifeArea, PendingDecision, Perspective, SickLeave
from .queries import at_the_table, held, is_covered, moderates, told_as

TEXTS = ("state", "difficulties", "resources", "open_questions")
"""What can be said of a life area."""
PARTS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "decisions": (PendingDecision, ("text", "expected_on", "health")),
    "sick_leaves": (SickLeave, ("percent", "since", "until", "note")),
    "incomes": (Income, ("kind", "amount", "since", "until", "note")),
}
"""The lists of a view: their rows and fields."""
RELATED = ("participant__participation__institution", "participant__participation__user", "participant__line")


@dataclass(frozen=True)
class Author:
    """Who writes: a member of the office that was asked, or somebody without an account by a link."""

    actor: Actor | None = None
    link: GuestLink | None = None

    @property
    def name(self) -> str:
        """How the author stands beside what was written."""
        return self.actor.user.get_full_name() if self.actor else self.link.signed_name if self.link else ""


@dataclass(frozen=True)
class Given:
    """What somebody says, checked: texts per life area, and the rows of each list."""

    areas: dict[LifeArea, dict[str, str]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


# Whether ------------------------------------------------------------------------------------------------------------


def hindrance(view: Perspective) -> str:
    """Why nothing can be written in a view any more, as a German sentence; empty if nothing hinders."""
    case, row = view.case, view.participant
    if view.cancelled_at is not None:
        return _("Um diese Sicht wird nicht mehr gebeten. Sie müssen nichts mehr tun.")
    if case.withdrawn_at is not None:
        return _("Die Vollmacht ist zurückgezogen: Es wird nichts mehr ausgetauscht.")
    if case.phase != Phase.OPEN:
        return _("Der Roundtable ist beendet: Es lässt sich nichts mehr dazu schreiben.")
    if all(other.pk != row.pk for other in at_the_table(case)):
        return _("Die Teilnahme an diesem Roundtable ist beendet.")
    if not is_covered(case, row):
        return _("Die Vollmacht gilt hier nicht mehr: Es darf nichts mehr ausgetauscht werden.")
    if view.given_at is not None and is_settled(view):
        return _("Das Gespräch hat stattgefunden. Was davor geschrieben wurde, bleibt, wie es ist.")
    return ""


def is_settled(view: Perspective) -> bool:
    """Whether a meeting took place since the view was asked for: then it stays as it is."""
    return any(meeting.starts_at >= view.asked_at for meeting in held(view.case))


def refusal(view: Perspective, actor: Actor) -> str:
    """Why ``actor``, of the office that was asked, may not write in its view; empty if nothing hinders.

    For somebody without an e-mail address whoever moderates writes down what he or she is told.
    """
    if is_written_down(view):
        return hindrance(view) if moderates(view.case, actor) else _("Das kann nur tun, wer den Roundtable führt.")
    if not actor.works_on_cases:
        return _("Ihre Rolle erlaubt das nicht. Die Sicht schreiben die Personen, die in Fällen arbeiten.")
    reason = hindrance(view)
    if not reason and access.level_of(view.case, actor) not in (Level.LEAD, Level.CONTRIBUTE):
        return _("Sie können diesen Fall ansehen, aber nicht darin arbeiten.")
    return reason


def is_written_down(view: Perspective) -> bool:
    """Whether whoever moderates writes it down: its author has neither an account nor an e-mail address."""
    return view.participant.kind != ParticipantKind.OFFICE and not view.participant.email


def guest_hindrance(link: GuestLink) -> str:
    """Why a link leads to nothing that could be written."""
    view = of_link(link)
    return hindrance(view) if view is not None else _("Um diese Sicht wird nicht mehr gebeten.")


def of_link(link: GuestLink) -> Perspective | None:
    """The view that a link is about; ``None`` if it is not the guest's own."""
    rows = Perspective.objects.select_related("case", *RELATED)
    return rows.filter(pk=link.object_id, case=link.case_id, participant=link.ref).first()


def writes_down(view: Perspective, actor: Actor) -> bool:
    """Whether ``actor`` writes this view down for its author; an office none that the author gave by a link before."""
    mine = actor.is_coordination or view.given_at is None or view.given_by_id is not None
    return mine and is_written_down(view) and moderates(view.case, actor)


@contextmanager
def _held(view: Perspective, author: Author) -> Iterator[Perspective]:
    """The view as it is now, its case locked, and its author checked once more."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=view.case_id)
        row = Perspective.objects.select_related(*RELATED).filter(pk=view.pk).first()
        if row is None:
            raise Http404
        row.case = row.participant.case = case
        reason = refusal(row, author.actor) if author.actor else hindrance(row)
        if reason:
            raise NotAllowed(reason)
        yield row


# The author ---------------------------------------------------------------------------------------------------------


def save(
    view: Perspective, author: Author, answers: Mapping[str, str], *, version: int | None, form_key: str
) -> Perspective:
    """Keep a draft as typed, right or wrong; nobody else sees it.

    From the form that saved last it always succeeds, from another one only if that has seen the last version. Raises
    ``NotAllowed``, ``Conflict`` and ``TooLong``; a guest whose link ended meanwhile gets ``guests.Gone``.
    """
    if sum(len(text) for text in answers.values()) > MOST:
        raise TooLong
    with _held(view, author) as row:
        _check_link(author)
        _check_version(row, version, form_key)
        if typed(row) != answers:
            noted = {"_key": form_key, "_by": author.name, "_at": timezone.now().isoformat()}
            row.draft, row.version = {**answers, **noted}, row.version + 1
            row.save(update_fields=["draft", "version"])
    return row


def _check_version(row: Perspective, version: int | None, form_key: str) -> None:
    if row.version != version and row.draft.get("_key") != form_key:
        raise Conflict(row.case, _("Diese Sicht wurde geändert, während Sie daran schrieben."))


def _check_link(author: Author) -> None:
    """A link that ended meanwhile writes nothing, not even a draft."""
    if author.link is not None and not guests.held(author.link).is_live:
        raise guests.Gone(_("Dieser Zugang gilt nicht mehr."))


def give(view: Perspective, author: Author, given: Given, *, version: int | None, form_key: str) -> Perspective:
    """Give the view: from now on those read it whom the Vollmacht lets; given again, it replaces what stood there.

    A guest's link stays open: until the meeting the view can be changed, as an office changes its own. Keeps on what
    the exchange rests (PER-08). Raises as :func:`save`.
    """
    with _held(view, author) as row:
        if author.link is not None:
            guests.answered(author.link)
        _check_version(row, version, form_key)
        _write(row, given)
        row.draft, row.version, row.given_at, row.declined_at = {}, row.version + 1, clock.now(), None
        row.given_by = author.actor.user if author.actor else None
        row.basis = basis_of(row.case, row.participant)
        row.save(update_fields=["draft", "version", "given_at", "given_by", "declined_at", "basis"])
        workflow.settle(row.case)
        _record(row, author, "view_given", version=row.version, basis=row.basis.basis if row.basis else "")
    return row


def _write(row: Perspective, given: Given) -> None:
    row.areas.all().delete()
    AreaView.objects.bulk_create(AreaView(perspective=row, area=area, **texts) for area, texts in given.areas.items())
    for name, (model, _fields) in PARTS.items():
        getattr(row, name).all().delete()
        model.objects.bulk_create(model(perspective=row, **values) for values in given.rows.get(name, []))


def decline(view: Perspective, author: Author) -> Perspective:
    """Give no view: taking part is voluntary (PER-07). What was given before stays; raises as :func:`save`."""
    with _held(view, author) as row:
        if row.given_at is not None:
            raise Conflict(row.case, _("Diese Sicht ist bereits abgegeben."))
        if author.link is not None:
            guests.fulfil(author.link)
        row.draft, row.version, row.declined_at = {}, row.version + 1, clock.now()
        row.save(update_fields=["draft", "version", "declined_at"])
        workflow.settle(row.case)
        _record(row, author, "view_declined")
    return row


# Whoever moderates --------------------------------------------------------------------------------------------------


def cancel(view: Perspective, actor: Actor) -> None:
    """Ask for the view no longer; a link to it ends. Raises ``NotAllowed``, also once the view is given."""
    with transaction.atomic():
        row = _by_moderation(view, actor)
        if row.cancelled_at is not None:
            return
        if row.given_at is not None:
            raise NotAllowed(_("Diese Sicht ist bereits abgegeben."))
        row.cancelled_at = clock.now()
        row.save(update_fields=["cancelled_at"])
        guests.revoke_all(VIEW, row.pk, GuestEnd.OVER, actor)
        workflow.settle(row.case)
        _record(row, Author(actor), "view_cancelled")


def reopen(view: Perspective, actor: Actor) -> None:
    """Send somebody without an account a new link, to change or to give the view until the meeting took place.

    An office needs none: it writes until then anyway. Raises ``NotAllowed`` with the reason.
    """
    with transaction.atomic():
        row = _by_moderation(view, actor)
        reason = no_reopening(row)
        if reason:
            raise NotAllowed(reason)
        invite(row, actor)
        _record(row, Author(actor), "view_reopened")


def no_reopening(view: Perspective) -> str:
    """Why no new link can be sent; empty if nothing hinders."""
    row = view.participant
    if row.kind == ParticipantKind.OFFICE:
        return _("Eine Stelle kann ihre Sicht bis zum Gespräch selbst ändern.")
    if not row.email:
        return _("Für diese Person ist keine E-Mail-Adresse erfasst.")
    return hindrance(view)


def _by_moderation(view: Perspective, actor: Actor) -> Perspective:
    case = Case.objects.select_for_update().get(pk=view.case_id)
    if not moderates(case, actor):
        raise NotAllowed(_("Das kann nur tun, wer den Roundtable führt."))
    row = Perspective.objects.select_related(*RELATED).get(pk=view.pk)
    row.case = row.participant.case = case
    return row


def _record(row: Perspective, author: Author, verb: str, **changes: Any) -> None:
    stream = audit.case_stream(row.case.number)
    told = {"kind": row.participant.kind, "who": told_as(row.participant), **changes}
    audit.record(stream, author.actor, verb, row, told, guest=author.link)


VERBS = {
    "view_given": gettext_lazy("hat die eigene Sicht abgegeben"),
    "view_declined": gettext_lazy("verzichtet auf eine eigene Sicht"),
    "view_cancelled": words.with_detail(gettext_lazy("bittet nicht mehr um eine Sicht"), words.who),
    "view_reopened": words.with_detail(gettext_lazy("hat nochmals einen Link zur eigenen Sicht gesendet"), words.who),
}
"""The sentences of the timeline."""


# Answers as typed ---------------------------------------------------------------------------------------------------


def typed(view: Perspective) -> dict[str, str]:
    """The draft without what was noted about saving it."""
    return {name: text for name, text in view.draft.items() if name not in META}


def saved_at(view: Perspective) -> dt.datetime | None:
    """When the draft was saved last, local."""
    text = view.draft.get("_at")
    return timezone.localtime(dt.datetime.fromisoformat(text)) if text else None


def answers_of(view: Perspective) -> dict[str, str]:
    """What the form begins with: the draft, or what was given, as one would type it."""
    if view.draft:
        return typed(view)
    found = {}
    for area in view.areas.select_related("area"):
        for name in TEXTS:
            found[f"{area.area.code}-{name}"] = getattr(area, name)
    for part, (_model, fields) in PARTS.items():
        for place, row in enumerate(getattr(view, part).all()):
            for name in fields:
                found[f"{part}-{place}-{name}"] = as_typed(getattr(row, name))
    return {name: text for name, text in found.items() if text}


def as_typed(value: Any) -> str:
    """A value as it stands in its field."""
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    if isinstance(value, dt.date):
        return date_format(value, "d.m.Y")
    return str(value) if isinstance(value, str | int) else number_format(value, decimal_pos=2, force_grouping=True)


def areas_of(case: Case) -> list[LifeArea]:
    """The life areas of the case: those of the day it arrived."""
    return list(LifeArea.objects.valid_on(case.arrived_on))
