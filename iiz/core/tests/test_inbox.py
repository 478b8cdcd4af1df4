"""The inbox of an institution – allocating, load, those who left – and the pages of absences."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from iiz.core.enums import Role
from iiz.core.models import Case, Membership, RoutingRule, Substitution, Task
from iiz.core.tests.factories import actor, coordinator
from iiz.core.tests.test_work_pages import DAY, arrived, evas, office, words
from iiz.core.tests.test_worklist import leave, stand_in
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db

__all__ = ["office"]


# Eingang --------------------------------------------------------------------------------------------------------


def allot(browser, case: Case, user, version: int | None = None):
    data = {"adviser": user.pk, "version": case.version if version is None else version, "next": "/eingang/"}
    return browser.post(f"{case.get_absolute_url()}aktion/assign/", data, follow=True)


def test_what_is_due_first_stands_first_then_what_came_first(office, client_of):
    today = timezone.localdate()
    last, third, second, first = (arrived(office) for _ in range(4))
    for case, due, came in ((last, None, 30), (third, 5, 3), (second, 5, 9), (first, 2, 0)):
        Case.objects.filter(pk=case.pk).update(arrived_on=today - came * DAY)
        Task.objects.filter(case=case).update(due_on=due and today + due * DAY)
    page = words(client_of(office[0]).get("/eingang/"))
    places = [page.index(case.number) for case in (first, second, third, last)]
    assert places == sorted(places)


def test_the_contact_allocates_on_the_spot(office, client_of):
    jan, eva = office
    first, _second = arrived(office), arrived(office)
    browser = client_of(jan)
    assert 'class="count">2<' in browser.get("/eingang/").content.decode()
    done = allot(browser, first, eva.user)
    assert done.redirect_chain == [("/eingang/", 302)]
    assert first.number not in words(done)
    assert optima.contractor_part(first).user == eva.user


def test_whoever_was_slower_sees_both_versions(office, client_of):
    jan, eva = office
    case = arrived(office)
    allot(client_of(jan), case, eva.user)
    late = allot(client_of(jan), case, jan.user)
    assert late.status_code == 409
    assert optima.contractor_part(case).user == eva.user


def test_nobody_is_allotted_to_who_left_meanwhile(office, client_of):
    jan, eva = office
    case = arrived(office)
    leave(eva)
    page = allot(client_of(jan), case, eva.user)
    assert page.status_code == 200
    assert "Diese Person arbeitet nicht mehr dort." in words(page)
    assert optima.contractor_part(case).user is None


def test_who_is_away_is_marked_in_the_choice(office, client_of):
    jan, eva = office
    arrived(office)
    row = stand_in(eva, jan)
    page = words(client_of(jan).get("/eingang/"))
    assert f"Eva Rat (abwesend bis {row.valid_until:%d.%m.%Y}, vertreten durch Jan Frei)" in page


def test_the_load_of_each_colleague(office, client_of):
    jan, _eva = office
    case = evas(office)
    evas(office)
    Task.objects.filter(case=case).update(due_on=timezone.localdate() - DAY)
    [row] = re.findall(r"<tr><td[^>]*><b>Eva Rat</b>.*?</tr>", client_of(jan).get("/eingang/").content.decode())
    assert re.findall(r">(\d+)<", row) == ["2", "1", "2"]


def test_cases_of_somebody_who_left_come_first_and_are_given_on(office, client_of):
    jan, eva = office
    case = evas(office)
    leave(eva)
    browser = client_of(jan)
    page = browser.get("/eingang/")
    assert "Neu zuteilen" in words(page)
    assert "bisher Eva Rat" in words(page)
    assert "Neu zuteilen" not in words(allot(browser, case, jan.user))


def test_the_principals_contact_gives_on_what_somebody_left(client_of):
    nora = optima.nora()
    contact = actor(Role.CONTACT, nora.institution)
    case = optima.accepted(optima.submitted(nora))
    leave(nora)
    page = client_of(contact).get("/eingang/").content.decode()
    assert f"{case.get_absolute_url()}aktion/hand_over/" in page


def test_the_coordination_office_allots_what_is_routed_over_it(office, client_of):
    jan, eva = office
    karin = coordinator()
    RoutingRule.objects.create(group="IV", mode="coordination", valid_from=dt.date(2020, 1, 1), target=None)
    case = arrived(office)
    browser = client_of(karin)
    page = words(browser.get("/eingang/"))
    assert f"für {jan.institution.name}" in page
    assert "Eva Rat" in page
    assert case.number not in words(allot(browser, case, eva.user))
    assert optima.contractor_part(case).user == eva.user


def test_where_nobody_works_it_says_so(office, client_of):
    jan, eva = office
    Membership.objects.filter(user=eva.user).delete()
    Membership.objects.filter(user=jan.user, role=Role.CASEWORKER).delete()
    RoutingRule.objects.create(group="IV", mode="coordination", valid_from=dt.date(2020, 1, 1), target=None)
    browser = client_of(coordinator())
    arrived(office)
    Membership.objects.filter(user=jan.user).delete()
    assert "arbeitet im Moment niemand" in words(browser.get("/eingang/"))


def test_an_empty_inbox_says_so(office, client_of):
    page = words(client_of(office[0]).get("/eingang/"))
    assert "Alles ist zugeteilt." in page
    assert "Niemand ist abwesend." in page


# Absences -------------------------------------------------------------------------------------------------------


def away(user, deputy, first: int = 0, last: int = 5) -> dict[str, str]:
    today = timezone.localdate()
    days = {"valid_from": f"{today + first * DAY:%d.%m.%Y}", "valid_until": f"{today + last * DAY:%d.%m.%Y}"}
    return {"deputy": str(deputy.pk), **days, **({"absent": str(user.pk)} if user else {})}


def test_one_enters_the_own_absence_and_ends_it_on_pendenzen(office, client_of):
    jan, eva = office
    browser = client_of(eva)
    page = browser.post("/abwesenheit/neu/", away(None, jan.user), follow=True)
    assert page.redirect_chain == [("/pendenzen/", 302)]
    assert "Jan Frei vertritt Sie." in words(page)
    row = Substitution.objects.get()
    assert (row.absent, row.deputy) == (eva.user, jan.user)
    ended = browser.post(f"/abwesenheit/{row.pk}/beenden/", follow=True)
    assert "Sind Sie länger weg?" in words(ended)


def test_nobody_slips_somebody_elses_absence_into_the_own_form(office, client_of):
    jan, eva = office
    client_of(eva).post("/abwesenheit/neu/", away(jan.user, jan.user))
    assert Substitution.objects.get().absent == eva.user


def test_the_contact_enters_for_others_and_reads_what_is_wrong_beside_the_field(office, client_of):
    jan, eva = office
    browser = client_of(jan)
    assert browser.post("/abwesenheit/neu/", away(eva.user, jan.user), follow=True).redirect_chain[0][0] == "/eingang/"
    again = browser.post("/abwesenheit/neu/", away(eva.user, jan.user, 3, 9))
    assert "schon eine Stellvertretung eingetragen" in words(again)
    assert 'aria-invalid="true"' in again.content.decode()
    warned = browser.post("/abwesenheit/neu/", away(jan.user, eva.user, 6, 9), follow=True)
    assert "übernimmt dann niemand" not in words(warned)


def test_whoever_goes_away_while_standing_in_is_warned(office, client_of):
    jan, eva = office
    ben = actor(Role.CASEWORKER, jan.institution)
    browser = client_of(jan)
    browser.post("/abwesenheit/neu/", away(eva.user, jan.user))
    warned = browser.post("/abwesenheit/neu/", away(jan.user, ben.user), follow=True)
    assert "Jan Frei vertritt in dieser Zeit Eva Rat. Das übernimmt dann niemand." in words(warned)
