"""Pendenzen: what waits for me, why, until when, and one button (principle 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import absences, access, confirmations, inbox, registry, worklist
from ..actor import Actor
from ..context import navigation
from ..enums import Phase, ReminderStep, Role
from ..http import Request
from ..models import Case, Membership, Reminder, Substitution, Task, User
from ..workflow import Waiting
from .fetch import acting
from .marks import reads

PAGE = 25
"""Rows on a page; nobody works off more at a time."""
GROUPED = 6
"""Up to so many rows are read at a glance and need no headings."""

MINE, STOOD_IN, ALL = "", "vertretung", "alle"
BECAUSE: dict[str, Any] = {
    Role.CONTACT: gettext_lazy("Bei Ihnen, weil Sie Ansprechperson sind."),
    Role.CASEWORKER: gettext_lazy("Bei Ihnen, weil Sie Fälle führen und dafür noch niemand bestimmt ist."),
    Role.SIGNATORY: gettext_lazy("Bei Ihnen, weil Sie zeichnungsberechtigt sind."),
    Role.COORDINATOR: gettext_lazy("Bei Ihnen, weil Sie koordinieren."),
}
"""Why what waits for a role waits for me."""
FOR_ROLE: dict[str, Any] = {
    Role.CONTACT: gettext_lazy("Wartet auf die Ansprechpersonen."),
    Role.CASEWORKER: gettext_lazy("Wartet auf alle, die Fälle führen."),
    Role.SIGNATORY: gettext_lazy("Wartet auf die Zeichnungsberechtigten."),
    Role.COORDINATOR: gettext_lazy("Wartet auf die IIZ-Koordination."),
}
"""For whom of the institution it waits."""
REMINDED: dict[str, Any] = {
    ReminderStep.BEFORE: gettext_lazy("Die nächste Erinnerung kommt am %(day)s."),
    ReminderStep.AFTER: gettext_lazy("Die nächste Erinnerung kommt am %(day)s."),
    ReminderStep.DEPUTY: gettext_lazy("Bleibt es liegen, erinnern wir am %(day)s die Stellvertretung."),
    ReminderStep.CONTACT: gettext_lazy("Bleibt es liegen, erinnern wir am %(day)s die Ansprechperson."),
    ReminderStep.COORDINATOR: gettext_lazy("Bleibt es liegen, erinnern wir am %(day)s die IIZ-Koordinationsstelle."),
}
"""What happens if nobody does anything."""


@dataclass(frozen=True)
class Desk:
    """Who reads the list, with what the words of its rows need to know.

    ``absences`` are those of the institution that are not over; ``roles`` those of each person who works there.
    """

    actor: Actor
    view: str
    absences: tuple[Substitution, ...]
    roles: dict[int, set[str]]

    @cached_property
    def away(self) -> dict[int, Substitution]:
        """Who is absent today, by the key of the person."""
        return {row.absent_id: row for row in self.absences if row.holds_on(timezone.localdate())}

    @property
    def own_absences(self) -> list[tuple[Substitution, str]]:
        """When the reader is away, now or later, with the words for it."""
        return [(row, absences.period(row)) for row in self.absences if row.absent_id == self.actor.user.pk]

    @property
    def stands_in_for(self) -> list[Substitution]:
        """For whom the reader stands in today."""
        return [row for row in self.away.values() if row.deputy_id == self.actor.user.pk]

    @property
    def works(self) -> bool:
        """Whether anything can wait for the reader at all."""
        return bool(self.actor.roles & worklist.AT_WORK)


@reads
def work(request: Request) -> HttpResponse:
    """What waits for me, with ``?wer=`` for those I stand in for or for the whole institution.

    This is where a login leads; who opens no cases is sent on to the first page of the own navigation.
    """
    if request.actor is not None and not request.actor.sees_cases:
        return HttpResponseRedirect(navigation(request)[0]["url"])
    actor = acting(request)
    desk = desk_of(actor, request.GET.get("wer", ""))
    tasks = _tasks(desk)
    somebody = _somebody(request, desk)
    if somebody is not None:
        tasks = tasks.filter(user=somebody)
    number = _number(request)
    rows = list(_fetched(worklist.shown(tasks))[(number - 1) * PAGE : number * PAGE + 1])
    later = list(_fetched(worklist.put_off(tasks).order_by("snoozed_until", "pk"), reminders=False)[: PAGE + 1])
    about = abouts([*rows[:PAGE], *later[:PAGE]])
    items = [task_item(task, desk, about.get(task.pk, "")) for task in rows[:PAGE]]
    context = {
        "desk": desk,
        "groups": grouped(items),
        "later": [task_item(task, desk, about.get(task.pk, "")) for task in later[:PAGE]],
        "later_count": f"{PAGE}+" if len(later) > PAGE else len(later),
        "somebody": somebody,
        "tabs": _tabs(desk),
        "newer": _address(request, number - 1) if number > 1 else "",
        "older": _address(request, number + 1) if len(rows) > PAGE else "",
        "confirmation_due": desk.view == MINE and confirmations.waits_for(actor),
        "new_links": [link for link in registry.new_links if link.allowed(actor)],
    }
    return render(request, "core/work.html", context)


def desk_of(actor: Actor, wanted: str) -> Desk:
    """The reader's desk; two queries. A view that the reader does not have falls back to the own one, or to all."""
    rows = tuple(absences.not_over(actor.institution))
    roles: dict[int, set[str]] = {}
    here: Any = worklist.at_work(actor.institution)
    for user, role in here.values_list("user", "role"):
        roles.setdefault(user, set()).add(role)
    desk = Desk(actor, MINE, rows, roles)
    views = {ALL} | ({MINE} if desk.works else set()) | ({STOOD_IN} if desk.stands_in_for else set())
    view = wanted if wanted in views else MINE if desk.works else ALL
    return replace(desk, view=view)


