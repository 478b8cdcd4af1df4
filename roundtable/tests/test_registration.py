"""The registration on one page: few answers, a Vollmacht that says who reads what, nothing lost (RT-03 to RT-07)."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from iiz.core import clock, consents, drafting
from iiz.core.enums import DataCategory, InstitutionKind
from iiz.core.models import AccessLogEntry, Case, Scan
from iiz.core.tests.factories import InstitutionFactory, PersonFactory
from roundtable import actions, drafts
from roundtable.enums import Advice
from roundtable.forms.registration import Sheet, name_of
from roundtable.forms.scope import USUAL, Scope
from roundtable.views.registration import PAGE

from . import playing as play

pytestmark = pytest.mark.django_db

NEW = "/roundtable/anmeldung/neu/"
AUTOSAVE = {"X-Requested-With": "autosave"}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def nora():
    play.criteria()
    return play.nora()


@pytest.fixture
def browser(nora, client_of):
    return client_of(nora)


@pytest.fixture
def rav():
    return InstitutionFactory.create(rav=True, name="RAV Seeblick")


def paper(name="vollmacht.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def asked():
    return next(row for row in play.criteria().criteria.all() if row.check_by == "asked")


def typed(**changes):
    """What somebody types who was asked for the least."""
    today = clock.today()
    answers = {
        "key": str(uuid.uuid4()),
        "first_name": "Petra",
        "last_name": "Probe",
        "birth_date": "17.05.1980",
        "add_office": "RAV Seeblick",
        "signed_on": f"{today:%d.%m.%Y}",
        "valid_until": f"{today + dt.timedelta(days=360):%d.%m.%Y}",
        "reason": "Drei Stellen klären nebeneinander.",
        name_of(asked()): "yes",
        "do": "submit",
    }
    return answers | changes


def text(response):
    return response.content.decode()


def address(case, name="registration"):
    return reverse(f"roundtable:{name}", args=[case.number])


def errors(nora, **changes):
    """What is wrong with a registration, by field."""
    data = {name: value for name, value in typed(**changes).items() if name not in ("key", "do", "add_office")}
    office = InstitutionFactory.create(rav=True)
    data["lines"] = [{"office": str(office.pk), "name": "", "categories": list(USUAL)}]
    sheet = Sheet.of(data, nora, None, judged=True)
    return {name: " ".join(found) for name, found in sheet.form.errors.items() if name != "scan"}


class TestForm:
    """Few answers, and each wrong one is said beside its field."""

    def test_at_most_ten_answers_are_asked_of_anybody(self, nora):
        for who in (nora, play.koordination()):
            assert len(Sheet.of(drafts.first_answers(who, {}), who, None, judged=True).gaps()) <= 10

    @pytest.mark.parametrize(
        ("changes", "field", "words"),
        [
            ({"signed_on": "01.01.2999"}, "signed_on", "in der Zukunft"),
            ({"signed_on": "01.01.1970"}, "signed_on", "vor dem Geburtsdatum"),
            ({"valid_until": "01.01.2999"}, "valid_until", "höchstens 5 Jahre"),
            ({"signed_on": "02.02.2020", "valid_until": "01.02.2020"}, "valid_until", "vor der Unterschrift"),
            ({"signed_on": "02.02.2020", "valid_until": "01.02.2021"}, "valid_until", "schon abgelaufen"),
            ({"reason": "x" * 50_000}, "reason", "50'000 Zeichen"),
            ({"ahv_number": "756.1234.5678.90"}, "ahv_number", "Prüfziffer"),
            ({"vollmacht": "999"}, "vollmacht", "gilt heute nicht mehr"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field(self, nora, changes, field, words):
        assert words in errors(nora, **changes)[field]

    def test_a_list_without_any_other_office_is_refused(self, nora):
        assert "mindestens eine weitere" in Sheet.of({}, nora, None, judged=True).form.errors["add_office"][0]

    def test_the_coordination_office_names_exactly_one_registering_institution(self, nora):
        office = play.koordination()
        assert "Welche Institution" in errors(office)["registered_office"]
        found = errors(office, registered_office=nora.institution.name, registered_text="Jemand anderes")
        assert "Genau eine" in found["registered_text"]
        partner = InstitutionFactory.create(name="Krankentaggeldversicherung Muster", kind=InstitutionKind.OTHER)
        found = errors(office, registered_office=partner.name, registered_text="Jemand anderes")
        assert "Genau eine" in found["registered_text"]
        assert "registered_text" not in errors(office, registered_office=partner.name, registered_text=partner.name)

    def test_a_second_roundtable_is_named_only_to_whom_it_is_visible(self, nora):
        case = play.registered(nora)
        person = case.person
        known = {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "birth_date": f"{person.birth_date:%d.%m.%Y}",
            "ahv_number": person.ahv_number,
        }
        assert case.number in errors(nora, **known)["__all__"]
        assert "__all__" not in errors(play.nora(), **known)


class TestScope:
    """For whom the Vollmacht holds: by name, once, with the usual kinds of data."""

    def test_health_is_ticked_only_for_those_who_need_it(self, nora):
        iv = InstitutionFactory.create(iv=True, name="IV-Stelle Seekanton")
        scope = Scope([], nora.institution)
        assert scope.add("  iv-stelle   seekanton ") == scope.add(iv.name) == scope.add_name("Dr. Muster") == ""
        assert [line["categories"] for line in scope.lines] == [[*USUAL], [*USUAL, DataCategory.HEALTH], [*USUAL]]

    def test_an_unknown_office_is_said_and_a_closed_one_must_go(self, nora, rav):
        scope = Scope([], nora.institution)
        assert "gibt es im Portal nicht" in scope.add("RAV Nirgendwo")
        scope.add(rav.name)
        rav.is_active = False
        rav.save()
        assert "nimmt nicht mehr teil" in Scope(scope.lines, nora.institution).problem()

    def test_the_own_line_stays(self, nora, rav):
        scope = Scope([], nora.institution)
        scope.add(rav.name)
        scope.remove("0")
        scope.remove("1")
        scope.remove("²")
        assert [row.who for row in scope.rows()] == [nora.institution.name]


class TestAdvice:
    """What the criteria say while one types; advisory (RT-06)."""

    def sheet(self, actor, *offices, answer="yes"):
        lines = [{"office": str(office.pk), "name": "", "categories": []} for office in offices]
        return Sheet.of({"lines": lines, name_of(asked()): answer}, actor, None, judged=False)

    def test_iv_and_rav_alone_are_pointed_to_bilateral_work(self, rav):
        iris = play.iris()
        play.criteria()
        assert "direkt miteinander" in self.sheet(iris, rav).advice()["why"]

    def test_nothing_is_said_before_what_is_asked_is_answered(self, nora, rav):
        assert self.sheet(nora, rav, answer="").advice() is None
        assert self.sheet(nora, rav).advice()["text"] == Advice.RECOMMENDED.label
        assert self.sheet(nora, rav, answer="no").advice()["text"] == Advice.DOUBTFUL.label


class TestPage:
    """No draft before something is typed, one form is one draft, and nothing typed is lost."""

    def test_looking_writes_nothing_and_an_empty_one_is_no_draft(self, browser):
        assert browser.get(NEW).status_code == 200
        key = {"key": str(uuid.uuid4())}
        assert "Vorname" in text(browser.post(NEW, {**key, "do": "submit"}))
        assert browser.post(NEW, key, headers=AUTOSAVE).json()["fields"] == {}
        assert not Case.objects.exists()

    def test_the_coordination_office_hears_of_no_message_to_itself(self, client_of):
        office = play.koordination()
        page = text(client_of(office).get(NEW))
        assert "entscheiden danach über den Start" in page
        assert "erhält eine Nachricht" not in page
        assert PAGE.handed_in(play.registered(office)).endswith(
            "Entscheiden Sie als Nächstes, ob ein Roundtable gestartet wird."
        )

    def test_a_complete_one_is_registered_at_once(self, browser, nora, rav):
        browser.post(NEW, typed(scan=paper()))
        case = Case.objects.get()
        assert (case.state, case.roundtable.advice, case.draft) == ("registered", Advice.RECOMMENDED, {})
        assert [line.who for line in case.vollmacht.lines.all()] == [nora.institution.name, rav.name]
        assert case.vollmacht.scan.filename == "vollmacht.pdf"

    def test_without_the_paper_it_stays_a_draft_that_nobody_else_sees(self, browser, rav):
        response = browser.post(NEW, typed(), follow=True)
        case = Case.objects.get()
        assert "bleibt die Anmeldung ein Entwurf" in text(response)
        assert (case.phase, case.vollmacht) == ("draft", None)
        assert not Case.objects.visible_to(play.koordination()).exists()

    def test_the_scan_survives_a_refused_submit_and_goes_with_the_draft(
        self, browser, rav, django_capture_on_commit_callbacks
    ):
        answers = typed(scan=paper(), reason="")
        browser.post(NEW, answers)
        case = Case.objects.get()
        browser.post(address(case), {**answers, "scan": paper("zweite.pdf"), "do": "save"})
        scan = Scan.objects.get()
        assert (scan.filename, "zweite.pdf" in text(browser.get(address(case)))) == ("zweite.pdf", True)
        with django_capture_on_commit_callbacks(execute=True):
            browser.post(address(case, "discard"))
        assert not Scan.objects.exists()
        assert not scan.file.storage.exists(scan.file.name)

    def test_a_file_of_another_kind_is_refused_and_what_was_typed_stays(self, browser, rav):
        response = browser.post(NEW, typed(scan=paper("brief.pdf", b"Guten Tag"), do="save"))
        assert "Diese Art von Datei" in text(response)
        assert Case.objects.get().draft["last_name"] == "Probe"

    def test_nobody_takes_the_scan_of_another_office(self, browser, nora):
        other = play.draft(play.nora())
        foreign = consents.keep_scan(play.registrant_of(other), paper(), "application/pdf")
        browser.post(NEW, typed(scan_kept=str(foreign.pk), do="save"))
        assert "scan_kept" not in Case.objects.exclude(pk=other.pk).get().draft
        assert Sheet.of({"scan_kept": str(foreign.pk)}, nora, None, judged=False).scan is None

    def test_the_same_form_twice_is_one_draft_and_two_tabs_do_not_overwrite_each_other(self, browser, rav):
        answers = typed(do="save")
        browser.post(NEW, answers)
        saved = browser.post(NEW, answers, headers=AUTOSAVE).json()
        case = Case.objects.get()
        assert saved["autosave"] == address(case, "save")
        other = browser.post(address(case), {**answers, "key": str(uuid.uuid4()), "version": "1", "wanted": "anders"})
        assert other.status_code == 409
        assert "anders" in text(other)

    def test_in_the_other_tab_it_is_registered_already(self, browser, rav):
        answers = typed(scan=paper(), do="save")
        browser.post(NEW, answers)
        case = Case.objects.get()
        browser.post(address(case), {**typed(key=answers["key"]), "do": "submit"})
        assert browser.post(address(case), answers, headers=AUTOSAVE).status_code == 409
        again = browser.post(address(case), {**answers, "do": "submit"})
        assert again.url == case.get_absolute_url()

    def test_markup_and_nul_stay_text(self, browser, rav):
        browser.post(NEW, typed(reason="<script>alert(1)</script>\x00", do="save"))
        page = text(browser.get(address(Case.objects.get())))
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page

    def test_more_than_a_draft_holds_is_not_saved_but_shown_again(self, browser, rav):
        response = browser.post(NEW, typed(wanted="y" * (drafting.MOST + 1)))
        assert response.status_code == 413
        assert "yyyy" in text(response)


class TestKnownPerson:
    """Nothing twice: who is known, and a Vollmacht that is recorded, are taken over."""

    def test_a_recorded_vollmacht_is_chosen_instead_of_a_new_one(self, browser, nora, rav):
        person = {"first_name": "Petra", "last_name": "Probe", "birth_date": dt.date(1980, 5, 17), "ahv_number": None}
        paper_ = play.vollmacht(nora, [play.Line(rav, categories=play.ALL)], **person)
        browser.post(NEW, typed(vollmacht=str(paper_.pk), add_office="", signed_on=""))
        case = Case.objects.get()
        assert (case.state, case.vollmacht, case.person) == ("registered", paper_, paper_.person)

    def test_one_that_does_not_name_the_own_office_does_not_do(self, nora, rav):
        person = PersonFactory.create(ahv_number=None)
        days = {"signed_on": clock.today(), "valid_until": clock.today()}
        other = consents.record(nora, person, lines=[consents.Line(rav)], **days)
        known = {"first_name": person.first_name, "last_name": person.last_name}
        known["birth_date"] = f"{person.birth_date:%d.%m.%Y}"
        assert "nennt" in errors(nora, vollmacht=str(other.pk), **known)["vollmacht"]

    def test_taking_over_a_person_is_noted(self, browser, nora):
        person = play.registered(nora).person
        browser.post(NEW, {"key": str(uuid.uuid4()), "do": f"pick:{person.pk}"})
        assert Case.objects.get(phase="draft").draft["last_name"] == person.last_name
        assert AccessLogEntry.objects.get().what == "Personalien für eine Anmeldung"


def test_the_coordination_office_registers_for_others(client_of, rav):
    office = play.koordination()
    play.criteria()
    answers = typed(registered_text="Mandatszentrum Süd", registered_contact="Frau Amt, 041 000 00 00", scan=paper())
    client_of(office).post(NEW, answers)
    record = Case.objects.get().roundtable
    assert (record.registered_office, record.registered_group) == (None, "ANDERE")
    assert record.registered_text == "Mandatszentrum Süd"


def test_reading_along_is_not_registering(client_of):
    reader = play.actor(play.Role.READ_ONLY, InstitutionFactory.create(kind=InstitutionKind.SOBZ))
    assert actions.begin_refusal(reader)
    assert client_of(reader).get(NEW).status_code == 403


def test_registration_as_text(browser, nora):
    case = play.registered(nora)
    assert case.person.last_name in text(browser.get(address(case, "registration_text")))
