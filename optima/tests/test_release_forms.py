"""What is wrong in the forms of the Vereinbarung and of what goes beside it, said beside the field."""

import datetime as dt

import pytest
from django.utils import timezone

from iiz.core import notify, workflow
from iiz.core.models import Case, Document
from iiz.core.tests.uploads import DOCX, PDF, upload
from optima.forms.release import EndReleaseForm, IvRestForm, RegistrationForm, RenewForm, RestoredForm, SignForm
from optima.forms.release import VereinbarungForm as Form
from optima.models import Classification, LegalPrecondition, Vereinbarung, ZielgruppeRule

from . import beside
from . import factories as make
from .beside import DAY

pytestmark = pytest.mark.django_db

VALID = {"valid_from": make.LONG_AGO}


def typed(day):
    return f"{day:%d.%m.%Y}"


def local(days):
    return typed(timezone.localdate() + days * DAY)


def answers(first="", last="", **changes):
    return {
        "release_from": first or local(0),
        "release_until": last or local(60),
        "adviser": "Ruth Amrein",
        "fund": "Öffentliche Arbeitslosenkasse",
    } | changes


def form_of(kind, case, data=None, files=None, **who):
    return kind(data, files, case=Case.objects.get(pk=case.pk), actor=who.get("actor") or make.principal_of(case))


# The Vereinbarung -----------------------------------------------------------------------------------------------


def test_what_is_known_is_filled_in():
    beside.released(beside.to_social())
    case = beside.to_social(planned_months=3, rav_number="1612589")
    form = form_of(Form, case)
    antrag = case.antrag

    assert {name: form.initial[name] for name in form.fields if name != "fund"} == {
        "release_from": antrag.started_on,
        "release_until": antrag.planned_until,
        "adviser": "Ruth Amrein",
        "adviser_phone": "041 000 00 61",
        "rav_number": "1612589",
    }
    told = dict(form.person())
    assert told["Unterstützende Stelle"] == antrag.contractor.name
    assert told["Adresse"] == "Dorfstrasse 1, 6000 Musterdorf"
    assert form.funds() == [], "another RAV's funds are its own"


def test_before_the_handover_only_the_period_is_left_open():
    form = form_of(Form, beside.to_social(make.accepted))
    assert form.initial["release_from"] is None
    assert form.initial["release_until"] is None


def test_funds_named_before_are_offered_the_most_frequent_first():
    ruth = beside.ruth()
    for fund in ("Unia", "Öffentliche", "Öffentliche"):
        beside.paper(beside.to_social(make.submitted, ruth), fund=fund)
    assert form_of(Form, beside.to_social(make.accepted, ruth)).funds() == ["Öffentliche", "Unia"]


@pytest.mark.parametrize(
    ("first", "last", "field", "sentence"),
    [
        (10, 5, "release_until", "Die Befreiung endet vor ihrem Beginn."),
        (-1, 5, "release_from", "Das liegt vor der Annahme des Antrags"),
        (400, 500, "release_from", "Das liegt mehr als ein Jahr voraus. Bitte prüfen Sie das Jahr."),
        (0, 400, "release_until", "Die Befreiung dauert höchstens so lange wie der Auftrag, hier bis"),
    ],
    ids=["backwards", "before the acceptance", "mistyped year", "longer than the mandate"],
)
def test_a_period_that_cannot_be_is_told_beside_its_day(first, last, field, sentence):
    form = form_of(Form, beside.to_social(), answers(local(first), local(last)))
    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert form.errors[field][0].startswith(sentence)
    assert form["release_until"].value() == local(last), "what was typed stays"


@pytest.mark.parametrize(
    ("lasts", "field", "sentence"),
    [
        (-1, "release_from", "Zurzeit nicht zulässig."),
        (20, "release_until", "Das Recht lässt die Befreiung nur bis"),
    ],
)
def test_law_that_ends_before_the_period_is_told(lasts, field, sentence):
    case, today = beside.to_social(), timezone.localdate()
    rule = ZielgruppeRule.objects.create(
        code="G", zielgruppe="G", title="G", principal_group="RAV", contractor_group="SH", **VALID, preconditions=["x"]
    )
    Classification.objects.update_or_create(
        antrag=case.antrag, defaults={"finding": "group", "rule": rule, "proposed": rule, "table_version": today}
    )
    law = {"code": "x", "title": "Befreiung", "authority": "SECO", "locked_words": "Zurzeit nicht zulässig."}
    ends = today + lasts * DAY
    LegalPrecondition.objects.create(**law, status="met", **VALID, valid_until=ends)
    LegalPrecondition.objects.create(**law, status="open", valid_from=ends + DAY)

    form = form_of(Form, case, answers())

    assert list(form.errors) == [field]
    assert form.errors[field][0].startswith(sentence)


def test_the_number_of_the_person_is_brought_up_to_date():
    case = beside.to_social()
    data = beside.period(rav_number="1612589")
    workflow.apply(case, "make_vereinbarung", make.principal_of(case), data)
    assert Case.objects.get(pk=case.pk).person.rav_number == "1612589"


