"""Who signs for an institution: named, changed, ended, and never by oneself (KG-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from iiz.core.actor import Actor
from iiz.core.enums import Role
from iiz.core.models import OutboxMail, Signatory
from iiz.core.tests.factories import InstitutionFactory, SignatoryFactory, actor
from iiz.core.tests.test_members import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(db: None) -> Actor:
    return actor(Role.CONTACT, InstitutionFactory.create(name="Sozialdienst Musterdorf"))


@pytest.fixture
def nora(contact: Actor) -> Actor:
    return actor(Role.CASEWORKER, contact.institution)


def test_a_signatory_is_named_and_ended(contact: Actor, client_of: Callable[..., Client]) -> None:
    client = client_of(contact)
    values = {"name": "<b>Anna</b>", "function": "Leitung", "valid_from": "1.1.2027", "user": ""}
    client.post(url(contact.institution, "unterschrift/neu/"), values)
    row = Signatory.objects.get()
    assert (row.name, row.valid_from) == ("<b>Anna</b>", dt.date(2027, 1, 1))
    assert not Signatory.objects.valid_on().exists(), "it begins on its day"
    current = SignatoryFactory.create(institution=contact.institution)
    assert str(current) in client.get("/institution/").content.decode()
    client.post(url(contact.institution, f"unterschrift/{current.pk}/beenden/"))
    assert client.post(url(contact.institution, f"unterschrift/{current.pk}/beenden/")).status_code == 404
    assert not Signatory.objects.valid_on().exists()


def test_another_limit_is_a_new_version_and_the_contact_persons_hear_of_it(contact: Actor, client_of: Any) -> None:
    office, colleague = contact.institution, actor(Role.CONTACT, contact.institution)
    old = SignatoryFactory.create(institution=office, limit=5000)
    path = url(office, f"unterschrift/{old.pk}/")
    client = client_of(contact)
    seen = {name: value or "" for name, value in client.get(path).context["form"].initial.items()}
    client.post(path, {**seen, "limit": "9000"})
    old.refresh_from_db()
    assert (old.limit, old.valid_until) == (5000, timezone.localdate())
    assert [(row.name, row.limit) for row in Signatory.objects.valid_on()] == [(old.name, 9000)]
    mail = OutboxMail.objects.get(kind="signatory_changed")
    assert (mail.user, mail.institution) == (colleague.user, office)


@pytest.mark.parametrize("what", ["a new entry", "another limit", "another account"])
def test_nobody_changes_the_own_right_to_sign(what: str, contact: Actor, nora: Actor, client_of: Any) -> None:
    office = contact.institution
    own = SignatoryFactory.create(institution=office, user=contact.user, limit=5000)
    path = url(office, "unterschrift/neu/" if what == "a new entry" else f"unterschrift/{own.pk}/")
    client = client_of(contact)
    seen = {name: value or "" for name, value in client.get(path).context["form"].initial.items()}
    values = {
        "a new entry": {"name": "Ich", "user": contact.user.pk, "valid_from": "1.1.2026"},
        "another limit": {"limit": "9000"},
        "another account": {"user": nora.user.pk},
    }
    page = client.post(path, {**seen, **values[what]})
    assert "Die eigene Zeichnungsberechtigung ändern Sie nicht selbst" in page.content.decode()
    assert list(Signatory.objects.values_list("user", "limit", "valid_until")) == [(contact.user.pk, 5000, None)]


def test_the_list_says_up_to_what_each_signs_and_how(contact: Actor, client_of: Callable[..., Client]) -> None:
    office = contact.institution
    SignatoryFactory.create(institution=office, user=contact.user, limit=5000)
    SignatoryFactory.create(institution=office, email="b@test.example")
    SignatoryFactory.create(institution=office)
    page = client_of(contact).get("/institution/").content.decode()
    ways = ("bis CHF\u00a05&#x27;000.00", "mit Link per E-Mail", "ohne Konto und E-Mail: nur auf Papier")
    assert [page.count(words) for words in ways] == [1, 1, 1]


@pytest.mark.parametrize(("chosen", "words"), [(False, "gibt es ein Konto"), (True, "hier leer")])
def test_an_address_beside_an_account_is_refused(chosen: bool, words: str, contact: Actor, client_of: Any) -> None:
    values = {"name": "Anna", "email": contact.user.email.upper(), "valid_from": "1.1.2026"}
    values["user"] = str(contact.user.pk) if chosen else ""
    page = client_of(contact).post(url(contact.institution, "unterschrift/neu/"), values)
    assert words in page.context["form"].errors["email"][0]
