"""The Antrag on one page: begun once, saved by itself, never overwritten, submitted once (UX-01)."""

import json

import pytest
from django.db import connection
from django.urls import reverse

from iiz.core import drafting
from iiz.core.enums import Role
from iiz.core.models import AccessLogEntry, Case, NumberSequence
from iiz.core.tests.factories import ContactPersonFactory, InstitutionFactory, actor

from . import factories as make
from .keyboard import AHV, new_key, typed

pytestmark = pytest.mark.django_db

NEW = "/optima/antrag/neu/"
AUTOSAVE = {"X-Requested-With": "autosave"}


@pytest.fixture
def nora():
    return make.nora()


@pytest.fixture
def jan():
    return make.jan()


@pytest.fixture
def browser_of_nora(nora, client_of):
    return client_of(nora)


def address(case, name="antrag"):
    return reverse(f"optima:{name}", args=[case.number])


def draft_of(client, jan, **changes):
    """A draft written through the page."""
    client.post(NEW, typed(jan.institution, do="save", **changes))
    return Case.objects.get(phase="draft")


def text(response):
    return response.content.decode()


class TestBegin:
    """No draft is made before something is typed, and one form makes one draft."""

    def test_looking_at_the_page_writes_nothing(self, browser_of_nora):
        assert browser_of_nora.get(NEW).status_code == 200
        assert not Case.objects.exists()

    def test_sending_it_empty_shows_what_is_missing_and_writes_nothing(self, browser_of_nora):
        response = browser_of_nora.post(NEW, {"do": "submit", "key": new_key()})

        assert response.status_code == 200
        assert "Es fehlen noch 12 Angaben" in text(response)
        assert "Bitte prüfen Sie 12 Angaben" in text(response)
        assert not Case.objects.exists()
        assert not NumberSequence.objects.exists()

    def test_the_first_save_begins_the_draft_and_leads_to_its_page(self, browser_of_nora, jan):
        response = browser_of_nora.post(NEW, {"first_name": "Lena", "do": "save", "key": new_key()})

        case = Case.objects.get()
        assert (case.phase, case.draft["first_name"]) == ("draft", "Lena")
        assert response.url.startswith(address(case))

    def test_the_same_form_sent_twice_begins_one_draft(self, browser_of_nora, jan):
        for _time in range(2):
            browser_of_nora.post(NEW, typed(jan.institution, do="save"))
        assert Case.objects.count() == 1

    def test_a_double_click_on_submit_files_one_antrag(self, browser_of_nora, jan):
        first = browser_of_nora.post(NEW, typed(jan.institution, do="submit"))
        second = browser_of_nora.post(NEW, typed(jan.institution, do="submit"), follow=True)

        case = Case.objects.get()
        assert case.state == "submitted"
        assert first.url == case.get_absolute_url()
        assert "bereits eingereicht" in text(second)

    @pytest.mark.parametrize("role", [Role.READ_ONLY, Role.SIGNATORY])
    def test_who_may_not_write_is_told_why(self, client_of, role):
        response = client_of(actor(role)).get(NEW)
        assert response.status_code == 403
        assert "fallverantwortliche Personen" in text(response)

    def test_partners_outside_optima_are_told_why(self, client_of):
        response = client_of(actor(Role.CASEWORKER, InstitutionFactory.create(other=True))).get(NEW)
        assert response.status_code == 403
        assert "nur IV, RAV und Sozialhilfe" in text(response)


