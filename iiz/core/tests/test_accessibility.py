"""Every part of the design system and every account page under axe, at desk and phone width (NFR-10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from pytest_django.fixtures import Settings

from iiz.tests.browsing import no_faults

GALLERY = "/demo/bausteine/"
NOWHERE = "/gibt-es-nicht/"
PAGES = [
    GALLERY,
    f"{GALLERY}?fehler",
    "/konto/login/",
    "/konto/password/reset/",
    "/konto/password/reset/done/",
    "/konto/password/reset/key/1-abc/",
    "/konto/signup/",
    NOWHERE,
]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_fault_and_fits(browse_as: Callable[..., Any], settings: Settings, path: str, width: int) -> None:
    settings.RELAXED = path.startswith(GALLERY)
    page = browse_as(width=width)
    assert page.goto(path).status == (404 if path == NOWHERE else 200)
    no_faults(page)


def test_first_tab_skips_to_the_content_and_shows_where_one_is(
    browse_as: Callable[..., Any], settings: Settings
) -> None:
    page = browse_as()
    page.goto("/konto/login/")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("Zum Inhalt")
    expect(focused).to_be_in_viewport()
    expect(focused).to_have_css("outline-style", "solid")


def test_error_summary_takes_the_focus_and_leads_to_the_field(
    browse_as: Callable[..., Any], settings: Settings
) -> None:
    settings.RELAXED = True
    page = browse_as()
    page.goto(f"{GALLERY}?fehler")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_name")).to_be_focused()


def test_dates_typed_in_haste_are_put_in_order(browse_as: Callable[..., Any], settings: Settings) -> None:
    settings.RELAXED = True
    page = browse_as()
    page.goto(GALLERY)
    field = page.locator("#id_born_on")
    for typed, tidy in [("1.3.1988", "01.03.1988"), ("01031988", "01.03.1988"), ("gestern", "gestern")]:
        field.fill(typed)
        field.blur()
        expect(field).to_have_value(tidy)
