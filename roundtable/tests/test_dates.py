"""From proposed dates to the meeting, as offices and the coordination office do it (RT-08, RT-10)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from iiz.core import clock, workflow
from iiz.core.enums import MeetingState, Reply
from iiz.core.models import Case, GuestLink, OutboxMail, Task
from roundtable import queries
from roundtable.forms.dates import field_name
from roundtable.models import Attendance, DateAnswer
from roundtable.tests import playing as play
from roundtable.tests.test_table import press, said

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_monday(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC), tick=True)


def typed(*days: str, **changes: Any) -> dict[str, Any]:
    """Dates as they are typed: ``"15.12.2026 9"``."""
    data: dict[str, Any] = {"minutes": "150", "place": "Sitzungszimmer 1", "answer_by": "04.12.2026"}
    for number, words in enumerate(days, 1):
        day, _space, time = words.partition(" ")
        data |= {f"day_{number}": day, f"time_{number}": time}
    return data | changes


def tab(client: Any, case: Case) -> str:
    response = client.get(reverse("core:case_tab", args=[case.number, "gespraeche"]))
    assert response.status_code == 200
    return str(response.content.decode())


def seat(case: Case, who: Any) -> Any:
    meeting = queries.planned(Case.objects.get(pk=case.pk))
    assert meeting is not None
    return meeting.invitees.get(ref=play.row_of(case, who).pk)


def test_dates_are_typed_checked_and_proposed(client_of: Any) -> None:
    case, office = play.started(), client_of(play.koordination())

    def refused(*days: str, **changes: Any) -> str:
        return said(press(office, case, "propose_dates", **typed(*days, **changes)))

    assert "mindestens zwei Termine" in refused("15.12.2026 9")
    assert "steht schon weiter oben" in refused("15.12.2026 9", "15.12.2026 9.00")
    assert "schon vorbei" in refused("20.11.2026 9", "15.12.2026 9")
    assert "Zu dieser Zeit fehlt der Tag." in refused("15.12.2026 9", " 10")
    assert "wann es beginnt" in refused("15.12.2026", "16.12.2026 9")
    assert "müssen vor dem ersten Termin" in refused("03.12.2026 9", "16.12.2026")
    assert "ohne Namen" in refused("15.12.2026 9", "16.12.2026", place="bei Frau Probe")
    odd = refused("15.12.2026 9", "26.12.2026")
    assert "Kein Arbeitstag im Kanton: 26.12.2026." in odd
    assert 'value="26.12.2026"' in odd, "what was typed stays"
    assert queries.open_poll(case) is None

    assert press(office, case, "propose_dates", **typed("16.12.2026 9", "15.12.2026", "26.12.2026", sure="on"))
    poll = queries.open_poll(Case.objects.get(pk=case.pk))
    assert poll is not None
    assert [f"{timezone.localtime(row.starts_at):%d. %H:%M}" for row in poll.options.all()] == [
        "15. 09:00",
        "16. 09:00",
        "26. 09:00",
    ]
    assert Task.objects.filter(case=case, name="answer_dates", done_at=None).count() == 3


def test_everybody_sees_who_can_when_and_the_best_date_is_proposed_first(client_of: Any) -> None:
    case = play.proposed(play.with_mother())
    office = client_of(play.koordination())
    first, second = (field_name(play.at(day)) for day in (20, 21))
    jan = client_of(play.jan_of(case))
    assert "Bitte sagen Sie, ob dieser Termin passt." in said(press(jan, case, "answer_dates", **{first: "yes"}))
    assert press(jan, case, "answer_dates", **{first: "no", second: "yes"}).status_code == 302
    play.answer_dates(case, play.iris_of(case))
    mother = play.row_of(case, "Maria Probe")
    press(office, case, "answer_dates_for", participant=mother.pk, **{first: "maybe", second: "yes"})
    assert DateAnswer.objects.filter(participant=mother).count() == 2

    shown = tab(office, case)
    assert shown.count("passt am besten") == 2, "in words above the table, and in the column"
    assert "3 passt" in shown
    page = office.get(reverse("core:action", args=[case.number, "fix_date"])).content.decode()
    poll = queries.open_poll(case)
    assert poll is not None
    best = poll.options.get(starts_at=play.at(21))
    assert f'value="{best.pk}" ' in page
    where = {"minutes": "150", "place": "Sitzungszimmer 1", "choice": best.pk}
    assert press(office, case, "fix_date", **where).status_code == 302

    assert seat(case, play.jan_of(case)).reply == Reply.ACCEPTED
    assert seat(case, "Maria Probe").reply == Reply.ACCEPTED
    assert seat(case, "client").reply == Reply.OPEN
    assert "Maria Probe" in tab(jan, case)
    assert "Mutter" in tab(jan, case)


def test_another_date_than_the_proposed_ones_can_be_fixed(client_of: Any) -> None:
    case, office = play.proposed(), client_of(play.koordination())
    where = {"minutes": "150", "place": "Sitzungszimmer 1", "choice": "other"}
    assert "zwischen 6 und 22 Uhr" in said(press(office, case, "fix_date", day="18.12.2026", time="23", **where))
    assert "schon vorbei" in said(press(office, case, "fix_date", day="18.11.2026", time="9", **where))
    assert "Seltene Schritte" in tab(office, case), "a meeting never planned here is seldom held"
    assert press(office, case, "fix_date", day="18.12.2026", time="14", **where).status_code == 302
    again = office.get(reverse("core:action", args=[case.number, "fix_date"]))
    assert again.status_code == 403
    assert "Das geht jetzt nicht" in again.content.decode(), "a second tab is late, not forbidden"
    meeting = queries.planned(Case.objects.get(pk=case.pk))
    assert meeting is not None
    assert timezone.localtime(meeting.starts_at).hour == 14
    coordinator = play.koordination().user
    assert OutboxMail.objects.filter(kind="meeting_invited", user=coordinator).exists(), "the moderation comes too"


def test_two_coordinators_fix_at_once_and_the_second_loses_nothing(client_of: Any) -> None:
    case, office = play.proposed(), client_of(play.koordination())
    version = Case.objects.get(pk=case.pk).version
    where = {"minutes": "150", "place": "Sitzungszimmer 1", "choice": "other", "time": "9", "version": version}
    url = reverse("core:action", args=[case.number, "fix_date"])
    assert office.post(url, {"day": "18.12.2026", **where}).status_code == 302
    late = office.post(url, {"day": "21.12.2026", **where})
    assert late.status_code == 409
    assert "21.12.2026" in late.content.decode()
    assert Case.objects.get(pk=case.pk).meetings.count() == 1


def test_an_answer_to_dates_that_were_dropped_is_given_back(client_of: Any) -> None:
    case = play.proposed()
    jan = client_of(play.jan_of(case))
    name, version = field_name(play.at(20)), Case.objects.get(pk=case.pk).version
    workflow.apply(case, "drop_dates", play.koordination(), {})
    late = jan.post(reverse("core:action", args=[case.number, "answer_dates"]), {name: "maybe", "version": version})
    assert late.status_code == 409
    shown = late.content.decode()
    assert "wenn nötig" in shown
    assert "Sonntag, 13. Dezember 2026, 9.00 Uhr" in shown


def test_who_comes_later_is_invited_and_a_reply_on_the_telephone_is_noted(client_of: Any) -> None:
    case, office = play.with_mother(play.fixed()), client_of(play.koordination())
    assert "Noch nicht eingeladen" in office.get(f"/faelle/{case.number}/tisch/").content.decode()
    page = office.get(reverse("core:action", args=[case.number, "invite_more"])).content.decode()
    assert "Eingeladen werden: Maria Probe." in page
    assert press(office, case, "invite_more").status_code == 302
    mother = play.row_of(case, "Maria Probe")
    data = {"participant": mother.pk, "reply": "declined", "note": "Sie ist an diesem Tag verreist."}
    assert press(office, case, "reply_for", **data).status_code == 302
    assert seat(case, "Maria Probe").reply == Reply.DECLINED
    assert Task.objects.filter(case=case, name="rearrange_meeting", done_at=None).exists()
    assert press(office, case, "invite_more").status_code == 403


def test_the_meetings_of_the_week_stand_on_the_desk_of_the_coordination_office(client_of: Any) -> None:
    case, later = play.fixed(days=5), play.fixed(days=9)
    shown = client_of(play.koordination()).get("/koordination/").content.decode()
    week = shown.partition("Gespräche der nächsten sieben Tage")[2].partition("Laufende Fälle")[0]
    assert case.number in week
    assert "4 offen" in week
    assert later.number not in week


def test_a_meeting_is_noted_once_it_took_place(client_of: Any) -> None:
    case, office = play.fixed(play.with_mother()), client_of(play.koordination())
    there = [play.row_of(case, who).pk for who in ("client", "Maria Probe")]
    late = clock.today() + play.DAY
    wrong = said(press(office, case, "hold_meeting", held_on=f"{late:%d.%m.%Y}", second=there))
    assert "Dieses Datum liegt in der Zukunft." in wrong
    early = said(press(office, case, "hold_meeting", held_on="01.06.2026", second=there))
    assert "Der Prozess wurde erst am 23.11.2026 gestartet." in early
    assert "wer da war" in said(press(office, case, "hold_meeting", held_on="23.11.2026"))
    assert press(office, case, "hold_meeting", held_on="23.11.2026", second=there, note="Gut.").status_code == 302
    meeting = case.meetings.get()
    assert (meeting.state, Case.objects.get(pk=case.pk).state) == (MeetingState.HELD, "running")
    came = set(meeting.invitees.filter(attended=True).exclude(ref=None).values_list("ref", flat=True))
    assert came == set(there)
    sat = {row.invitee.ref: (row.first, row.second) for row in Attendance.objects.filter(invitee__meeting=meeting)}
    assert {ref: parts for ref, parts in sat.items() if any(parts)} == {
        None: (True, True),
        **dict.fromkeys(there, (False, True)),
    }
    tab = office.get(f"/faelle/{case.number}/gespraeche/").content.decode()
    assert "Wer wann dabei war" in tab
    assert "Maria Probe, Mutter" in tab.partition("Zweiter Teil")[2]
    assert "Gut." in tab
    assert not GuestLink.objects.filter(case=case, revoked_at=None).exists()


def test_a_meeting_that_was_never_planned_here_can_be_noted(client_of: Any) -> None:
    case, office = play.started(), client_of(play.koordination())
    there = [play.row_of(case, "client").pk]
    assert press(office, case, "hold_meeting", held_on="23.11.2026", second=there).status_code == 302
    assert case.meetings.get().invitees.filter(attended=True).count() == 1
