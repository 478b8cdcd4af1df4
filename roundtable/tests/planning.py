"""From the working paper to the Handlungsplan that is signed, by the real deeds: Lena's case of :mod:`papers`."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image, ImageDraw

from iiz.core import clock, workflow
from iiz.core.actor import Actor
from iiz.core.models import Case, GuestLink, ServiceOffer
from roundtable import queries, reviewing, signing
from roundtable.enums import Answer, ParticipantKind
from roundtable.models import Cell, Handlungsplan, Review, Signature
from roundtable.perspectives import Author
from roundtable.reviewing import Pledge

from . import papers
from . import playing as play

LENA = "lena@post.example"


def again(case: Case) -> Case:
    """The case as it is now."""
    return Case.objects.get(pk=case.pk)


def typed(case: Case | None = None, steps: int = 10, **changes: Any) -> Case:
    """What was typed at the meeting; ``changes``: fields, with ``__`` for the dot."""
    case = case or papers.lena()
    words = papers.cells_of(case, steps) | {name.replace("__", "."): text for name, text in changes.items()}
    write(case, words)
    return again(case)


def write(case: Case, words: dict[str, str]) -> None:
    """Write fields of the working paper as they are."""
    by = play.moderator_of(case).user
    for place, (name, text) in enumerate(words.items(), start=1):
        Cell.objects.update_or_create(
            case=case, name=name, defaults={"text": text, "revision": place, "written_by": by}
        )


def offers(case: Case) -> dict[int, ServiceOffer]:
    """Each office at the table offers one thing; by institution."""
    found = {}
    for row in queries.at_the_table(case):
        if row.participation is not None:
            office = row.participation.institution
            found[office.pk], _new = ServiceOffer.objects.get_or_create(
                institution=office, label="Beratung", defaults={"valid_from": clock.today() - play.DAY}
            )
    return found


def circulated(case: Case | None = None, days: int = 2) -> Case:
    """The draft is with everybody who may read it."""
    case = case or typed()
    offers(case)
    data = {"due_on": clock.today() + days * play.DAY}
    return again(workflow.apply(case, "circulate_plan", play.moderator_of(case), data))


def draft_of(case: Case) -> Handlungsplan:
    """The draft that is on its way."""
    found = queries.draft_plan(again(case))
    assert found is not None
    return found


def plan_of(case: Case) -> Handlungsplan:
    """The Handlungsplan in force."""
    found = queries.final_plan(again(case))
    assert found is not None
    return found


def review_of(case: Case, who: Actor | str) -> Review:
    """What somebody was asked to read."""
    return Review.objects.select_related(*reviewing.RELATED).get(
        plan=draft_of(case), participant=play.row_of(case, who)
    )


def answer(case: Case, who: Actor, *corrections: tuple[str, str, str], refuse: str = "") -> Review:
    """An office promises all its steps, or refuses them with this reason; with corrections it does not agree."""
    review = review_of(case, who)
    given = reviewing.catalogue(review)
    pledge = Pledge(Answer.REFUSED, note=refuse) if refuse else Pledge(Answer.ACCEPTED, given[0].pk, entitled=True)
    pledges = dict.fromkeys((step.key for step in reviewing.own_steps(review)), pledge)
    seen = reviewing.mark(review)
    return reviewing.answer(review, Author(actor=who), pledges=pledges, corrections=corrections, seen=seen)


def promised(case: Case | None = None) -> Case:
    """Every office has promised its steps."""
    case = case or circulated()
    for who in (play.nora_of(case), play.jan_of(case), play.iris_of(case)):
        answer(case, who)
    return again(case)


def finalised(case: Case | None = None, **data: Any) -> Case:
    """The Handlungsplan is in force and sent."""
    case = case or promised()
    return again(workflow.apply(case, "finalise_plan", play.moderator_of(case), data))


def with_mail(case: Case | None = None) -> Case:
    """The client has an e-mail address."""
    case = case or papers.lena()
    case.participants.filter(kind=ParticipantKind.CLIENT).update(email=LENA)
    return again(case)


def strokes(width: int = 1200, height: int = 450, *, empty: bool = False) -> str:
    """A signature as the page sends it."""
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    if not empty:
        ImageDraw.Draw(picture).line([(100, 300), (300, 100), (500, 320), (900, 150)], fill=(0, 0, 0, 255), width=6)
    found = io.BytesIO()
    picture.save(found, "PNG")
    return signing.PREFIX + base64.b64encode(found.getvalue()).decode()


def signed(case: Case | None = None, link: GuestLink | None = None) -> Signature:
    """The client has drawn the signature: at the table, or behind the link."""
    case = case or finalised()
    plan, author = plan_of(case), Author(link=link) if link else Author(actor=play.moderator_of(case))
    return signing.draw(plan, author, signing.drawing(strokes()), seen=plan.digest)
