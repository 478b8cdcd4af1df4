"""The Vereinbarung ALV, its release and its end, step by step (SH-05 to SH-07, RED-03)."""

import datetime as dt
from types import SimpleNamespace

import pytest

from iiz.core import clock, workflow
from iiz.core.models import AuditEntry, Case, OutboxMail, Task
from iiz.core.workflow import NotAllowed
from optima import release_words
from optima.effects import release
from optima.forms.casework import StandortForm
from optima.models import ClosingDetail, LegalPrecondition, ReducedProcedure, Vereinbarung
from optima.next_step import next_step
from optima.pages import division
from optima.workflow.release import MAILS

from . import beside
from . import factories as make
from .beside import DAY

TODAY = dt.date(2026, 3, 2)


def waiting(case, party="principal"):
    office = getattr(case.antrag, party)
    return set(Task.objects.filter(case=case, institution=office, done_at=None).values_list("name", flat=True))


def due(case, name):
    return Task.objects.get(case=case, name=name, done_at=None).due_on


def fresh(case):
    return Case.objects.get(pk=case.pk)


def row(first, last, *, signed=0, ended=None, replaced=False):
    """A Vereinbarung without a database, days counted from one day."""
    return Vereinbarung(
        release_from=TODAY + first * DAY,
        release_until=TODAY + last * DAY,
        signed_on=TODAY + signed * DAY if signed is not None else None,
        ended_on=TODAY + ended * DAY if ended is not None else None,
        replaced_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC) if replaced else None,
    )


# The periods ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "periods"),
    [
        ([], []),
        ([row(0, 9, signed=None)], []),
        ([row(0, 9)], [(0, 9)]),
        ([row(0, 9, ended=4)], [(0, 4)]),
        ([row(0, 9, replaced=True), row(0, 19, signed=None)], [(0, 9)]),
        ([row(0, 9, replaced=True), row(0, 19)], [(0, 19)]),
        ([row(0, 9, replaced=True), row(10, 19)], [(0, 19)]),
        ([row(0, 9, replaced=True), row(15, 19)], [(0, 9), (15, 19)]),
        ([row(0, 19, replaced=True), row(5, 9)], [(0, 9)]),
        ([row(5, 9, ended=2)], []),
        ([row(0, 9, signed=4)], [(4, 9)]),
        ([row(0, 9, replaced=True), row(0, 19, signed=4)], [(0, 19)]),
        ([row(0, 9, replaced=True), row(0, 19, signed=14)], [(0, 9), (14, 19)]),
    ],
    ids=[
        "none",
        "unsigned",
        "one",
        "ended",
        "unsigned extension",
        "longer",
        "next",
        "gap",
        "shorter",
        "never begun",
        "signed late",
        "extended late",
        "extended after a gap",
    ],
)
def test_the_release_is_what_is_signed_each_paper_in_place_of_the_former(rows, periods):
    assert release.spans(rows) == [(TODAY + first * DAY, TODAY + last * DAY) for first, last in periods]


def test_the_period_that_holds_comes_before_the_next_and_the_last():
    rows = [row(0, 9, replaced=True), row(15, 19)]
    found = {day: release.span_on(rows, TODAY + day * DAY) for day in (-3, 5, 12, 30)}
    assert {day: (span[0] - TODAY).days for day, span in found.items()} == {-3: 0, 5: 0, 12: 15, 30: 15}
    assert release.span_on([], TODAY) is None


# From the acceptance to the signature ---------------------------------------------------------------------------

database = pytest.mark.django_db


@database
def test_the_rav_is_asked_from_the_planned_handover_on_and_the_handover_does_not_wait():
    case = beside.to_social(make.accepted)
    assert "make_vereinbarung" not in waiting(case)

    case = make.handover_planned(case)
    assert "make_vereinbarung" in waiting(case)

    assert make.running(case).state == "running"
    assert "make_vereinbarung" in waiting(case)


@database
def test_until_it_is_signed_nothing_is_released():
    case = beside.filled_in(beside.to_social(make.handover_planned), first=10)

    assert "sign_vereinbarung" in waiting(case)
    assert due(case, "sign_vereinbarung") == case.antrag.vereinbarungen.get().release_from
    assert release.spans(release.agreements(case)) == []

    case = beside.signed(case)
    assert waiting(case) == {"release_ends"}
    assert due(case, "release_ends") == case.antrag.vereinbarungen.get().release_until
    assert OutboxMail.objects.filter(kind="optima_release_changed", institution=case.antrag.contractor).exists()


@database
@pytest.mark.parametrize("way", [make.running, beside.from_iv, beside.to_rav])
def test_no_other_handover_knows_a_vereinbarung(way):
    case = way()
    with pytest.raises(NotAllowed, match="nur, wenn das RAV an die Sozialhilfe"):
        workflow.apply(case, "make_vereinbarung", make.principal_of(case), beside.period())
    assert not waiting(case) & {"make_vereinbarung", "sign_vereinbarung", "release_ends"}


