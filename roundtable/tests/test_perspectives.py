"""The view of an office before the meeting: written, given, changed, stopped (RT-09, RT-11, PER-06)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from iiz.core import workflow
from iiz.core.enums import Role
from iiz.core.models import AuditEntry, GuestLink, OutboxMail, Task
from iiz.core.tests.factories import actor
from iiz.core.workdays import is_working_day
from roundtable import perspectives
from roundtable.forms.asking import RequestViewsForm
from roundtable.models import Perspective

from . import playing as play

pytestmark = pytest.mark.django_db

WORDS = "Sucht eine Stelle im Verkauf."


@pytest.fixture
def case():
    return play.asked(play.started())


def view_of(case: Any, who: Any) -> Perspective:
    return play.view_of(case, who)


def url(case: Any, who: Any) -> str:
    return reverse("roundtable:view", args=[view_of(case, who).pk])


def answers(case: Any, who: Any, do: str = "give", **typed: Any) -> dict[str, Any]:
    """The form as it stands on the page, with some words in it."""
    version = view_of(case, who).version
    return {"do": do, "version": version, "key": "tab-1", **{name.replace("__", "-"): v for name, v in typed.items()}}


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_day_proposed_for_views_is_worked(time_machine):
    started = play.started()
    for days in range(7):
        time_machine.move_to(timezone.now() + dt.timedelta(days=1))
        form = RequestViewsForm(case=started, actor=play.koordination())
        assert is_working_day(form.initial["due_on"]), days


def test_an_office_gives_its_view_and_its_pendenz_is_done(case, client_of):
    jan = play.jan_of(case)
    page = text(client_of(jan).get(url(case, jan)))
    assert "Arbeit und Ausbildung" in page
    assert "Keine Diagnosen" in page
    sent = answers(
        case,
        jan,
        arbeit__state=WORDS,
        decisions__0__text="Kurs Verkauf",
        decisions__0__expected_on="1.12.2026",
        sick_leaves__0__percent="50",
        sick_leaves__0__since="01.09.2026",
        incomes__0__kind="ale",
        incomes__0__amount="CHF 3'250.50",
        incomes__0__until="31.3.2027",
    )

    response = client_of(jan).post(url(case, jan), sent)

    assert response.status_code == 302
    view = view_of(case, jan)
    assert [(row.area.code, row.state) for row in view.areas.all()] == [("arbeit", WORDS)]
    assert [row.text for row in view.decisions.all()] == ["Kurs Verkauf"]
    assert view.sick_leaves.get().percent == 50
    assert str(view.incomes.get().amount) == "3250.50"
    assert (view.given_by, view.draft) == (jan.user, {})
    assert view.basis is not None
    assert view.basis.institution == jan.institution
    assert not Task.objects.filter(name="give_view", object_id=view.pk, done_at=None).exists()
    assert AuditEntry.objects.filter(verb="view_given").count() == 1


def test_given_again_it_replaces_what_stood_there_until_the_meeting_was_held(case, client_of):
    jan = play.jan_of(case)
    browser = client_of(jan)
    browser.post(url(case, jan), answers(case, jan, arbeit__state=WORDS, incomes__0__kind="lohn"))
    assert WORDS in text(browser.get(url(case, jan))), "the form begins with what was given"
    browser.post(url(case, jan), answers(case, jan, arbeit__state="Hat eine Stelle."))
    view = view_of(case, jan)
    assert [row.state for row in view.areas.all()] == ["Hat eine Stelle."]
    assert not view.incomes.exists()

    play.running(play.fixed(play._again(case)))
    view = view_of(case, jan)
    meeting = case.meetings.get()
    meeting.starts_at = view.asked_at
    meeting.save()
    refused = browser.post(url(case, jan), answers(case, jan, arbeit__state="Zu spät."))
    assert refused.status_code == 409
    assert "Zu spät." in text(refused)
    assert [row.state for row in view.areas.all()] == ["Hat eine Stelle."]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Noch steht nirgends etwas."),
        ({"arbeit-state": "  \x00 "}, "Noch steht nirgends etwas."),
        ({"arbeit-state": "ä" * 50_000}, "möglich sind 3&#x27;000"),
        ({"sick_leaves-0-percent": "0", "sick_leaves-0-since": "1.9.2026"}, "1 bis 100 Prozent"),
        ({"sick_leaves-0-percent": "101", "sick_leaves-0-since": "1.9.2026"}, "1 bis 100 Prozent"),
        (
            {"sick_leaves-0-percent": "50", "sick_leaves-0-since": "1.9.2026", "sick_leaves-0-until": "1.8.2026"},
            "Das liegt vor dem ersten Tag.",
        ),
        ({"incomes-0-kind": "lohn", "incomes-0-amount": "-5"}, "nicht kleiner als null"),
        ({"incomes-0-kind": "lotto"}, "lotto"),
        ({"incomes-0-amount": "100"}, "Bitte ausfüllen."),
        ({"decisions-0-expected_on": "1.12.2026"}, "Bitte ausfüllen."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(case, client_of, typed, sentence):
    jan = play.jan_of(case)
    response = client_of(jan).post(url(case, jan), {**answers(case, jan), **typed})
    assert response.status_code == 200
    page = text(response)
    assert sentence in page
    for words in typed.values():
        assert words.replace("\x00", "").strip() in page
    assert view_of(case, jan).given_at is None


def test_html_is_text(case, client_of):
    jan, nora = play.jan_of(case), play.nora_of(case)
    client_of(jan).post(url(case, jan), answers(case, jan, arbeit__state="<script>alert(1)</script>\x00"))
    page = text(client_of(nora).get(f"/roundtable/{case.number}/sichten/"))
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_it_is_saved_as_one_types_and_two_tabs_do_not_overwrite_each_other(case, client_of):
    jan = play.jan_of(case)
    browser = client_of(jan)
    auto = {"HTTP_X_REQUESTED_WITH": "autosave"}
    first = browser.post(url(case, jan), answers(case, jan, "save", arbeit__state="Eins"), **auto)
    assert first.json()["fields"] == {"version": "1"}
    again = {**answers(case, jan, "save", arbeit__state="Eins und zwei"), "version": 0}
    assert browser.post(url(case, jan), again, **auto).status_code == 200, "the same form goes on"

    other = {**again, "key": "tab-2", "arbeit-state": "Aus dem zweiten Fenster"}
    assert browser.post(url(case, jan), other, **auto).status_code == 409
    refused = browser.post(url(case, jan), {**other, "do": "give"})
    assert refused.status_code == 409
    page = text(refused)
    assert "Aus dem zweiten Fenster" in page
    assert "Eins und zwei" in page
    assert view_of(case, jan).given_at is None


def test_given_twice_at_once_the_second_is_shown_what_it_wrote(case, client_of):
    jan = play.jan_of(case)
    sent = answers(case, jan, arbeit__state=WORDS)
    browser = client_of(jan)
    assert browser.post(url(case, jan), sent).status_code == 302
    second = browser.post(url(case, jan), {**sent, "arbeit-state": "Zweite Fassung"})
    assert second.status_code == 409
    assert "Zweite Fassung" in text(second)
    assert view_of(case, jan).areas.get().state == WORDS


def test_whoever_declines_is_not_reminded_and_may_still_write(case, client_of):
    jan = play.jan_of(case)
    client_of(jan).post(url(case, jan), answers(case, jan, "decline"))
    view = view_of(case, jan)
    assert view.declined_at is not None
    assert not Task.objects.filter(name="give_view", object_id=view.pk, done_at=None).exists()
    client_of(jan).post(url(case, jan), answers(case, jan, arbeit__state=WORDS))
    assert view_of(case, jan).declined_at is None


def test_only_people_of_the_office_who_work_on_cases_write(case, client_of):
    jan, nora = play.jan_of(case), play.nora_of(case)
    lesend = actor(Role.READ_ONLY, jan.institution)
    assert client_of(nora).get(url(case, jan)).status_code == 404
    assert client_of(play.fremde()).get(url(case, jan)).status_code == 404
    assert client_of(play.koordination()).get(url(case, jan)).status_code == 404
    assert client_of(lesend).get(url(case, jan)).status_code == 403
    assert client_of(lesend).post(url(case, jan), answers(case, jan)).status_code == 403


def test_withdrawn_while_one_writes_nothing_is_kept_and_all_is_shown(case, client_of):
    jan = play.jan_of(case)
    browser = client_of(jan)
    browser.post(url(case, jan), answers(case, jan, "save", arbeit__state="Entwurf"))
    play.withdrawn(case)
    refused = browser.post(url(case, jan), answers(case, jan, arbeit__state=WORDS))
    assert refused.status_code == 409
    assert WORDS in text(refused)
    assert "Es wird nichts mehr ausgetauscht" in text(refused)
    assert view_of(case, jan).given_at is None
    assert not view_of(case, jan).areas.exists()
    own = text(browser.get(url(case, jan)))
    assert "Entwurf" in own, "what an office wrote stays readable to itself"
    assert "Sicht abgeben" not in own
    assert "Ihre Sicht lesen" in text(browser.get(f"/faelle/{case.number}/sichten/"))


def test_an_office_that_lost_the_case_gets_back_what_it_typed_and_nothing_else(case, client_of):
    jan = play.jan_of(case)
    address, sent = url(case, jan), answers(case, jan, arbeit__state=WORDS)
    play.narrowed(case, jan)
    refused = client_of(jan).post(address, sent)
    assert refused.status_code == 409
    assert WORDS in text(refused)
    assert case.number not in text(refused)
    assert client_of(jan).get(address).status_code == 404
    assert client_of(play.fremde()).post(address, sent).status_code == 404


# Asking -------------------------------------------------------------------------------------------------------------


def test_the_coordinator_asks_all_who_are_covered_and_reads_why_others_are_not(client_of):
    case = play.with_mother(play.with_therapist(play.fixed()), "mutter@familie.example")
    case = play.narrowed(case, play.THERAPIST)
    office = client_of(play.koordination())
    address = f"/faelle/{case.number}/aktion/request_views/"
    page = text(office.get(address))
    assert f"{play.THERAPIST} wird nicht gefragt: Die Vollmacht gilt hier nicht." in page
    assert page.count("checked") == 5, "three offices, the client and the mother"
    OutboxMail.objects.all().delete()
    rows = [play.row_of(case, who).pk for who in (play.jan_of(case), "Maria Probe", "client")]
    meeting = case.meetings.get().planned_day
    late = {"participants": rows, "due_on": f"{meeting:%d.%m.%Y}", "message": "", "version": case.version}
    assert "Bitte wählen Sie einen Tag davor." in text(office.post(address, late))
    sent = {**late, "due_on": f"{meeting - 2 * play.DAY:%d.%m.%Y}"}
    assert office.post(address, sent).status_code == 302
    kinds = sorted(OutboxMail.objects.values_list("kind", flat=True))
    assert kinds == ["rt_guest_view", "rt_view_asked"], "only who was asked hears of it; the client has no address"
    assert Perspective.objects.count() == 3

    case = play._again(case)
    again = {**sent, "participants": rows[:2], "version": case.version}
    office.post(address, again)
    assert OutboxMail.objects.filter(kind="rt_view_asked").count() == 2, "asking again sends again"
    assert GuestLink.objects.filter(purpose="roundtable_view", revoked_at=None).count() == 1


def test_the_office_writes_down_what_somebody_without_an_address_says(case, client_of):
    office = client_of(play.koordination())
    page = text(office.get(url(case, "client")))
    assert "Sie schreiben auf, was Ihnen gesagt wird." in page
    office.post(url(case, "client"), answers(case, "client", wohnen__resources="Ruhige Wohnung"))
    nora = play.nora_of(case)
    side = text(client_of(nora).get(f"/roundtable/{case.number}/sichten/"))
    assert "Ruhige Wohnung" in side
    assert "aufgenommen am" in side


def test_a_request_is_called_off(case, client_of):
    jan = play.jan_of(case)
    step = reverse("roundtable:view_step", args=[view_of(case, jan).pk, "cancel"])
    assert client_of(jan).post(step).status_code == 403
    assert client_of(play.koordination()).post(step).status_code == 302
    assert not case.perspectives.filter(participant=play.row_of(case, jan), cancelled_at=None).exists()
    assert not Task.objects.filter(name="give_view", institution=jan.institution, done_at=None).exists()


def test_the_engine_asks_nobody_whom_the_vollmacht_does_not_cover(case):
    jan = play.jan_of(case)
    case = play.narrowed(case, jan, frozenset({"work"}))
    assert perspectives.hindrance(view_of(case, jan)) == ""
    case = play.ending(case, -1)
    assert "Vollmacht gilt hier nicht mehr" in perspectives.hindrance(view_of(case, jan))
    with pytest.raises(workflow.NotAllowed):
        workflow.apply(case, "request_views", play.koordination(), {"participants": [], "due_on": None})
