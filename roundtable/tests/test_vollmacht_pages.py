"""Vollmachten on their own and in a case: who sees them, narrower, withdrawn, renewed (CAN-BL, PER-06 to PER-10)."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from iiz.core import access, clock, consents, delivery, workflow
from iiz.core.enums import DataCategory, Role
from iiz.core.models import AccessLogEntry, Case, OutboxMail, Scan, Vollmacht
from iiz.core.tests.factories import InstitutionFactory, actor
from roundtable import consenting, drafts, standing
from roundtable.forms.narrowing import NarrowForm
from roundtable.forms.scope import USUAL

from . import playing as play

pytestmark = pytest.mark.django_db

NEW = "/vollmachten/neu/"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def paper(name="vollmacht.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def url(name, row):
    return reverse(f"roundtable:{name}", args=[row.pk])


def text(response):
    return response.content.decode()


@pytest.fixture
def nora():
    play.criteria()
    return play.nora()


@pytest.fixture
def rav():
    return InstitutionFactory.create(rav=True, name="RAV Seeblick")


@pytest.fixture
def kept(nora, rav):
    """A Vollmacht of Nora's without a case."""
    lines = [consents.Line(rav, categories=frozenset(USUAL))]
    return play.vollmacht(nora, lines, scan=consents.keep_scan(nora, paper(), "application/pdf"))


def typed(**changes):
    today = clock.today()
    answers = {
        "first_name": "Petra",
        "last_name": "Probe",
        "birth_date": "17.05.1980",
        "add_office": "RAV Seeblick",
        "signed_on": f"{today:%d.%m.%Y}",
        "valid_until": f"{today + dt.timedelta(days=360):%d.%m.%Y}",
        "scan": paper(),
        "do": "record",
    }
    return answers | changes


class TestWithoutACase:
    """A Vollmacht makes no case, and is nobody else's matter."""

    def test_it_is_recorded_for_somebody_nobody_knew(self, nora, rav, client_of):
        client_of(nora).post(NEW, typed())
        row = Vollmacht.objects.get()
        assert (row.person.last_name, row.institution, row.scan.filename) == (
            "Probe",
            nora.institution,
            "vollmacht.pdf",
        )
        assert {line.who for line in row.lines.all()} == {nora.institution.name, rav.name}
        assert not Case.objects.exists()

    def test_the_scan_survives_a_refused_try(self, nora, rav, client_of):
        browser = client_of(nora)
        page = browser.post(NEW, typed(signed_on=""))
        carried = page.context["scan_kept"]
        browser.post(NEW, typed(scan="", scan_kept=carried))
        assert Vollmacht.objects.get().scan == Scan.objects.get()
        browser.post(NEW, typed(scan="", scan_kept=carried))
        assert Vollmacht.objects.count() == 1

    def test_the_same_paper_twice_is_one_vollmacht(self, nora, rav, client_of):
        browser = client_of(nora)
        for _time in range(2):
            response = browser.post(NEW, typed())
        assert Vollmacht.objects.count() == 1
        assert response.url == url("vollmacht", Vollmacht.objects.get())

    def test_the_list_asks_as_much_for_six_as_for_two(self, kept, nora, rav, client_of):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                assert client_of(nora).get("/vollmachten/").status_code == 200
            return len(captured)

        def more(number):
            for _time in range(number):
                play.vollmacht(nora, [consents.Line(rav, categories=frozenset(USUAL))])

        more(1)
        queries()
        two = queries()
        more(4)
        assert queries() == two

    def test_what_came_along_and_was_never_sent_is_deleted(self, nora):
        scan = consents.keep_scan(nora, paper(), "application/pdf")
        drafted = consents.keep_scan(nora, paper(), "application/pdf")
        play.draft(nora, scan_kept=str(drafted.pk))
        Scan.objects.update(uploaded_at=clock.now() - dt.timedelta(days=3))
        assert drafts.sweep(clock.now()) == {"scans_dropped": 1}
        assert list(Scan.objects.all()) == [drafted] != [scan]

    def test_only_its_keeper_sees_it(self, kept, nora, client_of):
        for who, status in ((nora, 200), (play.nora(), 404), (play.koordination(), 404)):
            for name in ("vollmacht", "vollmacht_scan"):
                response = client_of(who).get(url(name, kept))
                assert response.status_code == status
                response.getvalue()  # reads the file to its end, which closes it

    def test_its_scan_is_handed_out_and_noted(self, kept, nora, client_of):
        response = client_of(nora).get(url("vollmacht_scan", kept))
        assert b"".join(response.streaming_content) == PDF
        assert AccessLogEntry.objects.last().what == "Scan der Vollmacht"

    def test_who_only_reads_changes_nothing(self, kept, nora, client_of):
        reader = client_of(actor(Role.READ_ONLY, nora.institution))
        assert reader.get(url("vollmacht", kept)).status_code == 200
        assert reader.post(url("vollmacht_withdraw", kept)).status_code == 403

    def test_narrowed_and_withdrawn(self, kept, nora, client_of, rav):
        line = kept.lines.get(institution=rav)
        browser = client_of(nora)
        browser.post(url("vollmacht_narrow", kept), {"line": line.pk, "how": "keeps", "keep": ["work"]})
        assert kept.lines.get(institution=rav, ended_at=None).categories == ["work"]
        again = browser.post(url("vollmacht_narrow", kept), {"line": line.pk, "how": "ends"})
        assert "gilt nicht mehr" in text(again)
        earlier = kept.signed_on - dt.timedelta(days=1)
        refused = browser.post(url("vollmacht_withdraw", kept), {"withdrawn_on": f"{earlier:%d.%m.%Y}"})
        assert "erst am" in text(refused), "not before the signature"
        browser.post(url("vollmacht_withdraw", kept), {"withdrawn_on": f"{kept.signed_on:%d.%m.%Y}"})
        kept.refresh_from_db()
        assert kept.withdrawn_on == kept.signed_on

    def test_it_begins_a_registration(self, kept, nora, client_of):
        page = text(client_of(nora).get(f"/roundtable/anmeldung/neu/?vollmacht={kept.pk}"))
        assert kept.person.last_name in page
        assert kept.person.last_name not in text(
            client_of(play.nora()).get(f"/roundtable/anmeldung/neu/?vollmacht={kept.pk}")
        )

    def test_counted_by_office_for_the_coordination_office_without_a_name(self, kept, nora, client_of):
        page = text(client_of(play.koordination()).get("/vollmachten/"))
        assert nora.institution.name in page
        assert kept.person.last_name not in page


