"""Documents over HTTP: filed after a check, handed out after a check."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.storage import default_storage
from django.urls import reverse

from iiz.core import audit, documents, workflow
from iiz.core.enums import Audience, Role
from iiz.core.models import AccessLogEntry, AuditEntry, Document
from iiz.core.tests.factories import actor, coordinator
from iiz.core.tests.uploads import PDF, PNG, upload
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db


@pytest.fixture
def sides():
    nora, jan = optima.nora(), optima.jan()
    return optima.accepted(optima.submitted(nora, jan.institution)), nora, jan


def file_by(case, who, audience=Audience.CASE, title="Bericht", name="bericht.pdf", content=PDF) -> Document:
    return documents.store(
        case, who, title=title, upload=upload(name, content), content_type="application/pdf", audience=audience
    )


def address(document: Document) -> str:
    return reverse("core:document", args=[document.case.number, document.pk])


def code(client, document: Document) -> int:
    """The status of a download, read to its end so that the file is closed."""
    answer = client.get(address(document))
    list(answer)
    return answer.status_code


def send(client, case, **answers):
    form = {"title": "Bericht", "audience": Audience.CASE, "file": upload("bericht.pdf", PDF)} | answers
    return client.post(reverse("core:upload", args=[case.number]), form)


def test_a_file_is_kept_under_a_random_name_outside_of_what_is_served(sides, client_of):
    case, nora, _jan = sides
    assert send(client_of(nora), case, file=upload("Zeugnis Lena Beispiel.pdf", PDF)).status_code == 302
    document = Document.objects.get()
    assert document.filename == "Zeugnis Lena Beispiel.pdf"
    assert "Lena" not in document.file.name
    assert ".pdf" not in document.file.name
    assert document.content_type == "application/pdf"
    path = Path(default_storage.path(document.file.name))
    assert path.is_relative_to(project.MEDIA_ROOT)
    assert path.stat().st_mode & 0o077 == 0
    filed = AuditEntry.objects.filter(stream=audit.case_stream(case.number)).last()
    assert (filed.verb, filed.changes["sha256"]) == ("document_filed", document.sha256)


def test_it_comes_back_as_a_download_that_no_browser_runs(sides, client_of):
    case, nora, jan = sides
    document = file_by(case, nora, name="seite.pdf")
    answer = client_of(jan).get(address(document))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    read = AccessLogEntry.objects.filter(case_number=case.number).first()
    assert (read.user_id, read.institution_id) == (jan.user.pk, jan.institution.pk)
    assert "Bericht" in read.what


def test_only_readers_of_case_and_document_get_it(sides, client_of):
    case, nora, jan = sides
    shared, own = file_by(case, nora), file_by(case, nora, Audience.OWN)
    expected = {
        nora: (200, 200),
        actor(Role.READ_ONLY, nora.institution): (200, 200),
        jan: (200, 404),
        coordinator(): (200, 404),
        optima.fremde(): (404, 404),
        actor(Role.STRATEGIC, nora.institution): (404, 404),
        actor(Role.STEERING, coordinator().institution): (404, 404),
    }
    for who, codes in expected.items():
        client = client_of(who)
        assert tuple(code(client, one) for one in (shared, own)) == codes, who.roles


def test_a_document_cannot_be_reached_through_another_case(sides, client_of):
    case, nora, _jan = sides
    elsewhere = optima.submitted(nora)
    document = file_by(case, nora)
    client = client_of(nora)
    assert client.get(reverse("core:document", args=[elsewhere.number, document.pk])).status_code == 404
    theirs = optima.submitted()
    foreign = file_by(theirs, optima.principal_of(theirs))
    assert client.get(reverse("core:document", args=[case.number, foreign.pk])).status_code == 404


def test_after_a_withdrawal_nothing_is_filed_and_each_reads_its_own(sides, client_of):
    case, nora, jan = sides
    mine, his = file_by(case, nora), file_by(case, jan)
    case = workflow.apply(case, "client_withdraws", nora)
    codes = {who: [code(client_of(who), one) for one in (mine, his)] for who in (nora, jan)}
    assert codes == {nora: [200, 404], jan: [404, 200]}
    for who in (nora, jan, coordinator()):
        assert send(client_of(who), case).status_code == 403
    assert Document.objects.count() == 2


def test_readers_signatories_and_ended_cases_file_nothing(sides, client_of):
    case, nora, _jan = sides
    for role in (Role.READ_ONLY, Role.SIGNATORY):
        assert send(client_of(actor(role, nora.institution)), case).status_code == 403
    assert send(client_of(optima.fremde()), case).status_code == 404
    over = optima.refused(optima.submitted(nora))
    assert send(client_of(nora), over).status_code == 403
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("sent", "word"),
    [
        (lambda: upload("programm.pdf", b"MZ\x90\x00" + b"\x00" * 400), "Diese Art von Datei"),
        (lambda: upload("bericht.exe", PDF), "endet auf «.exe»"),
        (lambda: upload("seite.pdf", b"<html><script>alert(1)</script>"), "Diese Art von Datei"),
        (lambda: upload("bild.pdf", PNG), "endet auf «.pdf»"),
        (lambda: upload("gross.pdf", PDF + b"\x00" * (30 * 1024 * 1024)), "30 MB"),
        (lambda: upload("leer.pdf", b""), "leer"),
        (lambda: "", "Bitte ausfüllen"),
    ],
    ids=["exe as pdf", "pdf as exe", "html as pdf", "png as pdf", "30 MB", "empty", "none"],
)
def test_a_bad_file_shows_the_page_again_with_the_rest_kept(sides, client_of, sent, word):
    case, nora, _jan = sides
    answer = send(client_of(nora), case, title="Was ich schrieb", audience=Audience.OWN, file=sent())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert word in page
    assert "Was ich schrieb" in page
    assert not Document.objects.exists()
    assert not [name for name in Path(project.MEDIA_ROOT).rglob("*") if name.is_file() and name.stat().st_size > 10**6]


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd.pdf", "a\r\nSet-Cookie: x=1.pdf", "«ä» 漢字.pdf", "'; rm -rf.pdf", '"x".pdf']
)
def test_odd_names_neither_escape_nor_break_headers(sides, client_of, name):
    case, nora, _jan = sides
    document = file_by(case, nora, name=name)
    answer = client_of(nora).get(address(document))
    assert list(answer)
    assert answer.status_code == 200
    header = answer["Content-Disposition"]
    assert "\r" not in header
    assert "\n" not in header
    assert "/" not in document.filename
    assert Path(default_storage.path(document.file.name)).resolve().is_relative_to(Path(project.MEDIA_ROOT).resolve())


def test_html_in_a_title_is_shown_as_text(sides, client_of):
    case, nora, jan = sides
    file_by(case, nora, title="<script>alert(1)</script>")
    page = client_of(jan).get(reverse("core:case_tab", args=[case.number, "dokumente"])).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_file_that_cannot_be_recorded_does_not_stay_behind(sides, monkeypatch):
    case, nora, _jan = sides
    before = {path for path in Path(project.MEDIA_ROOT).rglob("*") if path.is_file()}
    monkeypatch.setattr(project, "AUDIT_KEY", None)
    with pytest.raises(AttributeError):
        file_by(case, nora)
    assert not Document.objects.exists()
    assert {path for path in Path(project.MEDIA_ROOT).rglob("*") if path.is_file()} == before
