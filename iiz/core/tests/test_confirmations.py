"""Once a year an institution confirms its entry in the directory: who is asked when, how often, by which rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from iiz.core import accounts, audit, confirmations, delivery
from iiz.core.actor import Actor
from iiz.core.enums import MailMode, MailTopic, Role
from iiz.core.models import AuditEntry, Institution, MailPreference, OutboxMail, TimeLimit
from iiz.core.workflow import NotAllowed

from .factories import ContactPersonFactory, InstitutionFactory, TimeLimitFactory, actor, coordinator
from .reminding import Travel

pytestmark = pytest.mark.django_db

MONDAY = "2026-03-02"
EMPTY = dict.fromkeys(("remind_before", "remind_after", "deputy_after", "contact_after", "coordinator_after"))


@pytest.fixture(autouse=True)
def on(time_machine) -> Travel:
    """A Monday in spring."""
    travel = Travel(time_machine)
    travel(MONDAY)
    return travel


@pytest.fixture
def rule() -> TimeLimit:
    """After a year it is to be confirmed anew."""
    return TimeLimitFactory.create(service=confirmations.SERVICE, wait=confirmations.WAIT, days=365, **EMPTY)


@pytest.fixture
def silvan(rule: TimeLimit) -> Actor:
    """The contact person of an office that nobody has ever confirmed."""
    return actor(Role.CONTACT, first_name="Silvan")


def confirmed(somebody: Actor, day: str) -> None:
    Institution.objects.filter(pk=somebody.institution.pk).update(confirmed_on=dt.date.fromisoformat(day))


def asked(on: Travel, day: str) -> int:
    """How many mails one sweep of that day makes."""
    return confirmations.sweep(on(day))["asked"]


def test_nobody_is_asked_without_a_rule(on, client_of: Callable[..., Client]):
    silvan = actor(Role.CONTACT)
    assert asked(on, MONDAY) == 0
    assert "nicht bestätigt" not in client_of(coordinator()).get("/koordination/").content.decode()
    assert "Stimmt Ihr Eintrag" not in client_of(silvan).get("/pendenzen/").content.decode()


@pytest.mark.parametrize(("confirmed_on", "mails"), [("2025-03-02", 1), ("2025-03-03", 0), ("2026-03-01", 0)])
def test_it_is_due_when_the_days_of_the_rule_are_over(on, silvan, confirmed_on, mails):
    confirmed(silvan, confirmed_on)
    assert asked(on, MONDAY) == mails
    silvan.institution.refresh_from_db()
    assert confirmations.is_due(silvan.institution) == bool(mails)


def test_the_office_sets_the_days(on, silvan, rule):
    confirmed(silvan, "2025-11-01")
    assert asked(on, MONDAY) == 0
    TimeLimit.objects.filter(pk=rule.pk).update(days=90)
    assert asked(on, MONDAY) == 1


def test_each_contact_person_gets_one_mail_and_the_next_one_a_year_later(on, silvan):
    actor(Role.CONTACT, silvan.institution)
    actor(Role.CASEWORKER, silvan.institution)
    assert asked(on, MONDAY) == 2
    assert [asked(on, day) for day in (MONDAY, "2026-03-03", "2026-12-30", "2027-03-01")] == [0] * 4
    assert asked(on, "2027-03-02") == 2, "although the mails of the first year are long gone"


def test_a_mail_queued_twice_is_one(on, silvan):
    asked(on, MONDAY)
    Institution.objects.update(asked_on=None)
    asked(on, MONDAY)
    assert OutboxMail.objects.count() == 1


def test_it_is_told_in_the_digest_of_the_next_working_day(on, silvan, mailoutbox):
    asked(on, MONDAY)
    delivery.deliver(on("2026-03-02T18:00"))
    assert not mailoutbox
    delivery.deliver(on("2026-03-03T07:01"))
    assert len(mailoutbox) == 1
    body = mailoutbox[0].body
    assert silvan.institution.name in body
    assert "Bitte bestätigen Sie" in body
    assert "Fall" not in body
    assert OutboxMail.objects.filter(sent_at=None).count() == 0


@pytest.mark.parametrize("moment_", ["2026-03-01T09:00", "2026-03-02T06:59", "2026-04-06T09:00"])
def test_nobody_is_asked_at_night_on_sundays_or_holidays(on, silvan, moment_):
    assert confirmations.sweep(on(moment_))["asked"] == 0


def test_whoever_wants_no_news_is_not_mailed_and_finds_the_hint(on, silvan, client_of: Callable[..., Client]):
    MailPreference.objects.create(user=silvan.user, topic=MailTopic.NEWS, mode=MailMode.NEVER)
    assert asked(on, MONDAY) == 0
    assert "Stimmt Ihr Eintrag im Verzeichnis noch?" in client_of(silvan).get("/pendenzen/").content.decode()


@pytest.mark.parametrize("what", ["confirmed", "left"])
def test_a_mail_without_reason_or_reader_is_not_sent(on, silvan, mailoutbox, what):
    MailPreference.objects.create(user=silvan.user, topic=MailTopic.NEWS, mode=MailMode.AT_ONCE)
    other = actor(Role.CONTACT, silvan.institution, first_name="Vera")
    confirmations.sweep(on(MONDAY))
    if what == "confirmed":
        confirmations.confirm(other, silvan.institution)
    else:
        accounts.leave(other, silvan.institution, silvan.user)
    delivery.deliver(on("2026-03-04"))
    told = [address for mail in mailoutbox for address in mail.to]
    assert told == ([] if what == "confirmed" else [other.user.email])


def test_an_office_without_a_contact_person_is_the_coordinators(on, rule, client_of: Callable[..., Client]):
    katrin = coordinator()
    alone = InstitutionFactory.create(name="Sozialdienst Ohne")
    actor(Role.CASEWORKER, alone)
    assert asked(on, MONDAY) == 1, "her own office"
    page = client_of(katrin).get("/koordination/").content.decode()
    assert "Sozialdienst Ohne" in page
    assert "niemand zu fragen" in page
    confirmations.confirm(katrin, alone)
    assert "Sozialdienst Ohne" not in client_of(katrin).get("/koordination/").content.decode()


def test_one_click_confirms_and_is_noted(on, silvan, client_of: Callable[..., Client]):
    browser = client_of(silvan)
    assert "noch nie bestätigt" in browser.get("/institution/").content.decode()
    browser.post(f"/institution/{silvan.institution.pk}/bestaetigen/")
    silvan.institution.refresh_from_db()
    assert (silvan.institution.confirmed_on, silvan.institution.confirmed_by) == (timezone.localdate(), silvan.user)
    entry = AuditEntry.objects.get(verb="directory_confirmed")
    assert (entry.stream, entry.changes) == ("master", {"confirmed_on": ["", "2026-03-02"]})
    assert not list(audit.verify())
    assert "bestätigt am 02.03.2026" in browser.get("/institution/").content.decode()
    assert "Stimmt Ihr Eintrag" not in browser.get("/pendenzen/").content.decode()


def test_only_who_keeps_the_entry_confirms_it(silvan):
    for stranger in (actor(Role.CONTACT), actor(Role.CASEWORKER, silvan.institution)):
        with pytest.raises(NotAllowed):
            confirmations.confirm(stranger, silvan.institution)
        assert not confirmations.waits_for(actor(Role.CASEWORKER, silvan.institution))


def test_the_days_are_kept_among_the_periods_and_nothing_else_is(rule, client_of: Callable[..., Client]):
    office = client_of(coordinator())
    assert "Angaben im Verzeichnis bestätigen" in office.get("/admin/core/timelimit/").content.decode()
    TimeLimit.objects.filter(pk=rule.pk).update(valid_from=dt.date(2099, 1, 1))  # what has begun is only ended
    typed = {"days": "180", "valid_from": "01.01.2099", "remind_after": "3", "working_days": "on"}
    address = f"/admin/core/timelimit/{rule.pk}/change/"
    refused = office.post(address, typed)
    assert set(refused.context["adminform"].form.errors) == {"remind_after", "working_days"}
    assert office.post(address, {"days": "180", "valid_from": "01.01.2099"}).status_code == 302
    rule.refresh_from_db()
    assert rule.days == 180


def test_the_address_is_corrected_by_the_contact_person(silvan, client_of: Callable[..., Client]):
    address = f"/institution/{silvan.institution.pk}/adresse/"
    browser = client_of(silvan)
    seen = browser.get(address).context["form"].initial
    typed = {**seen, "phone": "041 111 22 33", "email": "kein-mail"}
    refused = browser.post(address, typed)
    assert set(refused.context["form"].errors) == {"email"}
    assert "041 111 22 33" in refused.content.decode()
    assert browser.post(address, {**typed, "email": "amt@test.example"}).status_code == 302
    assert Institution.objects.get(pk=silvan.institution.pk).phone == "041 111 22 33"
    assert browser.post(address, typed | {"email": ""}).status_code == 409, "changed meanwhile"
    assert AuditEntry.objects.get(verb="address_changed").changes["phone"] == ["", "041 111 22 33"]


def test_the_last_contact_person_for_optima_stays_one(silvan, client_of: Callable[..., Client]):
    only = ContactPersonFactory.create(institution=silvan.institution)
    other = ContactPersonFactory.create(institution=silvan.institution, purpose="clarification")
    browser = client_of(silvan)
    address = f"/institution/{silvan.institution.pk}/ansprechperson/{only.pk}/"
    typed = browser.get(address).context["form"].initial | {"purpose": "clarification", "user": "", "deputy": ""}
    refused = browser.post(address, typed)
    assert set(refused.context["form"].errors) == {"purpose"}
    assert "letzte Ansprechperson für Optima" in browser.post(f"{address}beenden/").content.decode()
    browser.post(f"/institution/{silvan.institution.pk}/ansprechperson/{other.pk}/beenden/")
    other.refresh_from_db()
    assert not other.holds_on(timezone.localdate())


def test_an_offer_is_entered_once_and_ended(silvan, client_of: Callable[..., Client]):
    browser, base = client_of(silvan), f"/institution/{silvan.institution.pk}/angebot/"
    typed = {"label": "Job-Coaching", "description": "", "valid_from": "02.03.2026"}
    assert browser.post(f"{base}neu/", typed).status_code == 302
    again = browser.post(f"{base}neu/", typed | {"label": "job-coaching", "description": "Nochmals"})
    assert set(again.context["form"].errors) == {"label"}
    assert "Nochmals" in again.content.decode()
    offer = silvan.institution.offers.get()
    assert "Job-Coaching" in browser.get("/institution/").content.decode()
    browser.post(f"{base}{offer.pk}/beenden/")
    assert "Job-Coaching" not in browser.get("/institution/").content.decode()
    assert [entry.verb for entry in AuditEntry.objects.filter(object_type="core.serviceoffer")] == [
        "service_named",
        "service_ended",
    ]
