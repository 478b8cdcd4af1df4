"""An invented working paper and versions of a Handlungsplan: Lena Beispiel, 26, three offices and a therapist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from iiz.core import clock
from iiz.core.models import Case
from roundtable import minutes
from roundtable.enums import Answer, PlanState
from roundtable.models import Attendance, CaseManagement, Handlungsplan, Participant, Step
from roundtable.paper import YES, About, Area, Owner, Paper, digest
from roundtable.paper_reader import read

from . import playing as play

AREAS = (
    Area("arbeit", "Arbeit und Ausbildung", "work"),
    Area("finanzen", "Finanzen", "money"),
    Area("gesundheit", "Gesundheit", "health"),
    Area("wohnen", "Wohnen", "situation"),
    Area("familie", "Familie und soziales Umfeld", "situation"),
    Area("alltag", "Alltag und Sprache", "situation"),
    Area("recht", "Rechtliche Fragen", "situation"),
)
TODAY = dt.date(2026, 11, 23)
"""The day on which the invented papers without a case are written."""


@dataclass(frozen=True)
class Seats:
    """Who is responsible for what, by the key of the seat at the table."""

    client: int = 1
    social: int = 2
    rav: int = 3
    iv: int = 4


SEATS = Seats()
ABOUT = About(
    AREAS,
    (
        Owner(1, "Lena Beispiel"),
        Owner(2, "Sozialdienst Musterdorf", 12, ((32, "Budgetberatung"),)),
        Owner(3, "RAV Musterwil", 13, ((33, "Standortbestimmung"), (34, "Bewerbungskurs"))),
        Owner(4, "IV-Stelle Musterkanton", 14, ((35, "Abklärung der Eingliederung"), (36, "Arbeitsversuch"))),
    ),
    {12: "Sozialdienst Musterdorf", 13: "RAV Musterwil", 14: "IV-Stelle Musterkanton"},
)

_AREA_WORDS: dict[str, tuple[str, str, str, str, str]] = {
    "arbeit": (
        "Lehre als Detailhandelsfachfrau mit gutem Abschluss, danach vier Jahre im Verkauf. Die letzte Stelle endete "
        "im Frühling 2026, weil die Filiale schloss. Seither sucht sie im Verkauf und im Büro, im Durchschnitt mit "
        "zehn Bewerbungen im Monat; drei Gespräche führten zu keiner Anstellung.",
        "Langes Stehen geht nicht mehr. Im Büro fehlt ihr die Praxis, und die Absagen nehmen ihr den Mut. Das Dossier "
        "ist seit zwei Jahren nicht überarbeitet.",
        "Zuverlässig, freundlich am Telefon, kann Kassenabrechnungen und Lagerbestände führen. Sie lernt Programme "
        "schnell und möchte arbeiten, lieber heute als morgen.",
        "Zahlt die Arbeitslosenversicherung einen Kurs im Büro, solange die IV noch klärt?",
        "RAV: Ein kurzer Kurs geht, eine Umschulung erst nach dem Entscheid der IV.",
    ),
    "finanzen": (
        "Arbeitslosenentschädigung bis Ende April 2027. Erspartes für etwa zwei Monate. Keine Betreibungen, eine "
        "offene Rechnung des Zahnarztes von CHF 1'250.00, in Raten vereinbart.",
        "Ab Mai 2027 ist kein Einkommen bekannt, bis die IV entschieden hat. Die Prämie der Krankenkasse steigt.",
        "Sie führt ein Haushaltbuch und hat das Budget selbst um einen Fünftel gekürzt.",
        "Besteht Anspruch auf Prämienverbilligung für 2027?",
        "Sozialdienst: Ja, das Gesuch ist bis Ende Dezember einzureichen.",
    ),
    "gesundheit": (
        "Seit Juni 2026 eingeschränkt arbeitsfähig. Sitzende Arbeit mit Wechsel geht vier Stunden am Tag; Heben über "
        "fünf Kilo geht nicht.",
        "Nach schlechten Nächten fallen Termine am Morgen schwer.",
        "Die Therapie tut gut, alle zwei Wochen, mit klaren kleinen Zielen.",
        "Ab wann ist ein höheres Pensum zumutbar?",
        "Therapeutin: Eine Steigerung auf sechs Stunden ist ab Februar 2027 ein gutes Ziel.",
    ),
    "wohnen": (
        "Zweizimmerwohnung in Musterdorf seit 2022, Miete CHF 1'180.00. Die Wohnung ist ruhig gelegen und sie fühlt "
        "sich dort wohl.",
        "Die Verwaltung hat eine Sanierung auf Herbst 2027 angekündigt.",
        "Gutes Verhältnis zu den Nachbarinnen, die im Notfall einspringen.",
        "Muss sie während der Sanierung ausziehen?",
        "",
    ),
    "familie": (
        "Die Mutter wohnt im Nachbardorf und kommt jede Woche vorbei. Ein Bruder im Ausland, mit dem sie telefoniert.",
        "Die Mutter ist selber gesundheitlich angeschlagen und braucht manchmal Begleitung.",
        "Verlässlicher Freundeskreis aus der Lehre; singt im Chor.",
        "",
        "",
    ),
    "alltag": (
        "Steht um sieben Uhr auf, hält Termine ein, fährt mit dem Velo und mit dem Zug. Schreibt sicher Deutsch und "
        "versteht Französisch.",
        "Briefe der Behörden lässt sie liegen, wenn mehrere auf einmal kommen.",
        "Sie hat sich angewöhnt, jeden Freitag die Post zu öffnen und zu ordnen.",
        "",
        "",
    ),
    "recht": (
        "Schweizerin, keine Beistandschaft, keine laufenden Verfahren.",
        "",
        "",
        "Braucht es für die IV noch eine Vollmacht an den behandelnden Arzt?",
        "IV: Die Vollmacht vom Sommer genügt.",
    ),
}
_STEPS: tuple[dict[str, str], ...] = (
    {"what": "Arztbericht an die IV-Stelle senden lassen", "owner": "client", "due": "5.12.2026", "health": YES},
    {
        "what": "Gesuch um Prämienverbilligung gemeinsam ausfüllen und einreichen",
        "owner": "social",
        "start": "30.11.2026",
        "due": "20.12.2026",
        "payer": "social",
    },
    {
        "what": "Standortbestimmung: was im Büro schon geht und was fehlt",
        "owner": "rav",
        "start": "4.1.2027",
        "due": "29.1.2027",
        "payer": "rav",
        "goal": "1",
    },
    {
        "what": "Bewerbungsdossier überarbeiten, mit Beispielen aus Verkauf und Lager",
        "owner": "client",
        "start": "4.1.2027",
        "due": "12.2.2027",
        "after": "3",
        "goal": "1",
        "despite": "Das Dossier braucht sie auf jeden Fall.",
    },
    {
        "what": "Kurs «Büro und Korrespondenz», acht Halbtage",
        "owner": "rav",
        "start": "15.2.2027",
        "due": "26.3.2027",
        "payer": "rav",
        "after": "3",
        "goal": "1",
    },
    {
        "what": "Belastbarkeit abklären und den Arbeitsversuch vorbereiten",
        "owner": "iv",
        "start": "11.1.2027",
        "due": "15.3.2027",
        "payer": "iv",
        "health": YES,
        "goal": "2",
    },
    {
        "what": "Arbeitsversuch in einem Büro mit halbem Pensum",
        "owner": "iv",
        "start": "1.4.2027",
        "due": "30.6.2027",
        "payer": "iv",
        "after": "6",
        "goal": "2",
        "note": "Drei Betriebe in der Region sind angefragt.",
    },
    {
        "what": "Unterstützung ab Mai prüfen, damit keine Lücke entsteht",
        "owner": "social",
        "start": "1.3.2027",
        "due": "15.4.2027",
        "payer": "social",
        "goal": "3",
        "despite": "Die Prüfung kostet nichts und lässt sich jederzeit abbrechen.",
    },
    {"what": "Jeden Freitag die Post ordnen und Fragen notieren", "owner": "client", "due": "30.6.2027", "goal": "3"},
    {
        "what": "Ergebnis des Arbeitsversuchs mit allen auswerten",
        "owner": "iv",
        "start": "1.7.2027",
        "due": "15.7.2027",
        "after": "7",
        "goal": "2",
    },
)


def cells(seats: Seats = SEATS, steps: int = 10, payers: Mapping[str, int] | None = None) -> dict[str, str]:
    """The paper as typed; ``steps``: how many, the ten again and again; ``payers``: institutions by role."""
    payers = payers or {"social": 12, "rav": 13, "iv": 14}
    found: dict[str, str] = {}
    for code, words in _AREA_WORDS.items():
        names = ("state", "difficulties", "resources", "questions", "answers")
        found |= {f"area.{code}.{name}": text for name, text in zip(names, words, strict=True)}
    rows: dict[str, list[dict[str, Any]]] = {
        "income": [
            {"kind": "ale", "amount": "3'250.50", "since": "1.5.2026", "until": "30.4.2027"},
            {"kind": "krankentaggeld", "since": "1.6.2026", "until": "31.1.2027", "note": "über die letzte Stelle"},
            {"kind": "iv_rente", "amount": "980", "since": "1.9.2027", "note": "falls sie zugesprochen wird"},
        ],
        "sick": [{"percent": "50", "since": "1.6.2026", "until": "31.1.2027", "note": "sitzende Arbeit möglich"}],
        "decision": [
            {"owner": seats.iv, "text": "Eingliederung und Arbeitsversuch", "expected": "15.3.2027", "threatens": YES},
            {"owner": seats.iv, "text": "Anspruch auf eine IV-Rente", "expected": "31.8.2027", "threatens": ""},
            {"owner": seats.iv, "text": "ärztliche Begutachtung", "health": YES, "threatens": ""},
        ],
        "goal": [
            {"text": "Eine Arbeit im Büro finden, zuerst mit halbem Pensum", "measure": "Vertrag bis Herbst 2027"},
            {"text": "Wissen, wie viel Arbeit gut tut", "measure": "Auswertung des Arbeitsversuchs"},
            {"text": "Keine Lücke im Einkommen", "measure": "Ab Mai 2027 ist jeder Monat gedeckt"},
        ],
        "step": [_step(place, seats, payers) for place in range(steps)],
    }
    for part, lines in rows.items():
        for key, line in enumerate(lines, start=1):
            found |= {f"{part}.{key}.{name}": str(text) for name, text in line.items()}
    found["plain.text"] = "Sie haben schon viel geschafft. Rufen Sie an, wenn etwas unklar ist."
    return found


def _step(place: int, seats: Seats, payers: Mapping[str, int]) -> dict[str, Any]:
    """One of the ten steps; the next round of ten follows on its own and is told apart by its number."""
    row: dict[str, Any] = dict(_STEPS[place % len(_STEPS)])
    rounds = place // len(_STEPS)
    row["owner"] = getattr(seats, str(row["owner"]))
    row["payer"] = payers.get(str(row.get("payer", "")), "")
    if rounds:
        row["what"] += f" (Runde {rounds + 1})"
        row["after"] = str(int(row["after"]) + rounds * len(_STEPS)) if "after" in row else ""
    return row


def paper(steps: int = 10, **changes: str) -> Paper:
    """Lena's paper without a case or a database; ``changes``: fields, with ``__`` for the dot."""
    typed = cells(steps=steps) | {name.replace("__", "."): text for name, text in changes.items()}
    found = read(typed, ABOUT)
    assert not found.problems
    return found


