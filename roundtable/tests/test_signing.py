"""The client's signature: scanned or drawn, under the words that were seen, once (RT-15)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from iiz.core import clock, files
from iiz.core.models import AccessLogEntry, AuditEntry, Case, GuestLink, Scan, Task
from iiz.core.tests.uploads import PDF, PNG
from iiz.core.tests.visiting import address, opened, told
from iiz.core.workflow import Conflict, NotAllowed
from roundtable import drafts, signing
from roundtable.effects import plans
from roundtable.enums import PlanState, SignatureWay
from roundtable.models import Signature
from roundtable.perspectives import Author

from . import papers, planning
from . import playing as play

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def key(kept: Any) -> Any:
    """Lena's Handlungsplan in force, sent to her by mail; made once."""
    with kept():
        case = planning.with_mail()
        papers.version(case)
        plan = planning.plan_of(case)
        row = play.row_of(case, "client")
        until = clock.now() + plans.READABLE
        plans.invite_guest(plans.READ, case, plan.pk, row, until, play.koordination())
        return case.pk


@pytest.fixture
def case(key: int, db: Any) -> Case:
    return Case.objects.get(pk=key)


def page_of(case: Case, version: int = 1) -> str:
    return reverse("roundtable:plan_sign", args=[case.number, version])


def text(response: Any) -> str:
    return str(response.content.decode())


def drawn(case: Case, **changes: str) -> dict[str, str]:
    return {"way": "drawn", "seen": planning.plan_of(case).digest, "strokes": planning.strokes()} | changes


def scanned(case: Case, body: bytes = PDF, name: str = "seite.pdf", **changes: str) -> dict[str, Any]:
    found = {"way": "scan", "seen": planning.plan_of(case).digest, "signed_on": f"{clock.today():%d.%m.%Y}"}
    return {**found, "scan": SimpleUploadedFile(name, body), **changes}


def test_drawn_at_the_table_it_stands_with_the_plan(case: Case, client_of: Any) -> None:
    office = client_of(play.koordination())
    shown = text(office.get(reverse("roundtable:plan_sign_now", args=[case.number]), follow=True))
    assert "Lena Beispiel unterschreibt" in shown
    assert "Das machen Sie" in shown
    assert office.post(page_of(case), drawn(case)).status_code == 302
    row = Signature.objects.select_related("picture").get()
    plan = planning.plan_of(case)
    assert (row.way, row.signed_on, row.digest) == (SignatureWay.DRAWN, clock.today(), plan.digest)
    with row.picture.file.open("rb") as file:
        assert file.read().startswith(b"\x89PNG")
    assert not Task.objects.filter(name="sign_plan", case=case, done_at=None).exists()
    assert AuditEntry.objects.filter(verb="plan_signed").count() == 1
    tab = text(office.get(f"/faelle/{case.number}/plan/"))
    assert f"Unterschrieben am {clock.today():%d.%m.%Y}" in tab
    picture = client_of(play.jan_of(case)).get(reverse("roundtable:plan_signature", args=[case.number, 1]))
    assert b"".join(picture.streaming_content).startswith(b"\x89PNG")
    assert AccessLogEntry.objects.filter(what="Unterschrift zum Handlungsplan, Fassung 1").exists()


def test_signed_on_paper_the_scan_is_kept_for_those_who_read_all(case: Case, client_of: Any) -> None:
    assert client_of(play.koordination()).post(page_of(case), scanned(case)).status_code == 302
    assert Signature.objects.get().way == SignatureWay.SCAN
    picture = reverse("roundtable:plan_signature", args=[case.number, 1])
    assert b"".join(client_of(play.koordination()).get(picture).streaming_content) == PDF
    assert client_of(play.jan_of(case)).get(picture).status_code == 404, "a scanned page may tell of health"


@pytest.mark.parametrize(
    ("body", "name", "words"),
    [
        (b"%PDF-1.7" + b"0" * (files.LIMIT + 1), "seite.pdf", "höchstens 20 MB"),
        (b"kein Bild", "seite.png", "Diese Art von Datei"),
        (PNG, "seite.pdf", "der Inhalt ist aber etwas anderes"),
        (PNG, "seite.png", "lässt sich nicht öffnen"),
        (b"", "seite.pdf", "leer"),
    ],
    ids=["20 MB", "text", "renamed", "no picture", "empty"],
)
def test_a_wrong_file_is_refused_beside_the_field(
    case: Case, client_of: Any, body: bytes, name: str, words: str
) -> None:
    answer = client_of(play.koordination()).post(page_of(case), scanned(case, body, name))
    assert answer.status_code == 200
    assert words in text(answer)
    assert not Signature.objects.exists()


