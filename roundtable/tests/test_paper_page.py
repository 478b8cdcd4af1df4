"""The meeting page over HTTP: who writes, what is told, what happens to what was typed (RT-10, RT-11, RT-13)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from iiz.core.models import AuditEntry, Case
from iiz.tests.fixtures import enter
from roundtable import minutes
from roundtable.models import Cell
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db


def seen_by(who: Any) -> Client:
    client = Client()
    enter(client, who)
    return client


def url(case: Case, name: str = "paper") -> str:
    return reverse(f"roundtable:{name}", args=[case.number])


def page(client: Client, case: Case, query: str = "") -> str:
    answer = client.get(url(case) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def changes(*rows: tuple[str, str, str]) -> str:
    return json.dumps([{"name": name, "was": was, "now": now} for name, was, now in rows])


def autosave(client: Client, case: Case, *rows: tuple[str, str, str], since: int = 0) -> Any:
    data = {"changes": changes(*rows), "since": since}
    return client.post(url(case), data, headers={"X-Requested-With": "autosave"})


def told_since(client: Client, case: Case, since: int = 0) -> dict[str, Any]:
    return client.get(url(case, "paper_news") + f"?since={since}").json()


def texts(case: Case) -> dict[str, str]:
    return {name: text for name, text in minutes.cells(case).items() if text}


# Saving -------------------------------------------------------------------------------------------------------------


def test_a_field_is_saved_and_told_with_what_follows():
    case = play.fixed()
    koordination = seen_by(play.koordination())
    answer = autosave(koordination, case, ("step.1.due", "", "bald"), ("goal.1.text", "", "Wieder arbeiten")).json()
    assert texts(case) == {"step.1.due": "bald", "goal.1.text": "Wieder arbeiten"}
    assert answer["revision"] == 2
    assert "kein Datum" in answer["problems"]["step.1.due"]
    assert "noch nicht in Ordnung" in answer["parts"]["es-fehlt"]
    assert answer["token"]


def test_others_hear_what_was_written_and_by_whom():
    case = play.fixed()
    autosave(seen_by(play.koordination()), case, ("goal.1.text", "", "Wieder arbeiten"))
    other = seen_by(play.koordination())
    news = told_since(other, case)["news"]
    assert [(row["name"], row["text"]) for row in news] == [("goal.1.text", "Wieder arbeiten")]
    assert set(told_since(other, case, since=1)) == {"token", "user", "revision"}


def test_two_texts_in_one_field_are_joined_or_both_shown():
    case = play.fixed()
    one = seen_by(play.koordination())
    autosave(one, case, ("goal.1.text", "", "Petra sucht Arbeit"))
    autosave(one, case, ("goal.1.text", "Petra sucht Arbeit", "Petra sucht halbtags Arbeit"))
    joined = autosave(one, case, ("goal.1.text", "Petra sucht Arbeit", "Frau Petra sucht Arbeit")).json()
    assert joined["joined"] == {"goal.1.text": "Frau Petra sucht halbtags Arbeit"}
    clash = autosave(one, case, ("goal.1.text", "Petra sucht Arbeit", "Petra sucht sofort Arbeit"), since=2).json()
    assert clash["conflicts"]["goal.1.text"]["text"] == "Frau Petra sucht halbtags Arbeit"
    assert texts(case)["goal.1.text"] == "Frau Petra sucht halbtags Arbeit", "what stands there is not touched"


def test_what_is_too_long_is_refused_alone():
    case = play.fixed()
    answer = autosave(seen_by(play.koordination()), case, ("goal.1.text", "", "x" * 5001), ("goal.2.text", "", "Kurz"))
    assert "Zu lang" in answer.json()["refused"]["goal.1.text"]
    assert texts(case) == {"goal.2.text": "Kurz"}


@pytest.mark.parametrize("name", ["gibt.es.nicht", "step.0.what", "step.1.secret", "area.arbeit", "x", "seat.1.first"])
def test_a_field_that_does_not_exist_is_refused(name):
    case = play.fixed()
    assert autosave(seen_by(play.koordination()), case, (name, "", "x")).status_code == 400
    assert texts(case) == {}


@pytest.mark.parametrize("sent", ["", "{", "[1]", '[{"name": "goal.1.text"}]', "null", '{"a": 1}'])
def test_what_cannot_be_read_is_refused(sent):
    case = play.fixed()
    data = {"changes": sent}
    answer = seen_by(play.koordination()).post(url(case), data, headers={"X-Requested-With": "autosave"})
    assert answer.status_code == 400
    assert "gibt es nicht" in answer.json()["closed"]


def test_the_audit_notes_once_a_day_that_somebody_writes(time_machine):
    case = play.fixed()
    koordination = seen_by(play.koordination())
    for number in range(3):
        autosave(koordination, case, (f"goal.{number + 1}.text", "", "Ein Ziel"))
    assert AuditEntry.objects.filter(verb="paper_written").count() == 1


def test_what_a_save_and_looking_for_news_ask_of_the_database(django_assert_max_num_queries):
    case = play.asked(play.with_therapist(play.fixed()))
    koordination = seen_by(play.koordination())
    steps = [(f"step.{key}.what", "", f"Schritt {key}") for key in range(1, 31)]
    autosave(koordination, case, *steps)
    with django_assert_max_num_queries(14):
        autosave(koordination, case, ("step.1.what", "Schritt 1", "Anders"), since=30)
    with django_assert_max_num_queries(5):
        told_since(koordination, case, since=31)
    with django_assert_max_num_queries(11):
        told_since(koordination, case, since=30)


@pytest.mark.parametrize("steps", [3, 30])
def test_the_page_asks_the_same_for_three_and_for_thirty_steps(steps, django_assert_max_num_queries):
    case = play.asked(play.with_therapist(play.fixed()))
    for who in (play.nora_of(case), play.iris_of(case)):
        case = play.given(case, who)
    koordination = seen_by(play.koordination())
    autosave(koordination, case, *[(f"step.{key}.what", "", f"Schritt {key}") for key in range(1, steps + 1)])
    page(koordination, case)
    with django_assert_max_num_queries(30):
        page(koordination, case)


# Rows ---------------------------------------------------------------------------------------------------------------


def test_a_row_comes_as_a_fragment_and_is_seen_by_others():
    case = play.fixed()
    koordination = seen_by(play.koordination())
    data = {"part": "step", "since": 0}
    answer = koordination.post(url(case, "paper_row"), data, headers={"X-Requested-With": "autosave"}).json()
    assert answer["added"] == "step.1"
    assert 'name="step.1.owner"' in answer["rows"]["step.1"]
    assert "step.1" in told_since(koordination, case)["rows"]
    assert koordination.post(url(case, "paper_row"), {"part": "unsinn"}).status_code == 404


def test_what_the_views_say_is_taken_over_once():
    case = play.asked(play.fixed())
    iris = play.iris_of(case)
    case = play.given(case, iris)
    view = play.view_of(case, iris)
    view.decisions.create(text="Umschulung", expected_on=play.clock.today() + 30 * play.DAY)
    koordination = seen_by(play.koordination())
    assert "1 Angabe aus den Sichten übernehmen" in page(koordination, case, "?alles=1")
    for _again in range(2):
        data = {"part": "decision", "take": "1", "alles": "1"}
        koordination.post(url(case, "paper_row"), data, headers={"X-Requested-With": "autosave"})
    owner = str(play.row_of(case, iris).pk)
    found = texts(case)
    assert (found["decision.1.text"], found["decision.1.owner"]) == ("Umschulung", owner)
    assert not any(name.startswith("decision.2") for name in found)
    assert "aus den Sichten übernehmen" not in page(koordination, case, "?alles=1")


# Without a script ---------------------------------------------------------------------------------------------------


def form_of(client: Client, case: Case, **typed: str) -> dict[str, Any]:
    """What a browser without a script would send: ``seen`` as it stands in the page."""
    seen = client.get(url(case)).context["seen"]
    return {"seen": seen, **json.loads(seen), **{name.replace("__", "."): text for name, text in typed.items()}}


def test_without_a_script_the_page_is_one_form():
    case = play.fixed()
    koordination = seen_by(play.koordination())
    sent = form_of(koordination, case, goal__1__text="Wieder arbeiten") | {"do": "add:goal"}
    answer = koordination.post(url(case), sent)
    assert (answer.status_code, answer.url) == (302, f"{url(case)}#goal-2")
    assert texts(case) == {"goal.1.text": "Wieder arbeiten"}
    koordination.post(url(case), form_of(koordination, case) | {"do": "gone:goal.1"})
    assert texts(case)["goal.1.gone"] == "1"
    koordination.post(url(case), form_of(koordination, case) | {"do": "back:goal.1"})
    assert "goal.1.gone" not in texts(case)


def test_without_a_script_somebody_elses_text_is_shown_beside_ones_own():
    case = play.fixed()
    koordination = seen_by(play.koordination())
    sent = form_of(koordination, case, goal__1__text="Meine Worte", plain__text="Guten Tag")
    autosave(koordination, case, ("goal.1.text", "", "Deren Worte"))
    answer = koordination.post(url(case), sent)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Meine Worte" in html
    assert "Deren Worte" in html
    assert texts(case) == {"goal.1.text": "Deren Worte", "plain.text": "Guten Tag"}
    again = json.loads(answer.context["seen"]) | {"seen": answer.context["seen"], "goal.1.text": "Beide Worte"}
    assert koordination.post(url(case), again).status_code == 302
    assert texts(case)["goal.1.text"] == "Beide Worte"


def test_a_tick_that_is_taken_away_is_saved():
    case = play.fixed()
    koordination = seen_by(play.koordination())
    autosave(koordination, case, ("decision.1.health", "", "ja"))
    sent = form_of(koordination, case)
    del sent["decision.1.health"]
    koordination.post(url(case), sent | {"ticks": ["decision.1.health"]})
    assert minutes.cells(case)["decision.1.health"] == ""


# Strangers, and when it is over -------------------------------------------------------------------------------------


def test_only_who_moderates_opens_the_paper():
    case = play.fixed()
    assert seen_by(play.fremde()).get(url(case)).status_code == 404
    for who in (play.nora_of(case), play.jan_of(case)):
        client = seen_by(who)
        refused = client.get(url(case))
        assert refused.status_code == 403
        assert "wer das Gespräch moderiert" in refused.content.decode()
        assert autosave(client, case, ("goal.1.text", "", "x")).status_code == 403
        assert client.get(url(case, "paper_news")).status_code == 403
    assert texts(case) == {}


def test_an_office_that_moderates_its_own_reads_what_the_vollmacht_opens():
    nora = play.nora()
    kinds = play.ALL - {"health"}
    case = play.self_run(nora, lines=[play.Line(nora.institution, categories=kinds)])
    client = seen_by(nora)
    html = page(client, case)
    assert 'name="sick.' not in html
    assert "Arbeitsunfähigkeit hinzufügen" not in html
    assert "Einkommen hinzufügen" in html
    Cell.objects.create(case=case, name="sick.1.note", text="Rücken", revision=1, written_by=nora.user)
    assert "Rücken" not in page(client, case)
    assert "Rücken" not in json.dumps(told_since(client, case))
    assert autosave(client, case, ("sick.1.note", "", "x")).status_code == 409


def test_who_reads_no_health_is_not_asked_to_mark_it_and_loses_no_row():
    nora = play.nora()
    case = play.self_run(nora, lines=[play.Line(nora.institution, categories=play.ALL - {"health"})])
    client = seen_by(nora)
    autosave(client, case, ("step.1.what", "", "Wohnung suchen"), ("decision.1.text", "", "Taggelder"))
    html = page(client, case)
    assert "Wohnung suchen" in html
    assert "Taggelder" in html
    assert "Betrifft die Gesundheit" not in html
    assert "weil es die Vollmacht für Ihre Stelle nicht öffnet: Gesundheit" in html
    assert "Hier wird davon nichts festgehalten" in html
    for row in ("step.1", "decision.1"):
        refused = autosave(client, case, (f"{row}.health", "", "ja"))
        assert (refused.status_code, "nicht lesen" in refused.json()["closed"]) == (409, True)
    assert texts(case) == {"step.1.what": "Wohnung suchen", "decision.1.text": "Taggelder"}


def test_a_case_manager_who_needs_no_health_data_writes_a_step_and_keeps_it():
    case = play.running()
    jan = play.jan_of(case)
    case = play.managed(case, jan)
    client = seen_by(jan)
    autosave(client, case, ("step.1.what", "", "Wohnung suchen"))
    assert autosave(client, case, ("step.1.health", "", "ja")).status_code == 409
    html = page(client, case)
    assert "Wohnung suchen" in html
    assert "Betrifft die Gesundheit" not in html
    assert "weil Ihre Stelle sie für ihre Aufgabe in diesem Fall nicht braucht" in html


def test_who_reads_everything_marks_what_is_health_and_is_told_of_nothing_hidden():
    nora = play.nora()
    case = play.self_run(nora)
    client = seen_by(nora)
    autosave(client, case, ("step.1.what", "", "Zur Therapie"), ("step.1.health", "", "ja"))
    html = page(client, case)
    assert "Zur Therapie" in html
    assert 'name="step.1.health"' in html
    assert "Hier wird davon nichts festgehalten" not in html


def test_the_own_view_is_offered_only_as_far_as_its_rows_would_stay():
    nora = play.nora()
    case = play.self_run(nora, lines=[play.Line(nora.institution, categories=play.ALL - {"health"})])
    case = play.given(play.asked(case), nora)
    view = play.view_of(case, nora)
    view.decisions.create(text="Rente", health=True)
    view.decisions.create(text="Stipendium", health=False)
    client = seen_by(nora)
    client.post(url(case, "paper_row"), {"part": "decision", "take": "1", "alles": "1"})
    assert "Rente" not in page(client, case, "?alles=1")
    assert [text for name, text in texts(case).items() if name.endswith(".text")] == ["Stipendium"]


def test_after_a_withdrawal_nothing_is_kept_and_what_was_typed_comes_back():
    case = play.fixed()
    koordination = seen_by(play.koordination())
    sent = form_of(koordination, case, goal__1__text="Noch ein Ziel")
    play.withdrawn(case)
    answer = koordination.post(url(case), sent)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Die Vollmacht ist zurückgezogen" in html
    assert "Noch ein Ziel" in html
    assert "Ziel 1, Was soll erreicht werden?" in html
    script = autosave(koordination, case, ("goal.1.text", "", "Noch ein Ziel"))
    assert (script.status_code, script.json()["closed"][:13]) == (409, "Die Vollmacht")
    assert texts(case) == {}
    assert "readonly" in page(koordination, case)


# Before and after ---------------------------------------------------------------------------------------------------


def test_on_the_day_the_case_leads_to_the_page_and_the_note_begins_with_what_stands_there():
    case = play.fixed(days=0)
    koordination = seen_by(play.koordination())
    assert f'href="{url(case)}"' in koordination.get(case.get_absolute_url()).content.decode()
    assert f'href="{url(case)}"' in koordination.get(f"/faelle/{case.number}/gespraeche/").content.decode()
    nora, client = play.row_of(case, play.nora_of(case)), play.row_of(case, "client")
    meeting = case.meetings.get()
    seat = f"seat.{meeting.pk}"
    note = (f"meeting.{meeting.pk}.note", "", "Alle waren da.")
    autosave(
        koordination, case, (f"{seat}.{nora.pk}.first", "", "ja"), (f"{seat}.{client.pk}.second", "", "nein"), note
    )
    form = koordination.get(reverse("core:action", args=[case.number, "hold_meeting"])).context["form"]
    assert form.initial["first"] == [str(nora.pk)]
    assert str(client.pk) not in form.initial["second"]
    assert form.initial["note"] == "Alle waren da."
    jan = seen_by(play.jan_of(case))
    assert url(case) not in jan.get(f"/faelle/{case.number}/gespraeche/").content.decode()


def test_a_folded_area_that_not_all_may_read_says_none_of_its_words_on_the_projector():
    case = play.fixed()
    koordination = seen_by(play.koordination())
    page = koordination.get(url(case, "paper")).content.decode()
    assert re.search(r'id="area-gesundheit"[^>]* data-held>', page)
    assert not re.search(r'id="area-arbeit"[^>]* data-held', page)
    assert "data-health-held" in page
    assert "data-held>" not in koordination.get(url(case, "paper") + "?alles=1").content.decode()
