"""The pages: who may open them, and what each figure leads to."""

import re

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from iiz.core.enums import Role
from iiz.core.models import Case
from iiz.core.tests.factories import InstitutionFactory, actor, coordinator
from optima.models import Antrag
from optima.tests import factories as portal
from reporting.tests.sheets import ACCEPTED, CLOSED, EXAMPLE, as_csv, load, row

pytestmark = pytest.mark.django_db

PERIOD = {"von": "2018-10-01", "bis": "2022-11-29"}
PAGE = "/berichte/optima/"
IMPORT = "/koordination/import/"


@pytest.fixture
def koordination(client_of):
    return client_of(coordinator())


@pytest.fixture
def steering():
    return actor(Role.STEERING, InstitutionFactory.create(coordination=True))


def text_of(response) -> str:
    """What is read on the page."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# Berichte ---------------------------------------------------------------------------------------------------


def test_the_office_sees_the_published_figures_and_each_leads_to_its_cases(koordination):
    load(EXAMPLE.read_bytes())

    page = koordination.get(PAGE, PERIOD)

    assert page.status_code == 200
    links = re.findall(r'href="([^"]*kennzahl=[^"]*)"[^>]*>(\d+)<', page.content.decode())
    assert len(links) > 40
    for url, number in links:
        listed = koordination.get(url.replace("&amp;", "&"))
        assert listed.context["total"] == int(number), url


def test_a_caseworker_counts_only_what_she_may_see_and_is_told_so(client_of):
    load(EXAMPLE.read_bytes())
    nora = portal.nora()
    case = portal.submitted(nora)

    page = client_of(nora).get(PAGE, {"von": "2018-10-01", "bis": case.arrived_on.isoformat()})

    assert page.context["report"].values["auftraege.anmeldungen"] == 1
    assert f"Gezählt sind nur die Fälle, die {nora.institution.name} sehen darf" in text_of(page)
    assert "Beispieldaten" not in text_of(page)


def test_a_stranger_counts_none_of_them(client_of):
    load(EXAMPLE.read_bytes())
    fremde = portal.fremde()

    page = client_of(fremde).get(PAGE, PERIOD)

    assert set(page.context["report"].values.values()) == {0}


def test_the_steering_group_sees_released_reports_only(client_of, steering):
    client = client_of(steering)

    index = client.get("/berichte/")

    assert "Noch ist kein Jahresbericht freigegeben." in text_of(index)
    assert "Standardreporting" not in text_of(index)
    assert "Kennzahlen" not in text_of(index)
    assert client.get(PAGE, PERIOD).status_code == 403
    assert client.get(f"{PAGE}json/", PERIOD).status_code == 403
    assert client.get(IMPORT).status_code == 403


@pytest.mark.parametrize("path", ["/berichte/", PAGE, f"{PAGE}json/", IMPORT, f"{IMPORT}bestaetigen/"])
def test_nobody_gets_anything_without_login(client, path):
    assert client.get(path).status_code == 302


def test_reports_stand_in_the_navigation(koordination):
    assert reverse("reporting:index") in koordination.get("/berichte/").content.decode()


def test_without_a_period_this_year_is_shown(koordination):
    page = koordination.get(PAGE)

    assert page.context["report"].period.first.month == page.context["report"].period.first.day == 1


@pytest.mark.parametrize(
    ("asked", "name", "reason"),
    [
        ({"von": "31.02.2020", "bis": "01.03.2020"}, "von", "Datum"),
        ({"von": "02.03.2020", "bis": "01.03.2020"}, "bis", "Das Ende liegt vor dem Beginn."),
        ({"von": "01.01.0020", "bis": "01.03.2020"}, "von", "Bitte prüfen Sie das Jahr."),
        ({"von": "01.01.2020"}, "bis", ""),
    ],
)
def test_a_broken_period_is_told_beside_its_field(koordination, asked, name, reason):
    page = koordination.get(PAGE, asked)

    assert page.status_code == 200
    assert reason in page.context["form"].errors[name][0]
    assert "report" not in page.context
    file = koordination.get(f"{PAGE}pdf/", asked, follow=True)
    assert file.redirect_chain
    assert file.context["form"].errors == page.context["form"].errors


def test_the_example_is_called_one_solution_of_several(koordination):
    load(EXAMPLE.read_bytes())

    assert "nur eine von mehreren Lösungen" in text_of(koordination.get(PAGE, PERIOD))


def test_sums_that_do_not_add_up_are_told_in_words(koordination):
    load(as_csv(row(**CLOSED)))
    Antrag.objects.update(outcome="")

    page = text_of(koordination.get(PAGE, PERIOD))

    assert "Die Summen gehen nicht auf" in page
    assert "Abschlussgründe = Abgeschlossene: 0 ≠ 1" in page


@pytest.mark.parametrize(
    ("kind", "start"), [("json", b"{"), ("csv", b"\xef\xbb\xbfblock"), ("xlsx", b"PK"), ("pdf", b"%PDF")]
)
def test_the_same_figures_as_files(koordination, kind, start):
    load(EXAMPLE.read_bytes())

    file = koordination.get(f"{PAGE}{kind}/", PERIOD)

    assert file.content.startswith(start)
    assert file["Content-Disposition"] == (
        f'attachment; filename="Standardreporting_Optima_2018-10-01_2022-11-29.{kind}"'
    )


def test_a_file_counts_only_what_its_reader_may_see(client_of):
    load(EXAMPLE.read_bytes())

    assert client_of(portal.fremde()).get(f"{PAGE}json/", PERIOD).json()["auftraege"]["anmeldungen"] == 0


def test_a_kind_of_file_that_does_not_exist(koordination):
    assert koordination.get(f"{PAGE}docx/", PERIOD).status_code == 404


# Import -----------------------------------------------------------------------------------------------------


def send(client, content: bytes, name: str = "faelle.csv"):
    """Upload ``content`` for a check."""
    return client.post(IMPORT, {"service": "optima", "file": SimpleUploadedFile(name, content)})


def test_the_office_checks_a_file_confirms_and_has_the_cases(koordination):
    checked = send(koordination, as_csv(row(**CLOSED), row(nummer="A-2", **ACCEPTED)))

    assert "2 Fälle sind neu." in text_of(checked)
    assert not Case.objects.exists()

    done = koordination.post(f"{IMPORT}bestaetigen/", {"token": checked.context["token"]}, follow=True)

    assert "2 Fälle sind importiert." in text_of(done)
    assert Case.objects.count() == 2
    assert default_storage.listdir("import")[1] == []


def test_mistakes_are_shown_by_row_column_value_and_reason(koordination):
    page = text_of(send(koordination, as_csv(row(auftraggeber="<b>x</b>"))))

    assert "1 Fehler in der Datei" in page
    assert "2 auftraggeber &lt;b&gt;x&lt;/b&gt; Möglich sind: IV, RAV, SH." in page


@pytest.mark.parametrize(("content", "reason"), [(b"", "leer"), (b"%PDF-1.7 renamed", "PDF")])
def test_a_file_that_is_no_table_is_refused_in_words(koordination, content, reason):
    assert reason in text_of(send(koordination, content, "faelle.xlsx"))


def test_rows_that_are_there_already_need_no_confirmation(koordination):
    load(as_csv(row()))

    checked = send(koordination, as_csv(row()))

    assert "1 Fall ist schon da" in text_of(checked)
    assert "token" not in checked.context


def test_without_a_file_the_form_says_so(koordination):
    page = koordination.post(IMPORT, {"service": "optima"})

    assert page.context["form"].errors["file"]


@pytest.mark.parametrize("token", ["", "made-up"])
def test_a_made_up_confirmation_imports_nothing(koordination, token):
    page = koordination.post(f"{IMPORT}bestaetigen/", {"token": token}, follow=True)

    assert "Diese Prüfung ist abgelaufen" in text_of(page)


def test_a_confirmation_works_once_and_for_the_one_who_checked(koordination, client_of):
    token = send(koordination, as_csv(row())).context["token"]

    other = client_of(coordinator()).post(f"{IMPORT}bestaetigen/", {"token": token}, follow=True)
    assert "abgelaufen" in text_of(other)
    koordination.post(f"{IMPORT}bestaetigen/", {"token": token})
    again = koordination.post(f"{IMPORT}bestaetigen/", {"token": token}, follow=True)
    assert "abgelaufen" in text_of(again)
    assert Case.objects.count() == 1


def test_what_changed_between_check_and_confirmation_is_told(koordination):
    token = send(koordination, as_csv(row())).context["token"]
    load(as_csv(row(geschlecht="w")))

    page = koordination.post(f"{IMPORT}bestaetigen/", {"token": token})

    assert "Diese Nummer ist bereits importiert, mit anderem Inhalt." in text_of(page)
    assert Case.objects.count() == 1


def test_nobody_but_the_office_imports(client_of):
    client = client_of(portal.nora())

    assert client.get(IMPORT).status_code == 403
    assert send(client, as_csv(row())).status_code == 403
    assert client.post(f"{IMPORT}bestaetigen/", {"token": "x"}).status_code == 403
