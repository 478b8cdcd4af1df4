"""The document of a Roundtable as PDF, warm, and against WeasyPrint alone on the same HTML (RT-18)."""

from __future__ import annotations

import os
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
django.setup()

from django.db import transaction  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.documents import LIMIT, pages, weasyprint  # noqa: E402
from benchmarks.timing import Result, medians, ratio  # noqa: E402
from iiz.core.context import CANTON  # noqa: E402
from iiz.core.enums import Phase, Service  # noqa: E402
from iiz.core.models import Case, User  # noqa: E402
from roundtable import plan_paper  # noqa: E402
from roundtable.models import Handlungsplan, LifeArea  # noqa: E402
from roundtable.paper import AreaNote, Decision, Goal, Income, Paper, Sick, Step, digest  # noqa: E402
from roundtable.reading import EVERYTHING  # noqa: E402

SECONDS = 2.0
ROUNDS = 9
PAGES = 5
SENTENCE = "Sie möchte wieder arbeiten und bringt viel Erfahrung mit, braucht aber Hilfe beim Einstieg. "


def main() -> None:
    """Both sides set the same document, of at least five pages."""
    with transaction.atomic():
        case = Case.objects.filter(service=Service.ROUNDTABLE).exclude(phase=Phase.DRAFT).order_by("pk")[0]
        plan, more = make(case, 1), 1
        while pages(plan_paper.render(plan, EVERYTHING)) < PAGES:
            plan.delete()
            more += 1
            plan = make(case, more)
        made = plan_paper.document(plan, EVERYTHING)
        context = {"doc": made, "office": made.office, "title": made.title, "canton_name": CANTON}
        html = render_to_string("roundtable/pdf/plan.html", context | {"created_at": plan_paper.written_at(plan)})
        alone = weasyprint(html)
        length = pages(alone())
        mine, other = medians([lambda: plan_paper.render(fresh(plan), EVERYTHING), alone], ROUNDS, warm=1)
        transaction.set_rollback(True)
    Result(f"Handlungsplan of {length} pages as PDF, warm", round(mine / 1000, 2), SECONDS, "s").tell()
    ratio(f"Handlungsplan of {length} pages as PDF", LIMIT, mine, other, "WeasyPrint alone").tell()


def fresh(plan: Handlungsplan) -> Handlungsplan:
    """The version as a request finds it."""
    return Handlungsplan.objects.get(pk=plan.pk)


def make(case: Case, more: int) -> Handlungsplan:
    """A version in force, the longer the more."""
    today = timezone.localdate()
    days = [today + timedelta(days=30 * place) for place in range(1, 40)]
    areas = LifeArea.objects.valid_on(today).order_by("position")
    words = SENTENCE * more
    written = Paper(
        areas=[AreaNote(row.code, row.label, row.category, words, words, words, words, words) for row in areas],
        incomes=[Income(1, "ale", "Arbeitslosenentschädigung", None, today, days[5])],
        sick_leaves=[Sick(1, 50, today, days[3])],
        decisions=[Decision(1, 0, "IV-Stelle", "Anspruch auf eine IV-Rente", days[8])],
        goals=[Goal(key, SENTENCE, "Vertrag") for key in range(1, 4)],
        steps=[Step(key, SENTENCE, 1, "RAV", days[key], days[key - 1], after=key - 1 or None) for key in range(1, 13)],
    )
    content = written.content()
    number = (case.plans.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    now, user = timezone.now(), User.objects.order_by("pk")[0]
    case.plans.filter(state="final").update(state="replaced", ended_at=now)
    data = {"state": "final", "content": content, "digest": digest(content), "created_by": user, "final_at": now}
    return Handlungsplan.objects.create(case=case, number=number, **data)


if __name__ == "__main__":
    main()