class TestAutosave:
    """Typing is kept, right or wrong, and never over somebody else's words."""

    def test_the_answer_gives_time_version_address_and_what_is_missing(self, browser_of_nora):
        response = browser_of_nora.post(NEW, {"first_name": "Lena", "key": new_key()}, headers=AUTOSAVE)

        case = Case.objects.get()
        answer = response.json()
        assert answer["fields"] == {"version": str(case.version)}
        assert (answer["url"], answer["autosave"]) == (address(case), address(case, "save"))
        assert len(answer["saved"]) == 5
        assert "Es fehlen noch" in answer["parts"]["stand"]

    def test_wrong_values_are_kept_as_typed(self, browser_of_nora, jan):
        case = draft_of(browser_of_nora, jan, birth_date="31.02.1988", ahv_number="75", situation="x" * 10_000)

        page = text(browser_of_nora.get(address(case)))

        assert 'value="31.02.1988"' in page
        assert "x" * 10_000 in page
        assert "bitte prüfen" in page

    def test_two_tabs_cannot_overwrite_each_other(self, browser_of_nora, jan):
        case = draft_of(browser_of_nora, jan)
        first, second = new_key(), new_key()
        seen = case.version
        mine = typed(jan.institution, key=first, version=seen, situation="Aus dem ersten Fenster")
        theirs = typed(jan.institution, key=second, version=seen, situation="Aus dem zweiten Fenster")

        assert browser_of_nora.post(address(case, "save"), mine, headers=AUTOSAVE).status_code == 200
        assert browser_of_nora.post(address(case, "save"), theirs, headers=AUTOSAVE).status_code == 409
        response = browser_of_nora.post(address(case), theirs | {"do": "save"})

        assert response.status_code == 409
        assert "Aus dem ersten Fenster" in text(response)
        assert "Aus dem zweiten Fenster" in text(response)
        case.refresh_from_db()
        assert case.draft["situation"] == "Aus dem ersten Fenster"

    def test_two_colleagues_cannot_either(self, browser_of_nora, nora, jan, client_of):
        case = draft_of(browser_of_nora, jan)
        vera = client_of(actor(Role.CASEWORKER, nora.institution, first_name="Vera", last_name="Amrein"))
        vera.post(address(case, "save"), typed(jan.institution, key=new_key(), version=case.version, situation="Vera"))

        late = typed(jan.institution, key=new_key(), version=case.version, situation="Nora", do="submit")
        response = browser_of_nora.post(address(case), late)

        assert response.status_code == 409
        assert "Vera Amrein" in text(response)
        case.refresh_from_db()
        assert (case.state, case.draft["situation"]) == ("draft", "Vera")

    def test_what_is_typed_after_a_colleague_submitted_is_shown_again(self, browser_of_nora, nora, jan, client_of):
        case = draft_of(browser_of_nora, jan)
        vera = client_of(actor(Role.CASEWORKER, nora.institution, first_name="Vera", last_name="Amrein"))
        vera.post(address(case), typed(jan.institution, key=new_key(), version=case.version, do="submit"))
        mine = typed(jan.institution, key=new_key(), version=case.version, situation="Noch ein Satz")

        assert browser_of_nora.post(address(case, "save"), mine, headers=AUTOSAVE).status_code == 409
        for do in ("save", "submit"):
            response = browser_of_nora.post(address(case), mine | {"do": do})
            assert response.status_code == 409
            assert "Noch ein Satz" in text(response)
            assert "Vera Amrein" in text(response)

    def test_one_tab_may_save_as_often_as_it_likes(self, browser_of_nora, jan):
        case = draft_of(browser_of_nora, jan)
        for number in range(3):
            mine = typed(jan.institution, key=typed()["key"], version=case.version, situation=f"{number}")
            assert browser_of_nora.post(address(case, "save"), mine, headers=AUTOSAVE).status_code == 200
        case.refresh_from_db()
        assert case.draft["situation"] == "2"

    def test_more_than_a_draft_can_hold_is_shown_again(self, browser_of_nora, jan):
        case = draft_of(browser_of_nora, jan)
        huge = typed(jan.institution, key=typed()["key"], situation="y" * (drafting.MOST + 1))

        assert browser_of_nora.post(address(case, "save"), huge, headers=AUTOSAVE).status_code == 413
        response = browser_of_nora.post(address(case), huge)

        assert response.status_code == 413
        assert "mehr als 200&#x27;000 Zeichen" in text(response)
        assert huge["situation"] in text(response)

    def test_characters_no_database_takes_are_dropped(self, browser_of_nora, jan):
        case = draft_of(browser_of_nora, jan, situation="vor\x00nach")
        assert case.draft["situation"] == "vornach"

    @pytest.mark.parametrize(
        "noise", [{"version": "x"}, {"goals-TOTAL_FORMS": "9" * 30}, {"key": "-"}, {"do": "pick:x"}]
    )
    def test_nonsense_is_no_server_error(self, browser_of_nora, jan, noise):
        case = draft_of(browser_of_nora, jan)
        response = browser_of_nora.post(address(case), typed(jan.institution) | noise)
        assert response.status_code in (302, 404, 409)


