"""The site of the master data: who enters, what it holds, what it refuses, what it notes."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.core import mail
from django.test import Client

from iiz.core import audit
from iiz.core.actor import Actor
from iiz.core.enums import Phase, Role, RoutingMode, StatisticsGroup
from iiz.core.models import (
    AuditEntry,
    ContactPerson,
    Institution,
    LeadCapability,
    Membership,
    Participation,
    RoutingRule,
    Signatory,
    User,
)

from .factories import ContactPersonFactory, InstitutionFactory, SignatoryFactory, actor, coordinator

pytestmark = pytest.mark.django_db

HELD = {
    "Institution",
    "Municipality",
    "Jurisdiction",
    "LeadCapability",
    "RoutingRule",
    "ContactPerson",
    "Signatory",
    "TimeLimit",
    "Membership",
    "User",
    "RefusalReason",
    "AdmissionCriterion",
    "Fallpauschale",
    "ClosingReason",
    "ClosingDetail",
    "ReducedProcedure",
    "LegalPrecondition",
    "Obstacle",
    "RuleText",
    "ZielgruppeRule",
    "Provider",
    "Tariff",
    "CopyTo",
    "BillingRule",
    "CostSharing",
}
"""What belongs there; whatever is registered beside this is the library's own and for superusers."""


@pytest.fixture
def office(client_of: Callable[..., Client]) -> Client:
    """The browser of the coordination office."""
    return client_of(coordinator(first_name="Katrin", email="katrin@test.example"))


def of(row: Any, page: str = "change") -> str:
    """The address of a row in the admin."""
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/{page}/"


def account(user: User, **changes: Any) -> dict[str, Any]:
    """The account form as the page would send it."""
    typed = {"first_name": user.first_name, "last_name": user.last_name, "phone": user.phone, "is_active": "on"}
    return {**typed, **changes}


def last(stream: str = "master") -> AuditEntry:
    found = AuditEntry.objects.filter(stream=stream).order_by("-position").first()
    assert found is not None
    return found


# Who enters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_coordinators_enter(role: Role, client_of: Callable[..., Client]) -> None:
    office = coordinator().institution
    for institution in (office, InstitutionFactory.create()):
        assert client_of(actor(role, institution)).get("/admin/core/institution/").status_code == 302


def test_a_coordinator_of_another_institution_does_not_enter(client_of: Callable[..., Client]) -> None:
    assert client_of(actor(Role.COORDINATOR)).get("/admin/").status_code == 302


def test_strangers_are_led_to_the_one_login(client: Client) -> None:
    response = client.get("/admin/core/user/")
    assert response.headers["Location"].startswith("/konto/login/")


def test_whoever_stops_coordinating_is_out_at_once(client_of: Callable[..., Client]) -> None:
    katrin = coordinator()
    browser = client_of(katrin)
    assert browser.get("/admin/").status_code == 200
    Membership.objects.filter(user=katrin.user).update(valid_until=date(2021, 1, 1))
    assert browser.get("/admin/").status_code == 302


# What it holds --------------------------------------------------------------------------------------------------


def test_it_holds_master_data_and_nothing_else(office: Client) -> None:
    shown = {model["object_name"] for app in office.get("/admin/").context["app_list"] for model in app["models"]}
    assert shown == HELD


def test_the_libraries_own_lists_stay_closed(office: Client) -> None:
    others = [model for model in admin.site._registry if model.__name__ not in HELD]
    for model in others:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert office.get(address).status_code == 403, address


def test_nothing_can_be_deleted(office: Client) -> None:
    row = InstitutionFactory.create()
    for thing in (row, actor().user, ContactPersonFactory.create()):
        assert office.get(of(thing, "delete")).status_code == 403
        office.post(of(thing, "delete"), {"post": "yes"})
        assert type(thing).objects.filter(pk=thing.pk).exists()
    listing = office.get("/admin/core/institution/").content.decode()
    assert "delete_selected" not in listing


# What it notes --------------------------------------------------------------------------------------------------


def test_a_change_is_noted_with_old_and_new(office: Client) -> None:
    service = InstitutionFactory.create()
    row = LeadCapability.objects.create(institution=service, level="full", valid_from=date(2999, 1, 1))
    values = {"institution": service.pk, "level": "wsh_only", "remark": "", "valid_from": "01.01.2999"}
    assert office.post(of(row), values).status_code == 302
    entry = last()
    assert (entry.verb, entry.changes, entry.user_name[:6]) == (
        "master_changed",
        {"level": ["full", "wsh_only"]},
        "Katrin",
    )
    assert not list(audit.verify())


