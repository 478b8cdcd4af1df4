"""What people type into the forms about meetings, and what the forms say to nonsense."""

import datetime as dt

import pytest
import time_machine
from django import forms as django_forms
from django.core.exceptions import ValidationError

from iiz.core.client_words import names_client
from iiz.core.forms.fields import ClockTime
from iiz.core.forms.meeting import CallForm, CancelForm, MoveForm, ReplyForm, WhenForm
from iiz.core.models import Case, Meeting
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db

TYPED = {"day": "3.12.2026", "time": "9", "minutes": "60", "place": "Sitzungszimmer 2", "video_url": ""}
NOW = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("9", (9, 0)),
        ("9.30", (9, 30)),
        ("09:30", (9, 30)),
        ("0930", (9, 30)),
        ("930", (9, 30)),
        ("14h15", (14, 15)),
        ("14 Uhr", (14, 0)),
        ("9.3", None),
        ("24", None),
        ("9.60", None),
        ("morgens", None),
        ("<b>9</b>", None),
    ],
)
def test_a_time_as_people_type_it(text, time):
    if time is None:
        with pytest.raises(ValidationError, match="Uhrzeit"):
            ClockTime().clean(text)
    else:
        assert ClockTime().clean(text) == dt.time(*time)


@pytest.fixture
def case() -> Case:
    """A case whose hand-over meeting is planned."""
    return optima.handover_planned()


@pytest.fixture
def nora(case):
    """Who invited."""
    return optima.principal_of(case)


@pytest.fixture
def jan(case):
    """Who is invited."""
    return optima.adviser_of(case)


def meeting_of(case: Case) -> Meeting:
    return Meeting.objects.get(case=case)


@pytest.fixture
def errors(case, nora):
    """What the form says to answers that differ from good ones."""

    def said(form: type[WhenForm] = WhenForm, **typed) -> dict:
        with time_machine.travel(NOW, tick=False):
            filled = form(TYPED | typed, case=case, actor=nora)
            filled.is_valid()
        return {name: " ".join(found) for name, found in filled.errors.items()}

    return said


def test_day_and_time_make_one_moment(case, nora):
    with time_machine.travel(NOW, tick=False):
        form = WhenForm(TYPED, case=case, actor=nora)
        assert form.is_valid(), form.errors
    assert form.cleaned_data["starts_at"] == dt.datetime(2026, 12, 3, 8, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"day": "21.11.2026"}, "day", "schon vorbei"),
        ({"day": "22.11.2026", "time": "8"}, "time", "schon vorbei"),
        ({"day": "3.12.2028"}, "day", "18 Monate"),
        ({"day": "29.3.2027", "time": "2.30"}, "time", "zwischen 6 und 22"),
        ({"day": "28.3.2027", "time": "2.30"}, "time", "zwischen 6 und 22"),
        ({"time": "23"}, "time", "zwischen 6 und 22"),
        ({"day": ""}, "day", "Bitte ausfüllen"),
        ({"time": ""}, "time", "Bitte ausfüllen"),
        ({"day": "31.2.2027"}, "day", "Bitte ein Datum"),
        ({"minutes": "61"}, "minutes", "Auswahl"),
        ({"place": ""}, "place", "Ort oder einen Link"),
        ({"place": "x" * 201}, "place", "200"),
        ({"video_url": "javascript:alert(1)"}, "video_url", "kein gültiger Link"),
        ({"video_url": "kein Link"}, "video_url", "kein gültiger Link"),
        ({"place": "bei Frau BEISPIEL daheim"}, "place", "ohne Namen"),
        ({"place": "Dorfstrasse 1, Musterdorf"}, "place", "Privatadresse"),
    ],
)
def test_nonsense_is_named_beside_its_field(errors, typed, field, words):
    found = errors(**typed)
    assert set(found) == {field}
    assert words in found[field]


def test_a_video_link_does_for_a_place(errors):
    assert errors(place="", video_url="meet.example/iiz") == {}


