"""Files pass a virus scanner before they are kept; while it is silent, none is (NFR-04)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from iiz.core import audit, scanner
from iiz.core.models import AuditEntry, Document
from iiz.core.tests.clamd import BAD, scanning
from iiz.core.tests.factories import coordinator
from iiz.core.tests.uploads import PDF
from optima.tests import beside
from optima.tests import factories as optima

SILENT = "Der Virenscanner antwortet nicht."
FOUND = "hat in dieser Datei Schadsoftware gefunden"


@pytest.fixture
def clamd(settings):
    with scanning(settings) as found:
        yield found


def page_of(case, browser, content):
    """What the page says after somebody filed a document with this content."""
    form = {"title": "Bericht", "audience": "case", "file": SimpleUploadedFile("bericht.pdf", content)}
    return browser.post(reverse("core:upload", args=[case.number]), form)


# The protocol -----------------------------------------------------------------------------------------------


def test_without_a_scanner_nothing_is_asked(settings):
    settings.CLAMD_URL = ""
    assert scanner.virus_in([BAD]) == ""


@pytest.mark.parametrize("local", [False, True])
def test_a_file_reaches_the_scanner_whole_and_its_word_comes_back(settings, tmp_path, local):
    with scanning(settings, tmp_path if local else None) as clamd:
        assert scanner.answers()
        assert scanner.virus_in([b"harm", b"", b"los"]) == ""
        assert scanner.virus_in([BAD[:10], BAD[10:]]) == "Probe.Schadsoftware"
        assert clamd.seen == [b"harmlos", BAD]


@pytest.mark.parametrize("mood", ["slow", "gone", "full"])
def test_no_verdict_in_time_is_no_clean_file(clamd, monkeypatch, mood):
    monkeypatch.setattr(scanner, "SCAN_SECONDS", 0.3)
    clamd.mood = mood
    begin = time.monotonic()
    with pytest.raises(scanner.Unreachable):
        scanner.virus_in([b"x" * 100_000] * 200)
    assert time.monotonic() - begin < 3


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl"])
def test_a_scanner_that_is_not_there_is_unreachable(settings, url):
    settings.CLAMD_URL = url
    with pytest.raises(scanner.Unreachable):
        scanner.virus_in([b"harmlos"])


# The pages --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_found_is_told_beside_the_field_not_kept_and_noted(clamd, client_of):
    nora = optima.nora()
    case = optima.submitted(nora)
    browser = client_of(nora)
    files = {path for path in Path(project.MEDIA_ROOT).rglob("*") if path.is_file()}

    answer = page_of(case, browser, PDF + BAD)

    assert FOUND in answer.content.decode()
    assert not Document.objects.exists()
    assert {path for path in Path(project.MEDIA_ROOT).rglob("*") if path.is_file()} == files
    entry = AuditEntry.objects.filter(stream=audit.case_stream(case.number)).last()
    assert entry is not None
    assert (entry.verb, entry.changes["virus"]) == ("file_refused", "Probe.Schadsoftware")
    assert entry.user_id == nora.user.pk
    history = browser.get(reverse("core:case_tab", args=[case.number, "verlauf"])).content.decode()
    assert "in der der Virenscanner Schadsoftware fand" in history

    assert page_of(case, browser, PDF).status_code == 302
    assert Document.objects.get().size == len(PDF)


@pytest.mark.django_db
def test_while_the_scanner_is_silent_nothing_is_taken_and_the_rest_stays(clamd, client_of):
    nora = optima.nora()
    case = optima.submitted(nora)
    clamd.mood = "gone"
    page = page_of(case, client_of(nora), PDF).content.decode()
    assert SILENT in page
    assert 'value="Bericht"' in page
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_the_signed_scan_and_the_import_go_the_same_way(clamd, client_of):
    case = beside.filled_in()
    signed = {"signed_on": "", "file": SimpleUploadedFile("scan.pdf", PDF + BAD)}
    address = reverse("core:action", args=[case.number, "sign_vereinbarung"])
    assert FOUND in client_of(optima.principal_of(case)).post(address, signed).content.decode()

    rows = {"service": "optima", "file": SimpleUploadedFile("alt.csv", b"fall_nr;" + BAD)}
    assert FOUND in client_of(coordinator()).post(reverse("reporting:import"), rows).content.decode()
    assert AuditEntry.objects.get(stream="import").verb == "file_refused"


@pytest.mark.django_db
@pytest.mark.parametrize(("mood", "ok"), [("well", True), ("gone", False)])
def test_readiness_tells_of_the_scanner(clamd, client, migrations_noted, mood, ok):
    clamd.mood = mood
    body = client.get("/readyz").json()
    assert body["checks"]["scanner"]["ok"] is ok
    assert body["status"] == "degraded" or ok
