"""Hands and eyes of the tests in a browser.

A click returns before the page it leads to is there: whatever leads to another page goes through ``follow``, ``press``
or ``arriving``, and what changes within a page is awaited (``expect``). Nothing depends on how busy the machine is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe

PATIENCE = 60_000
"""How long anything in the browser may take, in milliseconds: what takes longer is broken, not slow."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_axe = Axe()


@contextmanager
def arriving(page: Any) -> Iterator[None]:
    """What is done inside leads to another page; go on when that one is loaded."""
    with page.expect_event("load"):
        yield


def follow(page: Any, name: Any, within: Any = None) -> None:
    """Click the link of that name, in full or as a pattern, and arrive."""
    _click(page, "link", name, within)


def press(page: Any, name: Any, within: Any = None) -> None:
    """Click the button of that name, in full or as a pattern, and arrive."""
    _click(page, "button", name, within)


def _click(page: Any, role: str, name: Any, within: Any) -> None:
    with arriving(page):
        (within or page).get_by_role(role, name=name, exact=isinstance(name, str)).click()


def head(page: Any) -> str:
    """What stands in the main part of the page."""
    return str(page.locator("main").inner_text())


def faults(page: Any) -> list[str]:
    """What axe finds wrong with the page as it stands, a line each: the rules of WCAG 2.2 AA, and good habits."""
    page.wait_for_load_state()
    options = {"runOnly": WCAG, "resultTypes": ["violations"]}
    found = _axe.run(page, options=options).response["violations"]
    return [f"{fault['id']}: {node['target']} {node['html'][:120]}" for fault in found for node in fault["nodes"]]


def beyond(page: Any) -> int:
    """By how many pixels one has to scroll sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def no_faults(page: Any) -> None:
    """The page has no fault that axe finds, and is not wider than the screen."""
    assert faults(page) == []
    assert beyond(page) <= 0
