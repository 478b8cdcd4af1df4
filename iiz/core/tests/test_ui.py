"""The design system's values and parts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.test import Client
from pytest_django.fixtures import Settings

from iiz.core.templatetags import ui


def rendered(source: str, **context: object) -> str:
    """``source`` with our tags loaded."""
    return Template("{% load ui %}" + source).render(Context(context))


class Questions(forms.Form):
    """One field of each shape the templates tell apart."""

    name = forms.CharField(label="Name", help_text="Wie im Ausweis.")
    note = forms.CharField(label="Bemerkung", required=False)
    born_on = forms.DateField(label="Geburtsdatum", required=False)
    agreed = forms.ChoiceField(label="Einverstanden?", choices=[("y", "Ja"), ("n", "Nein")], widget=forms.RadioSelect)
    told = forms.BooleanField(label="Angerufen", required=False)


@pytest.mark.parametrize(
    ("given", "full", "masked"),
    [
        ("7561234567897", "756.1234.5678.97", "756.••••.••••.97"),
        ("756.1234.5678.97", "756.1234.5678.97", "756.••••.••••.97"),
        ("12", "12", ""),
        (None, "", ""),
    ],
)
def test_ahv_numbers_are_written_as_people_know_them(given: str | None, full: str, masked: str) -> None:
    assert ui.ahv(given) == full
    assert ui.ahv_masked(given) == masked


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("1250"), "CHF\u00a01'250.00"),
        (1234567.5, "CHF\u00a01'234'567.50"),
        (0, "CHF\u00a00.00"),
        (None, ""),
        ("", ""),
    ],
)
def test_amounts_are_swiss(amount: Decimal | float | str | None, text: str) -> None:
    assert ui.chf(amount) == text


@time_machine.travel("2026-11-22T23:30:00+00:00", tick=False)
def test_days_are_told_from_today_in_switzerland() -> None:
    # At half past eleven in Greenwich it is already the 23rd in Lucerne.
    today = dt.date(2026, 11, 23)
    told = {days: ui.since(today + dt.timedelta(days=days)) for days in (-2, -1, 0, 1, 3)}
    assert told == {-2: "seit 2 Tagen", -1: "seit gestern", 0: "heute", 1: "morgen", 3: "in 3 Tagen"}
    assert ui.since(dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC)) == "heute"
    assert ui.day(dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC)) == "23.11.2026"
    assert ui.since(None) == ui.day(None) == ""


def test_a_status_has_a_word_and_one_of_four_shapes() -> None:
    assert rendered("{% mark 'wait' text %}", text="<b>") == '<span class="mark wait">&lt;b&gt;</span>'
    with pytest.raises(ValueError, match="unknown mark"):
        ui.mark("green", "gut")


def test_every_form_carries_who_acts() -> None:
    actor = SimpleNamespace(institution=SimpleNamespace(pk=7))
    html = rendered("{% acting_field next_url=there %}", csrf_token="abc", actor=actor, there="/faelle/?a=1&b=2")
    assert 'name="csrfmiddlewaretoken" value="abc"' in html
    assert 'name="acting" value="7"' in html
    assert 'name="next" value="/faelle/?a=1&amp;b=2"' in html
    assert "acting" not in rendered("{% acting_field %}", csrf_token="abc")


def test_a_part_escapes_what_it_is_given_and_keeps_what_a_template_wrote() -> None:
    html = rendered("{% page_head title %}<a href='#'>{{ title }}</a>{% endpage_head %}", title="<i>")
    assert "<h1>&lt;i&gt;</h1>" in html
    assert "<a href='#'>&lt;i&gt;</a>" in html


def test_an_empty_fact_vanishes_and_a_disabled_action_says_why() -> None:
    assert rendered("{% fact 'seit' %} {% endfact %}") == ""
    html = rendered("{% action 'Annehmen' '/x/' reason='Nur die IV.' %}")
    assert 'aria-disabled="true"' in html
    assert "Nur die IV." in html
    assert "/x/" not in html


def test_fields_say_what_is_optional_and_how_to_write_a_date() -> None:
    html = str(Questions())
    assert html.count("freiwillig") == 2  # not the checkbox: leaving it out is an answer
    assert "TT.MM.JJJJ" in html
    assert "<legend>Einverstanden?</legend>" in html
    assert 'class="choices row"' in html
    assert "errors" not in html


@pytest.mark.parametrize("widget", [forms.FileInput, forms.ClearableFileInput])
def test_a_file_is_asked_for_in_german_with_the_browsers_own_field(widget: type[forms.FileInput]) -> None:
    field = type("Filing", (forms.Form,), {"file": forms.FileField(label="Datei", widget=widget)})
    html = str(field())
    assert "Datei wählen" in html
    assert "Noch keine Datei gewählt" in html
    assert '<label for="id_file">Datei</label>' in html
    assert '<input type="file" name="file" required id="id_file">' in html


def test_errors_stand_at_the_top_and_beside_their_field() -> None:
    html = str(Questions({"born_on": "gestern"}))
    assert 'href="#id_name"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert "Bitte prüfen Sie 3 Angaben" in html


def test_errors_of_formsets_are_summed_up_too() -> None:
    formset = forms.formset_factory(Questions, min_num=1, validate_min=True)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0"}
    )
    html = rendered("{% error_summary formset %}", formset=formset)
    assert 'href="#id_form-0-name"' in html


@pytest.mark.django_db
def test_the_gallery_is_for_development_only(client: Client, settings: Settings) -> None:
    settings.RELAXED = False
    assert client.get("/demo/bausteine/").status_code == 404
    settings.RELAXED = True
    assert client.get("/demo/bausteine/?fehler").status_code == 200
