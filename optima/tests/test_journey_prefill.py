"""From the Wegweiser's answer into the Antrag: what was said stands there until it is submitted (UX-02, UX-08).

By its own link, with and without a script, logged in before or on the way.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest

from iiz.core import registry, workflow
from iiz.core.enums import LeadCapabilityLevel, Role
from iiz.core.models import Case, Jurisdiction, LeadCapability, RoutingRule
from iiz.core.tests.factories import PASSWORD, InstitutionFactory, MunicipalityFactory, actor
from iiz.tests.browsing import follow
from optima.models import AdmissionCriterion, Obstacle

from . import factories as make

pytestmark = pytest.mark.django_db(transaction=True)

BURDENED = "belastung=sucht&belastung=k-kein_arbeitsangebot&belastung=k-anspruch_psh&gemeinde=1099"
OFFICES = {"SH": "SoBZ Musterwil", "RAV": "RAV Seeblick", "IV": "IV-Stelle Musterwil"}
WAYS = {
    # the answers in the address of the Wegweiser, and what then stands in the Antrag
    "SH-RAV": ("leistung=ale&voraussetzung=alle", {"ale": "yes", "iv_procedure": "none"}),
    "SH-IV": (
        "leistung=nichts&iv=keines&abgelehnt=1.3.2020&voraussetzung=alle",
        {"ale": "no", "iv_procedure": "none", "iv_damage_suspected": "no", "iv_refused_on": "01.03.2020"},
    ),
    "RAV-SH": (
        f"leistung=ale&{BURDENED}",
        {"ale": "yes", "wsh": "no", "social_counselling": "no", "iv_procedure": "none", "municipality": "1099"},
    ),
    "IV-SH": (
        f"leistung=wsh&{BURDENED}",
        {"ale": "no", "wsh": "yes", "social_counselling": "no", "iv_procedure": "closed", "municipality": "1099"},
    ),
}


@pytest.fixture
def canton():
    """One office of each kind, and its contact person."""
    kinds = {"SH": {}, "RAV": {"rav": True}, "IV": {"iv": True}}
    offices = {group: InstitutionFactory.create(name=OFFICES[group], **kind) for group, kind in kinds.items()}
    for office in offices.values():
        make.actor(Role.CONTACT, office, Role.CASEWORKER)
    return offices


def rules(offices):
    """The rules as shipped; a municipality tells which office answers."""
    for seed in registry.seeds:
        seed()
    long_ago = make.LONG_AGO
    place = MunicipalityFactory.create(bfs_nr=1099, name="Musterwil")
    LeadCapability.objects.create(institution=offices["SH"], level=LeadCapabilityLevel.FULL, valid_from=long_ago)
    RoutingRule.objects.all().delete()
    for group, office in offices.items():
        RoutingRule.objects.create(group=group, mode="municipality", valid_from=long_ago)
        Jurisdiction.objects.create(municipality=place, institution=office, group=group, valid_from=long_ago)


def writer(canton, group):
    """A caseworker who asks under the rules as shipped, and knows somebody from an Antrag of before them."""
    office = InstitutionFactory.create(name="Sozialdienst Bergdorf") if group == "SH" else canton[group]
    nora = actor(Role.CASEWORKER, office)
    asked = InstitutionFactory.create() if group != "SH" else InstitutionFactory.create(rav=True)
    state = {"job_seeker": True, "iv_counselling": group == "IV", "facts": {"iv_procedure": "closed"}}
    earlier = make.submitted(nora, asked, **state)
    workflow.apply(earlier, "withdraw", nora, {"note": ""})
    rules(canton)
    return nora


def standing(page) -> dict[str, object]:
    """What is chosen or typed in the Antrag, by the names of its fields; ticks as a list."""
    return page.evaluate(
        """() => {
          const found = {};
          for (const [name, value] of new FormData(document.getElementById("entwurf"))) {
            if (value && name === "obstacles") (found[name] ||= []).push(value);
            else if (value) found[name] = value;
          }
          return found;
        }"""
    )


def expected(pair: str) -> dict[str, object]:
    group = pair.split("-")[1]
    asked = AdmissionCriterion.objects.filter(contractor_group=group, check_by__in=["asked", "work_offer"])
    if group == "SH":
        asked = AdmissionCriterion.objects.filter(code__in=["kein_arbeitsangebot", "anspruch_psh"])
    said: dict[str, object] = {f"criterion-{row.pk}": "yes" for row in asked if row.weight != "advisory"}
    if group == "SH":
        said |= {"obstacles": [str(Obstacle.objects.get(code="sucht").pk)], "contractor": OFFICES["SH"]}
    return said | WAYS[pair][1] | {"contractor_group": group}


def same(page, wanted: dict[str, object]) -> None:
    found = standing(page)
    assert {name: found.get(name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("pair", "script", "login"),
    [("SH-IV", False, False), ("RAV-SH", True, True)],
)
def test_what_the_wegweiser_heard_stands_in_the_antrag_until_it_is_submitted(canton, browse_as, pair, script, login):
    nora = writer(canton, pair.split("-")[0])
    page = browse_as(None if login else nora, script=script)

    page.goto(f"/wegweiser/?weg=fuehrung&paar={pair}&{WAYS[pair][0]}")
    follow(page, re.compile("Antrag schreiben"))
    if login:
        page.fill("input[name=login]", nora.user.email)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
    page.wait_for_url("**/optima/antrag/neu/?**")
    wanted = expected(pair)
    same(page, wanted)

    page.fill("#person_search", "Beispiel")
    page.press("#person_search", "Enter")
    page.get_by_role("button", name="Übernehmen").click()
    page.wait_for_url("**/optima/antrag/O-*/#person")
    same(page, wanted | {"last_name": "Beispiel"})

    finish(page, canton, pair)
    page.get_by_role("button", name="Entwurf speichern").last.click()
    page.wait_for_url("**#abschluss")
    same(page, wanted)
    page.get_by_role("button", name="Antrag einreichen").click()
    page.wait_for_url("**/faelle/**")
    arrived(pair, wanted)


def finish(page, canton, pair: str) -> None:
    """What the Wegweiser does not ask."""
    answered = standing(page)
    implied = {"SH": "social_counselling", "RAV": "job_seeker", "IV": "iv_counselling"}[pair.split("-")[0]]
    for name in ("social_counselling", "wsh", "job_seeker", "ale", "iv_counselling"):
        if name not in answered:
            yes = name in (implied, "job_seeker" if answered.get("ale") == "yes" else "")
            page.check(f"[name={name}][value={'yes' if yes else 'no'}]")
    if "contractor" not in answered:
        page.fill("[name=contractor]", OFFICES[pair.split("-")[1]])
    texts = {"situation": "Möchte wieder arbeiten.", "goals-0-text": "Stelle", "goals-0-expected_result": "Vertrag"}
    texts |= {"second_contact": "Vertretung", "agreed_on": f"{dt.date.today():%d.%m.%Y}"}
    for name, words in texts.items():
        page.fill(f"[name={name}]", words)


def arrived(pair: str, wanted: dict[str, object]) -> None:
    """The case has what the Wegweiser heard."""
    case = Case.objects.get(state="submitted")
    antrag = case.antrag
    assert (antrag.contractor.name, case.facts.iv_procedure) == (OFFICES[pair.split("-")[1]], wanted["iv_procedure"])
    for name in ("ale", "wsh", "social_counselling"):
        if name in wanted:
            assert getattr(case.benefits, name) is (wanted[name] == "yes"), name
    if "municipality" in wanted:
        assert case.person.municipality_id == 1099
    if "iv_refused_on" in wanted:
        assert f"{case.facts.iv_refused_on:%d.%m.%Y}" == wanted["iv_refused_on"]
    said = {f"criterion-{row.criterion_id}": row.answer for row in antrag.criteria.all()}
    assert {name: said.get(name) for name in wanted if name.startswith("criterion-")} == {
        name: "yes" for name in wanted if name.startswith("criterion-")
    }
    assert [str(row.pk) for row in antrag.obstacles.all()] == wanted.get("obstacles", [])
