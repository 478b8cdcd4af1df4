"""The pre-check: which questions decide for each pair, and what follows (UX-08). Asks no database."""

from __future__ import annotations

import datetime as dt

import pytest

from iiz.core.enums import LeadCapabilityLevel
from iiz.core.models import Institution, LeadCapability
from iiz.core.seed import rows
from optima import groups
from optima.models import AdmissionCriterion, LegalPrecondition, Obstacle
from optima.precheck import Answers, Pair, Verdict, legal, reasons, settled, verdict
from optima.rulebook import Rulebook
from optima.seed import DATA, group_rows

TODAY = dt.date(2026, 11, 23)
NOTHING: frozenset[str] = frozenset()
TABLE = group_rows()
CRITERIA = [
    AdmissionCriterion(**{**row, "months": int(row["months"]) if row["months"] else None, "items": row["items"]})
    for row in rows("lu_criteria.csv", DATA)
]
LAW = {
    row["code"]: LegalPrecondition(
        **{name: row[name] for name in ("code", "title", "authority", "status", "locked_words")}
    )
    for row in rows("lu_law.csv", DATA)
}
"""The rows that hold today: the later one of each code."""
BURDENS = [Obstacle(**row) for row in rows("lu_obstacles.csv", DATA)]


def pair(between: str, level: str = LeadCapabilityLevel.FULL, **changes) -> Pair:
    """Who asks whom, by the rules as they begin; a social service that leads unless said otherwise."""
    principal, contractor = between.split("-")
    office = Institution(name="Sozialdienst", statistics_group="SH") if contractor == "SH" and level else None
    book = Rulebook(
        day=TODAY,
        contractor_group=contractor,
        contractor=office,
        rules=TABLE,
        table_version=dt.date(2018, 10, 1),
        criteria=[row for row in CRITERIA if row.contractor_group == contractor],
        law=LAW,
        capability=LeadCapability(level=level) if office else None,
        obstacles=BURDENS if contractor == "SH" else [],
    )
    known = {name: changes.get(name, getattr(book, name)) for name in vars(book)}
    return Pair(principal, contractor, Rulebook(**known), by_place=contractor == "SH")


def said(*receives: str, iv: str | None = None, **more) -> Answers:
    """Answers in short: what is ticked, then what is said of the IV."""
    state = None if iv is None else frozenset(iv.split())
    return Answers(receives=frozenset(receives), iv=state, **more)


BURDENED = frozenset({"sucht", "k-kein_arbeitsangebot", "k-anspruch_psh"})

ASKED = {
    "IV-RAV": ["leistung", "iv", "voraussetzung"],
    "SH-RAV": ["leistung", "voraussetzung"],
    "RAV-IV": ["leistung", "iv", "voraussetzung"],
    "SH-IV": ["leistung", "iv", "voraussetzung"],
    "IV-SH": ["leistung", "belastung", "gemeinde"],
    "RAV-SH": ["leistung", "belastung", "gemeinde"],
    "SH-SH": ["leistung", "belastung", "gemeinde"],
}


@pytest.mark.parametrize("between", ASKED)
def test_a_pair_is_asked_only_what_decides_and_with_the_triage_at_most_five_questions(between):
    assert pair(between).questions == ASKED[between]
    assert 2 + len(ASKED[between]) <= 5


def test_every_direction_of_optima_has_its_questions():
    assert set(ASKED) == {f"{principal}-{contractor}" for principal, contractor in groups.DIRECTIONS}


def test_what_the_asking_office_implies_is_not_asked():
    assert pair("SH-IV").receives == ["ale"]
    assert pair("SH-SH").receives == ["ale", "wsh", "iv_laeuft", "iv_fertig"]
    assert pair("IV-SH").receives == ["ale", "social_counselling", "wsh", "iv_laeuft"]
    assert pair("RAV-IV").receives == ["ale", "social_counselling", "wsh"]


def test_a_rule_that_no_longer_holds_is_not_asked_about():
    without = [row for row in CRITERIA if row.contractor_group == "IV" and not row.check_by.startswith("iv_")]

    assert pair("SH-IV", criteria=without).questions == ["leistung", "voraussetzung"]
    assert pair("SH-IV", criteria=[]).questions == ["leistung"]


