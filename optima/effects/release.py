"""What goes beside the case work, by the contractor's kind (SH-05 to SH-07, RED-03, RED-05, ALV-07).

RAV → social service: the Vereinbarung ALV and the release from control duty and job search. IV → social service: what
became of the procedure. RAV as contractor: the client's registration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from iiz.core import audit, clock, documents
from iiz.core.actor import Actor
from iiz.core.enums import Audience, StatisticsGroup
from iiz.core.models import Case
from iiz.core.templatetags.ui import day as written

from ..models import AdmissionCriterion, Antrag, LegalPrecondition, Vereinbarung

Data = Mapping[str, Any]
Changes = dict[str, Any]
Span = tuple[dt.date, dt.date]

DAY = dt.timedelta(days=1)
REGISTRATION = "rav_anmeldung"
"""The criterion under which the canton asks for a registration at the RAV (CON-29)."""


# Which cases ------------------------------------------------------------------------------------------------------


def releases(antrag: Antrag) -> bool:
    """Whether the RAV hands over to a social service: then it releases the client from job search (SH-05)."""
    return _is_between(antrag, StatisticsGroup.RAV, StatisticsGroup.SH)


def rests_at_iv(antrag: Antrag) -> bool:
    """Whether the IV hands over to a social service: then it suspends its procedure, or closes it (RED-05)."""
    return _is_between(antrag, StatisticsGroup.IV, StatisticsGroup.SH)


def _is_between(antrag: Antrag, principal: str, contractor: str) -> bool:
    groups = (antrag.principal_group, antrag.contractor_group)
    return antrag.submitted_at is not None and groups == (principal, contractor)


def agreements(case: Case) -> list[Vereinbarung]:
    """Every Vereinbarung of a case, the oldest first; asks the database only where there can be one."""
    return list(case.antrag.vereinbarungen.all()) if releases(case.antrag) else []


def current(rows: Sequence[Vereinbarung]) -> Vereinbarung | None:
    """The one that no other has replaced."""
    return next((row for row in rows if row.replaced_at is None), None)


def unsigned(rows: Sequence[Vereinbarung]) -> Vereinbarung | None:
    """The one that waits for the client's signature."""
    row = current(rows)
    return row if row is not None and row.signed_on is None else None


def held(rows: Iterable[Vereinbarung]) -> Vereinbarung | None:
    """The one on which the release rests: the last that was signed, until a new one is signed in its place."""
    return next((row for row in reversed(list(rows)) if row.signed_on is not None), None)


def is_open(row: Vereinbarung) -> bool:
    """Whether it is signed and nobody has recorded its end."""
    return row.signed_on is not None and row.ended_on is None


def still_open(rows: Sequence[Vereinbarung]) -> Vereinbarung | None:
    """The signed one whose end nobody has recorded yet."""
    row = held(rows)
    return row if row is not None and is_open(row) else None


def spans(rows: Iterable[Vereinbarung]) -> list[Span]:
    """The periods of the release: of what is signed, each later Vereinbarung in place of the former from its first day.

    That is the day of its signature at the earliest (SH-05). Periods without a gap are one.
    """
    found: list[Span] = []
    for row in rows:
        if row.signed_on is None:
            continue
        found = [(first, min(last, row.first_day - DAY)) for first, last in found if first < row.first_day]
        if row.last_day >= row.first_day:
            found.append((row.first_day, row.last_day))
    joined: list[Span] = []
    for first, last in found:
        if joined and first <= joined[-1][1] + DAY:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def span_on(rows: Iterable[Vereinbarung], day: dt.date) -> Span | None:
    """The period of the release that holds on ``day``, else the next one, else the last."""
    periods = spans(rows)
    return next((one for one in periods if one[1] >= day), periods[-1] if periods else None)


# What people do ---------------------------------------------------------------------------------------------------


def make(case: Case, actor: Actor, data: Data) -> Changes:
    """Fill in a Vereinbarung, the first one or one in place of another: to be signed (again) (SH-05, SH-07).

    Brings the RAV's number of the person up to date.
    """
    antrag, replaced = case.antrag, _replace(case)
    row = Vereinbarung.objects.create(
        antrag=antrag,
        made_by=actor.user,
        made_at=clock.now(),
        **{name: data[name] for name in ("release_from", "release_until", "adviser", "adviser_phone", "fund")},
    )
    _keep_number(case, actor, data.get("rav_number", ""))
    return {"period": _plain(row.release_from, row.release_until), "replaces": replaced}


def _replace(case: Case) -> int:
    """Mark the present Vereinbarung as replaced; returns how many there were."""
    return Vereinbarung.objects.filter(antrag=case.antrag, replaced_at=None).update(replaced_at=clock.now())


