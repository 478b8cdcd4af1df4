"""Every part of the design system and every account page under axe, at desk and phone width (NFR-10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from pytest_django.fixtures import Settings

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


def faults(page: Any) -> list[str]:
    """What axe finds wrong, one line each."""
    found = Axe().run(page).response["violations"]
    return [f"{fault['id']}: {[node['target'] for node in fault['nodes']]}" for fault in found]


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_fault_and_fits(browse_as: Callable[..., Any], settings: Settings, path: str, width: int) -> None:
    settings.RELAXED = path.startswith(GALLERY)
    page = browse_as(width=width)
    assert page.goto(path).status == (404 if path == NOWHERE else 200)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_first_tab_skips_to_the_content_and_shows_where_one_is(
    browse_as: Callable[..., Any], settings: Settings
) -> None:
    page = browse_as()
    page.goto("/konto/login/")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text() == "Zum Inhalt"
    assert focused.bounding_box()["y"] >= 0
    assert focused.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"


def test_error_summary_takes_the_focus_and_leads_to_the_field(
    browse_as: Callable[..., Any], settings: Settings
) -> None:
    settings.RELAXED = True
    page = browse_as()
    page.goto(f"{GALLERY}?fehler")
    assert page.evaluate("document.activeElement.matches('[data-error-summary]')")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_name"


def test_dates_typed_in_haste_are_put_in_order(browse_as: Callable[..., Any], settings: Settings) -> None:
    settings.RELAXED = True
    page = browse_as()
    page.goto(GALLERY)
    field = page.locator("#id_born_on")
    for typed, tidy in [("1.3.1988", "01.03.1988"), ("01031988", "01.03.1988"), ("gestern", "gestern")]:
        field.fill(typed)
        field.blur()
        assert field.input_value() == tidy
