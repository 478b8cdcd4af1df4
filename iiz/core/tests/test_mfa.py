"""Where an institution asks for a second factor, the way leads there first – and never in a circle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from iiz.core.actor import Actor
from iiz.core.enums import Role
from iiz.core.middleware import SESSION_KEY
from iiz.core.tests.factories import PASSWORD, InstitutionFactory, actor, coordinator, join

ACTIVATE = "/konto/2fa/totp/activate/"


@pytest.fixture
def nora(db: None) -> Actor:
    return actor(Role.CASEWORKER, InstitutionFactory.create(name="Strenges Amt", mfa_roles=[Role.CASEWORKER]))


def has_app(who: Actor) -> None:
    Authenticator.objects.create(user=who.user, type=Authenticator.Type.TOTP, data={"secret": "x"})


@pytest.mark.parametrize(
    "path", ["/", "/pendenzen/", "/faelle/?q=a", "/institution/", "/konto/email/", "/verzeichnis/"]
)
def test_every_page_leads_to_the_set_up_and_back(nora: Actor, client_of: Callable[..., Client], path: str) -> None:
    response = client_of(nora).get(path)
    assert response.status_code == 302
    assert response.headers["Location"].startswith(f"{ACTIVATE}?next=%2F")


def test_the_way_there_is_open_and_ends(nora: Actor, client: Client) -> None:
    client.post("/konto/login/", {"login": nora.user.email, "password": PASSWORD})
    page = client.get("/pendenzen/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/konto/reauthenticate/")
    assert "Strenges Amt verlangt" in page.content.decode()
    target = {"password": PASSWORD, "next": ACTIVATE}
    page = client.post("/konto/reauthenticate/", target, follow=True)
    assert (page.status_code, page.request["PATH_INFO"]) == (200, ACTIVATE)


def test_whoever_has_the_app_passes(nora: Actor, client_of: Callable[..., Client]) -> None:
    has_app(nora)
    assert client_of(nora).get("/pendenzen/").status_code == 200


def test_removing_the_app_leads_back(nora: Actor, client_of: Callable[..., Client]) -> None:
    has_app(nora)
    client = client_of(nora)
    assert client.get("/pendenzen/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/pendenzen/").status_code == 302


def test_recovery_codes_alone_are_no_second_factor(nora: Actor, client_of: Callable[..., Client]) -> None:
    Authenticator.objects.create(user=nora.user, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert client_of(nora).get("/pendenzen/").status_code == 302


def test_what_was_sent_is_not_saved_and_the_page_says_so(nora: Actor, client_of: Callable[..., Client]) -> None:
    client = client_of(nora)
    response = client.post("/konto/einstellungen/", {"first_name": "Neu", "last_name": "Neu"})
    assert response.headers["Location"] == ACTIVATE
    nora.user.refresh_from_db()
    assert nora.user.first_name == "Nora"
    assert "nicht gespeichert" in client.get(ACTIVATE, follow=True).content.decode()


def test_a_part_of_a_page_moves_the_whole_page(nora: Actor, client_of: Callable[..., Client]) -> None:
    response = client_of(nora).get("/faelle/", headers={"hx-request": "true"})
    assert response.headers["HX-Redirect"].startswith(ACTIVATE)


def test_leaving_switching_and_health_stay_open(nora: Actor, client_of: Callable[..., Client]) -> None:
    other = join(nora.user, InstitutionFactory.create(), Role.CASEWORKER)
    client = client_of(nora)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code in (200, 503)
    client.post("/konto/institution/", {"acting": other.institution.pk})
    assert client.session[SESSION_KEY] == other.institution.pk
    assert client.get("/pendenzen/").status_code == 200, "the other institution does not ask for it"
    client.post("/konto/institution/", {"acting": nora.institution.pk})
    assert client.get("/pendenzen/").status_code == 302
    assert client.post("/konto/logout/").headers["Location"] == "/"


def test_a_form_of_the_strict_institution_does_not_slip_through(nora: Actor, client_of: Callable[..., Client]) -> None:
    other = join(nora.user, InstitutionFactory.create(), Role.CASEWORKER)
    values = {"first_name": "Neu", "last_name": "Neu", "acting": nora.institution.pk}
    assert client_of(other).post("/konto/einstellungen/", values).headers["Location"] == ACTIVATE


def test_other_roles_and_strangers_are_not_asked(nora: Actor, client_of: Callable[..., Client], client: Client) -> None:
    reader = actor(Role.READ_ONLY, nora.institution)
    assert client_of(reader).get("/pendenzen/").status_code == 200
    assert client.get("/").status_code == 200


def test_some_roles_need_it_everywhere_where_the_settings_say_so(
    client_of: Callable[..., Client], settings: Any, db: None
) -> None:
    settings.SECOND_FACTOR_ROLES = ["contact", "coordinator"]
    silvan, jan = actor(Role.CONTACT), actor(Role.CASEWORKER)
    for who in (silvan, coordinator()):
        assert client_of(who).get("/pendenzen/").headers["Location"].startswith(ACTIVATE)
    assert client_of(jan).get("/pendenzen/").status_code == 200
    has_app(silvan)
    page = client_of(silvan).get(f"/institution/{silvan.institution.pk}/anmeldung/").content.decode()
    assert "Überall Pflicht: Ansprechperson." in page
    assert 'value="contact"' not in page
    assert "Pflicht für: Ansprechperson." in client_of(silvan).get("/institution/").content.decode()
