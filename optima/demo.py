"""Optima cases of the demo canton: the first ones played through the real workflow, the others loaded in bulk."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from iiz.core import audit, bulk, clock, persons, synthetic, workflow
from iiz.core.actor import Actor
from iiz.core.demo import PLAYED, DemoCanton
from iiz.core.enums import IvProcedure, Origin
from iiz.core.models import Case, Institution, OutboxMail

from . import actions, demo_bulk
from .demo_texts import NOTES, PRIOR, QUESTIONS, REFUSAL_TEXTS, STORIES
from .models import RefusalReason
from .queries import contact_of, proposed_contractor

MAIL_DAYS = 3
"""Older mails of the demo count as delivered, so that nobody is flooded with the past."""

REASONS = (
    "iv_ablehnung_unter_1_jahr",
    "kein_intaktes_arbeitsangebot",
    "keine_kapazitaet",
    "zielsetzung_nicht_realisierbar",
    "sonstige",
)
PATHS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "submitted": ("submit",),
    "assigned": ("submit", "assign"),
    "queried": ("submit", "ask"),
    "answered": ("submit", "ask", "answer"),
    "accepted": ("submit", "accept"),
    "accepted_after_query": ("submit", "ask", "answer", "accept"),
    "withdrawn": ("submit", "withdraw"),
    "client_declined": ("submit", "client_declines"),
    "consent_withdrawn": ("submit", "accept", "client_withdraws"),
    "not_established": ("submit", "accept", "client_withdraws", "end_unestablished"),
    **{f"refused_{code}": ("submit", "refuse") for code in REASONS},
}
"""How far a played case goes: the transitions after the draft is begun."""

FRESH = {"draft": 4, "submitted": 9, "assigned": 9, "queried": 6, "answered": 10, "consent_withdrawn": 40}
"""Cases that still wait for somebody began at most so many days ago."""

GAPS = {"submit": (0, 2), "ask": (1, 4), "answer": (1, 3), "assign": (0, 2), "end_unestablished": (1, 5)}
"""Days from one step to the next; any other step takes three to twelve."""


@dataclass(frozen=True)
class Scene:
    """One case to play: its path, who files it, and to whom (``None``: anybody the rules allow).

    ``again``: for a client whom the same office has filed a case for before, if there is one.
    """

    path: str
    principal: str | None = None
    group: str | None = None
    login: str | None = None
    again: bool = False
    exchange: tuple[str, str] = QUESTIONS[0]


SCENES = (
    # Something to do for everybody who logs in.
    Scene("draft", "sozialdienst", "IV"),
    Scene("queried", "sozialdienst", "IV"),
    Scene("submitted", "sozialdienst", "IV"),
    Scene("assigned", "sozialdienst", "IV", login="iv"),
    Scene("consent_withdrawn", "sozialdienst", "IV", login="iv"),
    Scene("draft", "rav", "SH"),
    Scene("queried", "rav", "IV"),
    Scene("submitted", "iv", "RAV", login="rav-zeichnung"),
    Scene("assigned", "sobz", "RAV", login="rav"),
    Scene("draft", "sobz", "IV"),
    Scene("submitted", "rav", "SH", login="sobz"),
    Scene("submitted", "iv", "SH", login="sozialdienst-zeichnung"),
    Scene("draft", "iv", "RAV"),
    Scene("draft", "fremd", "IV"),
    Scene("queried", "fremd", "IV"),
    Scene("submitted", "fremd", "RAV"),
    # Every end, at least once.
    Scene("answered", "sozialdienst", "IV"),
    Scene("accepted", "sozialdienst", "IV", login="iv"),
    *(Scene(f"refused_{code}", "sozialdienst" if code == "sonstige" else None, "IV") for code in REASONS),
    Scene("withdrawn", "sozialdienst", "IV"),
    Scene("client_declined", "rav", "SH"),
    Scene("not_established", "sozialdienst", "IV"),
    Scene("accepted_after_query", "rav", "IV", login="iv"),
    Scene("accepted", "sozialdienst", "SH", login="sobz"),
    Scene("accepted", "fremd", "IV"),
    Scene("accepted", "sozialdienst", "RAV", again=True),
    Scene("withdrawn", "sozialdienst", "IV", again=True),
)
REST = (
    ("accepted",) * 6
    + ("accepted_after_query", "withdrawn", "client_declined", "not_established")
    + tuple(f"refused_{code}" for code in ("keine_kapazitaet", "sonstige", "zielsetzung_nicht_realisierbar"))
)
"""What becomes of the further cases, by weight."""


def play(canton: DemoCanton) -> None:
    """Invent the Optima cases of the canton: up to ``PLAYED`` through the workflow, the others in bulk."""
    count = min(canton.cases, PLAYED)
    scenes = list(SCENES[:count])
    scenes += [
        Scene(canton.rng.choice(REST), exchange=canton.rng.choice(QUESTIONS)) for _ in range(count - len(scenes))
    ]
    begun = sorted(((_begin(canton, scene), place) for place, scene in enumerate(scenes)))
    clients: dict[int, dict[str, Any]] = {}
    for day, place in begun:
        _play(canton, scenes[place], day, clients)
    OutboxMail.objects.filter(
        sent_at=None, due_at__lt=canton.moment(canton.last_day - dt.timedelta(days=MAIL_DAYS))
    ).update(sent_at=F("due_at"), attempts=1)
    canton.say(f"{count} Optima cases played through the workflow")


def load(canton: DemoCanton) -> None:
    """Load the cases beyond those that were played."""
    beyond = canton.cases - PLAYED
    if beyond <= 0:
        return
    done = 0

    def progress(number: int) -> None:
        nonlocal done
        done += number
        canton.say(f"{done} of {beyond} Optima cases loaded in bulk")

    bulk.load(demo_bulk.loads(canton, beyond), progress=progress)


def _begin(canton: DemoCanton, scene: Scene) -> dt.date:
    """The day on which a scene begins: early enough for its steps, late enough if somebody still waits."""
    span = (canton.last_day - canton.first_day).days
    longest = sum(GAPS.get(step, (3, 12))[1] for step in PATHS[scene.path])
    back = FRESH.get(scene.path)
    if back is None:
        back = canton.rng.randint(min(span, longest + 5), max(span, longest + 5))
    else:
        back = canton.rng.randint(min(back, longest), back)
    return canton.workday(max(canton.first_day, canton.last_day - dt.timedelta(days=back)))


def _play(canton: DemoCanton, scene: Scene, day: dt.date, clients: dict[int, dict[str, Any]]) -> None:
    """Play one case; ``clients`` keeps for each office a client whose case has ended, or is far along."""
    rng = canton.rng
    principal = _principal(canton, scene)
    home = canton.home(principal.institution)
    contractor = _contractor(canton, scene, principal, home, day)
    moment = canton.moment(day)
    with clock.at(moment):
        case = actions.begin(principal, uuid.UUID(int=rng.getrandbits(128), version=4))
        Case.objects.filter(pk=case.pk).update(origin=Origin.DEMO)
    answers = _answers(canton, principal, contractor, home, moment)
    if scene.again:
        answers |= clients.get(principal.institution.pk, {})
    elif scene.path.startswith(("refused", "withdrawn")):
        clients[principal.institution.pk] = {name: answers[name] for name in persons.FIELDS}
    if scene.path == "draft":
        _leave_draft(case, answers)
    for step in PATHS[scene.path]:
        low, high = GAPS.get(step, (3, 12))
        next_day = min(canton.last_day, clock_day(moment) + dt.timedelta(days=rng.randint(low, high)))
        moment = max(moment + dt.timedelta(hours=1), canton.moment(canton.workday(next_day)))
        with clock.at(moment):
            case = _step(canton, scene, step, case, principal, contractor, answers)


def clock_day(moment: dt.datetime) -> dt.date:
    """The local day of ``moment``."""
    with clock.at(moment):
        return clock.today()


def _step(
    canton: DemoCanton,
    scene: Scene,
    step: str,
    case: Case,
    principal: Actor,
    contractor: Institution,
    answers: dict[str, Any],
) -> Case:
    """Carry out one transition as the one whose turn it is, who opened the case before."""
    rng = canton.rng
    staff = canton.staff[contractor.pk]
    data: Mapping[str, Any] = {}
    actor = staff.contacts[0]
    if step == "submit":
        actor, data = principal, answers | {"agreed_on": clock.today()}
    elif step in ("withdraw", "client_declines", "client_withdraws", "end_unestablished"):
        actor = principal
    elif step == "ask":
        data = {"question": scene.exchange[0]}
    elif step == "answer":
        actor, data = principal, {"answer": scene.exchange[1]}
    elif step in ("assign", "accept"):
        adviser = canton.logins[scene.login] if scene.login else staff.caseworkers[0]
        data = {"adviser": adviser.user, "note": rng.choice(NOTES)}
    elif step == "refuse":
        code = scene.path.removeprefix("refused_")
        text = rng.choice(REFUSAL_TEXTS) if code == "sonstige" else ""
        data = {"refusal_reason": RefusalReason.objects.get(code=code), "refusal_text": text, "note": ""}
    if step != "submit":
        audit.log_read(actor, case, "Übersicht")
    return workflow.apply(case, step, actor, data)


def _principal(canton: DemoCanton, scene: Scene) -> Actor:
    if scene.principal is not None:
        return canton.logins[scene.principal]
    group = canton.rng.choices(("SH", "RAV", "IV"), (70, 25, 5))[0]
    return canton.rng.choice(canton.staff[canton.rng.choice(canton.offices[group]).pk].caseworkers)


def _contractor(canton: DemoCanton, scene: Scene, principal: Actor, home: Any, day: dt.date) -> Institution:
    """The office of the login that shall receive the case, else the one that the routing proposes."""
    if scene.login is not None:
        return canton.logins[scene.login].institution
    group = scene.group or canton.rng.choice(
        [group for group in ("IV", "RAV", "SH") if group != principal.institution.statistics_group]
    )
    if group == principal.institution.statistics_group and group != "SH":
        group = "SH"
    proposed, _mode = proposed_contractor(group, home, day)
    if proposed is not None and proposed != principal.institution and proposed in canton.offices[group]:
        return proposed
    return canton.rng.choice([office for office in canton.offices[group] if office != principal.institution])


def _answers(
    canton: DemoCanton, principal: Actor, contractor: Institution, home: Any, moment: dt.datetime
) -> dict[str, Any]:
    """What the form of the Antrag would hand over."""
    rng, day = canton.rng, clock_day(moment)
    story = rng.choice(STORIES)
    group = principal.institution.statistics_group
    return {
        **synthetic.client(rng, canton.next_serial(), day),
        "rav_number": str(rng.randint(10_000_000, 99_999_999)) if group == "RAV" else "",
        "place": home.name.removesuffix(" (LU)"),
        "municipality": home,
        "email": "",
        "contractor": contractor,
        "contact_person": contact_of(contractor, day),
        "second_contact": f"{synthetic.last_name(rng)}, Stellvertretung, 041 000 00 00",
        "planned_months": rng.choice((3, 6, 6, 9, 12)),
        "situation": story.situation,
        "prior_contact": rng.choice(PRIOR),
        "goals": [{"text": story.goal, "expected_result": story.result}],
        "facts": {
            "iv_procedure": IvProcedure.CLOSED if group == "IV" else IvProcedure.NONE,
            "iv_clarification_open": False,
            "rav_registered_on": day - dt.timedelta(days=rng.randint(30, 400)) if group == "RAV" else None,
        },
        "social_counselling": group == "SH",
        "wsh": group == "SH" and rng.random() < 0.8,
        "job_seeker": group == "RAV",
        "ale": group == "RAV" and rng.random() < 0.7,
        "iv_counselling": group == "IV",
    }


def _leave_draft(case: Case, answers: dict[str, Any]) -> None:
    """Leave some answers in the draft as somebody would have typed them."""
    typed = {name: answers[name] for name in ("first_name", "last_name", "place", "situation", "goals")}
    typed["birth_date"] = f"{answers['birth_date']:%d.%m.%Y}"
    Case.objects.filter(pk=case.pk).update(draft=typed)