ROWS = {
    # row: pair, answers, what follows
    "A": ("IV-RAV", said(iv="", condition="alle"), Verdict.POSSIBLE),
    "B1": ("IV-RAV", said("ale", iv="", condition="alle"), Verdict.POSSIBLE),
    "B2": ("RAV-IV", said("ale", iv="laeuft"), Verdict.IMPOSSIBLE),
    "C": ("IV-SH", said("iv_laeuft", burdens=BURDENED, place="1"), Verdict.POSSIBLE),
    "D1": ("IV-SH", said("iv_laeuft", "wsh", burdens=BURDENED, place="1"), Verdict.POSSIBLE),
    "D2": ("SH-IV", said(iv="laeuft", condition="alle"), Verdict.RULING),
    "E": ("SH-IV", said(iv="keines", condition="alle"), Verdict.POSSIBLE),
    "F": ("RAV-IV", said("ale", iv="keines"), Verdict.IMPOSSIBLE),
    "G": ("RAV-SH", said("ale", burdens=BURDENED, place="1"), Verdict.POSSIBLE),
    "H": ("SH-RAV", said(condition="alle"), Verdict.POSSIBLE),
    "I1": ("SH-RAV", said("ale", condition="alle"), Verdict.POSSIBLE),
    "I2": ("RAV-SH", said("ale", "wsh", burdens=BURDENED, place="1"), Verdict.POSSIBLE),
    "within_sh": ("SH-SH", said("wsh", burdens=BURDENED, place="1"), Verdict.POSSIBLE),
    "roundtable": ("SH-RAV", said("ale", "iv_laeuft"), Verdict.ROUNDTABLE),
    "unassigned": ("RAV-IV", said(iv="keines", condition="alle"), Verdict.RULING),
}


@pytest.mark.parametrize("code", ROWS)
def test_each_row_of_the_table_is_reached_and_says_what_follows(code):
    between, answers, expected = ROWS[code]
    asking = pair(between)
    found = asking.judge(answers)

    assert asking.next_question(answers) == ""
    assert (found.rule.code if found.rule else found.finding) == code
    assert verdict(found) == expected
    assert found.contradictions == []


def test_a_procedure_may_run_with_nothing_pending_in_it():
    idle, with_benefit = said(iv="laeuft", condition="alle"), said("ale", iv="laeuft", condition="alle")
    asking = pair("IV-RAV")

    found = asking.judge(idle)
    assert (found.rule.code, verdict(found), found.facts.iv_runs) == ("A", Verdict.POSSIBLE, True)

    found = asking.judge(with_benefit)
    assert (found.rule, found.blocking, verdict(found)) == (None, [], Verdict.RULING), "nobody's: it is coordinated"


WITHOUT_RELEASE = [
    # what is answered about somebody with benefit, what the table finds
    (said("ale", "social_counselling", iv="keines"), "unassigned"),
    (said("ale", iv="fertig", condition="arbeitsangebot"), "unassigned"),
    (said("ale", "wsh", iv="laeuft"), "roundtable"),
]


@pytest.mark.parametrize(("answers", "finding"), WITHOUT_RELEASE)
def test_nobody_with_benefit_gets_round_the_missing_release_by_fitting_no_row(answers, finding):
    asking = pair("RAV-IV")
    found = asking.judge(answers)

    assert (found.rule, found.finding) == (None, finding)
    assert verdict(found) == (Verdict.ROUNDTABLE if finding == "roundtable" else Verdict.IMPOSSIBLE)
    assert [(row.code, row.authority, row.status) for row in legal(asking, found)] == [("seco_iv", "SECO", "open")]
    assert settled(found)


def test_what_the_law_closes_for_some_is_told_only_once_benefits_are_known():
    asking = pair("RAV-IV")

    assert asking.next_question(Answers()) == "leistung"
    assert asking.next_question(said()) == "iv"
    assert asking.next_question(said("ale")) == ""


def test_nobody_is_sent_to_apply_at_an_office_of_their_own_kind():
    for row in CRITERIA:
        assert "Antrag" not in row.instead, f"{row.contractor_group} {row.code}: whoever asks may be of that kind"


def test_every_row_is_walked():
    assert {rule.code for rule in TABLE} <= set(ROWS)


def test_what_nothing_can_change_any_more_ends_the_questions():
    asking = pair("SH-IV")

    assert asking.next_question(said("ale")) == "iv"
    assert asking.next_question(said("ale", iv="laeuft")) == "", "all three are involved"
    assert asking.next_question(said(iv="verdacht")) == "", "an ordinary claim comes first"
    assert asking.next_question(said(iv="keines")) == "voraussetzung"
    assert pair("IV-RAV").next_question(said(iv="iv_appeal_open")) == ""