@pytest.mark.parametrize(("days", "words"), [(1, "in der Zukunft"), (-5, "gilt erst seit dem")])
def test_the_day_lies_between_the_version_and_today(case: Case, client_of: Any, days: int, words: str) -> None:
    signed_on = f"{clock.today() + days * play.DAY:%d.%m.%Y}"
    answer = client_of(play.koordination()).post(page_of(case), scanned(case, signed_on=signed_on))
    assert words in text(answer)
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("strokes", "words"),
    [
        ("", "noch nichts gezeichnet"),
        (planning.strokes(empty=True), "noch nichts gezeichnet"),
        ("data:image/png;base64,####", "kein lesbares Bild"),
        (signing.PREFIX + base64.b64encode(PNG).decode(), "kein lesbares Bild"),
        (signing.PREFIX + base64.b64encode(PDF).decode(), "kein lesbares Bild"),
        ("data:image/svg+xml;base64,PHN2Zy8+", "kein lesbares Bild"),
        (planning.strokes(4100, 10), "zu gross"),
        (signing.PREFIX + "A" * 800_000, "zu gross"),
    ],
)
def test_only_a_real_picture_with_strokes_is_a_signature(strokes: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        signing.drawing(strokes)


def test_what_is_kept_is_drawn_anew_and_small() -> None:
    body = signing.drawing(planning.strokes())
    assert len(body) < 20_000
    assert body.startswith(b"\x89PNG")


def test_an_empty_field_says_so_on_the_page(case: Case, client_of: Any) -> None:
    answer = client_of(play.koordination()).post(page_of(case), drawn(case, strokes=""))
    assert answer.status_code == 200
    assert "Es ist noch nichts gezeichnet." in text(answer)


def test_a_plan_changed_while_it_is_signed_is_not_signed(case: Case, client_of: Any) -> None:
    sent = drawn(case)
    papers.version(case, papers.paper_of(case, step__9__due="1.7.2027"))
    refused = client_of(play.koordination()).post(page_of(case), sent)
    assert refused.status_code == 409
    assert "Fassung 2" in text(refused)
    assert page_of(case, 2) in text(refused)
    assert not Signature.objects.exists()
    wrong = client_of(play.koordination()).post(page_of(case, 2), sent)
    assert wrong.status_code == 409, "the fingerprint of another version"
    assert not Signature.objects.exists()


def test_it_is_signed_once(case: Case, client_of: Any) -> None:
    office = client_of(play.koordination())
    sent = drawn(case)
    assert office.post(page_of(case), sent).status_code == 302
    again = office.post(page_of(case), sent)
    assert again.status_code == 409
    assert "unterschrieben worden" in text(again)
    plan = planning.plan_of(case)
    with pytest.raises(Conflict):
        signing.draw(plan, Author(actor=play.koordination()), signing.drawing(planning.strokes()), seen=plan.digest)
    assert Signature.objects.count() == 1


def test_a_draft_is_not_signed(case: Case, client_of: Any) -> None:
    papers.version(case, papers.paper_of(case, step__9__due="1.7.2027"), state=PlanState.DRAFT)
    page = text(client_of(play.koordination()).get(page_of(case, 2)))
    assert "erst, wenn der Handlungsplan verabschiedet ist" in page
    assert "<canvas" not in page


def test_only_whoever_moderates_or_manages_takes_it(case: Case, client_of: Any) -> None:
    assert client_of(play.fremde()).get(page_of(case)).status_code == 404
    assert client_of(play.jan_of(case)).get(page_of(case)).status_code == 403
    assert client_of(play.jan_of(case)).post(page_of(case), drawn(case)).status_code == 403
    assert client_of(play.nora_of(case)).post(page_of(case), drawn(case)).status_code == 302, "the case manager"


def test_after_a_withdrawal_nothing_is_signed(case: Case, client_of: Any) -> None:
    sent, plan = drawn(case), planning.plan_of(case)
    link = GuestLink.objects.get(purpose="roundtable_plan")
    lena = opened(link)
    play.withdrawn(case)
    assert client_of(play.koordination()).post(page_of(case), sent).status_code == 409
    assert lena.post(address(link), sent).status_code == 410
    with pytest.raises(NotAllowed):
        signing.draw(plan, Author(actor=play.koordination()), signing.drawing(planning.strokes()), seen=plan.digest)
    assert not Signature.objects.exists()


def test_the_client_reads_and_signs_behind_the_link(case: Case) -> None:
    link = GuestLink.objects.get(purpose="roundtable_plan")
    lena = opened(link)
    page = text(lena.get(address(link)))
    assert "Das machen Sie" in page
    assert "Lieber auf Papier" in page
    assert lena.get(address(link), {"pdf": "1"})["Content-Type"] == "application/pdf"
    assert "noch nichts gezeichnet" in text(lena.post(address(link), drawn(case, strokes="")))
    assert lena.post(address(link), drawn(case, seen="0" * 64)).status_code == 409
    assert lena.post(address(link), drawn(case)).status_code == 302
    row = Signature.objects.get()
    assert row.recorded_by is None
    assert "Ihre Unterschrift ist angekommen" in text(lena.get(address(link), {"unterschrieben": "1"}))
    assert "<canvas" not in text(lena.get(address(link)))


def test_a_link_to_a_replaced_version_says_so(case: Case) -> None:
    link = GuestLink.objects.get(purpose="roundtable_plan")
    lena, sent = opened(link), drawn(case)
    papers.version(case, papers.paper_of(case, step__9__due="1.7.2027"))
    assert lena.post(address(link), sent).status_code == 410
    assert "Es gilt eine neuere Fassung" in told(lena, link)
    assert not Signature.objects.exists()


def test_what_is_swept_away_is_never_a_signature(case: Case) -> None:
    picture = planning.signed(case).picture
    Scan.objects.update(uploaded_at=clock.now() - 30 * play.DAY)
    drafts.sweep(clock.now())
    assert Scan.objects.filter(pk=picture.pk).exists()
