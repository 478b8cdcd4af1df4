"""The checklist of the Antrag: asked, found out, kept, and what it says of the case (ALV-01 to SH-04, UX-08)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import QueryDict

from iiz.core.models import LeadCapability
from optima import phrases
from optima.criteria.facts import Facts
from optima.forms.criteria import CriteriaForm, keep
from optima.models import AdmissionCriterion, Obstacle
from optima.rulebook import Rulebook
from optima.seed import group_rows

TODAY = dt.date(2026, 11, 22)
CSV = {"valid_from": dt.date(2018, 10, 1)}


def criterion(key: int, code: str, check: str = "asked", weight: str = "hard", **fields: object) -> AdmissionCriterion:
    named = {"heading": code.capitalize(), "text": f"Es gilt {code}."}
    return AdmissionCriterion(
        pk=key, code=code, contractor_group="IV", check_by=check, weight=weight, **CSV | named | fields
    )


OFFER = criterion(1, "angebot", "work_offer", instead="Zuerst zur Sozialberatung.")
WILL = criterion(2, "will")
DAMAGE = criterion(3, "schaden", "iv_damage", instead="Eine IV-Anmeldung.")
REFUSAL = criterion(4, "ablehnung", "iv_refusal", "exception", months=12)
BURDENS = criterion(5, "belastung", "obstacles")
LEAD = criterion(6, "fuehrung", "lead")
READ = criterion(7, "ermessen", "note", "advisory")
PAUSE = criterion(8, "pause", "rav_pause", "advisory", principal_group="SH")
DEBT, DRUGS = Obstacle(pk=11, code="schulden", label="Schulden", **CSV), Obstacle(pk=12, code="sucht", label="Sucht")


def book(*criteria: AdmissionCriterion, **more: object) -> Rulebook:
    given = {"day": TODAY, "contractor_group": "IV", "contractor": None, "law": {}, "obstacles": [DEBT, DRUGS]}
    return Rulebook(
        **given | {"rules": group_rows(), "table_version": CSV["valid_from"], "criteria": list(criteria)} | more
    )


def checklist(*criteria: AdmissionCriterion, typed: dict | None = None, judged: bool = True, **more) -> CriteriaForm:
    form = CriteriaForm(book(*criteria, **more), "SH", typed or {}, judged=judged)
    if judged:
        form.full_clean()
    return form


def saying(typed: dict | None = None, criteria=(OFFER, WILL, DAMAGE, REFUSAL), law=("art54_kanton",), **facts: object):
    """What stands on the page for a Sozialdienst that asks the IV for somebody without an IV procedure."""
    met = {code: type("Met", (), {"met": True}) for code in law}
    rules = book(*criteria, law=met)
    form = CriteriaForm(rules, "SH", typed or {}, judged=True)
    given = {"social_counselling": True, "wsh": True, "job_seeker": False, "ale": False, "iv_procedure": "none"}
    known = given | facts | {"answers": form.answers()}
    return phrases.saying(rules.judge(Facts.of(known, principal_group="SH", contractor_group="IV")))


FIT = {"criterion-1": "yes", "criterion-2": "yes"}


class TestAsked:
    """What the checklist asks, and how answers arrive."""

    def test_nothing_is_mandatory_and_what_is_not_answered_is_open(self):
        form = checklist(OFFER, WILL, typed={"criterion-2": "no"})

        assert form.is_valid()
        assert form.answers() == {"angebot": "open", "will": "no"}
        assert 'value="open" required' not in str(form)

    def test_notes_and_what_the_facts_decide_are_not_asked(self):
        form = checklist(OFFER, DAMAGE, READ)

        assert [line.criterion for line in form.asked()] == [OFFER]
        assert form.notes() == [READ]

    def test_conditions_for_another_principal_are_left_out(self):
        assert checklist(OFFER, PAUSE).criteria == [OFFER, PAUSE]
        assert CriteriaForm(book(OFFER, PAUSE), "IV", {}).criteria == [OFFER]

    def test_without_an_office_there_is_nothing_to_answer(self):
        form = CriteriaForm(None, "SH", FIT, judged=True)
        assert form.is_valid()
        assert (form.answers(), form.obstacles(), form.asked()) == ({}, [], [])

    @pytest.mark.parametrize("chosen", [["11"], ["schulden"]])
    def test_burdens_are_chosen_by_key_or_code(self, chosen):
        form = checklist(BURDENS, typed={"obstacles": chosen})
        assert form.is_valid()
        assert form.obstacles() == [DEBT]

    def test_a_burden_of_another_day_gets_a_sentence_and_the_others_stay(self):
        form = checklist(BURDENS, typed={"obstacles": ["99", "12"]})

        assert "gilt heute nicht mehr" in str(form.errors["obstacles"])
        assert form.obstacles() == [DRUGS]

    @pytest.mark.parametrize(("level", "asked"), [("wsh_only", True), ("full", False), ("none", False)])
    def test_a_claim_not_drawn_yet_is_asked_where_it_counts(self, level, asked):
        capability = LeadCapability(level=level, valid_from=TODAY)
        form = checklist(LEAD, typed={"wsh_entitled": "yes"}, capability=capability)

        assert ("wsh_entitled" in form.fields) is asked
        assert form.wsh_entitled() is (True if asked else None)

    def test_an_exception_asks_for_its_reason_beside_its_field(self):
        facts = Facts.of({"iv_refused_on": TODAY - dt.timedelta(days=100), "iv_procedure": "none"})
        form = checklist(REFUSAL)
        form.want_reasons(form.book.judge(facts))
        assert "Eine Ausnahme braucht eine Begründung" in str(form.errors["reason-4"])

        form = checklist(REFUSAL, typed={"reason-4": "Neu operiert."})
        form.want_reasons(form.book.judge(facts))
        assert form.is_valid()
        assert form.reasons() == {"ablehnung": "Neu operiert."}

    def test_a_reason_that_is_too_long_stays_and_says_so(self):
        form = checklist(REFUSAL, typed={"reason-4": "x" * 50_000})
        assert "50'000 Zeichen" in form.errors["reason-4"][0]
        assert "x" * 50_000 in str(form["reason-4"])


class TestKept:
    """How answers get from a posted page into a draft."""

    def test_answers_come_and_go_and_open_is_one_of_them(self):
        answers = {"criterion-1": "yes", "criterion-2": "no"}
        keep(answers, QueryDict("criterion-1=open&criterion-3=no&reason-4=Darum"))
        assert answers == {"criterion-1": "open", "criterion-2": "no", "criterion-3": "no", "reason-4": "Darum"}

    def test_no_burden_ticked_takes_all_away_and_a_page_without_them_none(self):
        answers = {"obstacles": ["11"]}
        keep(answers, QueryDict("first_name=Lena"))
        assert answers == {"obstacles": ["11"]}
        keep(answers, QueryDict("obstacles="))
        assert answers == {"obstacles": []}

    @pytest.mark.parametrize(
        "posted",
        ["criterion-x=yes", "criterion--1=yes", "criterion-0=no", f"criterion-{'9' * 30}=yes", "criterion-1=x"],
    )
    def test_nonsense_is_not_kept(self, posted):
        answers = {}
        keep(answers, QueryDict(posted))
        assert answers == {}

    def test_no_more_is_kept_than_a_canton_has_criteria(self):
        answers = {}
        keep(answers, QueryDict("&".join(f"criterion-{key}=yes" for key in range(1, 500))))
        assert len(answers) == 100


class TestSaying:
    """What the rules say, in words and shape."""

    def test_possible_with_its_group_the_reasons_and_the_version_of_the_table(self):
        told = saying(FIT, iv_damage_suspected=False)

        assert (told.kind, told.headline) == ("ok", "Optima ist möglich")
        assert told.group.startswith("Zielgruppe E: Mit Sozialhilfe")
        assert told.because == [
            "Sozialhilfe → IV",
            "kein IV-Verfahren",
            "keine Arbeitslosenentschädigung",
            "erhält Sozialhilfe",
            "intaktes Arbeitsangebot",
        ]
        assert told.table == "Stand der Tabelle: 01.10.2018"

    def test_what_is_open_is_named_and_stops_nobody(self):
        told = saying({"criterion-2": "yes"})

        assert told.headline == "Bisher spricht nichts dagegen"
        assert told.open == ["Angebot", "Schaden"]

    def test_a_hard_condition_that_is_not_met_says_what_to_do_instead(self):
        told = saying(FIT, iv_damage_suspected=True)

        assert (told.kind, told.headline) == ("stop", "So nicht möglich")
        assert [point.instead for point in told.points] == ["Eine IV-Anmeldung."]

    def test_a_refusal_says_from_when_it_is_possible(self):
        told = saying(FIT, iv_damage_suspected=False, iv_refused_on=dt.date(2026, 3, 1))
        assert (told.kind, told.headline) == ("wait", "Möglich ab 02.03.2027")

    def test_a_closed_way_is_told_in_plain_words(self):
        told = saying(FIT, iv_damage_suspected=False, law=())
        assert (told.kind, told.headline, told.locked) == ("stop", "Zurzeit gesperrt", True)

    def test_all_three_offices_lead_to_the_roundtable(self):
        told = saying(FIT, ale=True, job_seeker=True, iv_procedure="running")
        assert told.roundtable
        assert told.headline == "Besser ein Roundtable"

    def test_a_running_procedure_asks_for_an_exception(self):
        told = saying(FIT, iv_procedure="running")
        assert told.why == "Mit dem Einreichen bitten Sie um eine Ausnahme."

    def test_what_fits_no_row_is_for_the_coordination_office(self):
        told = saying(FIT, iv_procedure="closed", iv_damage_suspected=False)
        assert told.headline == "Die IIZ-Koordinationsstelle entscheidet zuerst"
        assert told.group == "Keine Zielgruppe."

    def test_a_soft_rule_only_warns(self):
        told = saying(
            FIT, (OFFER, WILL, PAUSE), iv_damage_suspected=False, rav_registered_on=TODAY - dt.timedelta(days=30)
        )
        assert told.kind == "ok"
        assert "noch beim RAV gemeldet" in told.warnings[0].sentence

    def test_before_an_office_is_chosen_nothing_is_judged(self):
        assert phrases.saying(None).kind == "rest"
