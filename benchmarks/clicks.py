"""``python -m benchmarks.clicks``: counts in a real browser what the portal asks of people; exit 1 over a limit.

Starts a demo of its own on a free port, with its own SQLite file and folders, and removes it all afterwards. Needs
Debian's ``chromium``. What is counted, and how: ``benchmarks/README.md``.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from benchmarks.timing import Result
from iiz.core.synthetic import DEMO_PASSWORD, IV
from iiz.tests.fixtures import CHROMIUM, CHROMIUM_FLAGS

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
CLICKS_TO_ACCEPT = 3
MANDATORY = 12
CLICKS_OF_ANTRAG, KEYS_OF_ANTRAG = 20, 100
"""Of a whole Antrag for a known person, free text apart: more would not be «three minutes» (principle 1)."""

MANDATORY_REGISTRATION = 10
CLICKS_OF_REGISTRATION, KEYS_OF_REGISTRATION = 20, 100
"""Of a whole registration for a known person, free text apart: more would not be «two minutes»."""

PRINCIPAL, CONTRACTOR = "sozialdienst@demo.example", "iv-ansprechperson@demo.example"
GOAL = "Eine Stelle in der Küche, mindestens 50 Prozent"
RESULT = "Unterschriebener Arbeitsvertrag"
SITUATION = (
    "Seit zwei Jahren ohne Stelle. Hat lange in einer Grossküche gearbeitet und will dorthin zurück. "
    "Nach der Rückenoperation ist unklar, welche Arbeit möglich ist."
)
FREE_TEXT = {"situation": SITUATION, "goals-0-text": GOAL, "goals-0-expected_result": RESULT}
CHOICES = {"social_counselling": "yes", "wsh": "yes", "iv_procedure": "none"}
"""Where the last choice is not the ordinary answer."""
SHORT_TEXT = {"contractor": IV, "second_contact": "Teamleitung, 041 000 00 10"}
KNOWN = (
    "from iiz.core.models import Case; "
    "from iiz.core.enums import Phase; "
    "from optima.models import Antrag; "
    "rows = Antrag.objects.exclude(case__phase=Phase.DRAFT).exclude(case__person=None).select_related('case__person'); "
    "rows = rows.filter(principal__memberships__user__email='{email}', case__withdrawn_at=None); "
    "running = Antrag.objects.filter(case__phase=Phase.OPEN, contractor__name='{office}').values('case__person'); "
    "person = rows.exclude(case__person__in=running).order_by('case__pk')[0].case.person; "
    "print(person.last_name, person.first_name)"
)
"""Somebody whom the principal knows from an earlier case, and for whom nothing runs at the contractor."""


class Hand:
    """Uses a page as a person does, and counts: each click, and each key."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.keys = self.free = 0

    def click(self, target: Locator) -> None:
        """One click, or one tap."""
        target.click()
        self.clicks += 1

    def type(self, text: str, *, free: bool = False) -> None:
        """Type where the cursor stands; ``free``: words of one's own, counted apart."""
        self.page.keyboard.type(text)
        if free:
            self.free += len(text)
        else:
            self.keys += len(text)

    def press(self, key: str) -> None:
        """One key, such as ``Enter``."""
        self.page.keyboard.press(key)
        self.keys += 1


def main() -> int:
    """Play both roles, print the table; the exit status for the shell."""
    with tempfile.TemporaryDirectory(prefix="iiz-clicks-") as folder, demo(Path(folder)) as (address, environment):
        somebody = manage(environment, "shell", "-v", "0", "-c", KNOWN.format(email=PRINCIPAL, office=IV))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
            number, results = write_antrag(login(browser, address, PRINCIPAL), somebody)
            results += register(login(browser, address, PRINCIPAL), somebody)
            manage(environment, "send_reminders")
            results.append(accept(browser, address, number))
            results += find_the_way(browser.new_page(base_url=address, locale="de-CH"))
            browser.close()
    for result in results:
        mark = "ok" if result.kept else "OVER"
        print(f"{result.name:58} {result.value:5.0f}   limit {result.limit:4.0f}   {mark:4}   {result.detail}")
    return 0 if all(result.kept for result in results) else 1


# Writing ----------------------------------------------------------------------------------------------------


def write_antrag(page: Page, somebody: str) -> tuple[str, list[Result]]:
    """From the first page after login to the submitted Antrag; its number, and what it took."""
    hand = Hand(page)
    hand.click(page.get_by_role("link", name="Neuer Antrag").first)
    hand.click(page.locator("#person_search"))
    hand.type(somebody)
    hand.press("Enter")
    hand.click(page.locator("#treffer").get_by_role("button", name="Übernehmen").first)
    page.locator("#id_last_name:not([value=''])").wait_for()
    asked = questions(page)
    left = [name for name in asked if not answered(page, name)]
    for name in left:
        answer(hand, name)
    tick_the_checklist(page)
    hand.click(page.get_by_role("button", name="Antrag einreichen"))
    page.wait_for_url("**/faelle/O-*/")
    number = page.url.rstrip("/").rpartition("/")[2]
    counted = {"benefits" if group == "leistungen" else name for name, group in asked.items()}
    still = {"benefits" if asked[name] == "leistungen" else name for name in left}
    return number, [
        Result("Antrag, known person: mandatory answers", len(counted), MANDATORY, "", ", ".join(sorted(counted))),
        Result("Antrag, known person: of these not filled in yet", len(still), MANDATORY, "", ", ".join(sorted(still))),
        Result("Antrag, known person: clicks", hand.clicks, CLICKS_OF_ANTRAG, "", "after login, checklist apart"),
        Result("Antrag, known person: keys", hand.keys, KEYS_OF_ANTRAG, "", f"and {hand.free} of free text"),
    ]


