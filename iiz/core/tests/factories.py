"""Factories of the shared model. Names that tests read as prose: Nora, Jan, Fremde, Koordination."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from iiz.core.actor import Actor, actor_for
from iiz.core.enums import InstitutionKind, Role, Service, Sex
from iiz.core.models import (
    ContactPerson,
    GuestLink,
    Institution,
    Membership,
    Municipality,
    Person,
    Signatory,
    Substitution,
    TimeLimit,
    User,
)
from iiz.core.synthetic import DEMO_PASSWORD, ahv_number

PASSWORD = DEMO_PASSWORD
LONG_AGO = dt.date(2020, 1, 1)


class InstitutionFactory(factory.django.DjangoModelFactory):
    """An office; a social service unless a trait says otherwise."""

    class Meta:
        model = Institution

    class Params:
        rav = factory.Trait(kind=InstitutionKind.RAV, name=factory.Sequence(lambda n: f"RAV Seeblick {n}"))
        iv = factory.Trait(kind=InstitutionKind.IV, name=factory.Sequence(lambda n: f"IV-Stelle {n}"))
        social_service = factory.Trait(kind=InstitutionKind.SOCIAL_SERVICE)
        sobz = factory.Trait(kind=InstitutionKind.SOBZ, name=factory.Sequence(lambda n: f"SoBZ Region {n}"))
        coordination = factory.Trait(
            kind=InstitutionKind.COORDINATION, name=factory.Sequence(lambda n: f"IIZ-Koordinationsstelle {n}")
        )
        other = factory.Trait(kind=InstitutionKind.GUARDIANSHIP, name=factory.Sequence(lambda n: f"Mandatszentrum {n}"))

    kind = InstitutionKind.SOCIAL_SERVICE
    name = factory.Sequence(lambda n: f"Sozialdienst Musterdorf {n}")
    short_name = factory.LazyAttribute(lambda o: o.name[:60])
    place = "Musterdorf"


class UserFactory(factory.django.DjangoModelFactory):
    """An account; its password is :data:`PASSWORD`, hashed once for all."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@test.example")
    first_name = "Nora"
    last_name = factory.Sequence(lambda n: f"Muster {n}")
    password = make_password(PASSWORD)


class MembershipFactory(factory.django.DjangoModelFactory):
    """One role of one person in one institution, since long ago."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    institution = factory.SubFactory(InstitutionFactory)
    role = Role.CASEWORKER
    valid_from = LONG_AGO


class MunicipalityFactory(factory.django.DjangoModelFactory):
    """A municipality in the region *Sursee*."""

    class Meta:
        model = Municipality
        django_get_or_create = ("bfs_nr",)

    bfs_nr = factory.Sequence(lambda n: 6000 + n)
    name = factory.LazyAttribute(lambda o: f"Musterdorf {o.bfs_nr}")
    region = "Sursee"


class ContactPersonFactory(factory.django.DjangoModelFactory):
    """The contact person of an institution."""

    class Meta:
        model = ContactPerson

    institution = factory.SubFactory(InstitutionFactory)
    name = factory.Sequence(lambda n: f"Ansprechperson {n}")
    phone = "041 000 00 00"
    email = factory.Sequence(lambda n: f"kontakt{n}@test.example")
    valid_from = LONG_AGO


class SignatoryFactory(factory.django.DjangoModelFactory):
    """Somebody who may sign a Kostengutsprache."""

    class Meta:
        model = Signatory

    institution = factory.SubFactory(InstitutionFactory)
    name = factory.Sequence(lambda n: f"Zeichnende Person {n}")
    valid_from = LONG_AGO


class GuestLinkFactory(factory.django.DjangoModelFactory):
    """A way in for somebody without an account, for a purpose that no service knows."""

    class Meta:
        model = GuestLink

    purpose = "unknown"
    object_id = factory.Sequence(lambda n: n)
    office = "Sozialdienst Musterdorf"
    name = "Vera Muster"
    email = "vera@sozialdienst.example"
    expires_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=10))


class PersonFactory(factory.django.DjangoModelFactory):
    """A client with a valid AHV number of her own."""

    class Meta:
        model = Person

    first_name = "Lena"
    last_name = factory.Sequence(lambda n: f"Beispiel {n}")
    birth_date = dt.date(1988, 3, 14)
    sex = Sex.FEMALE
    ahv_number = factory.Sequence(lambda n: ahv_number(900_000_000 + n))
    street = "Dorfstrasse 1"
    postcode = "6000"
    place = "Musterdorf"


class TimeLimitFactory(factory.django.DjangoModelFactory):
    """How long an Optima-Antrag may wait for its decision, and who is reminded when."""

    class Meta:
        model = TimeLimit

    service = Service.OPTIMA
    wait = "decide"
    days = 14
    remind_before = 3
    remind_after = 1
    deputy_after = 4
    contact_after = 7
    coordinator_after = 14
    valid_from = LONG_AGO


class SubstitutionFactory(factory.django.DjangoModelFactory):
    """Somebody is away, and a colleague stands in."""

    class Meta:
        model = Substitution

    institution = factory.SubFactory(InstitutionFactory)
    valid_from = LONG_AGO


def join(user: User, institution: Institution, *roles: str) -> Actor:
    """Give ``user`` roles in ``institution`` and return the user acting for it."""
    for role in roles:
        MembershipFactory.create(user=user, institution=institution, role=role)
    found = actor_for(user, institution)
    assert found is not None
    return found


def actor(
    role: str = Role.CASEWORKER,
    institution: Institution | None = None,
    *more_roles: str,
    **user_fields: Any,
) -> Actor:
    """A new person acting for ``institution`` (a new social service if left out) in the given roles."""
    office = institution or InstitutionFactory.create()
    return join(UserFactory.create(**user_fields), office, role, *more_roles)


def coordinator(**user_fields: Any) -> Actor:
    """A coordinator of the coordination office, which is made on first use."""
    office = Institution.objects.filter(kind=InstitutionKind.COORDINATION).first()
    return actor(Role.COORDINATOR, office or InstitutionFactory.create(coordination=True), **user_fields)