def test_only_whole_words_are_taken_for_the_clients_name(case):
    assert names_client("Zimmer beispiel", case)
    assert not names_client("Beispielstrasse 4, Dorfstrasse 12", case)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bei Buchenmatters", True),
        ("Buchen-matter, 2. Stock", True),
        ("bei BUCHENMATTER's Eltern", True),
        ("Talstr. 20", True),
        ("Talstrasse 20, Luzern", True),
        ("Tal-Strasse", True),
        ("Talstr.", True),
        ("Talstr.20", True),
        ("Talstrasse 4", False),
        ("Obertalstrasse 20", False),
        ("Buchenmatterhof", False),
        ("https://meet.example/Lena%20Buchenmatter", True),
        ("https://meet.example/lenabuchenmatter-1", True),
        ("https://meet.example/talstrasse_20", True),
        ("https://meet.example/iiz?room=20", False),
    ],
)
def test_the_clients_name_and_street_are_known_in_their_other_forms(case, text, found):
    case.person.last_name, case.person.street = "Buchenmatter", "Talstrasse 20"
    assert names_client(text, case) is found


def test_the_name_of_an_office_is_no_give_away(case, nora):
    nora.institution.place = "Sursee"
    nora.institution.save()
    case.person.last_name = "Sursee-Zgraggen"
    assert not names_client("RAV Sursee, Zimmer 3", case)
    assert names_client("bei Zgraggen in Sursee", case)


def test_a_link_with_the_clients_name_is_refused_beside_it(errors):
    found = errors(video_url="https://meet.example/BEISPIEL")
    assert set(found) == {"video_url"}
    assert "verrät den Namen" in found["video_url"]


def test_a_place_that_is_too_long_is_not_cut(case, nora):
    assert "maxlength" not in str(WhenForm(case=case, actor=nora)["place"])


def test_a_date_that_nobody_asks_for_may_stay_empty(errors):
    class Perhaps(WhenForm):
        always = False
        goes_on = django_forms.BooleanField(required=False)

        def needs_when(self, data):
            return data.get("goes_on", False)

    assert errors(Perhaps, day="", time="", place="") == {}
    assert errors(Perhaps, day="unlesbar", time="9") == {}
    assert set(errors(Perhaps, goes_on="on", day="", time="", place="")) == {"day", "time", "place"}


def test_the_form_to_move_is_filled_and_wants_something_new(case, nora):
    form = MoveForm(case=case, actor=nora)
    assert form.initial["place"] == "Sitzungszimmer 2"
    day = optima.at().date()
    typed = {**TYPED, "meeting": meeting_of(case).pk, "day": f"{day:%d.%m.%Y}"}
    same = MoveForm(typed, case=case, actor=nora)
    assert "noch dieselben" in str(same.errors)
    moved = MoveForm(typed | {"time": "10"}, case=case, actor=nora)
    assert moved.is_valid(), moved.errors
    assert moved.cleaned_data["meeting"] == meeting_of(case)


def test_a_meeting_of_another_case_or_one_that_is_gone_is_refused_in_words(case, nora):
    other = optima.handover_planned()
    for pk in (meeting_of(other).pk, 10**9, "quatsch"):
        form = CancelForm({"meeting": pk, "reason": "weil"}, case=case, actor=nora)
        assert "nicht mehr geplant" in str(form.errors["meeting"])
        assert form.chosen is None


def test_long_texts_are_counted_and_kept(case, jan):
    form = ReplyForm({"meeting": meeting_of(case).pk, "reply": "declined", "note": "x" * 5000}, case=case, actor=jan)
    assert "5'000 Zeichen" in str(form.errors["note"]).replace("&#x27;", "'")
    assert "x" * 5000 in str(form)
    call = CallForm({"text": "y" * 301, "called_on": "1.1.1999"}, case=case, actor=jan)
    assert set(call.errors) == {"text", "called_on"}


def test_an_answer_is_one_of_two(case, jan):
    form = ReplyForm({"meeting": meeting_of(case).pk, "reply": "open"}, case=case, actor=jan)
    assert set(form.errors) == {"reply"}