def _drop_unsigned(case: Case) -> None:
    """A Vereinbarung that waits for its signature is void once the release has ended."""
    row = unsigned(agreements(case))
    if row is not None:
        _replace(case)


def _keep_number(case: Case, actor: Actor, number: str) -> None:
    person = case.person
    if person is None or not number or person.rav_number == number:
        return
    change = [audit.personal(person.rav_number), audit.personal(number)]
    person.rav_number = number
    person.save(update_fields=["rav_number"])
    stream = audit.case_stream(case.number)
    audit.record(stream, actor, "person_changed", person, changes={"rav_number": change})


def sign(case: Case, actor: Actor, data: Data) -> Changes:
    """Note the day of the client's signature and file the scan, if there is one: from now on it holds (SH-05)."""
    row = unsigned(agreements(case))
    assert row is not None  # the guard says so
    row.signed_on = data["signed_on"]
    row.save(update_fields=["signed_on"])
    if data.get("file"):
        documents.store(
            case,
            actor,
            title=_("Vereinbarung ALV, unterschrieben am %(day)s") % {"day": written(row.signed_on)},
            upload=data["file"],
            content_type=data["content_type"],
            audience=Audience.CASE,
        )
    return {"signed_on": row.signed_on.isoformat(), "period": _plain(row.release_from, row.release_until)}


def end(case: Case, actor: Actor, data: Data) -> Changes:
    """Record that the release has ended, early or as agreed; nobody is reminded any more (SH-07)."""
    _drop_unsigned(case)
    row = still_open(agreements(case))
    assert row is not None  # the guard says so
    row.ended_on, row.ended_note = data["ended_on"], data.get("ended_note", "")
    row.save(update_fields=["ended_on", "ended_note"])
    return {"ended_on": row.ended_on.isoformat()}


def register(case: Case, actor: Actor, data: Data) -> Changes:
    """Note the day on which the client registered with the RAV (ALV-07)."""
    case.antrag.rav_registered_on = data["registered_on"]
    case.antrag.save(update_fields=["rav_registered_on"])
    return {"registered_on": data["registered_on"].isoformat()}


def rest(case: Case, actor: Actor, data: Data) -> Changes:
    """The IV suspended its procedure, or closed it; a later answer takes the place of an earlier one (RED-05)."""
    antrag = case.antrag
    before = [antrag.iv_rest, antrag.iv_rest_on and antrag.iv_rest_on.isoformat()]
    antrag.iv_rest, antrag.iv_rest_on = data["rest"], data["rest_on"]
    antrag.save(update_fields=["iv_rest", "iv_rest_on"])
    return {"iv_rest": [before, [str(antrag.iv_rest), antrag.iv_rest_on.isoformat()]]}


def _plain(*days: dt.date) -> list[str]:
    return [day.isoformat() for day in days]


# Guards -----------------------------------------------------------------------------------------------------------


def from_rav_to_social(case: Case, actor: Actor) -> str | None:
    """Guard: the Vereinbarung ALV belongs to this hand-over."""
    if releases(case.antrag):
        return None
    return _("Eine Vereinbarung ALV gibt es nur, wenn das RAV an die Sozialhilfe übergibt.")


def none_made(case: Case, actor: Actor) -> str | None:
    """Guard: there is no Vereinbarung yet."""
    rows = agreements(case)
    if not rows:
        return None
    return _(
        "Die Vereinbarung ALV ist bereits ausgefüllt, am %(day)s. Für einen anderen Zeitraum ändern oder verlängern "
        "Sie sie."
    ) % {"day": written(made_on(rows[-1]))}


def one_made(case: Case, actor: Actor) -> str | None:
    """Guard: there is a Vereinbarung."""
    return None if agreements(case) else _("Es gibt noch keine Vereinbarung ALV. Füllen Sie sie zuerst aus.")


def one_unsigned(case: Case, actor: Actor) -> str | None:
    """Guard: a Vereinbarung waits for the signature."""
    rows = agreements(case)
    if unsigned(rows) is not None:
        return None
    return _("Die Unterschrift ist bereits festgehalten.") if current(rows) else one_made(case, actor) or _not_valid()


def _not_valid() -> str:
    return _("Die letzte Vereinbarung gilt nicht mehr. Füllen Sie zuerst eine neue aus.")


def one_open(case: Case, actor: Actor) -> str | None:
    """Guard: there is a release that has begun and whose end nobody has recorded."""
    rows = agreements(case)
    row = still_open(rows)
    if row is None:
        return (
            _("Das Ende ist bereits festgehalten.")
            if held(rows)
            else _("Es ist nichts befreit: Es fehlt die Unterschrift.")
        )
    if row.first_day > clock.today():
        begins = {"day": written(row.first_day)}
        return _("Die Befreiung beginnt erst am %(day)s. Ändern Sie die Vereinbarung.") % begins
    return None