class TestGoals:
    """Goals come and go without JavaScript."""

    def test_add_and_remove(self, browser_of_nora, jan):
        case = draft_of(browser_of_nora, jan)
        browser_of_nora.post(address(case), typed(jan.institution, do="add_goal"))
        case.refresh_from_db()
        assert len(case.draft["goals"]) == 2

        browser_of_nora.post(address(case), {"do": "remove_goal:1", "key": typed()["key"]})
        case.refresh_from_db()
        assert case.draft["goals"] == [{"text": "Stelle im Verkauf", "expected_result": "Unterschriebener Vertrag"}]


class TestSubmit:
    """Handed over once, with errors beside the fields."""

    def test_a_complete_antrag_goes_out(self, browser_of_nora, jan):
        response = browser_of_nora.post(NEW, typed(jan.institution, do="submit"), follow=True)

        case = Case.objects.get()
        assert (case.state, case.person.ahv_number) == ("submitted", AHV)
        assert f"Die angefragte Stelle ({jan.institution.name}) ist benachrichtigt" in text(response)

    def test_errors_stand_at_the_top_and_what_was_typed_stays(self, browser_of_nora, jan):
        wrong = typed(jan.institution, do="submit", birth_date="01.01.2099", first_name="<b>Lena</b>")

        response = browser_of_nora.post(NEW, wrong, follow=True)
        page = text(response)

        assert "data-error-summary" in page
        assert response.redirect_chain[-1][0].startswith(address(Case.objects.get()))
        assert "Das Geburtsdatum liegt in der Zukunft." in page
        assert "&lt;b&gt;Lena&lt;/b&gt;" in page
        assert "<b>Lena</b>" not in page

    def test_html_in_a_name_stays_text_on_every_page(self, browser_of_nora, jan, client_of):
        browser_of_nora.post(NEW, typed(jan.institution, do="submit", last_name="<script>x</script>"))
        case = Case.objects.get()

        for url in (case.get_absolute_url(), address(case, "text")):
            assert "<script>x" not in text(client_of(jan).get(url))

    def test_a_second_antrag_while_one_runs_is_answered_with_a_link(self, browser_of_nora, nora, jan):
        running = make.submitted(nora, jan.institution, ahv_number=AHV)

        response = browser_of_nora.post(NEW, typed(jan.institution, do="submit"), follow=True)

        assert response.status_code == 200
        assert f'<a href="{running.get_absolute_url()}">{running.number}</a>' in text(response)
        assert Case.objects.filter(phase="open").count() == 1

    def test_one_that_began_while_mine_was_judged_is_named_with_its_link_too(self, browser_of_nora, nora, jan):
        case = draft_of(browser_of_nora, jan)
        begun = []

        def meanwhile(execute, sql, params, many, context):
            """Right after the form found none, a colleague's Antrag arrives."""
            result = execute(sql, params, many, context)
            if not begun and '"ahv_number" =' in sql and '"contractor_id" =' in sql:
                begun.append(None)
                begun[0] = make.submitted(nora, jan.institution, ahv_number=AHV)
            return result

        with connection.execute_wrapper(meanwhile):
            response = browser_of_nora.post(address(case), typed(jan.institution, do="submit"))

        (running,) = begun
        assert f'<a href="{running.get_absolute_url()}">{running.number}</a>' in text(response)
        assert Case.objects.filter(phase="open").count() == 1

    def test_an_office_that_closed_meanwhile_is_a_sentence_not_an_error(self, browser_of_nora, jan):
        case = draft_of(browser_of_nora, jan)
        jan.institution.is_active = False
        jan.institution.save()

        response = browser_of_nora.post(address(case), typed(jan.institution, do="submit"))

        assert "kann zurzeit nicht angefragt werden" in text(response)

    def test_a_form_opened_for_another_institution_acts_for_that_one(self, nora, jan, client_of):
        from iiz.core.tests.factories import join

        other = InstitutionFactory.create()
        join(nora.user, other, Role.CASEWORKER)
        client = client_of(nora)
        stale = typed(jan.institution, do="save", acting=str(other.pk))

        client.post(NEW, stale)

        assert Case.objects.get().registering_institution == other