def _tasks(desk: Desk) -> QuerySet[Task]:
    views = {MINE: worklist.mine, STOOD_IN: worklist.stood_in, ALL: worklist.everybody}
    return views[desk.view](desk.actor)


def _fetched(tasks: QuerySet[Task], *, reminders: bool = True) -> QuerySet[Task]:
    """With all that a row says, in a fixed number of queries; what is put off need not say what comes next."""
    tasks = tasks.select_related("case__person", "user", "snoozed_by")
    if not reminders:
        return tasks
    return tasks.prefetch_related(Prefetch("reminders", Reminder.objects.filter(done_at=None), "coming"))


def _tabs(desk: Desk) -> list[dict[str, Any]]:
    """The views this reader has; without a choice none is shown."""
    if not desk.works:
        return []
    views = [(MINE, _("Für mich"), worklist.mine)]
    if desk.stands_in_for:
        views.append((STOOD_IN, _("In Vertretung"), worklist.stood_in))
    views.append((ALL, _("Ganze Institution"), worklist.everybody))
    return [
        {
            "label": label,
            "url": f"?wer={view}" if view else "?",
            "current": view == desk.view,
            "count": worklist.capped(worklist.count(worklist.shown(tasks(desk.actor)))),
        }
        for view, label, tasks in views
    ]


def _somebody(request: Request, desk: Desk) -> User | None:
    """Of the whole institution only what waits for one person, as the load of the inbox links to it."""
    key = request.GET.get("person", "")
    if desk.view != ALL or not key.isdecimal():
        return None
    known = Membership.objects.filter(institution=desk.actor.institution, user=int(key)).select_related("user").first()
    return known.user if known is not None else None


def _number(request: Request) -> int:
    text = request.GET.get("seite", "")
    return min(max(int(text), 1), 1000) if text.isdecimal() and len(text) < 6 else 1


def _address(request: Request, number: int) -> str:
    params = request.GET.copy()
    params["seite"] = str(number)
    return f"?{params.urlencode()}"