def from_iv_to_social(case: Case, actor: Actor) -> str | None:
    """Guard: a procedure of the IV rests meanwhile."""
    if rests_at_iv(case.antrag):
        return None
    return _("Das betrifft nur Fälle, die die IV-Stelle an die Sozialhilfe übergibt.")


def registration_waits(case: Case, actor: Actor) -> str | None:
    """Guard: the client has yet to be registered with the RAV; whether the canton asks for it decides the Pendenz."""
    antrag = case.antrag
    if antrag.contractor_group != StatisticsGroup.RAV:
        return _("Das betrifft nur Fälle, in denen das RAV Auftragnehmer ist.")
    if antrag.rav_registered_on is not None:
        return _("Die Anmeldung beim RAV ist bereits festgehalten.")
    if not was_no_seeker(case):
        return _("Die Person war beim Antrag bereits als stellensuchend gemeldet.")
    return None


# What waits -------------------------------------------------------------------------------------------------------


def not_made(case: Case) -> bool:
    """Whether the Vereinbarung ALV has yet to be filled in; once the work offer is intact again there is no need."""
    if case.withdrawn_at is not None or case.antrag.work_offer_restored_on is not None:
        return False
    return releases(case.antrag) and not agreements(case)


def not_signed(case: Case) -> bool:
    """Whether a Vereinbarung waits for the signature."""
    return case.withdrawn_at is None and unsigned(agreements(case)) is not None


def signed_by(case: Case) -> dt.date | None:
    """Until when a signature is needed: the end of the former period, else the first day of this one."""
    rows = agreements(case)
    row, former = unsigned(rows), still_open(rows)
    if former is not None:
        return former.release_until
    return row.release_from if row is not None else None


def runs_out(case: Case) -> bool:
    """Whether a release runs that has to be extended, or whose end has to be recorded."""
    rows = agreements(case)
    return case.withdrawn_at is None and unsigned(rows) is None and still_open(rows) is not None


def last_day(case: Case) -> dt.date | None:
    """The last day of the release that runs."""
    row = still_open(agreements(case))
    return row.release_until if row is not None else None


def outlasts(case: Case) -> bool:
    """Whether the release goes on although the case is closed."""
    row = still_open(agreements(case))
    ended = case.ended_on or clock.today()
    return case.withdrawn_at is None and row is not None and row.release_until > ended


def was_no_seeker(case: Case) -> bool:
    """Whether the client was not registered as a job seeker when the Antrag was filed."""
    benefits = getattr(case, "benefits", None)
    return benefits is not None and benefits.job_seeker is False


def registration_asked(case: Case) -> bool:
    """Whether the canton asked for a registration on the day the case arrived (CON-29)."""
    rows = AdmissionCriterion.objects.valid_on(case.arrived_on)
    return rows.filter(contractor_group=StatisticsGroup.RAV, code=REGISTRATION).exists()


def not_registered(case: Case) -> bool:
    """Whether the registration with the RAV has yet to be recorded (ALV-07)."""
    antrag = case.antrag
    if case.withdrawn_at is not None or antrag.contractor_group != StatisticsGroup.RAV:
        return False
    return antrag.rav_registered_on is None and was_no_seeker(case) and registration_asked(case)


def iv_says_nothing(case: Case) -> bool:
    """Whether the IV has yet to record what became of its procedure (RED-05)."""
    return case.withdrawn_at is None and rests_at_iv(case.antrag) and not case.antrag.iv_rest


# What the law allows ----------------------------------------------------------------------------------------------


def unlawful(antrag: Antrag, first: dt.date, last: dt.date) -> tuple[dt.date, LegalPrecondition | None] | None:
    """The first day of a period on which law does not allow the release, and what it says that day (NFR-08).

    Asks for what the row of the decision table depends on, by which the case was assigned; ``None``: all is lawful.
    """
    classification = getattr(antrag, "classification", None)
    codes = classification.rule.preconditions if classification is not None and classification.rule else []
    rows = list(LegalPrecondition.objects.filter(code__in=codes)) if codes else []
    gaps = [gap for code in codes if (gap := _gap([row for row in rows if row.code == code], first, last))]
    return min(gaps, key=lambda gap: gap[0], default=None)


def _gap(
    rows: Sequence[LegalPrecondition], first: dt.date, last: dt.date
) -> tuple[dt.date, LegalPrecondition | None] | None:
    day = first
    while day <= last:
        row = next((row for row in rows if row.holds_on(day)), None)
        if row is None or not row.met:
            return day, row
        if row.valid_until is None:
            return None
        day = row.valid_until + DAY
    return None


def made_on(row: Vereinbarung) -> dt.date:
    """The local day on which a Vereinbarung was filled in."""
    return timezone.localdate(row.made_at)