class TestInACase:
    """The tab says who reads what on which basis; every change goes through the case."""

    def test_the_tab_names_everybody_with_data_and_basis(self, nora, client_of):
        case = play.started(play.registered(nora))
        for who in (nora, play.jan_of(case), play.koordination()):
            page = text(client_of(who).get(reverse("core:case_tab", args=[case.number, "vollmacht"])))
            assert play.THERAPIST in page
            assert f"Vollmacht vom {case.vollmacht.signed_on:%d.%m.%Y}" in page

    def test_after_a_withdrawal_only_registrant_and_coordination_see_it(self, nora, client_of):
        case = play.withdrawn(play.started(play.registered(nora)))
        for who, seen in ((nora, True), (play.koordination(), True), (play.jan_of(case), False)):
            page = text(client_of(who).get(reverse("core:case_tab", args=[case.number, "vollmacht"])))
            assert (play.THERAPIST in page) is seen

    def test_narrowing_may_not_widen_nor_end_the_registering_office(self, nora):
        case = play.narrowed(play.registered(nora), play.THERAPIST, frozenset({"work"}))
        lines = {line.who: line for line in consents.live_lines(case)}

        def errors(who, **changes):
            return NarrowForm({"line": lines[who].pk, **changes}, case=case, actor=nora).errors

        assert "neue Vollmacht" in errors(play.THERAPIST, how="keeps", keep=["work", "health"])["keep"][0]
        assert "ändert nichts" in errors(play.THERAPIST, how="keeps", keep=["work"])["keep"][0]
        assert "zurückgezogen" in errors(nora.institution.name, how="ends")["how"][0]
        assert not errors(play.THERAPIST, how="keeps")

    def test_an_office_that_is_no_longer_named_loses_the_case(self, nora, client_of):
        case = play.started(play.registered(nora))
        jan = play.jan_of(case)
        line = consents.line_for(case, jan.institution.pk)
        address = reverse("core:action", args=[case.number, "narrow_vollmacht"])
        client_of(nora).post(address, {"line": line.pk, "how": "ends", "version": case.version})
        assert not Case.objects.visible_to(jan).filter(pk=case.pk).exists()
        told = OutboxMail.objects.get(case=case, kind="rt_left")
        assert told.user == jan.user
        assert delivery.may_still_read(told), "its link leads to the Pendenzen, not to the case"
        assert text(client_of(nora).get(case.get_absolute_url())).count("nicht mehr auf der Vollmacht") == 1

    def test_with_nothing_to_choose_there_is_no_button_and_who_does_not_lead_is_told_so(self, nora, client_of):
        case = play.started(play.registered(nora))
        address = reverse("core:action", args=[case.number, "renew_vollmacht"])
        page = text(client_of(nora).get(address))
        assert "Neue Vollmacht mit Scan festhalten" in page
        assert "Ab jetzt verwenden" not in page
        refused = client_of(play.jan_of(case)).get(address)
        assert refused.status_code == 403
        assert "Das tut die Stelle, die den Fall führt." in text(refused)

    def test_a_second_withdrawal_reads_that_the_case_is_stopped(self, nora, client_of):
        case = play.started(play.registered(nora))
        browser, version = client_of(nora), case.version
        case = play.withdrawn(case)
        address = reverse("core:action", args=[case.number, "client_withdraws"])
        conflict = browser.post(address, {"version": version})
        assert conflict.status_code == 409
        assert "Gestoppt" in text(conflict)
        day = f"{case.vollmacht.withdrawn_on:%d.%m.%Y}"
        assert dict(standing.rows(case, play.koordination()))["Vollmacht"].startswith(f"zurückgezogen am {day}")

    def test_withdrawing_the_paper_stops_its_case(self, nora, client_of):
        case = play.started(play.registered(nora))
        day = f"{clock.today():%d.%m.%Y}"
        client_of(nora).post(url("vollmacht_withdraw", case.vollmacht), {"withdrawn_on": day})
        assert Case.objects.get(pk=case.pk).withdrawn_at is not None

    def test_it_stops_a_case_in_which_its_keeper_takes_part_no_longer(self, nora):
        case = play.started(play.registered(nora))
        over = clock.today() - dt.timedelta(days=1)
        case.participations.filter(institution=nora.institution).update(since=over, until=over)
        access.sync(case)
        assert not Case.objects.visible_to(nora).filter(pk=case.pk).exists()
        consenting.withdraw(case.vollmacht, nora)
        case.refresh_from_db()
        assert case.withdrawn_at is not None

    def test_a_new_paper_takes_the_place_of_the_old(self, nora, rav, client_of):
        case = play.started(play.registered(nora))
        before = case.vollmacht
        answers = {key: value for key, value in typed().items() if not key.endswith("_name") and key != "birth_date"}
        client_of(nora).post(NEW, {**answers, "fall": case.number})
        case = Case.objects.get(pk=case.pk)
        assert case.vollmacht != before
        assert DataCategory.HEALTH not in consents.line_for(case, rav.pk).categories

    def test_a_stranger_renews_nothing(self, nora, client_of):
        case = play.started(play.registered(nora))
        assert client_of(play.nora()).get(f"{NEW}?fall={case.number}").status_code == 404
        assert client_of(play.jan_of(case)).get(f"{NEW}?fall={case.number}").status_code == 403


def test_a_wish_ends_with_taking_part_and_a_signed_line_stays_and_says_so(client_of):
    case = play.with_mother(play.with_therapist())
    for who in ("Maria Probe", play.THERAPIST):
        case = workflow.apply(case, "end_participant", play.koordination(), {"participant": play.row_of(case, who)})
    assert "Maria Probe" not in {line.name for line in consents.live_lines(case)}
    live, ended = text(client_of(play.koordination()).get(f"{case.get_absolute_url()}vollmacht/")).split(
        "frühere Zeile"
    )
    assert f'<b>{play.THERAPIST}</b><br><span class="small">nimmt nicht mehr teil</span>' in live
    assert live.count("nimmt nicht mehr teil") == 1
    assert "Maria Probe" in ended
    again = play.with_mother(case)
    assert "Maria Probe" in {line.name for line in consents.live_lines(again)}
