"""The private calendar address: whose meetings it shows, how it begins and ends."""

import datetime as dt
from hashlib import sha256

import pytest
import vobject
from django.urls import reverse
from django.utils import timezone

from iiz.core import clock, feeds, workflow
from iiz.core.enums import Reply, Role
from iiz.core.models import AccessLogEntry, AuditEntry, CalendarFeed, Case, Meeting
from iiz.core.tests.factories import InstitutionFactory, join
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    """A case whose hand-over meeting is planned."""
    return optima.handover_planned()


def address(token: str) -> str:
    return reverse("core:calendar_feed", args=[token])


def numbers(client, token: str) -> list[str]:
    """The summaries of the feed, as a calendar program reads them."""
    answer = client.get(address(token))
    assert answer.status_code == 200
    calendar = vobject.readOne(answer.content.decode())
    assert calendar.method.value == "PUBLISH"
    return [event.summary.value for event in calendar.contents.get("vevent", [])]


def test_it_shows_the_own_meetings_without_login(case, client):
    jan = optima.adviser_of(case)
    optima.handover_planned()
    assert numbers(client, feeds.renew(jan.user, jan)) == [f"IIZ {case.number}: Übergabegespräch"]


def test_held_ones_stay_for_three_months_and_planned_ones_come_a_year_ahead(case, client):
    nora = optima.principal_of(case)
    token = feeds.renew(nora.user, nora)
    optima.handover_held(case)
    assert len(numbers(client, token)) == 1
    Meeting.objects.update(held_on=timezone.localdate() - dt.timedelta(days=100))
    assert numbers(client, token) == []
    other = optima.handover_planned(optima.accepted(optima.submitted(nora)))
    Meeting.objects.filter(case=other).update(starts_at=timezone.now() + dt.timedelta(days=400))
    assert numbers(client, token) == []


def test_cancelled_it_vanishes_and_declined_it_leaves_the_time_free(case, client):
    jan = optima.adviser_of(case)
    token = feeds.renew(jan.user, jan)
    meeting = Meeting.objects.get()
    workflow.apply(case, "reply_meeting", jan, {"meeting": meeting, "reply": Reply.DECLINED})
    assert "TRANSP:TRANSPARENT" in client.get(address(token)).content.decode()
    workflow.apply(case, "cancel_meeting", optima.principal_of(case), {"meeting": meeting, "reason": "weil"})
    assert numbers(client, token) == []


def test_the_secret_is_not_in_the_database_and_a_new_one_ends_the_old(case, client):
    jan = optima.adviser_of(case)
    old = feeds.renew(jan.user, jan)
    assert CalendarFeed.objects.get().token_hash == sha256(old.encode()).hexdigest()
    new = feeds.renew(jan.user, jan)
    assert old != new
    assert client.get(address(old)).status_code == 404
    assert numbers(client, new)
    feeds.stop(jan.user, jan)
    feeds.stop(jan.user, jan)
    assert client.get(address(new)).status_code == 404
    verbs = (
        AuditEntry.objects.filter(verb__startswith="calendar_feed").order_by("position").values_list("verb", flat=True)
    )
    assert list(verbs) == ["calendar_feed_made", "calendar_feed_made", "calendar_feed_stopped"]
    assert not AuditEntry.objects.filter(changes__icontains=new).exists()


def test_whoever_left_the_institution_sees_nothing_of_it_any_more(case, client):
    jan = optima.adviser_of(case)
    token = feeds.renew(jan.user, jan)
    jan.user.memberships.update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    assert client.get(address(token)).status_code == 404
    join(jan.user, InstitutionFactory.create(rav=True), Role.CASEWORKER)
    assert numbers(client, token) == []


def test_a_closed_account_and_a_made_up_secret_are_told_the_same(case, client):
    jan = optima.adviser_of(case)
    token = feeds.renew(jan.user, jan)
    jan.user.is_active = False
    jan.user.save()
    assert client.get(address(token)).status_code == client.get(address("erfunden")).status_code == 404


def test_after_a_withdrawal_the_other_side_loses_sight_of_it(case, client):
    nora, jan = optima.principal_of(case), optima.adviser_of(case)
    tokens = [feeds.renew(who.user, who) for who in (nora, jan)]
    Meeting.objects.update(chair=nora.institution)
    Case.objects.filter(pk=case.pk).update(withdrawn_at=clock.now())
    assert [len(numbers(client, token)) for token in tokens] == [1, 0]


def test_it_may_not_be_kept_and_need_not_be_sent_again(case, client):
    jan = optima.adviser_of(case)
    token = feeds.renew(jan.user, jan)
    first = client.get(address(token))
    assert {"private", "no-store"} <= set(first["Cache-Control"].replace(" ", "").split(","))
    again = client.get(address(token), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    data = {"meeting": Meeting.objects.get(), **optima.date(9)}
    workflow.apply(case, "move_meeting", optima.principal_of(case), data)
    assert client.get(address(token), headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_fetch_leaves_its_time_and_no_entry_in_the_access_log(case, client):
    jan = optima.adviser_of(case)
    token = feeds.renew(jan.user, jan)
    before = AccessLogEntry.objects.count()
    numbers(client, token)
    assert CalendarFeed.objects.get().last_used_at is not None
    assert AccessLogEntry.objects.count() == before


@pytest.mark.parametrize("count", [1, 6])
def test_the_number_of_queries_does_not_grow(client, django_assert_num_queries, count):
    jan = optima.jan()
    for _ in range(count):
        optima.handover_planned(optima.accepted(optima.submitted(contractor=jan.institution)))
    token = feeds.renew(jan.user, jan)
    assert len(numbers(client, token)) == count
    with django_assert_num_queries(QUERIES):
        client.get(address(token))


QUERIES = 5
"""The feed with its person, the memberships (twice), the seats, the cases' numbers."""


# The page ---------------------------------------------------------------------------------------------------


def test_made_on_the_settings_it_is_shown_once(case, client_of):
    jan = optima.adviser_of(case)
    browser = client_of(jan)
    assert "Adresse erstellen" in browser.get(reverse("core:calendar")).content.decode()
    made = browser.post(reverse("core:calendar_new"), {"acting": jan.institution.pk}).content.decode()
    token = made.split("/kalender/")[1].split(".ics")[0]
    assert feeds.find(token) is not None
    assert "webcal://" in made
    later = browser.get(reverse("core:calendar")).content.decode()
    assert token not in later
    assert "Abschalten" in later


def test_ending_it_asks_first(case, client_of):
    jan = optima.adviser_of(case)
    feeds.renew(jan.user, jan)
    browser = client_of(jan)
    assert "gilt dann nicht mehr" in browser.get(reverse("core:calendar_off")).content.decode()
    assert feeds.live(jan.user) is not None
    browser.post(reverse("core:calendar_off"), {"acting": jan.institution.pk})
    assert feeds.live(jan.user) is None