def tick_the_checklist(page: Page) -> None:
    """Say that all conditions are met: voluntary and not counted, but what is left open the contractor must explain."""
    for field in page.locator("[name^=criterion-][value=yes]").all():
        field.check()
    page.select_option("[name=iv_damage_suspected]", "no")


# Registering ------------------------------------------------------------------------------------------------

OFFICES = ("RAV Luzern", "IV-Stelle Luzern")
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
REASON = "Drei Stellen klären nebeneinander, ob eine Umschulung sinnvoll ist, und warten aufeinander."


def register(page: Page, somebody: str) -> list[Result]:
    """From the first page after login to the registered Roundtable with a new Vollmacht for two more offices."""
    hand = Hand(page)
    hand.click(page.get_by_role("link", name="Neue Anmeldung").first)
    hand.click(page.locator("#person_search"))
    hand.type(somebody)
    hand.press("Enter")
    hand.click(page.locator("#treffer").get_by_role("button", name="Übernehmen").first)
    page.locator("#id_last_name:not([value=''])").wait_for()
    asked = {
        name for name in questions(page) if not name.startswith("lines-") and name not in ("add_name", "vollmacht")
    }
    for office in OFFICES:
        hand.click(page.locator("#id_add_office"))
        hand.type(office)
        hand.click(page.get_by_role("button", name="Stelle dazunehmen"))
        page.get_by_role("group", name=office).wait_for()
    hand.click(page.locator("#id_signed_on"))
    hand.type(time.strftime("%d%m%Y"))
    hand.clicks += 2  # the file, and its name in the dialog of the system
    page.set_input_files("#id_scan", {"name": "vollmacht.pdf", "mimeType": "application/pdf", "buffer": PAPER})
    hand.click(page.locator("#id_reason"))
    hand.type(REASON, free=True)
    for field in page.locator("[name^=criterion-][value=yes]").all():
        hand.click(field)
    hand.click(page.get_by_role("button", name="Anmelden", exact=True))
    page.wait_for_url("**/faelle/R-*/")
    return [
        Result("Registration: mandatory answers", len(asked), MANDATORY_REGISTRATION, "", ", ".join(sorted(asked))),
        Result("Registration, known person: clicks", hand.clicks, CLICKS_OF_REGISTRATION, "", "after login"),
        Result(
            "Registration, known person: keys", hand.keys, KEYS_OF_REGISTRATION, "", f"and {hand.free} of free text"
        ),
    ]


def questions(page: Page) -> dict[str, str]:
    """What the served form demands: the name of each field not marked as optional → the section it stands in."""
    found: dict[str, str] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('#entwurf .field')]
            .filter(field => field.querySelector('input, select, textarea'))
            .filter(field => !/freiwillig/.test(field.querySelector('label, legend').textContent))
            .map(field => [field.querySelector('[name]').name, field.closest('section').id]))"""
    )
    # Asked only together with another answer: «andere Dauer» asks for the number of months.
    return {name: section for name, section in found.items() if name != "planned_months"}


def answered(page: Page, name: str) -> bool:
    """Whether the field has an answer already."""
    fields = page.locator(f"#entwurf [name='{name}']")
    if fields.first.get_attribute("type") == "radio":
        return page.locator(f"#entwurf [name='{name}']:checked").count() > 0
    return bool(fields.first.input_value())


def answer(hand: Hand, name: str) -> None:
    """Answer one field as a person would: a click, and what is to be typed."""
    field = hand.page.locator(f"#entwurf [name='{name}']").first
    if field.get_attribute("type") == "radio":
        value = CHOICES.get(name, "")
        choice = f"[name='{name}'][value='{value}']" if value else f"[name='{name}']"
        hand.click(hand.page.locator(f"#entwurf label:has({choice})").last)
        return
    hand.click(field)
    if name == "agreed_on":
        hand.type(time.strftime("%d%m%Y"))
    elif name in FREE_TEXT:
        hand.type(FREE_TEXT[name], free=True)
    else:
        hand.type(SHORT_TEXT[name])


# Accepting --------------------------------------------------------------------------------------------------


def accept(browser: Browser, address: str, number: str) -> Result:
    """From the link in the contact person's mail to the accepted Antrag. The login in between is not counted."""
    page = browser.new_page(locale="de-CH")
    page.goto(f"{address}/demo/post/?an={CONTRACTOR}")
    hand = Hand(page)
    hand.click(page.locator(f"a[href$='/faelle/{number}/']").first)
    page = hand.page = page.context.pages[-1]
    if page.locator("input[name=login]").count():
        fill_login(page, CONTRACTOR)
    page.wait_for_url(f"**/faelle/{number}/**")
    hand.click(page.get_by_role("link", name="Annehmen", exact=True).first)
    hand.click(page.get_by_role("button", name="Annehmen", exact=True))
    page.get_by_text("Der Antrag ist angenommen.").first.wait_for()
    return Result("Accept: clicks from the mail, its link included", hand.clicks, CLICKS_TO_ACCEPT, "", "login apart")


