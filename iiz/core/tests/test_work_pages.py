"""The pages of Pendenzen: what a row says, whose views there are, and putting off."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from iiz.core import access, snoozing, workflow, worklist
from iiz.core.enums import Role
from iiz.core.models import Case, Task
from iiz.core.tests.factories import actor
from iiz.core.tests.test_worklist import leave, stand_in
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def office():
    """Jan is the contact and leads cases, Eva leads cases."""
    jan = optima.jan()
    return jan, actor(Role.CASEWORKER, jan.institution, first_name="Eva", last_name="Rat")


def words(response) -> str:
    """What stands on a page, without the navigation."""
    text = response.content.decode()
    return " ".join(re.sub(r"<[^>]*>", " ", text[text.index("<main") : text.index("</main>")]).split())


def arrived(office, **changes) -> Case:
    return optima.submitted(contractor=office[0].institution, **changes)


def evas(office) -> Case:
    return workflow.apply(arrived(office), "assign", office[0], {"adviser": office[1].user})


def waits(case: Case, name: str = "decide") -> Task:
    return Task.objects.get(case=case, name=name, done_at=None)


# What a row says ------------------------------------------------------------------------------------------------


def test_each_row_says_why_it_is_there(office, client_of):
    jan, eva = office
    case = evas(office)
    arrived(office)
    assert f"{case.number} · Bei Ihnen, weil Ihnen der Fall zugeteilt ist." in words(client_of(eva).get("/pendenzen/"))
    assert "Bei Ihnen, weil Sie Ansprechperson sind." in words(client_of(jan).get("/pendenzen/"))
    assert f"{case.number} · Bei Eva Rat." in words(client_of(jan).get("/pendenzen/?wer=alle"))


def test_the_principal_reads_why_and_a_draft_says_whose_it_is(client_of):
    nora = optima.nora()
    optima.queried(optima.submitted(nora))
    optima.draft(nora)
    page = words(client_of(nora).get("/pendenzen/"))
    assert "Bei Ihnen, weil Sie den Fall führen." in page
    assert "Bei Ihnen, weil Sie den Entwurf begonnen haben." in page


def test_what_happens_if_nothing_is_done_is_said_with_its_day(office, client_of, seeds):
    case = evas(office)
    coming = waits(case).reminders.get(done_at=None)
    sentence = f"Die nächste Erinnerung kommt am {timezone.localtime(coming.due_at):%d.%m.%Y}."
    assert sentence in words(client_of(office[1]).get("/pendenzen/"))


def test_a_deputy_finds_a_view_of_its_own_and_reads_for_whom(office, client_of):
    jan, eva = office
    evas(office)
    browser = client_of(jan)
    assert "In Vertretung" not in words(browser.get("/pendenzen/"))
    stand_in(eva, jan)
    page = browser.get("/pendenzen/?wer=vertretung")
    assert "In Vertretung von Eva Rat." in words(page)
    assert 'class="count">1<' in page.content.decode()
    assert "abwesend bis" in words(browser.get("/pendenzen/?wer=alle"))


def test_the_step_of_somebody_who_left_is_shown_to_the_contact(office, client_of):
    jan, eva = office
    evas(office)
    leave(eva)
    assert "Eva Rat arbeitet nicht mehr hier" in words(client_of(jan).get("/pendenzen/"))


def test_who_only_reads_sees_the_institution_without_buttons_that_would_be_refused(office, client_of):
    jan, _eva = office
    case = evas(office)
    page = client_of(actor(Role.READ_ONLY, jan.institution)).get("/pendenzen/")
    assert "Sie lesen mit" in words(page)
    assert case.number in words(page)
    assert "Zurückstellen" not in words(page)
    assert "Ansehen und entscheiden" not in words(page)


def test_who_only_reads_is_told_so_once_in_a_case(office, client_of):
    jan, _eva = office
    page = client_of(actor(Role.READ_ONLY, jan.institution)).get(evas(office).get_absolute_url()).content.decode()
    assert page.count("Sie lesen mit") == 1
    assert 'aria-disabled="true"' not in page


def test_many_rows_come_with_headings_and_in_pages(office, client_of):
    jan, _eva = office
    today = timezone.localdate()
    for place, case in enumerate(many(arrived(office), 120)):
        due = (today - DAY, today, today + 8 * DAY, None)[min(place % 12, 3)]
        Task.objects.filter(case=case, done_at=None).update(due_on=due)
    browser = client_of(jan)
    first, last = browser.get("/pendenzen/"), browser.get("/pendenzen/?seite=5")
    assert "Überfällig" in words(first)
    assert first.content.decode().count('class="todo"') == 25
    assert last.content.decode().count('class="todo"') == 20
    assert words(last).count("ohne Frist") == 20
    assert 'class="count">99+<' in first.content.decode()
    for odd in ("0", "-1", "x", "99999999", "²"):
        assert browser.get("/pendenzen/", {"seite": odd}).status_code == 200


def many(case: Case, count: int) -> list[Case]:
    """As many cases like ``case`` as one likes, with their open tasks; copied, for their number alone."""
    parts, tasks = list(case.participations.all()), list(case.tasks.filter(done_at=None))
    rows = [case]
    for place in range(count - 1):
        copy = Case.objects.get(pk=case.pk)
        copy.pk, copy.number = None, f"O-2020-{place + 1:04}"
        copy.save()
        copy.agreements.create(agreed_on=case.arrived_on, recorded_by=case.registered_by)
        for row in (*parts, *tasks):
            row.pk, row.case = None, copy
            row.save()
        rows.append(copy)
    access.sync_many(rows)
    return rows


def test_an_unknown_view_is_the_own_one(office, client_of):
    evas(office)
    browser = client_of(office[1])
    assert words(browser.get("/pendenzen/?wer=unsinn")) == words(browser.get("/pendenzen/"))


def test_the_pendenzen_of_one_colleague(office, client_of):
    jan, eva = office
    case, other = evas(office), arrived(office)
    page = words(client_of(jan).get(f"/pendenzen/?wer=alle&person={eva.user.pk}"))
    assert "Pendenzen von Eva Rat" in page
    assert case.number in page
    assert other.number not in page
    stranger = optima.fremde()
    assert "Pendenzen von" not in words(client_of(jan).get(f"/pendenzen/?wer=alle&person={stranger.user.pk}"))


# Putting off ----------------------------------------------------------------------------------------------------


def address(task: Task, name: str = "zurueckstellen") -> str:
    return f"/pendenzen/{task.pk}/{name}/"


def test_putting_off_hides_the_row_until_it_is_shown_again(office, client_of):
    _jan, eva = office
    task = waits(evas(office))
    browser = client_of(eva)
    day = snoozing.proposed(task)
    sent = browser.post(
        address(task), {"until": f"{day:%d.%m.%Y}", "reason": "Die Klientin ist im Spital."}, follow=True
    )
    assert sent.redirect_chain == [("/pendenzen/", 302)]
    assert "Zurückgestellt (1)" in words(sent)
    assert "Eva Rat: Die Klientin ist im Spital." in words(sent)
    assert "Nichts offen." in words(sent)
    assert len(worklist.to_do(eva)) == 0
    back = browser.post(address(task, "zeigen"), {"next": "/pendenzen/?wer=alle"}, follow=True)
    assert back.redirect_chain == [("/pendenzen/?wer=alle", 302)]
    assert "Zurückgestellt" not in words(back)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"until": "", "reason": "x"}, "Bitte ausfüllen."),
        ({"until": "{good}", "reason": "   "}, "Bitte ausfüllen."),
        ({"until": "bald", "reason": "Ferien"}, "Bitte ein Datum eingeben"),
        ({"until": "01.01.2020", "reason": "Ferien"}, "Dieser Tag ist nicht mehr möglich."),
        ({"until": "01.01.2099", "reason": "Ferien"}, "Das ist zu spät."),
        ({"until": "{good}", "reason": "x" * 301}, "Dieser Text hat 301 Zeichen, möglich sind 300."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_what_was_typed_stays(office, client_of, typed, sentence):
    task = waits(evas(office))
    data = {name: value.format(good=f"{snoozing.proposed(task):%d.%m.%Y}") for name, value in typed.items()}
    page = client_of(office[1]).post(address(task), data)
    assert page.status_code == 200
    assert sentence in words(page)
    assert all(value.strip() in page.content.decode() for value in data.values())
    task.refresh_from_db()
    assert task.snoozed_until is None


def test_done_in_another_tab_or_put_off_twice_shows_both_versions(office, client_of):
    jan, eva = office
    task = waits(evas(office))
    data = {"until": f"{snoozing.proposed(task):%d.%m.%Y}", "reason": "Ferien"}
    assert client_of(eva).post(address(task), data).status_code == 302
    twice = client_of(jan).post(address(task), {**data, "reason": "Anders"})
    assert twice.status_code == 409
    assert "bereits zurückgestellt" in words(twice)
    assert "Anders" in words(twice)
    assert "Eva Rat" in words(twice)
    workflow.apply(task.case, "withdraw", optima.principal_of(task.case), {"note": ""})
    late = client_of(eva).post(address(task, "zeigen"))
    assert late.status_code == 409
    assert "inzwischen erledigt" in words(late)