def test_saving_without_a_change_notes_nothing(office: Client) -> None:
    user = actor().user
    before = AuditEntry.objects.count()
    assert office.post(of(user), account(user)).status_code == 302
    assert AuditEntry.objects.count() == before


def test_personal_values_stand_there_as_hash_only(office: Client) -> None:
    user = actor().user
    assert office.post(of(user), account(user, last_name="Ganzneu", phone="079 123")).status_code == 302
    told = str(last().changes)
    assert "Ganzneu" not in told
    assert "079" not in told
    assert set(last().changes) == {"last_name", "phone"}


def test_dated_rows_say_how_they_change(office: Client) -> None:
    page = office.get("/admin/core/routingrule/add/").content.decode()
    assert "legen Sie eine neue Fassung an" in page
    assert "beenden Sie diese Zeile" in office.get("/admin/core/contactperson/add/").content.decode()


def test_a_central_way_without_an_office_is_an_error_beside_the_field(office: Client) -> None:
    values = {"group": StatisticsGroup.IV, "mode": RoutingMode.CENTRAL, "target": "", "valid_from": "01.01.2026"}
    response = office.post("/admin/core/routingrule/add/", values)
    assert response.status_code == 200
    assert not RoutingRule.objects.exists()


def test_a_name_with_markup_stays_text(office: Client) -> None:
    InstitutionFactory.create(name="<script>alert(1)</script>")
    page = office.get("/admin/core/institution/").content.decode()
    assert "<script>alert(1)" not in page


def test_ten_thousand_characters_are_an_error_not_a_crash(office: Client) -> None:
    user = actor().user
    response = office.post(of(user), account(user, first_name="A" * 10_000))
    assert response.status_code == 200
    user.refresh_from_db()
    assert user.first_name == "Nora"


# Accounts -------------------------------------------------------------------------------------------------------


def test_accounts_come_by_invitation_and_roles_from_the_institution(office: Client) -> None:
    assert office.get("/admin/core/user/add/").status_code == 403
    assert office.get("/admin/core/membership/add/").status_code == 403
    row = Membership.objects.get(user=actor().user)
    assert office.post(of(row), {"role": Role.CONTACT}).status_code == 403
    row.refresh_from_db()
    assert row.role == Role.CASEWORKER
    assert f"/institution/{row.institution_id}/" in office.get("/admin/core/membership/").content.decode()


def test_address_and_password_are_the_owners(office: Client) -> None:
    user = actor().user
    address, password = user.email, user.password
    office.post(of(user), account(user, email="anders@test.example", password="x", is_superuser="on", is_staff="on"))
    user.refresh_from_db()
    assert (user.email, user.password, user.is_superuser, user.is_staff) == (address, password, False, False)


@pytest.fixture
def case_of() -> Callable[[Actor], Any]:
    """An open case that a person of an institution answers for."""
    from iiz.core import cases
    from iiz.core.models import Case

    def build(nora: Actor) -> Case:
        case = cases.begin("optima", nora, "draft")
        Case.objects.filter(pk=case.pk).update(phase=Phase.OPEN, state="submitted")
        case.refresh_from_db()
        return case

    return build


def test_an_account_with_open_cases_stays_until_they_are_handed_over(office: Client, case_of: Any) -> None:
    nora = actor()
    case = case_of(nora)
    values = account(nora.user)
    del values["is_active"]
    response = office.post(of(nora.user), values)
    assert case.number in response.content.decode()
    nora.user.refresh_from_db()
    assert nora.user.is_active
    Participation.objects.filter(case=case).update(user=None)
    case.tasks.update(user=None)
    type(case).objects.filter(pk=case.pk).update(lead_user=None)
    assert office.post(of(nora.user), values).status_code == 302
    nora.user.refresh_from_db()
    assert not nora.user.is_active


def test_the_last_contact_person_keeps_the_account(office: Client) -> None:
    silvan = actor(Role.CONTACT)
    values = account(silvan.user)
    del values["is_active"]
    assert "letzte Ansprechperson" in office.post(of(silvan.user), values).content.decode()
    actor(Role.CONTACT, silvan.institution)
    assert office.post(of(silvan.user), values).status_code == 302


def test_a_switched_off_account_is_out_at_once(office: Client, client_of: Callable[..., Client]) -> None:
    jan = actor()
    browser = client_of(jan)
    assert browser.get("/pendenzen/").status_code == 200
    values = account(jan.user)
    del values["is_active"]
    office.post(of(jan.user), values)
    assert browser.get("/pendenzen/").headers["Location"].startswith("/konto/login/")


