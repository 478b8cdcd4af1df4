"""Every page in a real browser: accessible, not wider than the screen, usable by keyboard, in Swiss German."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from playwright.sync_api import expect

from iiz.tests.browsing import beyond, faults
from iiz.tests.test_urls import FOREIGN, TABLE, VIEWS, expected
from iiz.tests.world import World, build
from optima.tests import factories as optima

DESK, PHONE, NARROW = 1280, 390, 320
WALKERS = ("nobody", "principal", "contact", "coordinator")
"""Between them these see every kind of page, refusals included."""
NO_PAGE = {
    "healthz",
    "readyz",
    "roundtable:paper_news",
    "core:document",
    "core:meeting_calendar",
    "core:minutes_pdf",
    "core:sheet_pdf",
    "core:calendar_feed",
    "core:switch",
    "optima:pdf",
    "optima:file",
    "optima:abschluss",
    "optima:vereinbarung",
    "optima:text",
    "optima:kg_file",
    "optima:order_pdf",
    "optima:kg_pdf",
    "optima:invoice_pdf",
    "optima:invoice_csv",
    "optima:invoice_xlsx",
    "optima:finances_csv",
    "optima:finances_xlsx",
    "optima:office",
    "reporting:optima_file",
    "reporting:roundtable_file",
    "roundtable:agenda_pdf",
    "roundtable:invitation_pdf",
    "roundtable:plan_pdf",
    "roundtable:plan_plain_pdf",
    "roundtable:registration_pdf",
    "roundtable:vollmacht_scan",
    "admin:index",
    "admin:login",
}
"""Files, redirects, bare text, pieces of pages, and the library's own site."""


def addresses(world: World, standing: str, seen: set[str]) -> list[str]:
    """The pages one walker looks at: each kind once, where nobody before has seen it with the same answer."""
    found = []
    for name, arguments, codes in TABLE:
        code = expected(codes, standing)
        state = arguments(world)[0] if name == "core:case" else ""
        kind = f"{name} {code} {state}" if code == "200" else f"refused {code}"
        if code in {None, "302", "login"} or name in NO_PAGE or kind in seen:
            continue
        if code == "404" and VIEWS[name].__module__.startswith(FOREIGN):
            continue
        seen.add(kind)
        found.append(reverse(name, args=arguments(world)))
    return found


def wrong(page: Any, where: str) -> list[str]:
    """What is wrong with the page as it stands."""
    found = [f"{where}: {fault}" for fault in faults(page)]
    if "\u00df" in page.inner_text("body"):
        found.append(f"{where}: not Swiss")
    return found


def too_wide(page: Any, where: str) -> list[str]:
    """Whether one has to scroll sideways."""
    return [f"{where}: {pixels} px wider than the screen"] if (pixels := beyond(page)) > 0 else []


@pytest.mark.django_db(transaction=True)
def test_every_page_is_accessible_and_fits_the_screen(browse_as):
    world, found, seen = build(), [], set()
    for standing in WALKERS:
        page = browse_as(world.people.get(standing), width=DESK)
        for address in addresses(world, standing, seen):
            page.set_viewport_size({"width": DESK, "height": 900})
            page.goto(address)
            found += wrong(page, f"{standing} {address}")
            page.set_viewport_size({"width": NARROW, "height": 800})
            found += too_wide(page, f"{standing} {address} at {NARROW}")
            page.set_viewport_size({"width": PHONE, "height": 800})
            found += too_wide(page, f"{standing} {address} at {PHONE}")
    page = browse_as(world.people["principal"], width=PHONE)
    for address in ("/", "/faelle/", "/pendenzen/", reverse("optima:new"), world.cases["submitted"].get_absolute_url()):
        page.goto(address)
        found += wrong(page, f"principal {address} at {PHONE}")
    assert not found, "\n" + "\n".join(found)


@pytest.mark.django_db(transaction=True)
def test_error_pages_that_no_address_shows(browse_as):
    context = {"cooloff_timedelta": dt.timedelta(minutes=15), "failure_limit": 5}
    request = RequestFactory().get("/")
    request.actor, request.actors, request.user = None, [], AnonymousUser()
    page, found = browse_as(None), []
    page.goto("/healthz")  # so that styles and fonts come from the application
    for code in ("400", "403_csrf", "405", "413", "429", "500"):
        page.set_viewport_size({"width": DESK, "height": 900})
        page.set_content(render_to_string(f"{code}.html", context, None if code in {"413", "500", "400"} else request))
        found += wrong(page, code)
        for width in (NARROW, PHONE):
            page.set_viewport_size({"width": width, "height": 800})
            found += too_wide(page, f"{code} at {width}")
    assert found == []


@pytest.mark.django_db(transaction=True)
def test_by_keyboard_one_jumps_to_the_content_and_sees_where_one_is(browse_as):
    nora = optima.nora()
    case = optima.submitted(nora)
    optima.queried(principal=nora)
    page = browse_as(nora)
    for address in ("/pendenzen/", "/faelle/", case.get_absolute_url()):
        page.goto(address)
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        expect(page.locator(".skip")).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("#inhalt")).to_be_focused()
        unseen = []
        for _ in range(12):
            page.keyboard.press("Tab")
            unseen += page.evaluate(
                """() => { const e = document.activeElement, s = getComputedStyle(e);
                if (e === document.body) return [];
                return s.outlineStyle === 'none' && s.boxShadow === 'none' ? [e.outerHTML.slice(0, 100)] : []; }"""
            )
        assert unseen == []