# With a case --------------------------------------------------------------------------------------------------------


def lena(**changes: Any) -> Case:
    """Lena's Roundtable after the meeting: Sozialdienst, RAV, IV and the therapist were there, Nora manages it."""
    person: dict[str, Any] = {"first_name": "Lena", "last_name": "Beispiel", "birth_date": dt.date(2000, 3, 14)}
    case = play.running(
        play.fixed(play.with_therapist(play.started(**(person | changes)), email="tina@praxis.example"))
    )
    seats = Participant.objects.filter(case=case)
    by_key = {row.pk: row for row in seats}
    for meeting in case.meetings.all():
        for invitee in meeting.invitees.exclude(ref=None):
            is_client = by_key[invitee.ref or 0].kind == "client"
            Attendance.objects.update_or_create(invitee=invitee, defaults={"first": not is_client, "second": True})
    manage(case)
    return Case.objects.get(pk=case.pk)


def manage(case: Case) -> CaseManagement:
    """Nora takes the case management."""
    nora = play.nora_of(case)
    row = play.row_of(case, nora)
    since = clock.today()
    return CaseManagement.objects.create(case=case, participant=row, user=nora.user, since=since)


def seats_of(case: Case) -> Seats:
    """The keys of those who are responsible in a case that knows a Sozialdienst, a RAV, the IV and the client."""
    offices = {"social": play.nora_of(case), "rav": play.jan_of(case), "iv": play.iris_of(case)}
    rows = {name: play.row_of(case, who).pk for name, who in offices.items()}
    return Seats(client=play.row_of(case, "client").pk, **rows)