def grouped(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows under headings by urgency; a short list, or one that is all alike, needs none."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        groups.setdefault(_urgency(item["due"], timezone.localdate()), []).append(item)
    if len(items) <= GROUPED or len(groups) == 1:
        return [{"label": "", "rows": items}] if items else []
    return [{"label": label, "rows": rows} for label, rows in groups.items()]


def _urgency(due: dt.date | None, today: dt.date) -> str:
    if due is None:
        return _("Ohne Frist")
    if due < today:
        return _("Überfällig")
    return _("In den nächsten 7 Tagen") if due <= today + dt.timedelta(days=7) else _("Später")


def waiting_row(task: Task) -> Waiting:
    """The declared row a task came from."""
    rows = registry.workflows[task.case.service].waits
    return next(row for row in rows if row.name == task.name)


def abouts(tasks: Iterable[Task]) -> dict[int, str]:
    """About whom each of ``tasks`` is, where its row says that of parts of a case; one query for each such way."""
    asked: dict[Any, list[Task]] = {}
    for task in tasks:
        whose = waiting_row(task).whose
        if whose is not None:
            asked.setdefault(whose, []).append(task)
    found = {}
    for whose, rows in asked.items():
        words = whose(task.object_id for task in rows)
        found.update({task.pk: words[task.object_id] for task in rows if task.object_id in words})
    return found


def task_item(task: Task, desk: Desk, about: str = "") -> dict[str, Any]:
    """One row of the list: what, for whom, why it is there, what follows, and the button that does it."""
    wait = waiting_row(task)
    may_put_off = desk.works and (desk.view != ALL or inbox.sees(desk.actor) or task.user_id == desk.actor.user.pk)
    return {
        "task": task,
        "due": task.due_on,
        "title": f"{wait.label}: {about}" if about else wait.label,
        "detail": task_title(task, desk.actor),
        "where": f"{task.case.number} · {whose(task, desk)}",
        "why": " ".join(part for part in (str(wait.why), reminded(task)) if part),
        "url": task_url(task, wait),
        "button": wait.button if desk.works else _("Ansehen"),
        "put_off_url": reverse("core:put_off", args=[task.pk]) if may_put_off else "",
    }


def whose(task: Task, desk: Desk) -> str:
    """Why a row is in this list: because it is mine, in whose place, or at whose desk it lies."""
    if task.user_id is not None and task.user_id not in desk.roles:
        if inbox.sees(desk.actor):
            sentence = _("%(name)s arbeitet nicht mehr hier: Bitte teilen Sie den Fall neu zu.")
        else:
            sentence = _(
                "%(name)s arbeitet nicht mehr hier. Eine Ansprechperson Ihrer Institution teilt den Fall neu zu."
            )
        return sentence % {"name": task.user}
    if desk.view == STOOD_IN:
        absent = next((row for row in desk.stands_in_for if _stands_for(row, task, desk)), None)
        return _("In Vertretung von %(name)s.") % {"name": absent.absent if absent else ""}
    if task.user_id == desk.actor.user.pk:
        if task.case.phase == Phase.DRAFT:
            return _("Bei Ihnen, weil Sie den Entwurf begonnen haben.")
        if task.case.lead_user_id == task.user_id:
            return _("Bei Ihnen, weil Sie den Fall führen.")
        return _("Bei Ihnen, weil Ihnen der Fall zugeteilt ist.")
    if task.user is None:
        return str((BECAUSE if task.role in worklist.answers_for(desk.actor) else FOR_ROLE).get(task.role, ""))
    if task.user_id in desk.away:
        return _("Bei %(name)s (%(absence)s).") % {
            "name": task.user,
            "absence": absences.words(desk.away[task.user_id]),
        }
    return _("Bei %(name)s.") % {"name": task.user}


def _stands_for(row: Substitution, task: Task, desk: Desk) -> bool:
    return row.absent_id == task.user_id or (task.user_id is None and task.role in desk.roles.get(row.absent_id, set()))


def reminded(task: Task) -> str:
    """What happens next if nobody does anything; empty without a reminder to come."""
    coming: list[Reminder] = getattr(task, "coming", [])
    if not coming or coming[0].due_at <= timezone.now():
        return ""
    return str(REMINDED[coming[0].step]) % {"day": f"{timezone.localtime(coming[0].due_at):%d.%m.%Y}"}


def task_title(task: Task, actor: Actor) -> str:
    """Whom a task is about. Somebody asked about one part of a case need not know more than that part says."""
    if not task.object_id:
        return case_title(task.case, actor)
    return str(task.case.person or "") if task.case.withdrawn_at is None else ""


def task_url(task: Task, wait: Waiting) -> str:
    """Where the button of a task leads: the draft's form, its own part, or the case with its decision in view."""
    case = task.case
    if wait.path is not None:
        return wait.path(task)
    if case.phase == "draft":
        return registry.pages[case.service].edit_url(case)
    return reverse("core:case", args=[case.number])


def case_title(case: Case, actor: Actor) -> str:
    """The client's name and year of birth as far as the actor may know it; else what the case is."""
    if case.phase == "draft":
        name = f"{case.draft.get('first_name', '')} {case.draft.get('last_name', '')}".strip()
        return name or str(registry.workflows[case.service].state(case.state).label)
    if case.person is None or not access.shows_person(case, actor):
        return ""
    year = f", {case.person.birth_date:%Y}" if case.person.birth_date else ""
    return f"{case.person}{year}"
