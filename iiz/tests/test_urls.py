"""Every address once per standing: an undeclared one fails, so does one that is declared and gone."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from iiz.core.models import AccessLogEntry
from iiz.tests.addresses import TABLE
from iiz.tests.fixtures import enter
from iiz.tests.world import STANDINGS, World, build

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("migrations_noted", "unset_documents")]

FOREIGN = ("allauth.", "django.")
"""Views of libraries: they declare no effect, and say themselves who must be logged in."""
UNMARKED = {"healthz", "readyz", "core:gallery"}
"""Ours, without a database of cases behind them."""

PUBLIC = {
    "healthz", "readyz", "core:start", "core:directory", "core:invitation", "core:demo_post", "core:gallery",
    "core:calendar_feed", "core:guest", "core:sheet", "core:sheet_pdf", "optima:wegweiser",
    "roundtable:tour", "roundtable:tour_station", "roundtable:desk", "roundtable:desk_sent", "roundtable:desk_confirm",
    "account_login", "account_logout", "account_inactive", "account_signup", "account_email_verification_sent",
    "account_reset_password", "account_confirm_login_code", "account_confirm_email", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "mfa_authenticate", "admin:login",
}  # fmt: skip
"""What can be reached without login, all of it."""


@pytest.fixture(scope="module")
def built(kept: Callable[[], Any]) -> World:
    """The canton, made once."""
    with kept():
        return build()


@pytest.fixture
def world(built: World, db: None) -> World:
    """The canton as each test finds it."""
    return copy.deepcopy(built)


def patterns() -> Iterator[tuple[str, Any]]:
    """Name and view of every address; the inside of the admin apart."""

    def walk(resolver: URLResolver, space: str) -> Iterator[tuple[str, Any]]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                inner = ":".join(part for part in (space, entry.namespace) if part)
                yield from walk(entry, inner)
            elif isinstance(entry, URLPattern):
                yield f"{space}:{entry.name}" if space else str(entry.name), entry.callback

    for name, view in walk(get_resolver(), ""):
        if not name.startswith("admin:") or name in {"admin:index", "admin:login"}:
            yield name, view


VIEWS = dict(patterns())


def effect_of(name: str) -> str:
    return getattr(VIEWS[name], "effect", "")


def test_every_address_is_declared_and_every_declared_one_exists():
    declared = {name for name, _arguments, _codes in TABLE}
    assert set(VIEWS) - declared == set(), "say in TABLE who gets what"
    assert declared - set(VIEWS) == set(), "these are gone"


def test_every_view_says_whether_it_reads_or_writes():
    silent = [
        name
        for name, view in VIEWS.items()
        if not view.__module__.startswith(FOREIGN) and effect_of(name) not in {"reads", "writes"}
    ]
    assert set(silent) == UNMARKED


def test_public_views_are_listed_in_one_place():
    assert {name for name, view in VIEWS.items() if not getattr(view, "login_required", True)} == PUBLIC


def test_the_master_data_site_holds_no_case_data():
    from django.contrib import admin

    held = {model._meta.label for model in admin.site._registry}
    cases = {"Case", "Person", "Document", "Participation", "ClientAgreement", "AuditEntry", "AuditHead", "OutboxMail"}
    cases |= {
        "AccessLogEntry",
        "Task",
        "CasePermission",
        "Antrag",
        "Goal",
        "Query",
        "Kostengutsprache",
        "BenefitSnapshot",
    }
    assert not {label for label in held if label.split(".")[1] in cases}


# The table --------------------------------------------------------------------------------------------------


def expected(codes: str, standing: str) -> str | None:
    """What the table says for one standing; ``None`` where it repeats what others have shown."""
    words, place = codes.split(), STANDINGS.index(standing)
    if words[-1].endswith("*"):
        if standing not in {"nobody", "principal", "orphan"}:
            return None
        return words[min(place, len(words) - 1)].rstrip("*")
    assert len(words) == len(STANDINGS), codes
    return words[place]


def told(response: Any) -> str:
    """The answer as the table writes it."""
    if response.streaming:
        list(response)
    if response.status_code == 302 and response.headers["Location"].startswith("/konto/login/"):
        return "login"
    if response.status_code == 403 and b'href="/konto/login/?next=' in response.content:
        return "login"  # a form that came too late: shown again, with the way to the login
    return str(response.status_code)


def counted() -> dict[str, int]:
    """How many rows each table of ours holds, but for the notes of reading."""
    ours: list[type[Model]] = [
        model
        for model in apps.get_models()
        if model.__module__.startswith(("iiz.", "optima.", "roundtable.", "reporting."))
        and model is not AccessLogEntry
        and model._meta.managed
    ]
    return {model._meta.label: model._default_manager.count() for model in ours}


@pytest.mark.parametrize("standing", STANDINGS)
def test_each_standing_gets_what_the_table_says(world, standing):
    client = Client()
    if standing == "orphan":
        client.force_login(world.orphan)
    elif standing != "nobody":
        enter(client, world.people[standing])
    before, found = counted(), []
    for name, arguments, codes in TABLE:
        wanted = expected(codes, standing)
        if wanted is None:
            continue
        address = reverse(name, args=arguments(world))
        got = told(client.get(address))
        if got != wanted:
            found.append(f"GET {name} {address}: {got}, not {wanted}")
        # Who may not look may not send either, and is told the same.
        if effect_of(name) == "writes" and wanted in {"login", "403", "404"}:
            sent = told(client.post(address, {"do": "save", "first_name": "X"}))
            if sent != wanted:
                found.append(f"POST {name} {address}: {sent}, not {wanted}")
    assert not found, "\n" + "\n".join(found)
    assert counted() == before


def test_views_that_read_refuse_to_be_sent_anything(world):
    found = []
    for who in ("principal", "coordinator"):
        client = Client()
        enter(client, world.people[who])
        for name, arguments, codes in TABLE:
            if effect_of(name) == "reads" and expected(codes, who) == "200":
                answer = client.post(reverse(name, args=arguments(world)))
                if answer.status_code != 405:
                    found.append(f"{name}: {answer.status_code}")
    assert found == []


def test_the_inside_of_the_master_data_site_is_for_coordinators(world, client_of):
    from django.contrib import admin

    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert Client().get(address).status_code == 302
        for who in ("principal", "contact", "strategic", "steering"):
            assert client_of(world.people[who]).get(address).status_code in {302, 403}, (who, address)


@pytest.mark.ignore_template_errors
def test_a_coordinator_opens_every_list_of_the_master_data_site(world, client_of):
    from django.contrib import admin

    client = client_of(world.people["coordinator"])
    for model in admin.site._registry:
        for page in ("changelist", "add"):
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")
            answer = client.get(address)
            assert answer.status_code in {200, 403}, address
            assert "\u00df" not in re.sub(r"<[^>]*>", "", answer.content.decode()), address