@database
def test_what_was_done_already_or_cannot_be_done_yet_is_refused_in_a_sentence():
    case = beside.to_social()
    ruth = make.principal_of(case)
    refused = []

    def tried(name, data):
        with pytest.raises(NotAllowed) as no:
            workflow.apply(case, name, ruth, data)
        refused.append(str(no.value))

    tried("sign_vereinbarung", {})
    tried("end_release", {})
    beside.filled_in(case)
    tried("make_vereinbarung", {})
    tried("end_release", {})
    beside.signed(case)
    tried("sign_vereinbarung", {})
    assert refused == [
        "Es gibt noch keine Vereinbarung ALV. Füllen Sie sie zuerst aus.",
        "Es ist nichts befreit: Es fehlt die Unterschrift.",
        f"Die Vereinbarung ALV ist bereits ausgefüllt, am {clock.today():%d.%m.%Y}. Für einen anderen Zeitraum ändern "
        "oder verlängern Sie sie.",
        "Es ist nichts befreit: Es fehlt die Unterschrift.",
        "Die Unterschrift ist bereits festgehalten.",
    ]


@database
def test_after_a_withdrawal_nothing_of_it_can_be_done_and_nothing_waits():
    case = make.stopped(beside.released())
    for name in ("renew_vereinbarung", "end_release"):
        with pytest.raises(NotAllowed):
            workflow.check(fresh(case), name, make.principal_of(case))
    assert "release_ends" not in waiting(case)


# Another period, and the end ------------------------------------------------------------------------------------


@database
def test_another_period_is_another_paper_and_the_former_holds_until_it_is_signed():
    case = beside.released(last=30)
    case = workflow.apply(case, "renew_vereinbarung", make.principal_of(case), beside.period(0, 60))

    former, new = Vereinbarung.objects.all()
    assert former.replaced_at is not None
    assert new.signed_on is None
    assert release.spans(release.agreements(case)) == [(former.release_from, former.release_until)]
    assert waiting(case) & {"sign_vereinbarung", "release_ends"} == {"sign_vereinbarung"}
    assert due(case, "sign_vereinbarung") == former.release_until, "until then the former paper holds"

    case = beside.signed(case)
    assert release.spans(release.agreements(fresh(case))) == [(new.release_from, new.release_until)]
    assert due(case, "release_ends") == new.release_until


@database
def test_once_the_end_is_recorded_nobody_is_reminded():
    case = beside.released(last=30)
    said = {"ended_on": clock.today(), "ended_note": "Stelle gefunden"}
    case = workflow.apply(case, "end_release", make.principal_of(case), said)
    assert not waiting(case) & {"release_ends", "sign_vereinbarung", "make_vereinbarung"}
    with pytest.raises(NotAllowed, match="Das Ende ist bereits festgehalten"):
        workflow.check(fresh(case), "end_release", make.principal_of(case))


@database
def test_a_release_that_outlasts_the_case_waits_to_be_ended():
    case = make.closed(beside.released(last=30))
    assert {"resume", "end_release"} <= waiting(case)
    case = workflow.apply(case, "end_release", make.principal_of(case), {"ended_on": clock.today()})
    assert "end_release" not in waiting(case)


# The work offer is intact again ---------------------------------------------------------------------------------


@database
def test_an_intact_work_offer_ends_the_release_that_day_and_tells_the_rav():
    case = beside.restored()
    paper = case.antrag.vereinbarungen.get()
    today = clock.today()

    assert (paper.ended_on, fresh(case).antrag.work_offer_restored_on) == (today, today)
    assert "release_ends" not in waiting(case)
    mail = OutboxMail.objects.get(kind="optima_work_offer")
    assert mail.institution == case.antrag.principal


@database
def test_the_closing_talk_is_proposed_in_place_of_the_usual_one():
    case = beside.restored()
    waits = waiting(case, "contractor")
    assert "hold_closing" in waits
    assert "hold_standortgespraech" not in waits
    assert due(case, "hold_closing") == case.meetings.get(state="planned").day


@database
def test_the_note_opens_with_the_closure_that_is_due():
    case = beside.restored()
    reason = make.closing_reason(party="contractor")
    result = ClosingDetail.objects.create(
        kind="result", code="arbeitsangebot_intakt", label="Arbeitsangebot wieder intakt", valid_from=make.LONG_AGO
    )
    opened = StandortForm(case=fresh(case), actor=make.adviser_of(case)).initial
    assert (opened["decision"], opened["reason"], list(opened["results"])) == ("close", reason, [result])

    usual = beside.to_social()
    assert "decision" not in StandortForm(case=fresh(usual), actor=make.adviser_of(usual)).initial


@database
def test_a_paper_that_nobody_signed_is_void_once_the_work_offer_is_intact():
    case = beside.restored(beside.filled_in())
    assert case.antrag.vereinbarungen.get().replaced_at is not None
    assert not waiting(case) & {"sign_vereinbarung", "make_vereinbarung", "release_ends"}


@database
def test_a_report_about_the_past_takes_nothing_back_from_somebody_who_was_released():
    case = beside.released()
    case.antrag.started_on = clock.today() - 20 * DAY
    case.antrag.save()

    case = beside.restored(case, ago=10)

    assert fresh(case).antrag.work_offer_restored_on == clock.today() - 10 * DAY, "kept as information"
    assert case.antrag.vereinbarungen.get().ended_on == clock.today()


