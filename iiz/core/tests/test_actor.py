"""Who acts: roles of today, of active people, in active institutions."""

import datetime as dt

import pytest
from django.utils import timezone

from iiz.core.actor import actor_for, actors_of, members
from iiz.core.enums import Role
from iiz.core.tests.factories import InstitutionFactory, MembershipFactory, UserFactory, actor, coordinator, join

pytestmark = pytest.mark.django_db


def test_a_person_of_two_institutions_has_two_actors_with_their_own_roles():
    nora = actor(Role.CASEWORKER)
    other = join(nora.user, InstitutionFactory.create(rav=True), Role.CONTACT, Role.READ_ONLY)
    found = {one.institution: one.roles for one in actors_of(nora.user)}
    assert found == {nora.institution: {Role.CASEWORKER}, other.institution: {Role.CONTACT, Role.READ_ONLY}}


def test_a_closed_institution_and_an_inactive_account_act_no_more():
    nora = actor(Role.CASEWORKER)
    nora.institution.is_active = False
    nora.institution.save()
    assert actors_of(nora.user) == []
    assert actor_for(nora.user, nora.institution) is None
    jan = actor(Role.CASEWORKER)
    jan.user.is_active = False
    assert actor_for(jan.user, jan.institution) is None


def test_only_a_coordinator_of_the_coordination_office_coordinates():
    assert coordinator().is_coordination
    assert not actor(Role.CASEWORKER, coordinator().institution).is_coordination
    assert not actor(Role.COORDINATOR, InstitutionFactory.create()).is_coordination


@pytest.mark.parametrize(
    ("role", "sees", "works"),
    [
        (Role.CONTACT, True, True),
        (Role.CASEWORKER, True, True),
        (Role.SIGNATORY, True, False),
        (Role.READ_ONLY, True, False),
        (Role.STRATEGIC, False, False),
        (Role.STEERING, False, False),
    ],
)
def test_what_a_role_opens(role, sees, works):
    who = actor(role)
    assert (who.sees_cases, who.works_on_cases) == (sees, works)


def test_members_are_those_who_hold_the_role_today():
    office = InstitutionFactory.create()
    stays = MembershipFactory.create(institution=office, role=Role.CONTACT).user
    MembershipFactory.create(
        institution=office, role=Role.CONTACT, valid_until=timezone.localdate() - dt.timedelta(days=1)
    )
    MembershipFactory.create(institution=office, role=Role.CONTACT, user=UserFactory.create(is_active=False))
    MembershipFactory.create(institution=office, role=Role.READ_ONLY)
    assert members(office, [Role.CONTACT]) == [stays]
