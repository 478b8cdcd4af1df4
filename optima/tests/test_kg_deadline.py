"""How long the payer has, what pauses it, and who is reminded – in an office outside the case too (KG-04, CON-19)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import pytest
from django.core import mail
from django.urls import reverse

from iiz.core import delivery, snoozing, worklist
from iiz.core.enums import Role
from iiz.core.models import GuestLink, OutboxMail, Reminder, Task
from iiz.core.tests.factories import (
    ContactPersonFactory,
    InstitutionFactory,
    TimeLimitFactory,
    actor,
    coordinator,
)
from iiz.core.tests.reminding import Travel, sweep_at, told
from optima.kostengutsprache import actions
from optima.models import Kostengutsprache

from . import factories as make
from . import promises

pytestmark = pytest.mark.django_db

MONDAY = "2026-03-02"
LIMIT = {"wait": "decide_kg", "days": 10, "remind_before": 3}


@pytest.fixture
def on(time_machine) -> Travel:
    """Be at a Swiss day: ``on("2026-03-13")``; the story begins on a Monday."""
    travel = Travel(time_machine)
    travel(MONDAY)
    return travel


def waiting(row: Kostengutsprache) -> Task:
    return Task.objects.get(object_id=row.pk, done_at=None)


def due(row: Kostengutsprache) -> str:
    return f"{waiting(row).due_on:%d.%m.}"


def asked_and_answered(row: Kostengutsprache, on: Travel, asked: str, answered: str) -> None:
    on(asked)
    actions.ask(row, promises.signer(row), "Weshalb?")
    on(answered)
    actions.answer(promises.fresh(row), make.adviser_of(row.case), "Darum.")


def test_ten_calendar_days_also_without_a_row(on):
    assert due(promises.requested()) == "12.03."


def test_the_period_rests_while_a_question_is_open(on):
    """Answered the same day, after two days, after three more, over Easter: by the end two of ten days are left."""
    row = promises.requested(period_until=dt.date(2026, 6, 30))
    pauses = [("03-04", "03-04"), ("03-04", "03-06"), ("03-09", "03-12"), ("03-15", "04-07")]
    ends = []
    for asked, answered in pauses:
        asked_and_answered(row, on, f"2026-{asked}", f"2026-{answered}")
        ends.append(due(row))
    assert ends == ["12.03.", "14.03.", "17.03.", "09.04."]
    assert waiting(row).name == "decide_kg"


def test_a_question_after_the_last_day_still_leaves_two_working_days(on):
    row = promises.requested(period_until=dt.date(2026, 6, 30))
    on("2026-03-20")
    actions.ask(row, promises.signer(row), "Weshalb?")
    assert [task.name for task in Task.objects.filter(object_id=row.pk, done_at=None)] == ["answer_kg"]
    on("2026-03-26")
    actions.answer(promises.fresh(row), make.adviser_of(row.case), "Darum.")
    assert due(row) == "30.03.", "over a weekend"


@pytest.mark.parametrize(
    ("begun", "pauses", "end"),
    [
        ("2026-03-30", [("2026-04-02", "2026-04-08")], "17.04."),
        ("2026-05-29", [], "15.06."),
    ],
    ids=["a question over Easter", "over Corpus Christi, a holiday in Lucerne"],
)
def test_working_days_leave_out_the_holidays_of_lucerne(on, begun, pauses, end):
    TimeLimitFactory.create(**LIMIT, working_days=True)
    on(begun)
    row = promises.requested()
    for asked, answered in pauses:
        asked_and_answered(row, on, asked, answered)
    assert due(row) == end


def test_each_is_reminded_once_in_an_office_outside_the_case(on):
    TimeLimitFactory.create(**LIMIT)
    iv = InstitutionFactory.create(iv=True)
    lou = actor(Role.CASEWORKER, iv, first_name="Lou")
    actor(Role.CASEWORKER, iv, first_name="Kim")
    contact = actor(Role.CONTACT, iv, first_name="Cara")
    coordinator(first_name="Katrin")
    deputy = ContactPersonFactory.create(institution=iv, user=lou.user)
    ContactPersonFactory.create(institution=iv, user=contact.user, deputy=deputy)
    vera = actor(Role.SIGNATORY, iv, first_name="Vera")
    promises.signatory(iv, user=vera.user)
    promises.requested(payer=iv)
    OutboxMail.objects.all().delete()

    story = defaultdict(list)
    day = dt.date.fromisoformat(MONDAY)
    while day < dt.date(2026, 4, 10):
        known = OutboxMail.objects.count()
        for _time in range(2):
            sweep_at(on, f"{day}T07:01")
        story[f"{day:%d.%m.}"] += told()[known:]
        day += dt.timedelta(days=1)

    assert {day: heard for day, heard in story.items() if heard} == {
        "09.03.": [("task_due_soon", "Vera")],
        "13.03.": [("task_overdue", "Vera")],
        "16.03.": [("task_escalated", "Lou")],
        "19.03.": [("task_escalated", "Cara")],
        "26.03.": [("task_stuck", "Katrin")],
    }


def test_who_signs_without_an_account_is_reminded_by_the_same_link_as_long_as_it_holds(on):
    TimeLimitFactory.create(**LIMIT, working_days=True)
    iv = InstitutionFactory.create(iv=True)
    actor(Role.CONTACT, iv)
    promises.signatory(iv, user=None, email="vera@test.example")
    promises.signatory(iv, user=None, email="kim@test.example", limit=1)
    promises.requested(payer=iv, period_until=dt.date(2026, 8, 31))
    link = GuestLink.objects.get()
    days = [f"2026-03-{day:02}" for day in range(3, 32)]
    for day in days:
        sweep_at(on, f"{day}T07:01")
    reminders = OutboxMail.objects.filter(guest=link, kind="kg_remind_link", address="vera@test.example")
    assert reminders.count() >= 3
    assert GuestLink.objects.get() == link, "nobody else is asked, and it stays the same"


def test_what_is_mailed_to_such_an_office_leads_to_its_page(on, client_of):
    TimeLimitFactory.create(**LIMIT)
    iv = InstitutionFactory.create(iv=True)
    cara = actor(Role.CONTACT, iv)
    vera = actor(Role.SIGNATORY, iv)
    promises.signatory(iv, user=vera.user)
    row = promises.requested(payer=iv)
    sweep_at(on, "2026-03-13T07:01")
    delivery.deliver()

    page = reverse("optima:kostengutsprache", args=[row.pk])
    to = {letter.to[0]: letter.body for letter in mail.outbox if page in letter.body}
    assert {cara.user.email, vera.user.email} <= set(to)
    assert not any(row.case.get_absolute_url() in body or row.person_name in body for body in to.values())
    assert not OutboxMail.objects.filter(institution=iv).exclude(failed_at=None).exists()
    assert client_of(vera).get(page).status_code == 200


def test_such_an_office_puts_its_pendenz_off_and_reads_nothing_else(on, client_of):
    TimeLimitFactory.create(**LIMIT)
    iv = InstitutionFactory.create(iv=True)
    vera = actor(Role.SIGNATORY, iv, Role.CONTACT)
    promises.signatory(iv, user=vera.user)
    row = promises.requested(payer=iv)
    assert [task.object_id for task in worklist.to_do(vera)] == [row.pk]

    snoozing.put_off(vera, waiting(row), dt.date(2026, 3, 11), "Ferien")
    assert not worklist.to_do(vera).exists()
    assert Reminder.objects.get(done_at=None).due_at.day == 11
    snoozing.take_up(vera, waiting(row))

    browser = client_of(vera)
    page = reverse("optima:kostengutsprache", args=[row.pk])
    pendenzen = browser.get("/pendenzen/").content.decode()
    assert page in pendenzen
    assert row.case.get_absolute_url() not in pendenzen
    name = row.case.person.last_name
    for address in (f"/faelle/?q={name}", "/faelle/", "/kalender/"):
        answer = browser.get(address)
        assert answer.status_code == 404 or row.case.number not in answer.content.decode()
    for address in ("", "gespraeche/", "dokumente/", "verlauf/", "zugriff/", "kostengutsprachen/"):
        assert browser.get(f"{row.case.get_absolute_url()}{address}").status_code == 404
