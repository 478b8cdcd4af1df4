"""The people of an institution: who sees them, who changes them, and what stays refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from iiz.core import accounts, audit, institutions
from iiz.core.actor import Actor, actor_for
from iiz.core.enums import ParticipationRole, Phase, Role
from iiz.core.models import (
    AuditEntry,
    Case,
    ContactPerson,
    Institution,
    Membership,
    Participation,
    Signatory,
    Task,
)
from iiz.core.tests.factories import (
    ContactPersonFactory,
    InstitutionFactory,
    SignatoryFactory,
    actor,
    coordinator,
    join,
)
from iiz.core.tests.test_invitations import at_once
from iiz.core.workflow import NotAllowed


@pytest.fixture
def contact(db: None) -> Actor:
    return actor(Role.CONTACT, InstitutionFactory.create(name="Sozialdienst Musterdorf"))


@pytest.fixture
def nora(contact: Actor) -> Actor:
    return actor(Role.CASEWORKER, contact.institution)


def url(institution: Institution, rest: str = "") -> str:
    return f"/institution/{institution.pk}/{rest}"


def roles_of(someone: Actor) -> set[str]:
    return accounts.held_roles(someone.institution, someone.user)


def case_of(someone: Actor, **fields: Any) -> Case:
    """A case under way that ``someone`` is in charge of."""
    values = {"service": "optima", "state": "running", "phase": Phase.OPEN, "arrival_year": 2026}
    values |= {"registering_institution": someone.institution, "lead_institution": someone.institution, **fields}
    case = Case.objects.create(number=f"O-2026-{Case.objects.count() + 1:04}", **values)
    audit.open_case(case, someone, "case_begun")
    Participation.objects.create(
        case=case, institution=someone.institution, user=someone.user, role=ParticipationRole.PRINCIPAL
    )
    return case


# Looking --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.STRATEGIC, Role.STEERING])
def test_who_sees_no_cases_sees_no_people_either(contact: Actor, client_of: Callable[..., Client], role: str) -> None:
    client = client_of(actor(role, contact.institution))
    assert client.get("/institution/").status_code == 403


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.READ_ONLY, Role.SIGNATORY])
def test_everybody_sees_the_own_institution_and_only_reads(
    contact: Actor, client_of: Callable[..., Client], role: str
) -> None:
    colleague = actor(role, contact.institution)
    client = client_of(colleague)
    page = client.get("/institution/").content.decode()
    assert str(contact.user) in page
    assert "Rollen ändern" not in page
    for rest in ("anmeldung/", f"person/{contact.user.pk}/", f"person/{contact.user.pk}/beenden/", "unterschrift/neu/"):
        assert client.get(url(contact.institution, rest)).status_code == 403
        assert client.post(url(contact.institution, rest), {"roles": ["contact"]}).status_code == 403


def test_nobody_sees_another_institution_but_the_coordinator(contact: Actor, client_of: Callable[..., Client]) -> None:
    stranger = actor(Role.CONTACT)
    for rest in ("", "anmeldung/", f"person/{contact.user.pk}/", "ansprechperson/neu/", "einladen/"):
        assert client_of(stranger).get(url(contact.institution, rest)).status_code == 404
        assert client_of(coordinator()).get(url(contact.institution, rest)).status_code == 200
    assert client_of(stranger).get("/institutionen/").status_code == 403


def test_without_login_there_is_only_the_login(contact: Actor, client: Client) -> None:
    for path in ("/institution/", "/institutionen/", url(contact.institution, "einladen/")):
        assert client.get(path).headers["Location"].startswith("/konto/login/")


def test_an_account_without_institution_is_told_so(client: Client, contact: Actor) -> None:
    lonely = actor()
    Membership.objects.filter(user=lonely.user).update(valid_from=dt.date(2020, 1, 1), valid_until=dt.date(2020, 1, 2))
    client.force_login(lonely.user)
    assert client.get("/institution/").status_code == 403


def test_a_person_of_another_institution_is_not_found_here(contact: Actor, client_of: Callable[..., Client]) -> None:
    stranger = actor()
    assert client_of(contact).get(url(contact.institution, f"person/{stranger.user.pk}/")).status_code == 404


def test_the_coordinator_finds_institutions_without_a_contact_person(
    contact: Actor, client_of: Callable[..., Client]
) -> None:
    InstitutionFactory.create(name="Sozialdienst Leerdorf")
    client = client_of(coordinator())
    page = client.get("/institutionen/?ohne=on").content.decode()
    assert ("Leerdorf" in page, "Sozialdienst Musterdorf" in page) == (True, False)
    assert "Sozialdienst Musterdorf" in client.get("/institutionen/?q=musterdorf+sozial").content.decode()
    assert client.get("/institutionen/", {"q": "x" * 10_000, "seite": "<b>"}).status_code == 200


def test_the_pages_cost_the_same_however_many_people(
    contact: Actor, client_of: Callable[..., Client], no_repeated_queries: Callable[..., Any]
) -> None:
    for _ in range(5):
        someone = actor(Role.CASEWORKER, contact.institution, Role.SIGNATORY)
        ContactPersonFactory.create(institution=contact.institution, user=someone.user)
        SignatoryFactory.create(institution=contact.institution, user=someone.user)
        accounts.invite(contact, contact.institution, "A", "B", f"x{someone.user.pk}@test.example", [Role.CASEWORKER])
    for someone, path in ((contact, "/institution/"), (coordinator(), "/institutionen/")):
        client = client_of(someone)
        with no_repeated_queries():
            assert client.get(path).status_code == 200


def test_names_with_markup_are_text(contact: Actor, client_of: Callable[..., Client]) -> None:
    actor(Role.READ_ONLY, contact.institution, first_name="<img src=x>", last_name="</td>")
    page = client_of(contact).get("/institution/").content.decode()
    assert "&lt;img src=x&gt; &lt;/td&gt;" in page


# Roles ----------------------------------------------------------------------------------------------------------


def test_a_changed_role_ends_and_the_new_one_begins_today(
    contact: Actor, nora: Actor, client_of: Callable[..., Client]
) -> None:
    path = url(contact.institution, f"person/{nora.user.pk}/")
    client_of(contact).post(path, {"roles": ["read_only", "signatory"], "version": "caseworker"})
    today = timezone.localdate()
    rows = Membership.objects.filter(user=nora.user).values_list("role", "valid_until", "valid_from")
    assert {(role, until) for role, until, _ in rows} == {
        ("caseworker", today - dt.timedelta(days=1)),
        ("read_only", None),
        ("signatory", None),
    }
    assert roles_of(nora) == {"read_only", "signatory"}
    verbs = AuditEntry.objects.filter(stream="master", user_id=contact.user.pk).values_list("verb", "changes__role")
    assert set(verbs) == {("role_ended", "caseworker"), ("role_given", "read_only"), ("role_given", "signatory")}


def test_a_role_given_and_taken_on_one_day_leaves_its_row(contact: Actor, nora: Actor) -> None:
    for roles in (["caseworker", "signatory"], ["caseworker"], ["caseworker", "signatory"], ["caseworker"]):
        accounts.change_roles(contact, contact.institution, nora.user, roles)
    assert Membership.objects.filter(user=nora.user, role="signatory").count() == 2
    assert roles_of(nora) == {"caseworker"}


def test_a_page_that_was_overtaken_changes_nothing(
    contact: Actor, nora: Actor, client_of: Callable[..., Client]
) -> None:
    path = url(contact.institution, f"person/{nora.user.pk}/")
    accounts.change_roles(contact, contact.institution, nora.user, ["caseworker", "signatory"])
    response = client_of(contact).post(path, {"roles": ["read_only"], "version": "caseworker"})
    assert response.status_code == 409
    assert "Nur lesend" in response.content.decode()
    assert roles_of(nora) == {"caseworker", "signatory"}


def test_roles_of_the_office_stay_when_a_contact_person_changes_the_others(contact: Actor, nora: Actor) -> None:
    join(nora.user, contact.institution, Role.STEERING)
    accounts.change_roles(contact, contact.institution, nora.user, ["read_only", "coordinator"])
    assert roles_of(nora) == {"read_only", "steering"}
    with pytest.raises(NotAllowed):
        accounts.leave(contact, contact.institution, nora.user)
    accounts.leave(coordinator(), contact.institution, nora.user)
    assert not roles_of(nora)


def test_nobody_is_left_without_a_role_by_accident(
    contact: Actor, nora: Actor, client_of: Callable[..., Client]
) -> None:
    path = url(contact.institution, f"person/{nora.user.pk}/")
    response = client_of(contact).post(path, {"version": "caseworker"})
    assert response.context["form"].errors["roles"]
    assert roles_of(nora) == {"caseworker"}


def test_the_own_contact_role_ends_by_another_hand(contact: Actor, client_of: Callable[..., Client]) -> None:
    other = actor(Role.CONTACT, contact.institution)
    path = url(contact.institution, f"person/{contact.user.pk}/")
    response = client_of(contact).post(path, {"roles": ["caseworker"], "version": "contact"})
    assert "Ihre eigene Rolle" in response.content.decode()
    assert "Ihre eigene Rolle" in client_of(contact).post(path + "beenden/").content.decode()
    accounts.change_roles(other, contact.institution, contact.user, ["caseworker"])
    assert roles_of(contact) == {"caseworker"}
    assert client_of(contact).get(path).status_code == 403, "without the role the page is closed at once"


def test_the_last_contact_person_stays_even_for_the_coordinator(contact: Actor) -> None:
    with pytest.raises(ValidationError, match="letzte Ansprechperson"):
        accounts.change_roles(coordinator(), contact.institution, contact.user, ["caseworker"])
    with pytest.raises(ValidationError, match="letzte Ansprechperson"):
        accounts.leave(coordinator(), contact.institution, contact.user)


def test_a_coordinator_does_not_end_the_own_role() -> None: ...


def test_the_only_entry_of_the_directory_stays(contact: Actor) -> None:
    actor(Role.CONTACT, contact.institution)
    ContactPersonFactory.create(institution=contact.institution, user=contact.user)
    with pytest.raises(ValidationError, match="Verzeichnis"):
        accounts.leave(coordinator(), contact.institution, contact.user)


@pytest.mark.django_db(transaction=True)
def test_two_contact_persons_end_each_other_at_once_and_one_stays() -> None:
    first = actor(Role.CONTACT)
    second = actor(Role.CONTACT, first.institution)
    results = at_once(
        lambda: accounts.leave(first, first.institution, second.user),
        lambda: accounts.leave(second, first.institution, first.user),
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "NotAllowed"]
    assert Membership.objects.valid_on().filter(institution=first.institution).count() == 1


# Leaving --------------------------------------------------------------------------------------------------------


def test_whoever_leaves_loses_everything_at_once_and_nothing_is_deleted(
    contact: Actor, nora: Actor, client_of: Callable[..., Client]
) -> None:
    SignatoryFactory.create(institution=contact.institution, user=nora.user)
    join(nora.user, contact.institution, Role.SIGNATORY)
    elsewhere = join(nora.user, InstitutionFactory.create(), Role.CASEWORKER)
    client_of(contact).post(url(contact.institution, f"person/{nora.user.pk}/beenden/"))
    assert actor_for(nora.user, contact.institution) is None
    assert actor_for(nora.user, elsewhere.institution) == elsewhere
    assert Membership.objects.filter(user=nora.user).count() == 3
    assert not Signatory.objects.valid_on().filter(user=nora.user).exists()
    assert client_of(contact).post(url(contact.institution, f"person/{nora.user.pk}/beenden/")).status_code == 404


def test_open_cases_are_handed_over_before_somebody_leaves(
    contact: Actor, nora: Actor, client_of: Callable[..., Client]
) -> None:
    case = case_of(nora)
    for path in (f"person/{nora.user.pk}/beenden/", f"person/{nora.user.pk}/"):
        values = {"roles": ["read_only"], "version": "caseworker"}
        page = client_of(contact).post(url(contact.institution, path), values).content.decode()
        assert "Zuerst übergeben" in page
    office = client_of(coordinator()).post(url(contact.institution, f"person/{nora.user.pk}/beenden/"))
    assert case.number in office.content.decode()
    assert roles_of(nora) == {"caseworker"}
    Participation.objects.update(user=contact.user)
    accounts.leave(contact, contact.institution, nora.user)


def test_an_open_task_counts_and_an_ended_case_does_not(contact: Actor, nora: Actor) -> None:
    case_of(nora, phase=Phase.ENDED, ended_on=timezone.localdate())
    assert not accounts.open_work(contact.institution, nora.user).exists()
    case = case_of(contact)
    Task.objects.create(case=case, institution=contact.institution, user=nora.user, name="decide")
    with pytest.raises(accounts.OpenWork):
        accounts.leave(contact, contact.institution, nora.user)
    Task.objects.update(done_at=timezone.now())
    accounts.leave(contact, contact.institution, nora.user)


def test_work_for_another_institution_holds_nobody_back(contact: Actor, nora: Actor) -> None:
    case_of(join(nora.user, InstitutionFactory.create(), Role.CASEWORKER))
    accounts.leave(contact, contact.institution, nora.user)


# Contact persons and signatories --------------------------------------------------------------------------------

ANNA = {
    "name": "Anna Muster",
    "phone": "041 000 00 01",
    "email": "anna@test.example",
    "purpose": "optima",
    "valid_from": "22.11.2026",
}


def test_a_contact_person_is_named_corrected_and_ended(contact: Actor, client_of: Callable[..., Client]) -> None:
    client = client_of(contact)
    client.post(url(contact.institution, "ansprechperson/neu/"), ANNA)
    anna = ContactPerson.objects.get()
    deputy = ContactPersonFactory.create(institution=contact.institution, deputy=anna)
    page = client.get(url(contact.institution, f"ansprechperson/{anna.pk}/"))
    changed = {**page.context["form"].initial, **ANNA, "phone": "041 000 00 02", "user": contact.user.pk, "deputy": ""}
    client.post(url(contact.institution, f"ansprechperson/{anna.pk}/"), changed)
    anna.refresh_from_db()
    assert (anna.phone, anna.user) == ("041 000 00 02", contact.user)
    client.post(url(contact.institution, f"ansprechperson/{anna.pk}/beenden/"))
    deputy.refresh_from_db()
    assert deputy.deputy is None
    assert list(ContactPerson.objects.valid_on()) == [deputy]
    entries = AuditEntry.objects.filter(stream="master", object_type="core.contactperson")
    assert [entry.verb for entry in entries] == ["contact_named", "contact_changed", "contact_ended"]
    assert "041" not in str([entry.changes for entry in entries])


def test_the_last_entry_stays(contact: Actor, client_of: Callable[..., Client]) -> None:
    only = ContactPersonFactory.create(institution=contact.institution)
    response = client_of(contact).post(url(contact.institution, f"ansprechperson/{only.pk}/beenden/"))
    assert "letzte Ansprechperson" in response.content.decode()
    assert ContactPerson.objects.valid_on().count() == 1


def test_an_entry_changed_meanwhile_is_a_conflict(contact: Actor, client_of: Callable[..., Client]) -> None:
    anna = ContactPersonFactory.create(institution=contact.institution)
    path = url(contact.institution, f"ansprechperson/{anna.pk}/")
    seen = client_of(contact).get(path).context["form"].initial["version"]
    ContactPerson.objects.update(phone="041 999 99 99")
    response = client_of(contact).post(path, {**ANNA, "version": seen})
    assert response.status_code == 409
    assert ContactPerson.objects.get().phone == "041 999 99 99"


def test_entries_take_only_people_of_the_house(contact: Actor, client_of: Callable[..., Client]) -> None:
    stranger, foreign = actor(), ContactPersonFactory.create()
    values = {**ANNA, "user": stranger.user.pk, "deputy": foreign.pk, "phone": "1" * 10_000}
    response = client_of(contact).post(url(contact.institution, "ansprechperson/neu/"), values)
    assert set(response.context["form"].errors) == {"user", "deputy", "phone"}
    assert client_of(contact).get(url(contact.institution, f"ansprechperson/{foreign.pk}/")).status_code == 404


def test_unknown_lists_are_not_found(contact: Actor, client_of: Callable[..., Client]) -> None:
    assert client_of(contact).get(url(contact.institution, "unsinn/neu/")).status_code == 404


# Second factor --------------------------------------------------------------------------------------------------


def test_the_rule_for_the_second_factor_is_kept_and_audited(contact: Actor, client_of: Callable[..., Client]) -> None:
    values = {"roles": ["signatory", "caseworker"], "version": ""}
    client_of(contact).post(url(contact.institution, "anmeldung/"), values)
    assert Institution.objects.get(pk=contact.institution.pk).mfa_roles == ["caseworker", "signatory"]
    entry = AuditEntry.objects.filter(stream="master").latest("position")
    assert (entry.verb, entry.changes) == ("mfa_required", {"roles": [[], ["caseworker", "signatory"]]})
    stale = client_of(contact).post(url(contact.institution, "anmeldung/"), {"roles": [], "version": ""})
    assert stale.status_code == 409


def test_the_use_cases_refuse_strangers_too(contact: Actor) -> None:
    stranger = actor(Role.CONTACT)
    entry = ContactPersonFactory.create(institution=contact.institution)
    for call in (
        lambda: accounts.change_roles(stranger, contact.institution, contact.user, ["read_only"]),
        lambda: accounts.leave(stranger, contact.institution, contact.user),
        lambda: institutions.end_contact(stranger, entry),
        lambda: institutions.save_entry(stranger, entry, {}),
        lambda: institutions.require_mfa(stranger, contact.institution, []),
    ):
        with pytest.raises(NotAllowed):
            call()
