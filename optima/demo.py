"""Optima cases of the demo canton: the first ones played through the real workflow, the others loaded in bulk."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from iiz.core import bulk, clock, persons, synthetic
from iiz.core.actor import Actor
from iiz.core.demo import DemoCanton
from iiz.core.enums import Origin
from iiz.core.models import Case, Institution

from . import actions, demo_bulk, demo_fit, demo_kg
from .demo_scenes import AGO, AHEAD, GAPS, PATHS, REST, SCENES, Scene
from .demo_steps import Part
from .demo_texts import PRIOR, QUESTIONS, story_for
from .queries import contact_of, proposed_contractor


def play(canton: DemoCanton, count: int) -> None:
    """Take ``count`` invented cases through the workflow, the prepared scenes first."""
    scenes = list(SCENES[:count])
    scenes += [
        Scene(canton.rng.choice(REST), exchange=canton.rng.choice(QUESTIONS)) for _ in range(count - len(scenes))
    ]
    demo_kg.price_lists()
    begun = sorted((_days(canton, scene), place) for place, scene in enumerate(scenes))
    clients: dict[int, dict[str, Any]] = {}
    fit = demo_fit.Fit()
    for days, place in begun:
        _play(canton, scenes[place], days, clients, fit)
    canton.say(f"{count} Optima cases played through the workflow")


def load(canton: DemoCanton, count: int) -> None:
    """Load ``count`` more in bulk."""
    done = 0

    def progress(number: int) -> None:
        nonlocal done
        done += number
        canton.say(f"{done} of {count} Optima cases loaded in bulk")

    if count:
        bulk.load(demo_bulk.loads(canton, count), progress=progress)


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
        **dict.fromkeys(scene.also, True),
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
