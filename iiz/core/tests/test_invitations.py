"""Invitations: who may invite whom as what, and what happens behind the link."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from iiz.core import accounts
from iiz.core.actor import Actor, actor_for
from iiz.core.delivery import deliver
from iiz.core.enums import Role
from iiz.core.models import AuditEntry, Institution, Invitation, Membership, OutboxMail, User
from iiz.core.tests.factories import PASSWORD, InstitutionFactory, UserFactory, actor, coordinator, join
from iiz.core.workflow import NotAllowed

GOOD = "sieben Schafe am Bach"
BOTH = {"password1": GOOD, "password2": GOOD}


@pytest.fixture
def contact(db: None) -> Actor:
    return actor(Role.CONTACT, InstitutionFactory.create(name="Sozialdienst Musterdorf"))


def invited(by: Actor, email: str = "nora@test.example", roles: tuple[str, ...] = (Role.CASEWORKER,)) -> Invitation:
    return accounts.invite(by, by.institution, "Nora", "Neu", email, roles)


def link(invitation: Invitation) -> str:
    return f"/einladung/{invitation.token()}/"


def roles_of(email: str, institution: Institution) -> set[str]:
    return accounts.held_roles(institution, User.objects.get(email=email))


# Inviting -------------------------------------------------------------------------------------------------------


def test_a_contact_person_invites_and_the_link_comes_by_mail(contact: Actor, client_of: Callable[..., Client]) -> None:
    values = {"first_name": "Nora", "last_name": "Neu", "email": "Nora@Test.example", "roles": ["caseworker"]}
    response = client_of(contact).post(f"/institution/{contact.institution.pk}/einladen/", values, follow=True)
    assert "Die Einladung ist unterwegs" in response.content.decode()
    deliver()
    [message] = mail.outbox
    assert message.to == ["nora@test.example"]
    assert link(Invitation.objects.get()) in message.body
    assert "Nora" not in message.body


def test_the_link_is_not_in_the_database(contact: Actor) -> None:
    token = invited(contact).token()
    row = OutboxMail.objects.get()
    assert token not in str(vars(row)) + str(vars(Invitation.objects.get()))


@pytest.mark.parametrize("role", [Role.STRATEGIC, Role.STEERING, Role.COORDINATOR])
def test_a_contact_person_does_not_give_the_roles_of_the_office(
    contact: Actor, client_of: Callable[..., Client], role: str
) -> None:
    with pytest.raises(NotAllowed):
        invited(contact, roles=(role,))
    values = {"first_name": "N", "last_name": "N", "email": "n@test.example", "roles": [role]}
    response = client_of(contact).post(f"/institution/{contact.institution.pk}/einladen/", values)
    assert response.context["form"].errors["roles"]
    assert not Invitation.objects.exists()


def test_the_coordinator_invites_everywhere_but_coordinators_only_at_home(contact: Actor) -> None:
    office = coordinator()
    accounts.invite(office, contact.institution, "A", "B", "a@test.example", [Role.STEERING, Role.STRATEGIC])
    accounts.invite(office, office.institution, "A", "B", "b@test.example", [Role.COORDINATOR])
    with pytest.raises(NotAllowed):
        accounts.invite(office, contact.institution, "A", "B", "c@test.example", [Role.COORDINATOR])


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.READ_ONLY, Role.SIGNATORY, Role.STRATEGIC, Role.STEERING])
def test_nobody_else_invites(contact: Actor, client_of: Callable[..., Client], role: str) -> None:
    colleague = actor(role, contact.institution)
    assert client_of(colleague).get(f"/institution/{contact.institution.pk}/einladen/").status_code == 403
    with pytest.raises(NotAllowed):
        accounts.invite(colleague, contact.institution, "A", "B", "a@test.example", [Role.CASEWORKER])


def test_a_contact_person_of_another_institution_finds_nothing(
    contact: Actor, client_of: Callable[..., Client]
) -> None:
    row, other = invited(contact), actor(Role.CONTACT)
    own = f"/institution/{contact.institution.pk}/einladung/{row.pk}/erneuern/"
    foreign = f"/institution/{other.institution.pk}/einladung/{row.pk}/zurueckziehen/"
    assert [client_of(other).post(url).status_code for url in (own, foreign)] == [404, 404]
    assert Invitation.objects.get().is_open


def test_a_member_is_not_invited_again(contact: Actor) -> None:
    colleague = actor(Role.READ_ONLY, contact.institution)
    with pytest.raises(Exception, match="gehört bereits"):
        invited(contact, colleague.user.email)


def test_an_address_is_invited_once_until_the_link_expires(contact: Actor, time_machine: Any) -> None:
    invited(contact)
    with pytest.raises(Exception, match="bereits eingeladen"):
        invited(contact, "NORA@test.example")
    time_machine.move_to(timezone.now() + dt.timedelta(days=8))
    invited(contact)
    assert accounts.open_invitations(contact.institution).count() == 1


def test_the_inviter_sees_the_same_whether_an_account_exists_or_not(
    contact: Actor, client_of: Callable[..., Client]
) -> None:
    UserFactory.create(email="bekannt@test.example")
    pages = []
    for name in ("bekannt", "fremder"):
        values = {"first_name": "N", "last_name": "N", "email": f"{name}@test.example", "roles": ["caseworker"]}
        answer = client_of(contact).post(f"/institution/{contact.institution.pk}/einladen/", values, follow=True)
        pages.append((answer.redirect_chain, [str(m) for m in answer.context["messages"]]))
    assert pages[0] == pages[1]


def test_very_long_and_wrong_answers_are_errors_beside_their_fields(
    contact: Actor, client_of: Callable[..., Client]
) -> None:
    values = {"first_name": "x" * 10_000, "last_name": "\x00", "email": "x" * 10_000, "roles": ["chef"]}
    response = client_of(contact).post(f"/institution/{contact.institution.pk}/einladen/", values)
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"first_name", "last_name", "email", "roles"}


def test_a_name_with_markup_is_shown_as_text(contact: Actor, client_of: Callable[..., Client], client: Client) -> None:
    row = accounts.invite(contact, contact.institution, "<b>Nora</b>", "<script>", "n@test.example", [Role.CASEWORKER])
    for page in (client_of(contact).get("/institution/"), client.get(link(row))):
        assert "&lt;b&gt;Nora&lt;/b&gt; &lt;script&gt;" in page.content.decode()


# Again and back -------------------------------------------------------------------------------------------------


def test_sending_again_kills_the_old_link(contact: Actor, client_of: Callable[..., Client], client: Client) -> None:
    row = invited(contact)
    old = link(row)
    client_of(contact).post(f"/institution/{contact.institution.pk}/einladung/{row.pk}/erneuern/")
    assert client.get(old).status_code == 410
    assert client.get(link(Invitation.objects.get())).status_code == 200
    assert OutboxMail.objects.filter(sent_at=None).count() == 1


def test_a_withdrawn_invitation_is_dead_and_its_mail_stays_unsent(
    contact: Actor, client_of: Callable[..., Client], client: Client
) -> None:
    row = invited(contact)
    url = f"/institution/{contact.institution.pk}/einladung/{row.pk}/zurueckziehen/"
    assert "gilt dann nicht mehr" in client_of(contact).get(url).content.decode()
    client_of(contact).post(url)
    assert client.get(link(row)).status_code == 410
    assert not OutboxMail.objects.exists()
    assert client_of(contact).post(url).status_code == 404


# Accepting ------------------------------------------------------------------------------------------------------


def test_whoever_accepts_has_an_account_the_roles_and_is_in(contact: Actor, client: Client) -> None:
    row = invited(contact, roles=(Role.CASEWORKER, Role.SIGNATORY))
    page = client.get(link(row)).content.decode()
    assert "Sozialdienst Musterdorf" in page
    assert f"{timezone.localtime(row.expires_at):%d.%m.%Y %H:%M}" in page
    assert "12 Zeichen" in page, "the rules stand there before anything is typed"
    response = client.post(link(row), BOTH)
    assert (response.status_code, response.headers["Location"]) == (302, "/pendenzen/")
    user = User.objects.get(email="nora@test.example")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.first_name, user.last_name, user.check_password(GOOD)) == ("Nora", "Neu", True)
    assert roles_of(user.email, contact.institution) == {Role.CASEWORKER, Role.SIGNATORY}
    verbs = list(AuditEntry.objects.filter(stream="master").values_list("verb", flat=True))
    assert verbs == ["invited", "account_opened", "invitation_accepted", "role_given", "role_given"]
    assert AuditEntry.objects.filter(stream="login", verb="logged_in", user_id=user.pk).count() == 1


@pytest.mark.parametrize(
    ("first", "second"), [("kurz", "kurz"), ("123456789012345", "123456789012345"), (GOOD, GOOD + "!"), ("", "")]
)
def test_a_weak_or_mistyped_password_opens_nothing(contact: Actor, client: Client, first: str, second: str) -> None:
    response = client.post(link(invited(contact)), {"password1": first, "password2": second})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not User.objects.filter(email="nora@test.example").exists()


def test_a_password_like_the_own_address_is_refused(contact: Actor, client: Client) -> None:
    row = invited(contact, "eleonora.langenegger@test.example")
    response = client.post(link(row), dict.fromkeys(BOTH, "eleonora.langenegger"))
    assert response.context["form"].errors


def test_a_password_of_ten_thousand_characters_works(contact: Actor, client: Client) -> None:
    assert client.post(link(invited(contact)), dict.fromkeys(BOTH, "ein Satz " * 1111)).status_code == 302


def test_links_that_do_not_work_all_answer_alike(contact: Actor, client: Client, time_machine: Any) -> None:
    used, revoked, closed, late = (invited(contact, f"{name}@test.example") for name in "abcd")
    links = [link(row) for row in (used, revoked, closed, late)]
    accounts.accept(used, password=GOOD)
    accounts.revoke(contact, revoked)
    links += [links[3][:-2] + "/", "/einladung/erfunden/", f"/einladung/{'x' * 10_000}/", "/einladung/ü<b>/"]
    time_machine.move_to(timezone.now() + dt.timedelta(days=7, minutes=1))
    pages = {client.get(url).content.decode() for url in links}
    codes = {client.post(url, BOTH).status_code for url in links}
    assert codes == {410}
    assert len({page.split("<main")[1].split("</main>")[0] for page in pages}) == 1
    assert User.objects.filter(email__endswith="d@test.example").count() == 0


def test_a_closed_institution_takes_nobody_in(contact: Actor, client: Client) -> None:
    row = invited(contact)
    Institution.objects.filter(pk=contact.institution.pk).update(is_active=False)
    assert client.post(link(row), BOTH).status_code == 410


def test_the_link_works_once(contact: Actor, client: Client) -> None:
    row = invited(contact)
    client.post(link(row), BOTH)
    assert Client().get(link(row)).status_code == 410
    again = client.post(link(row), BOTH, follow=True)
    assert "bereits angenommen" in again.content.decode()
    assert Membership.objects.filter(user__email="nora@test.example").count() == 1


def test_whoever_has_an_account_logs_in_first(contact: Actor, client: Client) -> None:
    elsewhere = InstitutionFactory.create()
    join(UserFactory.create(email="nora@test.example"), elsewhere, Role.CASEWORKER)
    url = link(invited(contact))
    page = client.get(url).content.decode()
    assert f"/konto/login/?next={quote(url)}" in page
    assert client.post(url, BOTH).status_code == 200
    assert not roles_of("nora@test.example", contact.institution)
    login = {"login": "nora@test.example", "password": PASSWORD, "next": url}
    assert client.post("/konto/login/", login).headers["Location"] == url
    assert "Einladung annehmen" in client.get(url).content.decode()
    assert not roles_of("nora@test.example", contact.institution), "looking is not accepting"
    client.post(url)
    assert roles_of("nora@test.example", contact.institution) == {Role.CASEWORKER}
    assert User.objects.get(email="nora@test.example").check_password(PASSWORD)


def test_an_invitation_for_somebody_else_cannot_be_taken(contact: Actor, client_of: Callable[..., Client]) -> None:
    row, stranger = invited(contact), actor()
    client = client_of(stranger)
    assert "für jemand anderen" in client.get(link(row)).content.decode()
    client.post(link(row))
    assert actor_for(stranger.user, contact.institution) is None
    assert Invitation.objects.get().is_open


def test_a_second_factor_is_asked_of_accounts_that_have_one(contact: Actor, client: Client) -> None:
    contact.institution.mfa_roles = [Role.CASEWORKER]
    contact.institution.save()
    client.post(link(invited(contact)), BOTH)
    assert client.get("/pendenzen/").headers["Location"].startswith("/konto/2fa/totp/activate/")


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run ``calls`` at the same moment on connections of their own; exceptions are results."""
    barrier, results = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results.append(call())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_open_one_account() -> None:
    row = invited(actor(Role.CONTACT))
    codes = at_once(*[lambda: Client().post(link(row), BOTH).status_code for _ in range(2)])
    assert set(codes) <= {302, 410}
    assert User.objects.filter(email="nora@test.example").count() == 1
    assert Membership.objects.filter(user__email="nora@test.example").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_invitations_for_one_address_accepted_at_once() -> None:
    rows = [invited(actor(Role.CONTACT)), invited(actor(Role.CONTACT))]
    codes = at_once(*[lambda row=row: Client().post(link(row), BOTH).status_code for row in rows])
    assert set(codes) <= {302, 200}
    assert User.objects.filter(email="nora@test.example").count() == 1
    assert Membership.objects.filter(user__email="nora@test.example").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_contact_persons_inviting_one_person_at_once() -> None:
    first = actor(Role.CONTACT)
    second = actor(Role.CONTACT, first.institution)
    results = at_once(lambda: invited(first), lambda: invited(second))
    assert Invitation.objects.count() == 1
    assert [type(result).__name__ for result in results if isinstance(result, Exception)] == ["ValidationError"]
