"""Who may sign a Kostengutsprache, and what becomes of a signature that comes too late (KG-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from iiz.core import clock, guests, institutions, keeping
from iiz.core.actor import Actor
from iiz.core.enums import GuestEnd, Role
from iiz.core.models import AuditEntry, GuestLink, Membership, OutboxMail, Signatory, User
from iiz.core.tests.factories import InstitutionFactory, actor, join
from iiz.core.workflow import NotAllowed
from optima.enums import SignedHow
from optima.kostengutsprache import actions, proof, signing
from optima.kostengutsprache.actions import Overtaken
from optima.kostengutsprache.signing import Signer
from optima.models import Approval, Kostengutsprache
from optima.views import kg_list

from . import factories as make
from . import promises

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
AGO = 5


@pytest.fixture(scope="module")
def key(kept: Callable[[], Any]) -> int:
    """A request over CHF 1140.00, made five days ago."""
    with kept(), clock.at(timezone.now() - AGO * DAY):
        return promises.requested().pk


@pytest.fixture
def row(key: int, db: None) -> Kostengutsprache:
    """The request."""
    return promises.fresh(Kostengutsprache(pk=key))


def today(days: int = 0) -> dt.date:
    return timezone.localdate() + days * DAY


def listed(row: Kostengutsprache, user: User | None = None, **fields: Any) -> Signatory:
    """Somebody else on the list of the payer; with an account unless an address is given."""
    if user is None and "email" not in fields:
        user = actor(Role.SIGNATORY, row.payer).user
    return promises.signatory(row.payer, user=user, **fields)


def in_the_portal(found: Signatory) -> Signer:
    return Signer(found, SignedHow.LOGIN, Actor(found.user, found.institution, frozenset({Role.SIGNATORY})))


def by_link(row: Kostengutsprache, found: Signatory) -> Signer:
    """Behind a link of their own, sent when all was well."""
    until = timezone.now() + DAY
    address = found.address or "niemand@test.example"
    link = guests.invite(actions.DECIDE, row.case, row.pk, name=found.name, email=address, until=until, ref=found.pk)
    return Signer(found, SignedHow.LINK, link=link)


def ended(row: Kostengutsprache) -> Signatory:
    """The contact person has ended the entry a minute ago."""
    found = listed(row)
    institutions.end_entry(actor(Role.CONTACT, row.payer), found)
    return Signatory.objects.get(pk=found.pk)


def locked(row: Kostengutsprache) -> Signatory:
    found = listed(row)
    User.objects.filter(pk=found.user_id).update(is_active=False)
    return Signatory.objects.get(pk=found.pk)


def without_the_role(row: Kostengutsprache) -> Signatory:
    found = listed(row)
    keeping.end(Membership.objects.get(user=found.user))
    return found


def of_both_offices(row: Kostengutsprache) -> Signatory:
    """Who asked also works for the payer, and is listed there."""
    assert row.requested_by is not None
    return listed(row, join(row.requested_by, row.payer, Role.SIGNATORY).user)


def by_address(row: Kostengutsprache) -> Signatory:
    assert row.requested_by is not None
    return listed(row, email=row.requested_by.email.upper())


REASONS: dict[str, tuple[str, Callable[[Kostengutsprache], Signatory]]] = {
    "right ended yesterday": ("abgelaufen", lambda row: listed(row, valid_until=today(-1))),
    "right ended a minute ago": ("heute beendet", ended),
    "right begins tomorrow": ("gilt erst ab dem", lambda row: listed(row, valid_from=today(1))),
    "one Rappen over the limit": ("übersteigt", lambda row: listed(row, limit=Decimal("1139.99"))),
    "account locked": ("gesperrt", locked),
    "role taken away": ("hat die Rolle «Zeichnungsberechtigt»", without_the_role),
    "who asked": ("nicht selbst", of_both_offices),
    "who asked, by address": ("nicht selbst", by_address),
    "somebody of the requester": (
        "nicht in der Liste",
        lambda row: promises.signatory(row.requester),
    ),
}


NO_LOGIN = {"who asked, by address", "somebody of the requester"}


@pytest.mark.parametrize(
    ("why", "how"),
    [(why, how) for why in REASONS for how in ("portal", "link") if how == "link" or why not in NO_LOGIN],
)
def test_whoever_may_not_sign_reads_why_and_nothing_is_written(row, why, how):
    sentence, made = REASONS[why]
    found = made(row)
    signer = by_link(row, found) if how == "link" else in_the_portal(found)
    entries = AuditEntry.objects.count()

    with pytest.raises(NotAllowed, match=sentence):
        actions.approve(row, signer, row.content_hash)
    with pytest.raises(NotAllowed, match=sentence):
        actions.refuse(row, signer, "Nein.")

    assert promises.fresh(row).state == "requested"
    assert not Approval.objects.exists()
    assert AuditEntry.objects.count() == entries


def test_who_drafted_does_not_sign_what_a_colleague_asked_for():
    draft = promises.drafted()
    assert draft.drafted_by is not None
    colleague = actor(Role.CASEWORKER, draft.requester)
    found = listed(draft, join(draft.drafted_by, draft.payer, Role.SIGNATORY).user)
    row = actions.ask_for(draft, colleague)
    with pytest.raises(NotAllowed, match="nicht selbst"):
        actions.approve(row, in_the_portal(found), row.content_hash)
    assert not GuestLink.objects.filter(ref=found.pk).exists()


def test_the_limit_itself_may_be_signed(row):
    found = listed(row, limit=Decimal("1140.00"), function="Leitung")
    approval = actions.approve(row, in_the_portal(found), row.content_hash)
    assert (approval.amount, approval.function, approval.how) == (Decimal("1140.00"), "Leitung", "login")
    assert approval.signed_by == found.user.get_full_name()


@pytest.mark.parametrize("seen", ["", "0" * 64])
def test_what_was_not_shown_is_not_signed(row, seen):
    with pytest.raises(Overtaken, match="nicht mehr die, die Sie gesehen haben"):
        actions.approve(row, in_the_portal(listed(row)), seen)


def test_nobody_signs_in_the_name_of_somebody_else(row):
    first, second = listed(row), listed(row)
    with pytest.raises(NotAllowed, match="im eigenen Namen"):
        actions.approve(row, Signer(first, SignedHow.LOGIN, promises.signing(second)), row.content_hash)
    other = by_link(row, second).link
    with pytest.raises(NotAllowed, match="im eigenen Namen"):
        actions.approve(row, Signer(first, SignedHow.LINK, link=other), row.content_hash)


def test_a_link_signs_once_and_closes_those_of_the_others(row):
    first, second = (by_link(row, listed(row, email=f"{name}@test.example")) for name in ("anna", "beat"))
    approval = actions.approve(row, first, row.content_hash)
    assert (approval.how, approval.signed_by) == ("link", first.signatory.name)
    assert GuestLink.objects.get(pk=first.link.pk).used_at
    assert not any(link.is_live for link in GuestLink.objects.filter(purpose=actions.DECIDE, object_id=row.pk))
    for late in (first, second):
        with pytest.raises(NotAllowed, match="bewilligt"):
            actions.approve(row, late, row.content_hash)


def test_a_link_that_was_blocked_meanwhile_signs_nothing(row):
    signer = by_link(row, listed(row, email="anna@test.example"))
    guests.revoke(signer.link, "blocked")
    with pytest.raises(guests.Gone):
        actions.approve(row, signer, row.content_hash)
    assert promises.fresh(row).state == "requested"
    assert not Approval.objects.exists()


MEANWHILE: dict[str, tuple[str, Callable[[Kostengutsprache], Any]]] = {
    "signed": ("bewilligt", lambda row: actions.approve(row, promises.signer(row), row.content_hash)),
    "refused": ("abgelehnt", lambda row: actions.refuse(row, promises.signer(row), "Nein.")),
    "taken back": ("verfallen", lambda row: actions.withdraw(row, make.adviser_of(row.case), "")),
    "case closed": ("verfallen", lambda row: make.closed(row.case)),
    "agreement withdrawn": ("verfallen", lambda row: make.stopped(row.case)),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_what_happened_in_another_tab_is_said(row, what):
    """Each of them, and then a signature, a refusal, a question: one decision stands."""
    state, done = MEANWHILE[what]
    late = in_the_portal(listed(row))
    done(row)
    stands = Kostengutsprache.objects.values().get(pk=row.pk)
    for deed in (
        lambda: actions.approve(row, late, row.content_hash),
        lambda: actions.refuse(row, late, "Nein."),
        lambda: actions.ask(row, late, "Weshalb?"),
    ):
        with pytest.raises(NotAllowed, match=f"«{state}»: Das ist nicht mehr möglich"):
            deed()
    assert Kostengutsprache.objects.values().get(pk=row.pk) == stands


# On paper ---------------------------------------------------------------------------------------------------------


def on_paper(row: Kostengutsprache, found: Signatory, day: dt.date) -> Approval:
    data = promises.invoice() | {"signed_on": day}
    return actions.approve_on_paper(row, actor(Role.CASEWORKER, row.payer), found, data, row.content_hash)


def test_paper_is_judged_by_the_day_of_the_signature(row):
    found = listed(row, valid_until=today(-3))
    User.objects.filter(pk=found.user_id).update(is_active=False)
    approval = on_paper(row, found, today(-3))
    assert approval.scan is not None
    assert (approval.signed_on, promises.fresh(row).decided_on) == (today(-3), today(-3))


@pytest.mark.parametrize(
    ("day", "fields", "sentence"),
    [
        (-2, {"valid_until": -3}, "abgelaufen"),
        (-4, {"valid_from": -3}, "gilt erst ab dem"),
        (-6, {}, "frühestens am Tag des Antrags"),
        (1, {}, "liegt in der Zukunft"),
    ],
)
def test_paper_of_a_wrong_day_is_refused_and_no_file_stays(row, day, fields, sentence):
    found = listed(row, **{name: today(days) for name, days in fields.items()})
    with pytest.raises(NotAllowed, match=sentence):
        on_paper(row, found, today(day))
    assert not row.case.documents.exists()


def test_whose_paper_was_filed_hears_of_it_with_or_without_an_account(row):
    contact = actor(Role.CONTACT, row.payer)
    on_paper(row, listed(row), today(0))
    assert OutboxMail.objects.get(kind="kg_paper").user != contact.user
    assert OutboxMail.objects.get(kind="kg_paper_filed").user == contact.user
    other = promises.requested(row.case, tariff=promises.tariff("Deutschkurs"))
    on_paper(other, listed(other, email="anna@test.example"), today(0))
    assert OutboxMail.objects.get(kind="kg_paper_link").address == "anna@test.example"


def test_nobody_files_the_paper_of_another_office_or_their_own_request(row):
    for found in (promises.signatory(row.requester), of_both_offices(row)):
        with pytest.raises(NotAllowed):
            on_paper(row, found, today())


def test_what_was_signed_this_morning_stays_in_force_and_nothing_more_is_signed(row):
    found = listed(row)
    approval = actions.approve(row, in_the_portal(found), row.content_hash)
    institutions.end_entry(actor(Role.CONTACT, row.payer), found)
    assert Signatory.objects.get(pk=found.pk).holds_on(approval.signed_on)
    assert found not in signing.listed(row.payer)
    assert list(proof.breaks()) == []


# Whom it asks -----------------------------------------------------------------------------------------------------


def test_only_those_who_may_sign_are_asked():
    draft = promises.drafted()
    good = listed(draft)
    alone = listed(draft, email="anna@test.example")
    for _why, made in (REASONS[name] for name in ("right ended a minute ago", "account locked", "role taken away")):
        made(draft)
    listed(draft, limit=Decimal(1000))
    listed(draft, email="")
    row = actions.ask_for(draft, make.adviser_of(draft.case))
    assert set(GuestLink.objects.filter(case=row.case).values_list("ref", flat=True)) == {good.pk, alone.pk}
    assert {found.pk for found in signing.may_sign(row, signing.listed(row.payer))} >= {good.pk, alone.pk}


def test_whoever_may_not_sign_reads_whose_signature_is_awaited(row, client_of):
    Signatory.objects.filter(institution=row.payer).update(limit=100)
    small, good = listed(row, limit=1000), listed(row, name="Vera Vorsteherin")
    page = f"/kostengutsprachen/{row.pk}/"
    for who in (promises.signing(small), actor(Role.CASEWORKER, row.payer), make.adviser_of(row.case)):
        shown = client_of(who).get(page).content.decode()
        assert "Wartet auf Unterschrift von Vera Vorsteherin, bis" in shown
        assert "Nächster Schritt bei Ihnen" not in shown
    assert "Nächster Schritt bei Ihnen" in client_of(promises.signing(good)).get(page).content.decode()
    counted = {who.pk: kg_list.to_sign(promises.signing(who)).filter(pk=row.pk).exists() for who in (small, good)}
    assert counted == {small.pk: False, good.pk: True}


def test_a_locked_link_is_sent_again_once_an_hour_and_its_state_is_shown():
    draft = promises.drafted()
    alone = listed(draft, email="anna@test.example")
    row = actions.ask_for(draft, make.adviser_of(draft.case))
    adviser, theirs = make.adviser_of(row.case), actor(Role.CONTACT, row.payer)
    guests.revoke(GuestLink.objects.get(object_id=row.pk), GuestEnd.GUESSED)
    assert [(way.signatory, way.sent_to, way.standing) for way in signing.ways(row, theirs)] == [
        (alone, "anna@test.example", "gesperrt: zu oft ein falscher Code")
    ]
    with pytest.raises(NotAllowed, match="eben gesendet"):
        actions.send_again(row, adviser)
    with clock.at(timezone.now() + dt.timedelta(hours=1)):
        actions.send_again(row, adviser)
        with pytest.raises(NotAllowed, match="eben gesendet"):
            actions.send_again(row, theirs)
    (way,) = signing.ways(row, adviser)
    assert "anna" not in way.sent_to
    assert way.standing.startswith("gesendet am")


def test_a_payer_elsewhere_reads_its_page_and_nothing_else(client_of):
    """The office of CON-19: entitled, and no part of the case."""
    iv = InstitutionFactory.create(iv=True)
    row = promises.requested(payer=iv)
    signs = promises.signing(promises.signer(row).signatory)
    assert Kostengutsprache.objects.visible_to(signs).get() == row
    client = client_of(signs)
    assert client.get(f"/kostengutsprachen/{row.pk}/").status_code == 200
    for address in (row.case.get_absolute_url(), f"{row.case.get_absolute_url()}dokumente/"):
        assert client.get(address).status_code == 404