def test_the_same_once_more_is_no_new_paper():
    case = beside.filled_in()
    row = Vereinbarung.objects.get()
    same = answers(typed(row.release_from), typed(row.release_until), adviser_phone=row.adviser_phone)
    assert form_of(RenewForm, case, same).non_field_errors() == [
        "Das steht schon so in der Vereinbarung. Bitte ändern Sie mindestens eine Angabe."
    ]
    assert form_of(RenewForm, case, same | {"release_until": local(50)}).is_valid()


def test_extending_begins_with_the_former_answers_and_the_end_of_the_mandate():
    case = beside.released(last=30)
    row = Vereinbarung.objects.get()
    opened = form_of(RenewForm, case).initial
    assert (opened["release_from"], opened["fund"]) == (row.release_from, row.fund)
    assert opened["release_until"] == case.antrag.planned_until


# The signature --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "sentence"),
    [(1, "Dieses Datum liegt in der Zukunft."), (-1, "Die Vereinbarung ist erst am")],
)
def test_nobody_signs_tomorrow_or_before_the_paper_was_made(day, sentence):
    form = form_of(SignForm, beside.filled_in(), {"signed_on": local(day)})
    assert form.errors["signed_on"][0].startswith(sentence)


def test_a_signature_after_the_last_day_releases_nobody():
    case = beside.filled_in()
    Vereinbarung.objects.update(release_until=timezone.localdate() - DAY, release_from=timezone.localdate() - 9 * DAY)
    form = form_of(SignForm, case, {"signed_on": local(0)})
    assert form.errors["signed_on"][0].startswith("Der letzte Tag der Befreiung ist der")


def test_what_is_too_long_is_told_and_kept_not_cut():
    case = beside.to_social()
    long = {"adviser": "A" * 161, "adviser_phone": "0" * 41, "fund": "K" * 161, "rav_number": "1" * 21}
    form = form_of(Form, case, answers(**long))
    assert set(form.errors) == set(long)
    assert form.errors["fund"] == [
        "Dieser Text hat 161 Zeichen, möglich sind 160. Bitte kürzen Sie ihn; er bleibt hier stehen."
    ]
    assert form["fund"].value() == long["fund"]
    assert "maxlength" not in str(form)
    assert "maxlength" not in str(form_of(EndReleaseForm, beside.released()))


def test_the_scan_is_checked_and_filed_for_both_offices(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case = beside.filled_in()
    wrong = form_of(SignForm, case, {"signed_on": local(0)}, {"file": upload("scan.pdf", b"MZ kein Scan")})
    kinds = "PDF, JPG und PNG"
    assert kinds in wrong.errors["file"][0]
    assert kinds.replace(" und ", " oder ") in str(wrong.fields["file"].help_text)
    word = form_of(SignForm, case, {"signed_on": local(0)}, {"file": upload("brief.docx", DOCX)})
    assert word.errors["file"] == wrong.errors["file"]

    form = form_of(SignForm, case, {"signed_on": local(0)}, {"file": upload("scan.pdf", PDF)})
    assert form.is_valid(), form.errors
    workflow.apply(case, "sign_vereinbarung", make.principal_of(case), form.cleaned_data)
    document = Document.objects.get(case=case)
    assert (document.title, document.audience) == (f"Vereinbarung ALV, unterschrieben am {local(0)}", "case")


def test_a_scan_does_not_stay_behind_when_the_signature_cannot_be_noted(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    case = beside.filled_in()
    form = form_of(SignForm, case, {"signed_on": local(0)}, {"file": upload("scan.pdf", PDF)})
    assert form.is_valid(), form.errors
    monkeypatch.delitem(notify.kinds, "optima_release_changed")

    with pytest.raises(KeyError):
        workflow.apply(case, "sign_vereinbarung", make.principal_of(case), form.cleaned_data)

    assert not Document.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


# The end, the work offer, the RAV, the IV -----------------------------------------------------------------------


@pytest.mark.parametrize(("ends", "right"), [(-1, False), (0, True), (1, False)])
def test_a_release_ends_within_its_period_and_not_tomorrow(ends, right):
    form = form_of(EndReleaseForm, beside.released(), {"ended_on": local(ends)})
    assert form.is_valid() is right


def test_the_work_offer_is_not_intact_before_case_work_began():
    case = beside.to_social()
    form = form_of(RestoredForm, case, {"restored_on": local(-1)}, actor=make.adviser_of(case))
    assert form.errors["restored_on"][0].startswith("Das liegt vor dem Beginn der Fallarbeit")


@pytest.mark.parametrize(
    ("kind", "way", "field", "more"),
    [
        (RegistrationForm, beside.to_rav, "registered_on", {}),
        (IvRestForm, beside.from_iv, "rest_on", {"rest": "closed"}),
    ],
)
def test_a_day_of_long_ago_or_tomorrow_is_mistyped(kind, way, field, more):
    case = way()
    years_ago = timezone.localdate() - dt.timedelta(days=1000)
    assert form_of(kind, case, {field: typed(years_ago), **more}).errors[field][0].endswith("prüfen Sie das Jahr.")
    assert form_of(kind, case, {field: local(1), **more}).errors[field] == ["Dieses Datum liegt in der Zukunft."]
    assert form_of(kind, case, {field: local(-3), **more}).is_valid()