@database
def test_a_report_without_a_paper_asks_for_none_and_ends_no_release():
    case = beside.restored(beside.to_social())
    assert "make_vereinbarung" not in waiting(case)
    words = next_step(fresh(case), make.principal_of(case))["why"]
    assert words == "Befreit war nichts. Im Standortgespräch wird der Fall abgeschlossen."
    told = release_words.of(fresh(case), make.principal_of(case))
    assert (told.mark, "noch nicht" in " ".join([told.word, *told.sentences])) == ("rest", False)
    assert not any("endet" in f"{kind.subject} {kind.sentence}" for kind in MAILS)


@database
@pytest.mark.parametrize("before", [beside.to_social, beside.filled_in, beside.released])
def test_after_the_report_no_paper_is_filled_in_renewed_or_signed(before):
    case = beside.restored(before())
    for name in ("make_vereinbarung", "renew_vereinbarung", "sign_vereinbarung"):
        with pytest.raises(NotAllowed, match="kann der Auftragnehmer sie zurücknehmen"):
            workflow.check(fresh(case), name, make.principal_of(case))


@database
@pytest.mark.parametrize(
    ("before", "waits"),
    [
        (beside.to_social, "make_vereinbarung"),
        (beside.filled_in, "sign_vereinbarung"),
        (beside.released, "release_ends"),
        (lambda: beside.extended(beside.released()), "sign_vereinbarung"),
    ],
    ids=["nothing made", "unsigned", "released", "extension unsigned"],
)
def test_a_mistaken_report_is_taken_back_and_all_is_as_before(before, waits):
    case = before()
    rows = list(case.antrag.vereinbarungen.values())
    case = beside.taken_back(beside.restored(case))

    assert list(case.antrag.vereinbarungen.values()) == rows
    assert fresh(case).antrag.work_offer_restored_on is None
    assert waits in waiting(case)
    assert not {"hold_closing", "plan_closing"} & waiting(case, "contractor")
    assert OutboxMail.objects.get(kind="optima_work_offer_taken_back").institution == case.antrag.principal
    entry = AuditEntry.objects.get(verb="case_take_back_report")
    assert entry.changes["work_offer_restored_on"] == [clock.today().isoformat(), None]


@database
def test_an_end_that_the_rav_recorded_itself_stays_when_the_report_is_taken_back():
    case = beside.released()
    case = workflow.apply(case, "end_release", make.principal_of(case), {"ended_on": clock.today()})
    case = beside.taken_back(beside.restored(case))
    assert case.antrag.vereinbarungen.get().ended_on == clock.today()


@database
def test_without_a_date_the_closing_talk_is_to_be_planned_and_no_other():
    case = beside.restored()
    nora = make.adviser_of(case)
    meeting = case.meetings.get(state="planned")
    case = workflow.apply(case, "cancel_meeting", nora, {"meeting": meeting, "reason": "Krank."})
    talks = {"hold_closing", "plan_closing", "plan_standortgespraech", "hold_standortgespraech", "planned_end"}
    assert waiting(case, "contractor") & talks == {"plan_closing"}


@database
def test_who_does_what_tells_that_the_rav_works_again():
    ReducedProcedure.objects.create(
        principal_group="RAV",
        contractor_group="SH",
        contractor_does="Bearbeitet Hindernisse",
        principal_keeps="Taggelder",
        rests="Beratung",
        resumes="Beratung wieder ansetzen",
        valid_from=make.LONG_AGO,
    )
    case = beside.released()
    assert ["Beratung"] in [lines for _title, lines in division(fresh(case), case.antrag)]
    case = beside.restored(case)
    told = dict(division(fresh(case), fresh(case).antrag))
    assert told[f"Jetzt wieder bei {case.antrag.principal}"] == ["Beratung wieder ansetzen"]
    assert ["Beratung"] not in told.values()


# What the law allows --------------------------------------------------------------------------------------------


@database
@pytest.mark.parametrize(
    ("periods", "gap"),
    [
        ([("met", 0, None)], None),
        ([("open", 0, None)], 0),
        ([], 0),
        ([("met", 0, 10), ("met", 11, None)], None),
        ([("met", 0, 10), ("refused", 11, None)], 11),
        ([("met", 0, 10)], 11),
    ],
    ids=["met", "open", "not recorded", "two rows", "refused later", "ends"],
)
def test_law_may_end_before_the_release(periods, gap):
    for status, first, last in periods:
        LegalPrecondition.objects.create(
            code="seco",
            title="Befreiung",
            authority="SECO",
            status=status,
            valid_from=TODAY + first * DAY,
            valid_until=TODAY + last * DAY if last is not None else None,
        )
    antrag = SimpleNamespace(classification=SimpleNamespace(rule=SimpleNamespace(preconditions=["seco"])))
    found = release.unlawful(antrag, TODAY, TODAY + 20 * DAY)
    assert (found and (found[0] - TODAY).days) == gap