def test_nobody_locks_the_own_door_from_inside(client_of: Callable[..., Client]) -> None:
    katrin = coordinator()
    values = account(katrin.user)
    del values["is_active"]
    client_of(katrin).post(of(katrin.user), values)
    katrin.user.refresh_from_db()
    assert katrin.user.is_active


def test_an_office_with_open_cases_is_not_switched_off(office: Client, case_of: Any) -> None:
    nora = actor()
    case_of(nora)
    row = nora.institution
    values = {"name": row.name, "short_name": row.short_name, "kind": row.kind, "place": row.place}
    assert "laufenden Fall beteiligt" in office.post(of(row), values).content.decode()
    assert Institution.objects.get(pk=row.pk).is_active
    empty = InstitutionFactory.create()
    values |= {"name": empty.name, "short_name": empty.short_name}
    assert office.post(of(empty), values).status_code == 302
    assert not Institution.objects.get(pk=empty.pk).is_active


# Lost keys ------------------------------------------------------------------------------------------------------


def choose(office: Client, action: str, *users: User) -> str:
    """Run an action of the list on accounts; the text of the answer."""
    values = {"action": action, "_selected_action": [user.pk for user in users]}
    return office.post("/admin/core/user/", values, follow=True).content.decode()


def test_the_office_sends_the_link_for_a_new_password(office: Client) -> None:
    jan = actor().user
    password = jan.password
    assert "unterwegs" in choose(office, "send_password_link", jan)
    assert [message.to for message in mail.outbox] == [[jan.email]]
    assert "/konto/password/reset/key/" in mail.outbox[0].body
    jan.refresh_from_db()
    assert jan.password == password
    assert (last("login").verb, last("login").object_id) == ("password_link_sent", str(jan.pk))


def test_a_lost_second_factor_is_taken_away_and_the_owner_told(office: Client) -> None:
    jan = actor().user
    Authenticator.objects.create(user=jan, type=Authenticator.Type.TOTP, data={"secret": "x"})
    Authenticator.objects.create(user=jan, type=Authenticator.Type.RECOVERY_CODES, data={})
    choose(office, "reset_second_factor", jan)
    assert not Authenticator.objects.filter(user=jan).exists()
    assert [message.to for message in mail.outbox] == [[jan.email]]
    assert last("login").verb == "mfa_reset"
    assert "keinen zweiten Faktor" in choose(office, "reset_second_factor", jan)


@pytest.mark.parametrize("action", ["send_password_link", "reset_second_factor"])
def test_keys_are_not_handled_in_bulk(office: Client, action: str) -> None:
    jan, nora = actor().user, actor().user
    Authenticator.objects.create(user=jan, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert "genau ein aktives Konto" in choose(office, action, jan, nora)
    assert not mail.outbox
    assert Authenticator.objects.exists()


def test_others_do_not_reach_the_keys(client_of: Callable[..., Client]) -> None:
    jan = actor()
    Authenticator.objects.create(user=jan.user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    choose(client_of(actor(Role.CONTACT, jan.institution)), "reset_second_factor", jan.user)
    assert Authenticator.objects.exists()


def test_a_contact_person_entered_here_is_noted_without_name(office: Client) -> None:
    service = InstitutionFactory.create()
    values = {
        "institution": service.pk,
        "name": "Regula Beispiel",
        "phone": "041 1",
        "email": "regula@test.example",
        "purpose": "optima",
        "valid_from": "01.01.2026",
    }
    assert office.post("/admin/core/contactperson/add/", values).status_code == 302
    assert ContactPerson.objects.get().name == "Regula Beispiel"
    assert "Regula" not in str(last().changes)
    assert last().verb == "master_added"


def test_nobody_gives_or_changes_the_own_right_to_sign_here_either(client_of: Callable[..., Client]) -> None:
    katrin = coordinator()
    client, office = client_of(katrin), InstitutionFactory.create()
    values = {"institution": office.pk, "name": "Katrin", "user": katrin.user.pk, "valid_from": "01.01.2026"}
    page = client.post("/admin/core/signatory/add/", values)
    assert "ändern Sie nicht selbst" in page.content.decode()
    own = SignatoryFactory.create(institution=office, user=katrin.user, limit=5000)
    client.post(of(own), {**values, "limit": "9000"})
    other = SignatoryFactory.create(institution=office, limit=5000)
    client.post(of(other), {**values, "name": "Anna", "limit": "9000"})
    assert set(Signatory.objects.values_list("name", "limit")) == {(own.name, 5000), ("Anna", 5000)}


def test_the_password_is_changed_on_the_account_pages(office: Client) -> None:
    response = office.get("/admin/password_change/")
    assert response.headers["Location"] == "/konto/password/change/"