# Finding the way --------------------------------------------------------------------------------------------

QUESTIONS = 5
CLICKS_OF_WAY = 12
LEAD = "Eine andere Stelle soll für einige Monate führen"
RAV, IV_OFFICE, SERVICE = (
    "Sie arbeiten beim RAV",
    "Sie arbeiten bei der IV-Stelle",
    "Sie arbeiten bei einem Sozialdienst",
)
BURDENS = ("sucht", "k-kein_arbeitsangebot", "k-anspruch_psh")
PLACE = "Doppleschwand"
"""A municipality of the demo whose service leads."""
WAYS: list[tuple[str, str, str, tuple[str, ...]]] = [
    # pair, where one works, who shall lead, what is ticked
    ("IV to RAV", IV_OFFICE, "Das RAV", ()),
    ("IV to social service", IV_OFFICE, "Ein Sozialdienst oder SoBZ", ("iv_laeuft", *BURDENS)),
    ("RAV to IV", RAV, "Die IV-Stelle", ("keines",)),
    ("RAV to social service", RAV, "Ein Sozialdienst oder SoBZ", ("ale", *BURDENS)),
    ("social service to IV", SERVICE, "Die IV-Stelle", ("keines",)),
    ("social service to RAV", SERVICE, "Das RAV", ()),
    ("social service to another", SERVICE, "Ein anderer Sozialdienst oder SoBZ", ("wsh", *BURDENS)),
]


def find_the_way(page: Page) -> list[Result]:
    """From the first question of the Wegweiser to its answer, once per pair of offices."""
    results = []
    for name, works, leads, ticks in WAYS:
        page.goto("/wegweiser/")
        hand, asked = Hand(page), 2
        hand.click(page.get_by_role("link", name=LEAD))
        hand.click(page.get_by_role("region", name=works).get_by_role("link", name=leads, exact=True))
        while "Frage" in page.locator(".kicker").inner_text():
            asked += 1
            answer_question(hand, ticks)
        seen = page.get_by_role("heading", level=1).inner_text()
        results.append(Result(f"Wegweiser, {name}: questions", asked, QUESTIONS, "", seen))
        results.append(Result(f"Wegweiser, {name}: clicks", hand.clicks, CLICKS_OF_WAY, ""))
    return results


def answer_question(hand: Hand, ticks: tuple[str, ...]) -> None:
    """Answer the question shown: what is on the list is ticked, else nothing of it applies."""
    page = hand.page
    if page.get_by_role("link", name="Ja, alles trifft zu").count():
        hand.click(page.get_by_role("link", name="Ja, alles trifft zu"))
        return
    if page.locator("[name=gemeinde]").count():
        page.select_option("[name=gemeinde]", label=PLACE)
        hand.clicks += 2
        hand.click(page.get_by_role("button", name="Weiter"))
        return
    fields = [page.locator(f"form.form .choice [value='{value}']") for value in ticks]
    shown = [field for field in fields if field.count()]
    for field in shown:
        hand.click(field)
    hand.click(page.get_by_role("button", name=re.compile("^Weiter" if shown else "^Nichts davon(?!, aber)")))


def login(browser: Browser, address: str, email: str) -> Page:
    """A page of somebody who has just logged in."""
    page = browser.new_page(base_url=address, locale="de-CH")
    page.goto("/konto/login/")
    fill_login(page, email)
    page.wait_for_url("**/pendenzen/")
    return page


def fill_login(page: Page, email: str) -> None:
    """Log in on the page that asks for it."""
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")


# A demo of our own ------------------------------------------------------------------------------------------


@contextmanager
def demo(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A running demo with nothing but what it makes itself: its address and environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")} | {
        "DATABASE_URL": f"sqlite:///{folder / 'clicks.sqlite3'}",
        "EMAIL_URL": f"filemail://{folder / 'mail'}",
        "MEDIA_ROOT": str(folder / "media"),
        "BASE_URL": address,
        "DEBUG": "1",
        "IIZ_DEMO": "1",
        "IIZ_PORT": str(port),
    }
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "demo")
    command = [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}", "--noreload", "--verbosity", "0"]
    server = subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port, server)
        yield address, environment
    finally:
        server.terminate()
        server.wait(10)


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run a management command of that demo; what it printed."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Until the server answers; gives up if it ended."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(
                ("127.0.0.1", port),
            ).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the demo did not start")


if __name__ == "__main__":
    sys.exit(main())
