"""The words of an Antrag as blocks of label and value: one source for page, PDF and copied text.

Who wrote what decides who still reads it once the client has withdrawn the agreement (PER-07): each office
keeps its own words, the coordination office keeps all.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iiz.core.actor import Actor
from iiz.core.blocks import Block, Row, filled
from iiz.core.enums import Phase
from iiz.core.models import BenefitSnapshot, Case, ContactPerson, CriteriaFacts, Institution, User
from iiz.core.templatetags.ui import ahv, day
from iiz.core.workflow import Party

from . import ruling_words
from .enums import Decision, RequestDecision
from .models import Antrag, PrincipalRequest
from .queries import DELEGATED, antrag_of, contact_of, procedure_of


def may_read(case: Case, actor: Actor) -> frozenset[str]:
    """Whose words the actor may read: of both sides, after a withdrawal only of the own side."""
    if case.withdrawn_at is None or actor.is_coordination:
        return frozenset({Party.PRINCIPAL, Party.CONTRACTOR})
    own = actor.institution.pk
    antrag = antrag_of(case)
    sides = {Party.PRINCIPAL: antrag.principal_id, Party.CONTRACTOR: antrag.contractor_id}
    return frozenset(party for party, office in sides.items() if office == own)


def blocks(case: Case, actor: Actor) -> list[Block]:
    """All that ``actor`` may read of a submitted Antrag, in the order of the page."""
    antrag, sides = antrag_of(case), may_read(case, actor)
    found: list[Block] = []
    if Party.PRINCIPAL in sides and antrag.submitted_at is not None:
        found += application(case)
    found += ruling_words.blocks(antrag, sides)
    found += queries(antrag, sides)
    found += [
        Block("decision", _("Entscheid"), decision(case, sides)),
        Block("contacts", _("Kontakt"), contacts(case, sides)),
    ]
    return filled(found)


def application(case: Case) -> list[Block]:
    """What the principal wrote when it filed the Antrag."""
    antrag = antrag_of(case)
    return [
        Block("goals", _("Ziele"), goals(antrag)),
        Block("situation", _("Ausgangslage"), [("", antrag.situation)]),
        Block("person", _("Person"), person(case)),
        Block("benefits", _("Leistungen beim Antrag"), benefits(case)),
        Block("facts", _("Angaben zu IV und RAV"), facts(case)),
    ]


def goals(antrag: Antrag) -> list[Row]:
    """Each goal and by what one sees that it is reached."""
    rows: list[Row] = []
    written = list(antrag.goals.all())
    several = len(written) > 1
    for place, goal in enumerate(written, start=1):
        rows.append((_("Ziel %(n)s") % {"n": place} if several else _("Ziel"), goal.text))
        rows.append((_("Erreicht, wenn"), goal.expected_result))
    return rows


def person(case: Case) -> list[Row]:
    """The client, as recorded."""
    client = case.person
    if client is None:
        return []
    address = ", ".join(part for part in (client.street, f"{client.postcode} {client.place}".strip()) if part)
    return [
        (_("Name"), f"{client.first_name} {client.last_name}"),
        (_("Geburtsdatum"), day(client.birth_date)),
        (_("AHV-Nummer"), ahv(client.ahv_number)),
        (_("Geschlecht"), client.get_sex_display() if client.sex else ""),
        (_("Adresse"), address),
        (_("Wohngemeinde"), str(client.municipality or "")),
        (_("Telefon"), client.phone),
        (_("E-Mail"), client.email),
        (_("RAV-Personennummer"), client.rav_number),
    ]


def yes_no(value: bool | None) -> str:
    """Ja, Nein, or nothing where nothing was said."""
    return {True: _("Ja"), False: _("Nein"), None: ""}[value]


def benefits(case: Case) -> list[Row]:
    """The five answers of the day of application (PER-04)."""
    snapshot: BenefitSnapshot | None = getattr(case, "benefits", None)
    if snapshot is None:
        return []
    return [(_label(snapshot, name), yes_no(getattr(snapshot, name))) for name in BenefitSnapshot.QUESTIONS]


def facts(case: Case) -> list[Row]:
    """What was said of IV and RAV, as far as anything was (PER-05)."""
    row: CriteriaFacts | None = getattr(case, "facts", None)
    if row is None:
        return []
    found: list[Row] = []
    for column in row._meta.fields:
        if column.name in ("case", "taken_on"):
            continue
        value = getattr(row, column.name)
        if column.choices:
            text = getattr(row, f"get_{column.name}_display")()
        else:
            text = day(value) if isinstance(value, dt.date) else yes_no(value)
        found.append((_label(row, column.name), text))
    return found


def _label(row: Any, name: str) -> str:
    return str(capfirst(row._meta.get_field(name).verbose_name))


def queries(antrag: Antrag, sides: frozenset[str]) -> list[Block]:
    """Questions and answers before the decision, each as far as the reader's side wrote it."""
    found = []
    for number, query in enumerate(antrag.queries.all(), start=1):
        rows: list[Row] = []
        if Party.CONTRACTOR in sides:
            asked = _("Frage vom %(day)s") % {"day": day(query.asked_at)}
            rows.append((asked, query.question))
        if Party.PRINCIPAL in sides:
            answered = _("Antwort vom %(day)s") % {"day": day(query.answered_at)} if query.answer else _("Antwort")
            rows.append((answered, query.answer or _("noch offen")))
        title = _("Rückfrage") if number == 1 else _("Weitere Rückfrage")
        found.append(Block(f"query-{number}", title, rows, unanswered=query.answered_at is None))
    return found


