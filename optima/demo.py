"""Optima cases of the demo canton: the first ones played through the real workflow, the others loaded in bulk."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone

from iiz.core import bulk, clock, persons, reminders, synthetic
from iiz.core.actor import Actor
from iiz.core.demo import PLAYED, DemoCanton
from iiz.core.enums import Origin
from iiz.core.models import Case, Institution, OutboxMail

from . import actions, demo_bulk, demo_fit
from .demo_steps import Part
from .demo_texts import PRIOR, PUT_OFF, QUESTIONS, story_for
from .enums import Outcome
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
HANDED = ("submit", "accept", "plan_handover", "reply")
STARTED = (*HANDED, "hold_handover", "agree_note")
RELEASED = (*HANDED, "make_vereinbarung", "hold_handover", "sign_vereinbarung", "agree_note")
PATHS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "submitted": ("submit",),
    "assigned": ("submit", "assign"),
    "queried": ("submit", "ask"),
    "answered": ("submit", "ask", "answer"),
    "accepted": ("submit", "accept"),
    "ruled": ("submit", "settle"),
    "declined_way": ("submit", "settle_no"),
    "withdrawn": ("submit", "withdraw"),
    "client_declined": ("submit", "client_declines"),
    "consent_withdrawn": ("submit", "accept", "client_withdraws"),
    "not_established": ("submit", "accept", "client_withdraws", "end_unestablished"),
    **{f"refused_{code}": ("submit", "refuse") for code in REASONS},
    "invited": ("submit", "accept", "plan_handover"),
    "handover_soon": HANDED,
    "handover_unnoted": HANDED,
    "handover_held": (*HANDED, "hold_handover"),
    "handover_unticked": (*HANDED, "hold_without_client"),
    "handover_refused": (*HANDED, "hold_with_a_no"),
    "to_sign": (*HANDED, "make_vereinbarung"),
    "agreed": STARTED,
    "running": (*HANDED, "hold_handover", "agree_note", "begin"),
    "running_soon": STARTED,
    "running_overdue": STARTED,
    "running_declined": (*STARTED, "decline"),
    "running_wanted": (*STARTED, "log_call", "request_meeting"),
    "running_answered": (*STARTED, "request_meeting", "decline_meeting"),
    "running_extra": (*STARTED, "request_meeting", "plan_extra"),
    "running_called": (*STARTED, "log_call"),
    "iv_rests": (*STARTED, "record_iv_rest", "go_on"),
    "hinted": (*STARTED, "wish_measure", "answer_measure", "send_hint"),
    "wished": (*STARTED, "send_hint", "answer_hint", "wish_measure"),
    "registered": (*STARTED, "record_registration", "log_call"),
    "released": RELEASED,
    "restored": (*RELEASED, "go_on", "report_work_offer"),
    "running_unplanned": (*STARTED, "cancel_meeting"),
    "running_ending": STARTED,
    "extended": (*STARTED, "go_on", "extend"),
    "stopped": (*STARTED, "client_withdraws"),
    **{f"closed_{outcome}": (*STARTED, "go_on", "close", "resume") for outcome in Outcome},
    "closed_exceptionally": (*STARTED, "log_call", "client_withdraws", "close_exceptionally"),
    "closed_corrected": (*STARTED, "close", "resume", "correct"),
    "closed_lately": (*STARTED, "go_on", "close"),
    "closed_released": (*RELEASED, "go_on", "close"),
}
"""How far a played case goes: the steps after the draft is begun (``demo_steps``)."""

AGO = {
    "draft": (0, 4),
    "submitted": (1, 7),
    "assigned": (1, 7),
    "ruled": (4, 7),
    "declined_way": (4, 7),
    "queried": (1, 5),
    "answered": (1, 6),
    "accepted": (2, 8),
    "consent_withdrawn": (4, 8),
    "invited": (1, 2),
    "handover_soon": (3, 6),
    "handover_unnoted": (8, 12),
    "handover_held": (1, 3),
    "handover_unticked": (1, 3),
    "to_sign": (1, 4),
    "released": (20, 40),
    "restored": (4, 8),
    "closed_released": (4, 8),
    "registered": (5, 15),
    "iv_rests": (10, 30),
    "hinted": (4, 7),
    "wished": (4, 7),
    "agreed": (2, 5),
    "running": (20, 50),
    "running_soon": (40, 70),
    "running_overdue": (60, 80),
    "running_declined": (1, 3),
    "running_wanted": (1, 3),
    "running_answered": (4, 9),
    "running_extra": (1, 2),
    "running_called": (3, 8),
    "running_unplanned": (1, 3),
    "running_ending": (65, 75),
    "extended": (10, 30),
    "stopped": (4, 7),
    "closed_lately": (2, 6),
}
"""How many days before the last one such a case came to where it stands; the others at any time."""

AHEAD = {
    "invited": 9,
    "handover_soon": 5,
    "handover_unnoted": -4,
    "to_sign": 6,
    "running_soon": 4,
    "running_overdue": -6,
    "running_declined": 8,
    "running_extra": 31,
    "running_ending": 48,
}
"""How many days from the last one the meeting lies that is still planned; otherwise three to ten weeks."""

GAPS = {
    "submit": (0, 2),
    "ask": (1, 4),
    "answer": (1, 3),
    "assign": (0, 2),
    "end_unestablished": (1, 5),
    "plan_handover": (1, 6),
    "reply": (0, 2),
    "hold_handover": (5, 14),
    "hold_without_client": (5, 14),
    "hold_with_a_no": (5, 14),
    "agree_note": (0, 3),
    "log_call": (10, 25),
    "request_meeting": (10, 30),
    "go_on": (60, 95),
    "extend": (60, 95),
    "close": (50, 95),
    "correct": (10, 30),
    "make_vereinbarung": (0, 2),
    "sign_vereinbarung": (0, 0),
    "report_work_offer": (5, 20),
}
"""Days from one step to the next; any other step takes three to twelve."""


@dataclass(frozen=True)
class Scene:
    """One case to play: its path, who files it, and to whom (``None``: anybody the rules allow).

    ``away``: filed by the colleague of ``principal`` who is absent. ``again``: for a client whom the same office has
    filed a case for before, if there is one. ``put_off``: why the principal puts the open Pendenz off. ``row``: the row
    of the table for which the client is meant, if not any of the direction.
    """

    path: str
    principal: str | None = None
    group: str | None = None
    login: str | None = None
    away: bool = False
    again: bool = False
    put_off: str = ""
    row: str = ""
    exchange: tuple[str, str] = QUESTIONS[0]


SCENES = (
    # Something to do for everybody who logs in.
    Scene("draft", "sozialdienst", "IV"),
    Scene("queried", "sozialdienst", "IV"),
    Scene("submitted", "sozialdienst", "IV"),
    Scene("assigned", "sozialdienst", "IV", login="iv"),
    Scene("consent_withdrawn", "sozialdienst", "IV", login="iv"),
    Scene("draft", "rav", "SH"),
    Scene("submitted", "iv", "RAV", login="rav-zeichnung"),
    Scene("assigned", "sobz", "RAV", login="rav"),
    Scene("draft", "sobz", "IV"),
    Scene("submitted", "rav", "SH", login="sobz"),
    Scene("submitted", "iv", "SH", login="sozialdienst-zeichnung"),
    Scene("submitted", "sozialdienst", "IV", login="iv", row="D2"),
    Scene("ruled", "sobz", "IV", login="iv", row="D2"),
    Scene("declined_way", "sozialdienst", "IV", login="iv", row="unassigned"),
    Scene("draft", "fremd", "IV"),
    Scene("accepted", "sozialdienst", "RAV", login="rav"),
    Scene("accepted", "sozialdienst", "IV", login="iv", away=True),
    # The hand-over, from the invitation to the start.
    Scene("invited", "sobz", "IV", login="iv"),
    Scene("handover_soon", "sozialdienst", "IV", login="iv"),
    Scene("handover_unnoted", "sozialdienst", "RAV", login="rav"),
    Scene("handover_held", "sozialdienst", "IV", login="iv"),
    Scene("handover_unticked", "iv", "SH", login="sobz"),
    Scene("agreed", "sozialdienst", "IV", login="iv"),
    # Case work.
    Scene("released", "rav", "SH", login="sobz"),
    Scene("running_soon", "sozialdienst", "IV", login="iv"),
    Scene("running_overdue", "sozialdienst", "RAV", login="rav"),
    Scene("to_sign", "rav", "SH", login="sobz"),
    Scene("restored", "rav", "SH", login="sobz"),
    Scene("closed_released", "rav", "SH", login="sobz"),
    Scene("registered", "sozialdienst", "RAV", login="rav", row="H"),
    Scene("wished", "sozialdienst", "RAV", login="rav", row="I1"),
    Scene("running_declined", "sozialdienst", "IV", login="iv"),
    Scene("running_wanted", "sozialdienst", "RAV", login="rav"),
    Scene("running_answered", "fremd", "IV", login="iv"),
    Scene("running_extra", "sozialdienst", "SH", login="sobz"),
    Scene("running_called", "iv", "SH", login="sobz"),
    Scene("iv_rests", "iv", "SH", login="sobz"),
    Scene("hinted", "sozialdienst", "IV", login="iv"),
    Scene("running_unplanned", "rav", "SH", login="sobz"),
    Scene("running_ending", "sozialdienst", "IV", login="iv"),
    Scene("extended", "sozialdienst", "IV", login="iv"),
    Scene("stopped", "fremd", "IV", login="iv"),
    # Every end, at least once.
    Scene("answered", "sozialdienst", "IV"),
    *(Scene(f"refused_{code}", "sozialdienst" if code == "sonstige" else None, "IV") for code in REASONS),
    Scene("withdrawn", "sozialdienst", "IV"),
    Scene("client_declined", "rav", "SH"),
    Scene("not_established", "sozialdienst", "IV"),
    Scene("handover_refused", "sozialdienst", "IV", login="iv"),
    Scene("closed_erfolgreich", "sozialdienst", "IV", login="iv"),
    Scene("closed_teilweise", "sozialdienst", "RAV", login="rav"),
    Scene("closed_nicht_umgesetzt", "sobz", "IV", login="iv"),
    Scene("closed_sonstige", "rav", "SH", login="sobz"),
    Scene("closed_exceptionally", "sozialdienst", "IV", login="iv"),
    Scene("closed_corrected", "fremd", "IV", login="iv"),
    Scene("closed_lately", "rav", "SH", login="sobz", put_off=PUT_OFF),
    Scene("running", "sozialdienst", "IV", login="iv", again=True),
)
REST = (
    "closed_erfolgreich",
    "closed_erfolgreich",
    "closed_teilweise",
    "closed_nicht_umgesetzt",
    "running",
    "withdrawn",
    "client_declined",
    "handover_refused",
    *(f"refused_{code}" for code in ("keine_kapazitaet", "sonstige", "zielsetzung_nicht_realisierbar")),
)
"""What becomes of the further cases, by weight."""


def play(canton: DemoCanton) -> None:
    """Invent the Optima cases of the canton: up to ``PLAYED`` through the workflow, the others in bulk."""
    count = min(canton.cases, PLAYED)
    scenes = list(SCENES[:count])
    scenes += [
        Scene(canton.rng.choice(REST), exchange=canton.rng.choice(QUESTIONS)) for _ in range(count - len(scenes))
    ]
    begun = sorted((_days(canton, scene), place) for place, scene in enumerate(scenes))
    clients: dict[int, dict[str, Any]] = {}
    fit = demo_fit.Fit()
    for days, place in begun:
        _play(canton, scenes[place], days, clients, fit)
    _settle(canton)
    canton.say(f"{count} Optima cases played through the workflow")


def _settle(canton: DemoCanton) -> None:
    """Let what lies back count as said: reminders up to some days ago are sent, mails delivered."""
    day = canton.last_day - dt.timedelta(days=MAIL_DAYS)
    moment = dt.datetime.combine(day, dt.time(18), timezone.get_current_timezone())
    reminders.sweep(moment)
    OutboxMail.objects.filter(sent_at=None, due_at__lt=moment).update(sent_at=F("due_at"), attempts=1)


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


def _days(canton: DemoCanton, scene: Scene) -> list[dt.date]:
    """The days on which a scene begins and takes its steps, counted back from where it stands on the last day."""
    rng, span = canton.rng, (canton.last_day - canton.first_day).days
    gaps = [rng.randint(*GAPS.get(step, (3, 12))) for step in PATHS[scene.path]]
    low, high = AGO.get(scene.path, (8, max(8, span - sum(gaps))))
    day = canton.last_day - dt.timedelta(days=rng.randint(low, high))
    days = [day]
    for gap in reversed(gaps):
        day -= dt.timedelta(days=gap)
        days.append(day)
    return [canton.workday(max(canton.first_day, day)) for day in reversed(days)]


def _play(
    canton: DemoCanton, scene: Scene, days: list[dt.date], clients: dict[int, dict[str, Any]], fit: demo_fit.Fit
) -> None:
    """Play one case; ``clients`` keeps for each office a client whose case has ended, or is far along."""
    rng = canton.rng
    principal = _principal(canton, scene)
    home = canton.home(principal.institution)
    contractor = _contractor(canton, scene, principal, home, days[0])
    if contractor.statistics_group == "SH" != principal.institution.statistics_group:
        home = canton.home(contractor)  # a social service leads for its own municipalities
    with clock.at(canton.moment(days[0])):
        case = actions.begin(principal, uuid.UUID(int=rng.getrandbits(128), version=4))
        Case.objects.filter(pk=case.pk).update(origin=Origin.DEMO)
        answers = _answers(canton, scene, principal, contractor, home, fit)
        if scene.again:
            answers |= clients.get(principal.institution.pk, {})
        elif scene.path.startswith(("refused", "withdrawn", "closed")):
            clients[principal.institution.pk] = {name: answers[name] for name in persons.FIELDS}
        if scene.path == "draft":
            _leave_draft(case, answers)
        adviser = canton.logins[scene.login] if scene.login else canton.staff[contractor.pk].caseworkers[0]
        ahead = AHEAD.get(scene.path, rng.randint(21, 70))
        part = Part(canton, case, principal, adviser, answers, scene.path, scene.exchange, ahead)
        part.play(PATHS[scene.path], days[1:])
        if scene.put_off:
            part.put_off(scene.put_off)


def _principal(canton: DemoCanton, scene: Scene) -> Actor:
    if scene.principal is not None:
        asking = canton.logins[scene.principal]
        return canton.away[asking.institution.pk] if scene.away else asking
    group = canton.rng.choices(("SH", "RAV", "IV"), (70, 25, 5))[0]
    return canton.rng.choice(canton.staff[canton.rng.choice(canton.offices[group]).pk].caseworkers)


def _contractor(canton: DemoCanton, scene: Scene, principal: Actor, home: Any, day: dt.date) -> Institution:
    """The office of the login that shall receive the case, else the one that the routing proposes."""
    if scene.login is not None:
        return canton.logins[scene.login].institution
    ways = [to for own, to in demo_fit.ROWS if own == principal.institution.statistics_group != to]
    group = scene.group if scene.group in ways else canton.rng.choice(ways)
    proposed, _mode = proposed_contractor(group, home, day)
    asked = [office for office in canton.offices[group] if office != principal.institution]
    if proposed in asked and demo_fit.leads(proposed, day):
        return proposed
    return canton.rng.choice([office for office in asked if demo_fit.leads(office, day)])


def _answers(
    canton: DemoCanton, scene: Scene, principal: Actor, contractor: Institution, home: Any, fit: demo_fit.Fit
) -> dict[str, Any]:
    """What the form of the Antrag would hand over."""
    rng, day = canton.rng, clock.today()
    story = story_for(rng, contractor.statistics_group)
    group = principal.institution.statistics_group
    row = scene.row or demo_fit.row_between(rng, group, contractor.statistics_group)
    return {
        **fit.answers(rng, row, contractor, day),
        **synthetic.client(rng, canton.next_serial(), day),
        "rav_number": str(rng.randint(10_000_000, 99_999_999)) if group == "RAV" else "",
        "place": home.name.removesuffix(" (LU)"),
        "municipality": home,
        "email": "",
        "contractor": contractor,
        "contact_person": contact_of(contractor, day),
        "second_contact": f"{synthetic.last_name(rng)}, Stellvertretung, 041 000 00 00",
        "planned_months": 3 if scene.path == "running_ending" else rng.choice((6, 6, 9, 12)),
        "situation": story.situation,
        "prior_contact": rng.choice(PRIOR),
        "goals": [{"text": story.goal, "expected_result": story.result}],
    }


def _leave_draft(case: Case, answers: dict[str, Any]) -> None:
    """Leave some answers in the draft as somebody would have typed them."""
    typed = {name: answers[name] for name in ("first_name", "last_name", "place", "situation", "goals")}
    typed["birth_date"] = f"{answers['birth_date']:%d.%m.%Y}"
    Case.objects.filter(pk=case.pk).update(draft=typed)
