"""The words of a Roundtable as blocks of label and value: one source for page, PDF and copied text.

Who wrote what decides who still reads it once the client has withdrawn the Vollmacht (PER-07): each office keeps its
own words, the coordination office keeps all. Until then others read the registration as far as the Vollmacht opens it.
"""

from __future__ import annotations

from collections import Counter

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iiz.core import access, consents, workflow
from iiz.core.actor import Actor
from iiz.core.blocks import Block, Row, filled
from iiz.core.enums import DataCategory
from iiz.core.models import Case
from iiz.core.persons import same_person
from iiz.core.templatetags.ui import ahv, day

from .enums import ClosingReason, CriterionCheck, StepState
from .models import CriterionAnswer
from .queries import roundtable_of, steps_in_force


def is_registrant(case: Case, actor: Actor) -> bool:
    """Whether the actor's institution registered the case."""
    return case.registering_institution_id == actor.institution.pk


def reads_registration(case: Case, actor: Actor) -> bool:
    """Whether ``actor`` may read what the registering office wrote: its own words, or by the Vollmacht (PER-10)."""
    return is_registrant(case, actor) or consents.may_read(case, actor, DataCategory.SITUATION)


def reads_office(case: Case, actor: Actor) -> bool:
    """Whether ``actor`` may read what the coordination office wrote: everybody at the table until a withdrawal."""
    if actor.is_coordination:
        return True
    if case.withdrawn_at is not None:
        return False
    return is_registrant(case, actor) or consents.line_for(case, actor.institution.pk) is not None


def registered_by(case: Case) -> str:
    """Who registered the case: the office, or how it is counted under *Andere* (RT-03)."""
    record = roundtable_of(case)
    if record.registered_office is not None:
        return record.registered_office.name
    return record.registered_text or str(record.get_registered_group_display())


def run_by(case: Case) -> str:
    """Who moderates, where it is not the coordination office (RT-22); empty otherwise."""
    if not roundtable_of(case).self_run:
        return ""
    return _("%(office)s, ohne die Koordinationsstelle") % {"office": case.registering_institution.name}


def blocks(case: Case, actor: Actor) -> list[Block]:
    """All that ``actor`` may read of a submitted registration and of its decision, in the order of the page."""
    words = [*registration_blocks(case, actor), *query_blocks(case, actor), decision_block(case, actor)]
    return filled([Block("others", _("Weitere Fälle zur gleichen Person"), other_rows(case, actor)), *words])


def other_rows(case: Case, actor: Actor) -> list[Row]:
    """The coordination office sees that somebody has other cases, whoever registered them (PER-01)."""
    if not actor.is_coordination or case.person is None:
        return []
    rows = Case.objects.visible_to(actor).filter(same_person(case.person)).exclude(pk=case.pk).order_by("-arrived_on")
    words = _("%(service)s, %(state)s, Eingang %(day)s")
    return [
        (
            row.number,
            words
            % {
                "service": row.get_service_display(),
                "state": workflow.shown_state(row).label,
                "day": day(row.arrived_on),
            },
        )
        for row in rows
    ]


def registration_blocks(case: Case, actor: Actor) -> list[Block]:
    """What the registering office wrote, as far as ``actor`` may read it (RT-03, RT-06)."""
    found = [Block("person", _("Person"), person_rows(case))] if access.shows_person(case, actor) else []
    if reads_registration(case, actor):
        record = roundtable_of(case)
        found = [
            Block("reason", _("Weshalb ein Roundtable?"), [("", record.reason)]),
            Block("wanted", _("Was sich ändern soll"), [("", record.wanted)]),
            Block("criteria", _("Kriterien bei der Anmeldung"), criteria_rows(case)),
            *found,
            Block("registered", _("Anmeldung"), registered_rows(case)),
        ]
    return filled(found)


def registered_rows(case: Case) -> list[Row]:
    """Who registered the case and whom to call there."""
    record = roundtable_of(case)
    counted = record.registered_text if record.registered_office is not None else ""
    return [
        (_("Angemeldet von"), registered_by(case)),
        (_("Gezählt als"), counted if counted != registered_by(case) else ""),
        (_("Kontaktperson"), record.registered_contact or _registrar(case)),
        (_("Vorgespräch"), record.prior_talk),
    ]