def messages(case: Case, sides: frozenset[str]) -> list[dict[str, Any]]:
    """Hints and wishes of the contractor, the newest first, with the principal's decision (RED-07).

    Both sides read the same status; the words of each stop with the agreement for the other.
    """
    row = procedure_of(case) if case.state in DELEGATED else None
    if row is None or not (row.takes_hints or row.takes_measures):
        return []
    antrag = antrag_of(case)
    contractor = antrag.contractor.name if antrag.contractor else ""
    found = []
    for message in case.principal_requests.all():
        mark, status = _standing_of(message, case)
        found.append(
            {
                "kind": message.get_kind_display(),
                "sent_at": message.sent_at,
                "sent_by": message.sent_by.get_full_name(),
                "office": contractor,
                "mark": mark,
                "status": status,
                "happened_on": message.happened_on if Party.CONTRACTOR in sides else None,
                "text": message.text if Party.CONTRACTOR in sides else "",
                "answer": message.answer if Party.PRINCIPAL in sides else "",
            }
        )
    return found


def _standing_of(message: PrincipalRequest, case: Case) -> tuple[str, str]:
    """Mark and words for where a message stands."""
    if message.decision:
        names = {"what": message.get_decision_display(), "day": day(message.decided_on)}
        mark = "rest" if message.decision == RequestDecision.NOT_DONE else "ok"
        return mark, _("%(what)s, Entscheid vom %(day)s") % names
    if case.phase == Phase.OPEN and case.withdrawn_at is None:
        return "wait", _("wartet auf den Entscheid")
    return "rest", _("ohne Entscheid")


def decision(case: Case, sides: frozenset[str]) -> list[Row]:
    """How it was decided, when, why and who took the case; reasons belong to whoever decided (OP-05, OUT-01)."""
    antrag = antrag_of(case)
    if not antrag.decision:
        return []
    rows = [
        (_("Entscheid"), capfirst(antrag.get_decision_display())),
        (_("Datum"), day(antrag.decided_on)),
    ]
    adviser = adviser_of(case)
    if antrag.decision == Decision.ACCEPTED and adviser is not None:
        rows.append((_("Betreut durch"), adviser.get_full_name()))
    author = Party.PRINCIPAL if antrag.decision == Decision.WITHDRAWN else Party.CONTRACTOR
    if author in sides:
        if antrag.refusal_reason:
            rows.append((_("Grund"), antrag.refusal_reason.label))
        rows += [(_("Begründung"), antrag.refusal_text), (_("Bemerkung"), antrag.decision_note)]
    return rows


def contacts(case: Case, sides: frozenset[str]) -> list[Row]:
    """Whom to call on both sides, the deputy too (OP-04, ACT-06); what the principal typed only for its readers.

    Where the Antrag names no contact person of the contractor, today's is the one to call until somebody is in charge.
    """
    antrag, typed = antrag_of(case), Party.PRINCIPAL in sides
    rows = [
        (_("Auftraggeber"), reach_at(antrag.principal, _in_charge(case, Party.PRINCIPAL) or case.lead_user)),
        (_("Zweite Kontaktperson"), antrag.second_contact if typed else ""),
    ]
    if antrag.contractor:
        adviser = _in_charge(case, Party.CONTRACTOR)
        contact = antrag.contact_person
        if contact is None and adviser is None:
            contact = contact_of(antrag.contractor, timezone.localdate())
        rows.append((_("Auftragnehmer"), reach_at(antrag.contractor, adviser)))
        if contact is not None:
            rows.append((_("Ansprechperson"), reach(contact)))
            rows.append((_("Stellvertretung"), reach(contact.deputy) if contact.deputy else ""))
    if antrag.planned_months:
        rows.append((_("Geplante Dauer"), months(antrag.planned_months)))
    rows.append((_("Vorgängige Absprache"), antrag.prior_contact if typed else ""))
    return rows


def adviser_of(case: Case) -> User | None:
    """Who is in charge at the contractor, if anybody is."""
    return _in_charge(case, Party.CONTRACTOR)


def _in_charge(case: Case, party: str) -> User | None:
    for row in case.participations.all():
        if row.role == party and row.until is None:
            return row.user
    return None


def reach_at(office: Institution, user: User | None) -> str:
    """An office with who is in charge there, phone and mail in one line; the office alone without anybody."""
    if user is None:
        return office.name
    return " · ".join(part for part in (office.name, user.get_full_name(), user.phone, user.email) if part)


def reach(contact: ContactPerson) -> str:
    """Name, phone and mail of a contact person in one line."""
    return " · ".join(part for part in (contact.name, contact.phone, contact.email) if part)


def months(number: int) -> str:
    """``6 Monate``."""
    return ngettext("%(n)s Monat", "%(n)s Monate", number) % {"n": number}
