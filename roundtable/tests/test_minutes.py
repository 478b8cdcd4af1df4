"""Writing in the working paper: joined texts, kept words, rows, races, and what a save costs (RT-10, RT-11)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from iiz.core import clock
from iiz.core.enums import Reply
from iiz.core.workflow import NotAllowed
from optima.tests.test_race import at_once, lost
from roundtable import minutes, queries
from roundtable.minutes import Change, Unknown, join
from roundtable.models import Cell, OldCell
from roundtable.paper import About, Owner
from roundtable.paper_reader import read
from roundtable.tests import playing as play


def put(case, *rows, by=None):
    return minutes.write(case.number, by or play.koordination(), [Change(*row) for row in rows])


# Two texts of one field ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "theirs", "mine", "joined"),
    [
        ("Sie sucht Arbeit", "Sie sucht bald Arbeit", "Frau M. sucht Arbeit", "Frau M. sucht bald Arbeit"),
        ("eins zwei drei vier", "eins drei vier", "eins zwei drei vier fünf", "eins drei vier fünf"),
        ("Erster Satz.", "Vorher. Erster Satz.", "Erster Satz. Nachher.", "Vorher. Erster Satz. Nachher."),
        ("Zeile\n\nZeile zwei", "Zeile\n\nZeile zwei!", "Eine Zeile\n\nZeile zwei", "Eine Zeile\n\nZeile zwei!"),
        ("Sie sucht Arbeit", "Sie findet Arbeit", "Sie will Arbeit", None),
        ("Satz.", "Satz. Und mehr.", "Satz. Oder weniger.", None),
        ("", "Deren Text", "Mein Text", None),
        ("1.1.2026", "2.1.2026", "3.1.2026", None),
    ],
)
def test_texts_are_joined_where_they_touch_different_words(was, theirs, mine, joined):
    assert join(was, theirs, mine) == joined


# Writing ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_somebody_else_overwrote_is_kept_and_ones_own_only_after_a_pause(time_machine):
    case, mara = play.fixed(), play.coordinator(first_name="Mara")
    put(case, ("goal.1.text", "", "Eins"))
    put(case, ("goal.1.text", "Eins", "Eins zwei"))
    assert OldCell.objects.count() == 0, "typing on is no earlier wording"
    put(case, ("goal.1.text", "Eins zwei", "Ganz anders"), by=mara)
    assert [row.text for row in minutes.earlier(case, "goal.1.text")] == ["Eins zwei"]
    time_machine.move_to(clock.now() + dt.timedelta(minutes=11))
    put(case, ("goal.1.text", "Ganz anders", ""), by=mara)
    assert {row.text for row in minutes.earlier(case, "goal.1.text")} == {"Eins zwei", "Ganz anders"}
    assert [row.name for row in minutes.written(case) if row.rewritten] == ["goal.1.text"]


@pytest.mark.django_db
def test_a_save_of_fifty_fields_asks_four_queries():
    case, mara = play.fixed(), play.coordinator(first_name="Mara")
    rows = [(f"step.{key}.what", "", f"Schritt {key}") for key in range(1, 51)]
    with CaptureQueriesContext(connection) as asked:
        put(case, *rows, by=mara)
    assert len([row for row in asked if "SAVEPOINT" not in row["sql"]]) <= 4
    again = [(name, text, f"{text}, später") for name, _was, text in rows]
    who = play.koordination()
    with CaptureQueriesContext(connection) as asked:
        put(case, *again, by=who)
    assert len([row for row in asked if "SAVEPOINT" not in row["sql"]]) <= 4
    assert OldCell.objects.count() == 50


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["", "step", "step.1", "step.1.x", "step.-1.what", "area..state", "step.1.what.x", "x" * 300]
)
def test_nothing_is_written_where_one_field_does_not_exist(name):
    case = play.fixed()
    with pytest.raises(Unknown):
        put(case, ("goal.1.text", "", "Gut"), (name, "", "x"))
    with pytest.raises(Unknown):
        put(case, ("goal.1.text", "", "x" * 5001))
    assert not Cell.objects.exists()


@pytest.mark.django_db
def test_whoever_does_not_moderate_writes_nothing():
    case = play.fixed()
    with pytest.raises(Http404):
        put(case, ("goal.1.text", "", "x"), by=play.fremde())
    for who in (play.nora_of(case), play.jan_of(case)):
        with pytest.raises(NotAllowed, match="wer das Gespräch moderiert"):
            put(case, ("goal.1.text", "", "x"), by=who)
        with pytest.raises(NotAllowed):
            minutes.add_row(case.number, who, "goal")
    assert not Cell.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("end", "words"),
    [
        (play.withdrawn, "zurückgezogen"),
        (lambda case: play.ending(case, -1), "gilt heute nicht"),
        (lambda case: play.closed(play.running(case)), "ist beendet"),
    ],
)
def test_once_it_is_over_nothing_is_written(end, words):
    case = play.fixed()
    put(case, ("goal.1.text", "", "Vorher"))
    end(case)
    with pytest.raises(NotAllowed, match=words):
        put(case, ("goal.1.text", "Vorher", "Nachher"))
    assert minutes.cells(case) == {"goal.1.text": "Vorher"}


# Rows ---------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_number_is_never_given_twice():
    case, who = play.fixed(), play.koordination()
    assert [minutes.add_row(case.number, who, "step") for _number in range(2)] == [1, 2]
    put(case, ("step.2.gone", "", "1"))
    assert minutes.add_row(case.number, who, "step") == 3
    with pytest.raises(Unknown):
        minutes.add_row(case.number, who, "area")


@pytest.mark.django_db
def test_rows_from_one_source_come_once():
    case, who = play.fixed(), play.koordination()
    rows = [{"text": "Rente", "source": "abc"}, {"text": "Umschulung", "source": "def"}]
    assert minutes.add_rows(case.number, who, "decision", rows) == [1, 2]
    put(case, ("decision.1.text", "Rente", "Ganze Rente"), ("decision.2.gone", "", "1"))
    assert minutes.add_rows(case.number, who, "decision", rows) == []


# At once, on two connections ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_ten_writers_at_once_lose_no_word_and_no_revision():
    case, who = play.fixed(), play.koordination()
    put(case, ("goal.1.text", "", "Anfang"))
    jobs = [lambda key=key: put(case, (f"goal.{key}.text", "", f"Ziel {key}"), by=who) for key in range(2, 12)]
    assert lost(at_once(*jobs)) == []
    revisions = [row.revision for row in minutes.written(case)]
    assert revisions == list(range(1, 12)), "who has seen revision 5 hears of each later one"


@pytest.mark.django_db(transaction=True)
def test_two_in_one_field_one_stands_the_other_is_told():
    case, who = play.fixed(), play.koordination()
    results = at_once(*[lambda text=text: put(case, ("goal.1.text", "", text), by=who) for text in ("Eins", "Zwei")])
    assert lost(results) == []
    told = [row for row in results if row.conflicts]
    assert len(told) == 1
    assert told[0].conflicts["goal.1.text"].text == minutes.cells(case)["goal.1.text"]


@pytest.mark.django_db(transaction=True)
def test_rows_added_at_once_get_numbers_of_their_own():
    case, who = play.fixed(), play.koordination()
    results = at_once(*[lambda: minutes.add_row(case.number, who, "step")] * 6)
    assert sorted(results) == [1, 2, 3, 4, 5, 6]
    once = at_once(*[lambda: minutes.add_rows(case.number, who, "income", [{"source": "abc"}])] * 3)
    assert sorted(once) == [[], [], [1]]


@pytest.mark.django_db(transaction=True)
def test_writing_while_the_vollmacht_is_withdrawn_is_kept_or_refused():
    case, who = play.fixed(), play.koordination()
    written, _withdrawn = at_once(lambda: put(case, ("goal.1.text", "", "Ziel"), by=who), lambda: play.withdrawn(case))
    assert isinstance(written, NotAllowed) == (minutes.cells(case) == {})


# Who is there, who pays ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_is_there_follows_the_answers_until_somebody_ticks():
    case = play.fixed(play.with_mother())
    meeting = queries.planned(case)
    nora, client = play.row_of(case, play.nora_of(case)), play.row_of(case, "client")
    meeting.invitees.filter(ref=nora.pk).update(reply=Reply.ACCEPTED)
    case = type(case).objects.get(pk=case.pk)
    meeting = queries.planned(case)

    def there(typed):
        return {row.pk: ticks for row, ticks in minutes.attendance(case, meeting, typed)}

    first = there({})
    assert first[nora.pk] == {"first": True, "second": True}
    assert first[client.pk] == {"second": True}, "nobody asks the client through the portal"
    assert first[play.row_of(case, play.jan_of(case)).pk] == {"first": False, "second": False}, "has not answered yet"
    typed = {f"seat.{meeting.pk}.{nora.pk}.second": "nein"}
    assert there(typed)[nora.pk] == {"first": True, "second": False}


def test_who_pays_is_known_by_name_or_key_or_stays_as_typed():
    about = About(owners=(Owner(1, "RAV Seeblick", 7),), payers={7: "RAV Seeblick"})
    step = {"step.1.what": "Kurs", "step.1.owner": "1", "step.1.due": "1.3.2027"}

    def payer(text):
        found = read(step | {"step.1.payer": text}, about).steps[0]
        return found.payer, found.payer_label

    assert payer("rav seeblick") == payer("7") == (7, "RAV Seeblick")
    assert payer("Stiftung Muster") == (None, "Stiftung Muster")
    assert payer("") == (None, "")