class TestOffice:
    """What one should know of the office stands beside the choice."""

    def test_contact_checklist_and_costs(self, browser_of_nora, jan):
        deputy = ContactPersonFactory.create(institution=jan.institution, name="Zita Stell")
        ContactPersonFactory.create(institution=jan.institution, name="Aaron Frei", deputy=deputy)
        make.AdmissionCriterionFactory.create(text="Kann arbeiten.")
        make.FallpauschaleFactory.create()

        page = text(
            browser_of_nora.post(
                reverse("optima:office"), typed(jan.institution), headers={"HX-Trigger-Name": "contractor"}
            )
        )

        for words in ("Rufen Sie zuerst an", "Aaron Frei", "Zita Stell", "Kann arbeiten.", "CHF\u00a0300.00"):
            assert words in page

    def test_it_also_stands_there_without_script_after_saving(self, browser_of_nora, jan):
        ContactPersonFactory.create(institution=jan.institution, name="Aaron Frei")
        case = draft_of(browser_of_nora, jan)
        assert "Aaron Frei" in text(browser_of_nora.get(address(case)))


class TestDraftOfOthers:
    """A draft belongs to its institution."""

    @pytest.mark.parametrize("name", ["antrag", "save", "discard", "pdf", "text"])
    def test_strangers_and_the_contractor_find_nothing(self, browser_of_nora, jan, client_of, name):
        case = draft_of(browser_of_nora, jan)
        for somebody in (jan, make.fremde()):
            assert client_of(somebody).get(address(case, name)).status_code == 404

    def test_read_only_colleagues_read_it(self, browser_of_nora, nora, jan, client_of):
        case = draft_of(browser_of_nora, jan)
        reader = client_of(actor(Role.READ_ONLY, nora.institution))

        response = reader.get(address(case))

        assert "nur lesen" in text(response)
        assert "Seit zwei Jahren ohne Stelle." in text(response)
        assert reader.post(address(case), typed(jan.institution)).status_code == 403
        assert reader.post(address(case, "discard")).status_code == 403

    def test_who_opened_it_is_noted(self, browser_of_nora, jan):
        case = draft_of(browser_of_nora, jan)
        browser_of_nora.get(address(case))
        assert AccessLogEntry.objects.filter(case_number=case.number).count() == 1


def test_discarding_asks_first_and_leaves_only_its_trace(browser_of_nora, jan):
    from iiz.core import audit
    from iiz.core.models import AuditEntry

    case = draft_of(browser_of_nora, jan)

    assert "lässt sich nicht zurückholen" in text(browser_of_nora.get(address(case, "discard")))
    assert Case.objects.exists()
    browser_of_nora.post(address(case, "discard"))

    assert not Case.objects.exists()
    assert AuditEntry.objects.filter(stream=f"case/{case.number}").last().verb == "draft_discarded"
    assert list(audit.verify()) == []


def test_the_number_of_queries_does_not_grow_with_what_is_written(browser_of_nora, jan, django_assert_num_queries):
    case = draft_of(browser_of_nora, jan)
    make_goals = {"goals-TOTAL_FORMS": "9"} | {f"goals-{n}-text": f"Ziel {n}" for n in range(9)}
    browser_of_nora.post(address(case), typed(jan.institution) | make_goals)

    with django_assert_num_queries(PAGE_QUERIES):
        browser_of_nora.get(address(case))


PAGE_QUERIES = 20


def test_autosave_answers_are_json_even_for_umlauts(browser_of_nora):
    response = browser_of_nora.post(NEW, {"first_name": "Zoë", "key": new_key()}, headers=AUTOSAVE)
    assert json.loads(response.content)["saved"]