def _registrar(case: Case) -> str:
    """Whoever wrote the registration, with telephone and mail; nobody for an imported case."""
    user = case.registered_by
    return " · ".join(part for part in (user.get_full_name(), user.phone, user.email) if part) if user else ""


def person_rows(case: Case) -> list[Row]:
    """The client, as recorded."""
    client = case.person
    if client is None:
        return []
    address = ", ".join(part for part in (client.street, f"{client.postcode} {client.place}".strip()) if part)
    return [
        (_("Name"), f"{client.first_name} {client.last_name}"),
        (_("Geburtsdatum"), day(client.birth_date)),
        (_("AHV-Nummer"), ahv(client.ahv_number)),
        (_("Adresse"), address),
        (_("Telefon"), client.phone),
        (_("E-Mail"), client.email),
    ]


def criteria_rows(case: Case) -> list[Row]:
    """How each criterion was answered, and what they say together; the coordination office decides (RT-06)."""
    record = roundtable_of(case)
    rows = [(row.criterion.text, _met(row)) for row in record.answers.select_related("criterion")]
    if record.advice:
        said = record.get_advice_display()
        note = record.criteria_set.label if record.criteria_set else ""
        rows.append((_("Was die Kriterien raten"), f"{said} ({note})" if note else said))
    return rows


def _met(row: CriterionAnswer) -> str:
    if row.criterion.check_by == CriterionCheck.OFFICES:
        return _("Ja, nach der Vollmacht") if row.met else _("Nein, nach der Vollmacht")
    return {True: _("Ja"), False: _("Nein"), None: _("nicht bekannt")}[row.met]


def query_blocks(case: Case, actor: Actor) -> list[Block]:
    """Questions before the decision and their answers, each as far as the reader may read who wrote it."""
    asks, answers = reads_office(case, actor), reads_registration(case, actor)
    found = []
    for number, query in enumerate(roundtable_of(case).queries.all(), start=1):
        rows: list[Row] = []
        if asks:
            rows.append((_("Frage vom %(day)s") % {"day": day(query.asked_at)}, query.question))
        if answers:
            answered = _("Antwort vom %(day)s") % {"day": day(query.answered_at)} if query.answer else _("Antwort")
            rows.append((answered, query.answer or _("noch offen")))
        title = _("Rückfrage") if number == 1 else _("Weitere Rückfrage")
        found.append(Block(f"query-{number}", title, rows, unanswered=query.answered_at is None))
    return filled(found)


def decision_block(case: Case, actor: Actor) -> Block:
    """Whether a process was started, when, and why (RT-07)."""
    record = roundtable_of(case)
    rows: list[Row] = []
    if record.decision:
        rows = [(_("Entscheid"), str(capfirst(record.get_decision_display()))), (_("Datum"), day(record.decided_on))]
        if record.not_started_reason is not None:
            rows.append((_("Grund"), record.not_started_reason.label))
        if reads_office(case, actor):
            rows.append((_("Begründung"), record.decision_note))
    return Block("decision", _("Entscheid"), rows)


def closing_rows(case: Case, actor: Actor) -> list[Row]:
    """How the Roundtable ended: reason for all, the note for those who read the coordination office (OUT-07)."""
    record = roundtable_of(case)
    if not record.closing_reason:
        return []
    reason = record.get_closing_reason_display()
    if record.closing_reason == ClosingReason.SOLUTION and record.solution:
        reason = f"{reason}: {record.get_solution_display()}"
    note = record.closing_note if reads_office(case, actor) else ""
    steps = _steps(case) if reads_office(case, actor) else ""
    rows = [
        (_("Grund"), reason),
        (_("Abgeschlossen am"), day(case.ended_on)),
        (_("Schritte"), steps),
        (_("Bemerkung"), note),
    ]
    return [row for row in rows if row[1]]


def _steps(case: Case) -> str:
    """How many steps of the plan were done, needless, or go on where they belong; empty without a plan."""
    stands = Counter(step.status for step in steps_in_force(case))
    done, dropped = stands.pop(StepState.DONE, 0), stands.pop(StepState.DROPPED, 0)
    left = stands.total()
    open_ = ngettext("%(n)s läuft weiter", "%(n)s laufen weiter", left)
    parts = ((done, _("%(n)s erledigt")), (dropped, _("%(n)s nicht mehr nötig")), (left, open_))
    return ", ".join(words % {"n": number} for number, words in parts if number)
