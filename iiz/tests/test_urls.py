"""Every address once per standing: an undeclared one fails, so does one that is declared and gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from iiz.core.models import AccessLogEntry
from iiz.tests.fixtures import enter
from iiz.tests.world import STANDINGS, World, build

pytestmark = pytest.mark.django_db

FOREIGN = ("allauth.", "django.")
"""Views of libraries: they declare no effect, and say themselves who must be logged in."""
UNMARKED = {"healthz", "readyz", "core:gallery"}
"""Ours, without a database of cases behind them."""

PUBLIC = {
    "healthz", "readyz", "core:start", "core:directory", "core:invitation", "core:demo_post", "core:gallery",
    "core:calendar_feed",
    "account_login", "account_logout", "account_inactive", "account_signup", "account_email_verification_sent",
    "account_reset_password", "account_confirm_login_code", "account_confirm_email", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "mfa_authenticate", "admin:login",
}  # fmt: skip
"""What can be reached without login, all of it."""


def of(name: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about one case of the world."""
    return lambda world: [world.cases[name].number]


def home(*more: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about the contractor's institution; words stand for rows of the world."""

    def arguments(world: World) -> list[Any]:
        known = {name: row.pk for name, row in world.rows.items()}
        known["member"] = world.people["adviser"].user.pk
        return [
            world.people["contact"].institution.pk,
            *(known.get(word[1:], word) if word[0] == "$" else word for word in more),
        ]

    return arguments


def action(state: str, name: str) -> Callable[[World], list[Any]]:
    """The arguments of the page of one transition."""
    return lambda world: [world.cases[state].number, name]


def document(state: str) -> Callable[[World], list[Any]]:
    """The arguments of the one document, asked for through some case."""
    return lambda world: [world.cases[state].number, world.rows["document"].pk]


def meeting(name: str) -> Callable[[World], list[Any]]:
    """The arguments of an address about the meeting of one case."""
    return lambda world: [world.cases[name].number, world.rows[f"meeting {name}"].pk]


def feed(world: World) -> list[Any]:
    """The secret of somebody's calendar."""
    return [world.feed]


def token(world: World) -> list[Any]:
    """The secret of an open invitation."""
    return [world.rows["invitation"].token()]


def task(world: World) -> list[Any]:
    """What waits for the contact: the decision on a submitted Antrag."""
    return [world.rows["task"].pk]


def absence(world: World) -> list[Any]:
    """The adviser's absence, in which the contact stands in."""
    return [world.rows["absence"].pk]


def given(*words: str) -> Callable[[World], list[Any]]:
    """These arguments."""
    return lambda world: list(words)


none = given()

# In the order of STANDINGS; ``*`` repeats the last one. ``login`` leads to the login page.
TABLE: list[tuple[str, Callable[[World], list[Any]], str]] = [
    ("healthz", none, "200*"),
    ("readyz", none, "200*"),
    ("core:start", none, "200*"),
    ("core:directory", none, "200*"),
    ("core:demo_post", none, "404*"),
    ("core:gallery", none, "200*"),
    ("core:tasks", none, "login 200 200 200 200 200 302 302 200 403"),
    ("core:put_off", task, "login 404 200 403 404 404 403 403 404 403"),
    ("core:take_up", task, "login 404 200 403 404 404 403 403 404 403"),
    ("core:inbox", none, "login 403 200 403 403 403 403 403 200 403"),
    ("core:absence_new", none, "login 200 200 200 403 200 403 403 200 403"),
    ("core:absence_end", absence, "login 404 200 200 404 404 403 403 404 403"),
    ("core:cases", none, "login 200 200 200 200 200 403 403 200 403"),
    ("core:coordination", none, "login 403 403 403 403 403 403 403 200 403"),
    ("core:mails", none, "login 403 403 403 403 403 403 403 200 403"),
    ("core:switch", none, "login 302*"),
    ("core:settings", none, "login 200*"),
    ("core:case", of("draft"), "login 302 404 404 302 404 404 404 404 404"),
    ("core:case", of("submitted"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("queried"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("accepted"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("refused"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("withdrawn"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("declined"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("stopped"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("ended"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("planned"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("held"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("agreed"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("running"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("wanted"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("halted"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case", of("closed"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("submitted", "gespraeche"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("planned", "gespraeche"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("running", "gespraeche"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("stopped", "gespraeche"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:meeting_calendar", meeting("planned"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:minutes_pdf", meeting("planned"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:minutes_pdf", meeting("running"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:minutes_text", meeting("running"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:action", action("planned", "reply_meeting"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("planned", "move_meeting"), "login 200 200 200 403 404 404 404 403 404"),
    ("core:action", action("planned", "cancel_meeting"), "login 200 200 200 403 404 404 404 403 404"),
    ("core:action", action("submitted", "log_call"), "login 200 200 200 403 404 404 404 403 404"),
    ("core:calendar", none, "login 200*"),
    ("core:calendar_new", none, "login 200*"),
    ("core:calendar_off", none, "login 200*"),
    ("core:calendar_feed", feed, "200*"),
    ("core:calendar_feed", given("no-secret"), "404*"),
    ("core:case_tab", action("submitted", "dokumente"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("submitted", "verlauf"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("submitted", "zugriff"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("stopped", "verlauf"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:case_tab", action("draft", "verlauf"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:action", action("submitted", "accept"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("submitted", "refuse"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("submitted", "ask"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("submitted", "assign"), "login 403 200 403 403 404 404 404 200 404"),
    ("core:action", action("submitted", "withdraw"), "login 200 403 403 403 404 404 404 403 404"),
    ("core:action", action("submitted", "client_declines"), "login 200 200 200 403 404 404 404 403 404"),
    ("core:action", action("queried", "answer"), "login 200 403 403 403 404 404 404 403 404"),
    ("core:action", action("accepted", "client_withdraws"), "login 200 200 200 403 404 404 404 403 404"),
    ("core:action", action("stopped", "end_unestablished"), "login 200 403 403 403 404 404 404 200 404"),
    ("core:action", action("accepted", "plan_handover"), "login 200 403 403 403 404 404 404 403 404"),
    ("core:action", action("accepted", "hold_handover"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("accepted", "hand_over"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("planned", "hold_handover"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("held", "revise_note"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("held", "agree_note"), "login 200 403 403 403 404 404 404 403 404"),
    ("core:action", action("held", "record_agreements"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("held", "established"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:action", action("agreed", "begin"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:action", action("agreed", "end_unestablished"), "login 200 200 200 403 404 404 404 200 404"),
    ("core:action", action("running", "plan_meeting"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("running", "hold_standortgespraech"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("running", "hold_extra"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("running", "request_meeting"), "login 200 403 403 403 404 404 404 403 404"),
    ("core:action", action("wanted", "request_meeting"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("wanted", "decline_meeting"), "login 403 200 200 403 404 404 404 403 404"),
    ("core:action", action("running", "close_exceptionally"), "login 200 200 200 403 404 404 404 200 404"),
    ("core:action", action("running", "close"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:action", action("halted", "close_exceptionally"), "login 403 200 200 403 404 404 404 200 404"),
    ("core:action", action("halted", "hold_standortgespraech"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("closed", "resume"), "login 200 403 403 403 404 404 404 403 404"),
    ("core:action", action("closed", "correct"), "login 403 403 403 403 404 404 404 200 404"),
    ("core:action", action("closed", "log_call"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("refused", "accept"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:action", action("submitted", "no_such_row"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:upload", of("submitted"), "login 200 200 200 403 404 404 404 200 404"),
    ("core:upload", of("refused"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:upload", of("stopped"), "login 403 403 403 403 404 404 404 403 404"),
    ("core:upload", of("draft"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:document", document("submitted"), "login 200 200 200 200 404 404 404 200 404"),
    ("core:document", document("queried"), "login 404 404 404 404 404 404 404 404 404"),
    ("core:invitation", token, "200*"),
    ("core:invitation", given("no-token"), "410*"),
    ("core:institutions", none, "login 403 403 403 403 403 403 403 200 403"),
    ("core:members", none, "login 200 200 200 200 200 403 403 200 403"),
    ("core:members_of", home(), "login 404 200 200 404 404 404 404 200 403"),
    ("core:invite", home(), "login 404 200 403 404 404 404 404 200 403"),
    ("core:invitation_action", home("$invitation", "erneuern"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:invitation_action", home("$invitation", "zurueckziehen"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:member", home("$member"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:member_leave", home("$member"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:second_factor", home(), "login 404 200 403 404 404 404 404 200 403"),
    ("core:entry_new", home("ansprechperson"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:entry_new", home("unterschrift"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:entry_new", home("anderes"), "login 404 404 403 404 404 404 404 404 403"),
    ("core:entry", home("ansprechperson", "$contact"), "login 404 200 403 404 404 404 404 200 403"),
    ("core:entry_end", home("unterschrift", "$signatory"), "login 404 200 403 404 404 404 404 200 403"),
    ("optima:new", none, "login 200 200 200 403 200 403 403 403 403"),
    ("optima:person_search", none, "login 200 200 200 403 200 403 403 403 403"),
    ("optima:office", none, "login 200 200 200 403 200 403 403 403 403"),
    ("optima:antrag", of("draft"), "login 200 404 404 200 404 404 404 404 404"),
    ("optima:save", of("draft"), "login 200 404 404 200 404 404 404 404 404"),
    ("optima:discard", of("draft"), "login 200 404 404 403 404 404 404 404 404"),
    ("optima:antrag", of("submitted"), "login 302 302 302 302 404 404 404 302 404"),
    ("optima:save", of("submitted"), "login 302 302 302 302 404 404 404 302 404"),
    ("optima:discard", of("submitted"), "login 302 302 302 302 404 404 404 302 404"),
    ("optima:pdf", of("draft"), "login 200 404 404 200 404 404 404 404 404"),
    ("optima:text", of("draft"), "login 200 404 404 200 404 404 404 404 404"),
    ("optima:pdf", of("submitted"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:text", of("submitted"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:pdf", of("refused"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:text", of("refused"), "login 200 200 200 200 404 404 404 200 404"),
    ("optima:pdf", of("stopped"), "login 200 403 403 200 404 404 404 200 404"),
    ("optima:text", of("stopped"), "login 200 403 403 200 404 404 404 200 404"),
    ("reporting:index", none, "login 200 200 200 200 200 200 200 200 200"),
    ("reporting:optima", none, "login 200 200 200 200 200 403 403 200 403"),
    ("reporting:optima_file", given("json"), "login 200 200 200 200 200 403 403 200 403"),
    ("reporting:optima_file", given("exe"), "login 404 404 404 404 404 403 403 404 403"),
    ("reporting:import", none, "login 403 403 403 403 403 403 403 200 403"),
    ("reporting:import_confirm", none, "login 403 403 403 403 403 403 403 302 403"),
    ("account_login", none, "200 302*"),
    ("account_logout", none, "302 200*"),
    ("account_inactive", none, "200*"),
    ("account_signup", none, "200 302*"),
    ("account_reauthenticate", none, "login 200*"),
    ("account_email", none, "login 200*"),
    ("account_email_verification_sent", none, "200*"),
    ("account_change_password", none, "login 200*"),
    ("account_set_password", none, "login 302*"),
    ("account_reset_password", none, "200*"),
    ("account_confirm_login_code", none, "login 302*"),
    ("account_reset_password_from_key_done", none, "200*"),
    ("account_reset_password_done", none, "200*"),
    ("mfa_index", none, "login 200*"),
    ("mfa_authenticate", none, "login 302*"),
    ("mfa_reauthenticate", none, "login 302*"),
    ("mfa_activate_totp", none, "login 302*"),
    ("mfa_deactivate_totp", none, "login 404*"),
    ("mfa_view_recovery_codes", none, "login 404*"),
    ("mfa_generate_recovery_codes", none, "login 302*"),
    ("mfa_download_recovery_codes", none, "login 404*"),
    ("account_confirm_email", given("no-key"), "200*"),
    ("account_reset_password_from_key", given("1", "no-key"), "200*"),
    ("admin:index", none, "302 302 302 302 302 302 302 302 200 302"),
    ("admin:login", none, "login 403*"),
]  # fmt: skip


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
def test_each_standing_gets_what_the_table_says(standing):
    world = build()
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


def test_views_that_read_refuse_to_be_sent_anything():
    world = build()
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


def test_the_inside_of_the_master_data_site_is_for_coordinators(client_of):
    from django.contrib import admin

    world = build()
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert Client().get(address).status_code == 302
        for who in ("principal", "contact", "strategic", "steering"):
            assert client_of(world.people[who]).get(address).status_code in {302, 403}, (who, address)


@pytest.mark.ignore_template_errors
def test_a_coordinator_opens_every_list_of_the_master_data_site(client_of):
    from django.contrib import admin

    client = client_of(build().people["coordinator"])
    for model in admin.site._registry:
        for page in ("changelist", "add"):
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")
            answer = client.get(address)
            assert answer.status_code in {200, 403}, address
            assert "\u00df" not in re.sub(r"<[^>]*>", "", answer.content.decode()), address
