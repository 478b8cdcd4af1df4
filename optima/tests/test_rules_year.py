"""A change of rules on 1 January, played through: running cases keep those of their day, drafts get the new ones.

A criterion ends and another begins, the period of the IV is halved, a group opens and another is locked, an institution
loses its capability, a row of the table, a rate and a division of work are replaced (NFR-07, NFR-08, NFR-09).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.test import Client

from iiz.core import versions, workflow
from iiz.core.actor import Actor
from iiz.core.enums import Role
from iiz.core.models import Case, LeadCapability
from iiz.core.templatetags.ui import chf
from iiz.core.tests.factories import InstitutionFactory, actor, coordinator
from iiz.core.workflow import NotAllowed
from optima import law, rulebook, seed
from optima.criteria.facts import Facts
from optima.models import (
    AdmissionCriterion,
    Classification,
    CriterionFinding,
    Fallpauschale,
    ReducedProcedure,
    ZielgruppeRule,
)
from reporting import figures

from . import factories as make

pytestmark = pytest.mark.django_db

OLD, NEW_YEAR, NEW = dt.date(2026, 12, 10), dt.date(2027, 1, 1), dt.date(2027, 1, 11)
REFUSED_BY_IV = dt.date(2026, 4, 1)
"""More than six, less than twelve months before both days."""
FIT = {
    "IV": make.FIT_FOR_IV,
    "RAV": dict.fromkeys(("vermittlungsbereit", "arbeitsfaehig", "arbeitsberechtigt", "sekundaertugenden"), "yes"),
    "SH": {"kein_arbeitsangebot": "yes", "anspruch_psh": "yes"},
}
UNEMPLOYED = {"social_counselling": False, "wsh": False, "job_seeker": True, "ale": True}


@dataclass
class Canton:
    """Who there is, and the cases of December."""

    people: dict[str, Actor]
    office: Actor
    cases: dict[str, Case] = field(default_factory=dict)

    def hand_in(self, way: str, **changes: Any) -> Case:
        """An Antrag from one office to another, such as ``SH-IV``, with all that its criteria ask."""
        who, whom = (self.people[name] for name in way.split("-"))
        group = whom.institution.statistics_group
        data: dict[str, Any] = {"criteria": FIT[group]}
        if who.institution.statistics_group == "RAV":
            data |= UNEMPLOYED
        if group == "SH":
            data["obstacles"] = list(seed.Obstacle.objects.filter(code="schulden"))
        return make.submitted(who, whom.institution, **data | changes)


@pytest.fixture
def canton() -> Canton:
    """Three offices with cases of December, under the rules as shipped."""
    seed.seed()
    people = {"SH": make.nora(), "IV": make.jan()}
    people["RAV"] = actor(Role.CONTACT, InstitutionFactory.create(rav=True), Role.CASEWORKER)
    people["SoBZ"] = actor(Role.CONTACT, InstitutionFactory.create(sobz=True), Role.CASEWORKER)
    LeadCapability.objects.create(institution=people["SoBZ"].institution, level="full", valid_from=make.LONG_AGO)
    found = Canton(people, coordinator())
    with time_machine.travel(OLD, tick=False):
        found.cases = {
            "E": found.hand_in("SH-IV", **reason()),
            "G": found.hand_in("RAV-SoBZ"),
            "H": found.hand_in("SH-RAV"),
        }
    return found


def reason() -> dict[str, Any]:
    """An application within the year after a refusal of the IV, with its reason."""
    facts = {"iv_procedure": "none", "iv_refused_on": REFUSED_BY_IV, "iv_damage_suspected": False}
    return {"facts": facts, "reasons": {"ablehnung_ein_jahr": "Die Lage hat sich seither verändert."}}


def change_the_rules(canton: Canton) -> None:
    """All that happens on 1 January, entered in December as the coordination office would."""
    office = canton.office
    AdmissionCriterion.objects.filter(code="will_arbeiten").update(valid_until=NEW_YEAR - versions.ONE_DAY)
    AdmissionCriterion.objects.create(
        contractor_group="IV",
        code="bereit",
        heading="Gesprächsbereit",
        text="Die Person ist zu einem Gespräch mit der IV-Stelle bereit.",
        weight="hard",
        valid_from=NEW_YEAR,
    )
    versions.renew(AdmissionCriterion.objects.get(code="ablehnung_ein_jahr"), NEW_YEAR, office, months=6)
    data = {"valid_from": NEW_YEAR, "decided_on": None, "source": "Schreiben vom Dezember", "remark": ""}
    law.decide("seco_iv", office, data | {"status": "met", "authority": "SECO"})
    law.decide("art54_kanton", office, data | {"status": "refused", "authority": "Bundesrat"})
    versions.renew(canton.people["SoBZ"].institution.lead_capabilities.get(), NEW_YEAR, office, level="none")
    versions.renew(ZielgruppeRule.objects.get(code="H"), NEW_YEAR, office, title="Neue Gruppe H", ale="yes")
    ZielgruppeRule.objects.filter(code="I1").update(valid_until=NEW_YEAR - versions.ONE_DAY)
    for rate in Fallpauschale.objects.filter(contractor_group="IV", valid_until=None):
        versions.renew(rate, NEW_YEAR, office, amount=999)
    division = ReducedProcedure.objects.get(principal_group="SH", contractor_group="IV")
    versions.renew(division, NEW_YEAR, office, rests="Alles ruht ganz neu")


@pytest.fixture
def january(canton: Canton) -> Iterator[Canton]:
    """The same canton after the change of rules, on a day in January."""
    with time_machine.travel(OLD, tick=False):
        change_the_rules(canton)
    with time_machine.travel(NEW, tick=False):
        yield canton


def kept(canton: Canton) -> dict[str, Any]:
    """What is stored with the cases of December."""
    rows = Classification.objects.order_by("pk").values_list("pk", "finding", "rule__code", "table_version", "inputs")
    findings = CriterionFinding.objects.order_by("pk").values_list("antrag", "criterion__text", "answer", "reason")
    judged = {
        name: [
            (row.criterion.code, row.criterion.text, row.criterion.months, row.check.answer)
            for row in rulebook.of_case(case).judge(Facts.of({"iv_refused_on": REFUSED_BY_IV})).results
        ]
        for name, case in canton.cases.items()
    }
    return {"groups": list(rows), "criteria": list(findings), "judged": judged}


# Running cases --------------------------------------------------------------------------------------------------


def test_cases_of_december_keep_criteria_group_and_version_of_the_table(canton: Canton) -> None:
    with time_machine.travel(OLD, tick=False):
        before = kept(canton)
        change_the_rules(canton)
    with time_machine.travel(NEW, tick=False):
        assert kept(canton) == before
        row = Classification.objects.get(antrag__case=canton.cases["H"])
        assert row.rule is not None
        assert (row.rule.title, row.table_version) == (
            "Mit Sozialhilfe, ohne ALE, mit intaktem Arbeitsangebot",
            seed.START,
        )


def test_a_running_case_shows_criteria_and_costs_of_its_day_and_goes_on(
    canton: Canton, client_of: Callable[..., Client]
) -> None:
    with time_machine.travel(OLD, tick=False):
        case = make.running(make.handover_planned(make.accepted(canton.hand_in("SH-IV"))))
        change_the_rules(canton)
    with time_machine.travel(NEW, tick=False):
        page = client_of(canton.people["SH"]).get(case.get_absolute_url()).content.decode()
        assert make.continued(case).state == "running"
    assert "wie sie am 10.12.2026 galten" in page
    assert "Will und kann arbeiten" in page
    assert "Gesprächsbereit" not in page
    assert f"{chf(300)} pro Monat" in page
    assert "999" not in page
    assert "Gespräche zu Arbeit und Stellensuche" in page
    assert "Alles ruht ganz neu" not in page


def test_what_was_handed_in_before_is_still_accepted(january: Canton) -> None:
    """Locked for new ones, without capability, or under a row that is replaced: the case keeps its way."""
    for name, case in january.cases.items():
        assert make.accepted(case).antrag.classification.rule.code == name


# New applications -----------------------------------------------------------------------------------------------


def test_a_group_that_the_law_has_opened_is_open(canton: Canton) -> None:
    with time_machine.travel(OLD, tick=False):
        with pytest.raises(NotAllowed, match="Solange das SECO keine Befreiung zulässt"):
            canton.hand_in("RAV-IV")
        change_the_rules(canton)
        with pytest.raises(NotAllowed, match="Solange das SECO keine Befreiung zulässt"):
            canton.hand_in("RAV-IV")
    with time_machine.travel(NEW, tick=False):
        case = canton.hand_in("RAV-IV", criteria=FIT["IV"] | {"bereit": "yes"})
        row = case.antrag.classification
        assert (row.rule.code, row.table_version) == ("F", NEW_YEAR)


def test_what_is_locked_asked_or_gone_since_january_is_told_to_whoever_hands_in(january: Canton) -> None:
    for way, criteria, sentence in [
        ("SH-IV", FIT["IV"] | {"bereit": "yes"}, "Ohne Bewilligung darf die IV-Stelle keine Aufgaben"),
        ("RAV-IV", FIT["IV"] | {"bereit": "no"}, "Nicht erfüllt: «Gesprächsbereit»"),
        ("RAV-SoBZ", FIT["SH"], "übernimmt zurzeit keine Fallführung"),
    ]:
        with pytest.raises(NotAllowed, match=sentence):
            january.hand_in(way, criteria=criteria)


def test_new_criteria_and_periods_judge_new_applications_only(january: Canton) -> None:
    """The criterion that ended is not asked any more; who would have needed a reason in December needs none."""
    criteria = FIT["IV"] | {"bereit": "yes", "will_arbeiten": "no"}
    case = january.hand_in("RAV-IV", criteria=criteria, facts=reason()["facts"])
    new = {row.criterion.code: (row.answer, row.criterion.months) for row in case.antrag.criteria.all()}
    assert new["bereit"] == ("yes", None)
    assert new["ablehnung_ein_jahr"] == ("yes", 6)
    assert "will_arbeiten" not in new
    old = january.cases["E"].antrag.criteria.get(criterion__code="ablehnung_ein_jahr")
    assert (old.answer, old.criterion.months, old.reason) == ("no", 12, "Die Lage hat sich seither verändert.")


def test_the_replaced_row_means_other_people(january: Canton) -> None:
    coordinator()
    assert january.hand_in("SH-RAV").antrag.classification.finding == "unassigned"
    row = january.hand_in("SH-RAV", ale=True, job_seeker=True).antrag.classification
    assert (row.rule.title, row.table_version) == ("Neue Gruppe H", NEW_YEAR)


def test_a_draft_begun_in_december_is_judged_on_the_day_it_is_handed_in(canton: Canton) -> None:
    who, whom = canton.people["SH"], canton.people["IV"].institution
    with time_machine.travel(OLD, tick=False):
        draft = make.draft(who)
        change_the_rules(canton)
    with time_machine.travel(NEW, tick=False):
        with pytest.raises(NotAllowed, match="Ohne Bewilligung"):
            workflow.apply(draft, "submit", who, make.answers(whom, criteria=FIT["IV"] | {"bereit": "yes"}))
        draft.refresh_from_db()
        assert draft.state == "draft"


# Statistics -----------------------------------------------------------------------------------------------------


def test_the_figures_of_the_old_year_stay(canton: Canton) -> None:
    def told() -> dict[str, Any]:
        found = figures.optima(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
        return {name: value for name, value in found.items() if name != "as_of"}

    with time_machine.travel(OLD, tick=False):
        before = told()
        change_the_rules(canton)
    with time_machine.travel(NEW, tick=False):
        canton.hand_in("RAV-IV", criteria=FIT["IV"] | {"bereit": "yes"})
        assert told() == before
    assert before["auftraege"]["anmeldungen"] == len(canton.cases)