def cells_of(case: Case, steps: int = 10) -> dict[str, str]:
    """The paper as it would be typed in this case."""
    offices = {"social": play.nora_of(case), "rav": play.jan_of(case), "iv": play.iris_of(case)}
    payers = {name: who.institution.pk for name, who in offices.items()}
    return cells(seats_of(case), steps, payers)


def paper_of(case: Case, steps: int = 10, **changes: str) -> Paper:
    """The paper of this case as it is read; ``changes``: fields, with ``__`` for the dot."""
    typed = cells_of(case, steps) | {name.replace("__", "."): text for name, text in changes.items()}
    found = read(typed, minutes.about(case, play.koordination()))
    assert not found.problems
    return found


def version(
    case: Case, written: Paper | None = None, state: str = PlanState.FINAL, accepted: bool = True, **changes: Any
) -> Handlungsplan:
    """The next version of the plan with its steps; one that is in force replaces the one before."""
    written = written or paper_of(case)
    content, office, now = written.content(), play.koordination(), timezone.now()
    last = case.plans.order_by("number").last()
    is_final = state in (PlanState.FINAL, PlanState.REPLACED)
    if state == PlanState.FINAL:
        case.plans.filter(state=PlanState.FINAL).update(state=PlanState.REPLACED, ended_at=now)
    data: dict[str, Any] = {
        "number": last.number + 1 if last else 1,
        "state": state,
        "content": content,
        "digest": digest(content),
        "due_on": clock.today() + 3 * play.DAY if not is_final else None,
        "created_by": office.user,
        "final_at": now if is_final else None,
        "final_by": office.user if is_final else None,
    }
    plan = Handlungsplan.objects.create(case=case, **(data | changes))
    rows: dict[int, Step] = {}
    for place, step in enumerate(written.steps, start=1):
        rows[step.key] = _row(plan, place, step, accepted=accepted)
        rows[step.key].save()
    for step in written.steps:
        if step.after in rows:
            Step.objects.filter(pk=rows[step.key].pk).update(after=rows[step.after])
    return plan


def _row(plan: Handlungsplan, place: int, step: Any, *, accepted: bool) -> Step:
    owner = Participant.objects.select_related("participation").get(pk=step.owner)
    row = Step(
        plan=plan,
        key=step.key,
        position=place,
        what=step.what,
        owner=owner,
        payer_id=step.payer,
        payer_text="" if step.payer else step.payer_label,
        starts_on=step.start,
        due_on=step.due,
        health=step.health,
        digest=step.digest,
    )
    if accepted and owner.participation is not None:
        by = play.worker(owner.participation.institution).user
        row.answer, row.entitled, row.answered_at, row.answered_by = Answer.ACCEPTED, True, timezone.now(), by
    return row


def changed(written: Paper, key: int, **changes: Any) -> Paper:
    """The paper with one step changed."""
    steps = [replace(step, **changes) if step.key == key else step for step in written.steps]
    return replace(written, steps=steps)