STOPS = [
    # pair, answers, the criterion that stops it
    ("IV-RAV", said(iv="iv_clarification_open iv_pension_open"), "iv_geklaert"),
    ("RAV-IV", said(iv="verdacht"), "kein_iv_schaden"),
    ("SH-IV", said(iv="keines", condition="unterstuetzung"), "unterstuetzung"),
    ("SH-RAV", said(condition="arbeitsberechtigt"), "arbeitsberechtigt"),
    ("RAV-SH", said("ale", burdens=NOTHING), "beratung_sinnvoll"),
]


@pytest.mark.parametrize(("between", "answers", "code"), STOPS)
def test_a_hard_condition_that_is_not_met_stops_it_and_says_what_instead(between, answers, code):
    found = pair(between).judge(answers)

    assert verdict(found) == Verdict.IMPOSSIBLE
    assert [row.criterion.code for row in found.blocking] == [code]
    assert found.blocking[0].sentence
    assert found.blocking[0].criterion.instead


LEADS = [
    # what the service of the municipality can do, wSH, what follows
    (LeadCapabilityLevel.FULL, False, Verdict.POSSIBLE),
    (LeadCapabilityLevel.WSH_ONLY, True, Verdict.POSSIBLE),
    (LeadCapabilityLevel.WSH_ONLY, False, Verdict.IMPOSSIBLE),
    (LeadCapabilityLevel.ADDICTION_ONLY, True, Verdict.RULING),
    (LeadCapabilityLevel.NONE, True, Verdict.IMPOSSIBLE),
    ("", True, Verdict.UNCONFIRMED),
]


@pytest.mark.parametrize(("level", "wsh", "expected"), LEADS)
def test_whether_the_service_of_the_municipality_leads_decides(level, wsh, expected):
    benefits = ["ale", "wsh"] if wsh else ["ale"]

    assert verdict(pair("RAV-SH", level).judge(said(*benefits, burdens=BURDENED, place="1"))) == expected


@pytest.mark.parametrize(
    ("refused_on", "possible_from"),
    [
        (dt.date(2025, 11, 22), None),
        (dt.date(2025, 11, 23), dt.date(2026, 11, 24)),
        (dt.date(2025, 11, 24), dt.date(2026, 11, 25)),
        (dt.date(2026, 11, 23), dt.date(2027, 11, 24)),
    ],
)
def test_an_earlier_refusal_by_the_iv_must_be_more_than_a_year_old(refused_on, possible_from):
    found = pair("SH-IV").judge(said(iv="keines", condition="alle", refused_on=refused_on))

    assert found.possible_from == possible_from
    assert verdict(found) == (Verdict.LATER if possible_from else Verdict.POSSIBLE)


def test_once_the_law_allows_it_the_locked_way_is_open():
    allowed = {code: LegalPrecondition(code=code, title=code, status="met") for code in LAW}

    found = pair("RAV-IV", law=allowed).judge(said("ale", iv="keines", condition="alle"))

    assert (found.rule.code, verdict(found)) == ("F", Verdict.POSSIBLE)


def test_without_a_table_nothing_waits_for_a_ruling():
    found = pair("SH-RAV", rules=[]).judge(said("ale", "iv_laeuft", condition="alle"))

    assert verdict(found) == Verdict.POSSIBLE


def test_what_is_not_settled_yet_stops_nobody():
    found = pair("SH-RAV").judge(said(condition="offen"))

    assert (found.rule.code, found.missing, verdict(found)) == ("H", ("work_offer",), Verdict.POSSIBLE)
    assert not settled(found)


def test_a_burden_without_the_entitlement_ticked_leaves_it_open():
    found = pair("RAV-SH").judge(said("ale", burdens=frozenset({"schulden", "k-kein_arbeitsangebot"}), place="1"))

    assert {row.criterion.code for row in found.results if not row.met} == {"anspruch_psh"}
    assert verdict(found) == Verdict.POSSIBLE


def test_the_reasons_of_a_row_are_said_in_words():
    rule = next(rule for rule in TABLE if rule.code == "D1")

    told = [(reason.sentence, reason.known) for reason in reasons(rule, ["obstacles"])]

    assert told == [
        ("IV-Verfahren: läuft oder sistiert", True),
        ("bezieht keine Arbeitslosenentschädigung", True),
        ("erhält Sozialhilfe", True),
        ("hat zurzeit kein intaktes Arbeitsangebot", True),
        ("hat erhebliche Belastungen im Umfeld", False),
    ]
