"""Roundtables of the demo canton: the first ones played through the real workflow, the others loaded in bulk."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from iiz.core import bulk, clock, consents, synthetic
from iiz.core.actor import Actor
from iiz.core.consents import Line
from iiz.core.demo import DemoCanton
from iiz.core.enums import DataCategory, Origin
from iiz.core.models import Case, Institution, Person

from . import actions, demo_bulk, demo_journey, demo_road
from . import demo_texts as texts
from .demo_plan import PlanPart
from .demo_scenes import AGO, GAPS, LATELY, PATHS, SCENES, Scene
from .demo_steps import DAY
from .demo_texts import STORIES, Story
from .effects.registration import NEEDS_HEALTH
from .enums import CriterionCheck
from .queries import criteria_set

__all__ = ["SCENES", "load", "play"]

USUAL = frozenset(DataCategory.values) - {DataCategory.HEALTH.value}
HOLDS = 365 * DAY
"""How long a Vollmacht of the demo holds."""


def play(canton: DemoCanton, count: int) -> None:
    """Take ``count`` invented Roundtables through the workflow, the prepared scenes first; and one loose Vollmacht."""
    scenes = [SCENES[place % len(SCENES)] for place in range(count)]
    begun = sorted((_days(canton, scene), place) for place, scene in enumerate(scenes))
    for days, place in begun:
        _play(canton, scenes[place], days, STORIES[place % len(STORIES)])
    if count:
        _without_case(canton)
    canton.say(f"{count} Roundtables played through the workflow")


def load(canton: DemoCanton, count: int) -> None:
    """Load ``count`` more in bulk."""
    done = 0

    def progress(number: int) -> None:
        nonlocal done
        done += number
        canton.say(f"{done} of {count} Roundtables loaded in bulk")

    if count:
        bulk.load(demo_bulk.loads(canton, count), progress=progress)


def _days(canton: DemoCanton, scene: Scene) -> list[dt.date]:
    """The days on which a scene begins and takes its steps, counted back from where it stands on the last day."""
    rng = canton.rng
    gaps = [rng.randint(*GAPS.get(step, (2, 5))) for step in PATHS[scene.path]]
    day = canton.last_day - rng.randint(*AGO.get(scene.path, LATELY)) * DAY
    days = [day]
    for gap in reversed(gaps):
        day -= gap * DAY
        days.append(day)
    return [canton.workday(max(canton.first_day, day)) for day in reversed(days)]


def _play(canton: DemoCanton, scene: Scene, days: list[dt.date], story: Story) -> None:
    registrant, kind = canton.logins[scene.registrant], PlanPart
    if scene.path == "journey":
        kind, story = demo_road.Road, demo_journey.STORY
    with clock.at(canton.moment(days[0])):
        case = actions.begin(registrant, uuid.UUID(int=canton.rng.getrandbits(128), version=4))
        Case.objects.filter(pk=case.pk).update(origin=Origin.DEMO)
        answers = _answers(canton, scene, registrant, story)
        if scene.path == "journey":
            answers |= demo_road.answers(clock.today())
            answers["lines"][-1] = Line(name=texts.THERAPIST[0], categories=frozenset(DataCategory.values))
        if scene.path == "draft":
            _leave_draft(case, answers)
        part = kind(canton, case, scene, registrant, answers, story)
        part.play(PATHS[scene.path], days[1:])


def _answers(canton: DemoCanton, scene: Scene, registrant: Actor, story: Story) -> dict[str, Any]:
    """What the form of the registration would hand over."""
    rng, today = canton.rng, clock.today()
    first = canton.logins[scene.offices[0]] if registrant.is_coordination else registrant
    home = canton.home(first.institution)
    named = [] if registrant.is_coordination else [registrant.institution]
    named += [canton.logins[name].institution for name in scene.offices]
    chosen = criteria_set(today)
    asked = [row for row in chosen.criteria.all() if row.check_by == CriterionCheck.ASKED] if chosen else []
    signed = max(canton.first_day, today - rng.randint(3, 12) * DAY)
    until = canton.last_day + scene.ends_in * DAY if scene.ends_in is not None else signed + HOLDS
    return {
        **synthetic.client(rng, canton.next_serial(), today),
        "place": home.name.removesuffix(" (LU)"),
        "municipality": home,
        "email": "",
        "registered_office": registrant.institution,
        "registered_text": "",
        "registered_contact": "",
        "reason": story.reason,
        "wanted": story.wanted,
        "prior_talk": "",
        "criteria_set": chosen,
        "answers": dict.fromkeys(asked, scene.path != "criteria"),
        "signed_on": signed,
        "valid_until": until,
        "lines": [*(_line(office) for office in named), Line(name=texts.THERAPIST[0], categories=USUAL)],
        "scan": None,
        "self_run": scene.self_run,
    }


def _line(office: Institution) -> Line:
    """An office for the usual kinds of data, health where it needs that for its part."""
    more = {DataCategory.HEALTH.value} if office.kind in NEEDS_HEALTH else set()
    return Line(office, categories=frozenset(USUAL | more))


def _leave_draft(case: Case, answers: dict[str, Any]) -> None:
    """Leave some answers in the draft as somebody would have typed them."""
    typed = {name: answers[name] for name in ("first_name", "last_name", "place", "reason")}
    typed["birth_date"] = f"{answers['birth_date']:%d.%m.%Y}"
    Case.objects.filter(pk=case.pk).update(draft=case.draft | typed)


def _without_case(canton: DemoCanton) -> None:
    """A Vollmacht that somebody signed before it is clear whether there will be a case (CAN-BL)."""
    nora, rav = canton.logins["sozialdienst"], canton.logins["rav"].institution
    day = canton.workday(max(canton.first_day, canton.last_day - 6 * DAY))
    with clock.at(canton.moment(day)):
        fields = synthetic.client(canton.rng, canton.next_serial(), day)
        person = Person.objects.create(**fields, place="Luzern")
        lines = [_line(nora.institution), _line(rav)]
        consents.record(nora, person, signed_on=day, valid_until=day + HOLDS, lines=lines)
