"""A version as page, PDF, text and stored copy: the same words everywhere, and never more than a reader may (RT-18)."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from PIL import Image
from pypdf import PdfReader

from iiz.core import clock
from iiz.core.models import AccessLogEntry, Scan
from iiz.tests.browsing import follow, no_faults
from roundtable import plan_paper
from roundtable.enums import Answer, PlanState, SignatureWay
from roundtable.models import Handlungsplan, Review, Signature
from roundtable.reading import EVERYTHING
from roundtable.tests import papers
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db

WITHOUT_HEALTH = EVERYTHING - {"health"}
QUERIES = 18
"""What the page of a version asks of the database, session and navigation included."""


@pytest.fixture
def case() -> Any:
    return papers.lena()


def again(plan: Handlungsplan) -> Handlungsplan:
    """The version as somebody fetches it who knows nothing of it yet."""
    return Handlungsplan.objects.get(pk=plan.pk)


def pages(body: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(body)).pages]


def squeezed(text: str) -> str:
    """Letters and digits alone: a PDF breaks lines and words where a page does not."""
    return re.sub(r"[\W_]+", "", text)


class Words(HTMLParser):
    """The text of a page, drawings left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.drawing = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.drawing += tag == "svg"

    def handle_endtag(self, tag: str) -> None:
        self.drawing -= tag == "svg"

    def handle_data(self, data: str) -> None:
        if not self.drawing and data.strip():
            self.found.append(data.strip())


def address(plan: Handlungsplan, what: str = "") -> str:
    return f"/roundtable/{plan.case.number}/plan/{plan.number}/{what}"


# The same words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kinds", [EVERYTHING, WITHOUT_HEALTH, frozenset({"work"})], ids=len)
def test_page_pdf_and_text_say_the_same(case: Any, kinds: frozenset[str]) -> None:
    plan = again(papers.version(case))
    made = plan_paper.document(plan, kinds)
    html = render_to_string("roundtable/_plan.html", {"sections": made.sections})
    set_in_type = squeezed("".join(pages(plan_paper.render(plan, kinds))))
    copied = squeezed(made.as_text)
    for words in Words(html).found:
        for line in words.splitlines():
            assert squeezed(line) in set_in_type or "Voller" in line, line
    for section in made.sections:
        for cells in section.table.rows if section.table else []:
            for cell in cells[1]:
                assert all(squeezed(line) in copied for line in cell.splitlines())
        for block in section.blocks:
            assert all(squeezed(value) in copied for _label, value in block.rows)


def test_the_document_is_a_tagged_letter_of_the_moderating_office(case: Any) -> None:
    plan = again(papers.version(case))
    body = plan_paper.render(plan, EVERYTHING)
    reader = PdfReader(io.BytesIO(body))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == f"Handlungsplan {case.number}, Fassung 1"
    words = pages(body)
    for told in ("IIZ-Koordinationsstelle", "Lena Beispiel", "14.03.2000", "Nora Keller", "verbindlich seit"):
        assert told in words[0]
    assert "Unterschrift der Klientin" in words[-1]
    assert f"Seite {len(words)} von {len(words)}" in words[-1]
    root = PdfReader(io.BytesIO(plan_paper.render(plan, EVERYTHING, archive=True))).trailer["/Root"]
    assert b"pdfaid" in root["/Metadata"].get_data()


def test_a_draft_says_so_on_every_page(case: Any) -> None:
    plan = again(papers.version(case, state=PlanState.DRAFT, accepted=False))
    words = pages(plan_paper.render(plan, EVERYTHING))
    assert len(words) > 3
    assert all("Entwurf" in page for page in words)
    assert "Zusage offen" in "".join(words)
    assert "Ort und Datum" not in "".join(words)


def test_who_came_to_which_part_is_told(case: Any) -> None:
    present = next(
        one for one in plan_paper.document(papers.version(case), EVERYTHING).sections if one.name == "present"
    )
    assert present.table is not None
    parts = {cells[0]: cells[3] for _name, cells in present.table.rows}
    assert parts["Lena Beispiel"] == "zweiter Teil, mit Klientin oder Klient"
    assert parts[play.THERAPIST] == "beide Teile"


def test_promises_say_who_promised_and_how(case: Any) -> None:
    plan = papers.version(case)
    offices = plan.steps.exclude(owner__kind="client").order_by("position")
    first, second, third = offices[0].pk, offices[1].pk, offices[2].pk
    offices.model.objects.filter(pk=first).update(at_the_table=True)
    offices.model.objects.filter(pk=second).update(answer=Answer.REFUSED)
    offices.model.objects.filter(pk=third).update(answer=Answer.OPEN)
    text = plan_paper.document(again(plan), EVERYTHING).as_text
    for words in ("am Gespräch zugesagt, festgehalten am", "nicht zugesagt, am", "Zusage offen", "von Iris Vogel"):
        assert words in text


def test_a_new_version_says_what_it_replaces_and_what_is_new(case: Any) -> None:
    papers.version(case)
    written = papers.changed(papers.paper_of(case), 6, what="Gutachten einholen")
    plan = again(papers.version(case, written))
    text = plan_paper.document(plan, EVERYTHING).as_text
    assert "Diese Fassung ersetzt Fassung 1 vom" in text
    assert "Handlungsplan, geändert: Gutachten einholen (Schritt)" in text
    assert "Gutachten" not in plan_paper.document(plan, WITHOUT_HEALTH).as_text


# Never more than a reader may ---------------------------------------------------------------------------------------


def test_nothing_of_health_leaves_with_a_copy_for_who_may_not_read_it(case: Any) -> None:
    plan = again(papers.version(case))
    for body in (
        "".join(pages(plan_paper.render(plan, WITHOUT_HEALTH))),
        plan_paper.document(plan, WITHOUT_HEALTH).as_text,
        "".join(pages(plan_paper.render(plan, WITHOUT_HEALTH, plain=True))),
    ):
        for secret in ("Schlechten Nächten", "schlechten Nächten", "Begutachtung", "Arztbericht", "arbeitsunfähig"):
            assert secret not in body
    said = plan_paper.document(plan, WITHOUT_HEALTH).left_out
    assert said.endswith(": Gesundheit.")


def test_steps_keep_the_number_that_they_have_in_the_whole(case: Any) -> None:
    plan = papers.version(case)
    seen = next(one for one in plan_paper.document(plan, WITHOUT_HEALTH).sections if one.name == "plan")
    assert seen.table is not None
    assert [cells[0] for _name, cells in seen.table.rows] == ["2", "3", "4", "5", "7", "8", "9", "10"]


def test_who_does_a_step_about_health_reads_it_in_a_copy_of_the_own(case: Any) -> None:
    plan, seat = papers.version(case), papers.seats_of(case).iv
    own = plan_paper.copy(plan, WITHOUT_HEALTH, participant=seat)
    others = plan_paper.copy(plan, WITHOUT_HEALTH)
    assert own.pk != others.pk
    assert "Belastbarkeit abklären" in plan_paper.document(plan, WITHOUT_HEALTH, seat).as_text
    assert "Belastbarkeit abklären" not in plan_paper.document(plan, WITHOUT_HEALTH).as_text
    assert plan_paper.copy(plan, WITHOUT_HEALTH, participant=papers.seats_of(case).rav).pk == others.pk


def test_for_who_reads_nothing_there_is_no_document(case: Any) -> None:
    with pytest.raises(ValueError, match="nothing"):
        plan_paper.render(papers.version(case), frozenset())


# Kept as it was sent ------------------------------------------------------------------------------------------------


def test_a_copy_is_made_once_and_stays_the_same(case: Any, client_of: Any) -> None:
    plan = papers.version(case)
    made = plan_paper.copy(plan, EVERYTHING)
    assert plan_paper.copy(plan, EVERYTHING).pk == made.pk
    assert made.kinds == "situation,work,money,health"
    assert plan_paper.copy(plan, EVERYTHING, plain=True).pk != made.pk
    with made.file.open("rb") as file:
        kept = file.read()
    assert len(kept) == made.size
    got = client_of(play.koordination()).get(address(plan, "plan.pdf"))
    assert got.content == kept


def test_a_signature_stands_in_the_document_and_the_copy_that_was_sent_stays(case: Any, client_of: Any) -> None:
    plan = papers.version(case)
    sent = plan_paper.copy(plan, EVERYTHING)
    sign(plan, picture(), "image/png")
    body = plan_paper.render(again(plan), EVERYTHING)
    [*_others, last] = PdfReader(io.BytesIO(body)).pages
    assert len(last.images) == 1
    assert "Unterschrieben am" in last.extract_text()
    assert "Ort und Datum" not in last.extract_text()
    assert client_of(play.koordination()).get(address(plan, "plan.pdf")).content != b""
    with sent.file.open("rb") as file:
        assert b"Unterschrieben" not in file.read()
    assert plan_paper.copy(plan, EVERYTHING).sha256 == sent.sha256


def test_a_scan_that_is_no_picture_is_named_only(case: Any) -> None:
    plan = papers.version(case)
    sign(plan, b"%PDF-1.4", "application/pdf")
    words = pages(plan_paper.render(again(plan), EVERYTHING))[-1]
    assert "Der Scan liegt bei der Moderation." in words


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (300, 80), (0, 0, 0, 90)).save(file, "PNG")
    return file.getvalue()


def sign(plan: Handlungsplan, body: bytes, content_type: str) -> None:
    office = play.koordination()
    scan = Scan.objects.create(
        file=ContentFile(body, "unterschrift"),
        filename="unterschrift",
        content_type=content_type,
        size=len(body),
        sha256="0" * 64,
        institution=office.institution,
        uploaded_by=office.user,
        uploaded_at=clock.now(),
    )
    Signature.objects.create(
        plan=plan, way=SignatureWay.DRAWN, signed_on=clock.today(), picture=scan, digest=plan.digest
    )


# In plain language --------------------------------------------------------------------------------------------------


def test_the_client_reads_in_short_sentences_what_is_to_be_done_and_whom_to_call(case: Any) -> None:
    plan = papers.version(case)
    made = plan_paper.document(plan, EVERYTHING, plain=True)
    own = next(section for section in made.sections if section.name == "plain-own")
    assert own.points[0] == "Bis 05.12.2026: Arztbericht an die IV-Stelle senden lassen"
    call = next(section for section in made.sections if section.name == "plain-call")
    assert ("Person", "Nora Keller") in call.blocks[0].rows
    assert "Sie haben schon viel geschafft." in made.as_text
    assert len(pages(plan_paper.render(plan, EVERYTHING, plain=True))) <= 2


def test_without_a_case_manager_the_client_calls_whoever_moderates(case: Any) -> None:
    case.managements.all().delete()
    made = plan_paper.document(papers.version(case), EVERYTHING, plain=True)
    call = next(section for section in made.sections if section.name == "plain-call")
    assert call.blocks[0].rows[0][1].startswith("IIZ-Koordinationsstelle")


# The page -----------------------------------------------------------------------------------------------------------


def test_the_page_shows_what_the_reader_may_read_and_each_look_is_noted(case: Any, client_of: Any) -> None:
    plan = papers.version(case)
    jan, iris = play.jan_of(case), play.iris_of(case)
    for_jan = client_of(jan).get(address(plan)).content.decode()
    for_iris = client_of(iris).get(address(plan)).content.decode()
    assert "Was hier nicht steht" in for_jan
    assert "schlechten Nächten" not in for_jan
    assert "schlechten Nächten" in for_iris
    for what, told in (
        ("", "Handlungsplan, Fassung 1"),
        ("plan.pdf", "Handlungsplan als PDF, Fassung 1"),
        ("klartext.pdf", "Handlungsplan in einfachen Worten, Fassung 1"),
        ("text/", "Handlungsplan als Text, Fassung 1"),
    ):
        assert client_of(jan).get(address(plan, what)).status_code == 200
        assert AccessLogEntry.objects.filter(case_number=case.number, what=told).exists()
    filed = client_of(jan).get(address(plan, "plan.pdf?ablage=1"))
    assert "Handlungsplan-" in filed["Content-Disposition"]
    assert "PDF-A" in filed["Content-Disposition"]


@pytest.mark.parametrize("what", ["", "plan.pdf", "klartext.pdf", "text/", "unterschied/"])
def test_a_version_that_is_not_for_the_reader_does_not_exist(case: Any, client_of: Any, what: str) -> None:
    papers.version(case)
    draft = papers.version(case, state=PlanState.DRAFT)
    jan = play.jan_of(case)
    assert client_of(play.koordination()).get(address(draft, what)).status_code == 200
    assert client_of(jan).get(address(draft, what)).status_code == 404
    assert client_of(play.fremde()).get(address(draft, what)).status_code == 404
    Review.objects.create(plan=draft, participant=play.row_of(case, jan))
    assert client_of(jan).get(address(draft, what)).status_code == 200
    play.withdrawn(case)
    assert client_of(jan).get(address(draft, what)).status_code == 404


def test_a_version_that_is_not_there_and_a_case_that_is_no_roundtable(case: Any, client_of: Any) -> None:
    plan = papers.version(case)
    assert client_of(play.koordination()).get(f"/roundtable/{case.number}/plan/9/").status_code == 404
    assert client_of(play.koordination()).get(address(plan, "unterschied/")).status_code == 404, "nothing before it"


def test_what_changed_is_marked_in_words_and_cut_to_the_reader(case: Any, client_of: Any) -> None:
    papers.version(case)
    written = papers.changed(papers.paper_of(case), 5, what="Kurs «Büro und Korrespondenz», zehn Halbtage")
    written = papers.changed(written, 6, what="Geheime Abklärung")
    plan = papers.version(case, written)
    for_jan = client_of(play.jan_of(case)).get(address(plan, "unterschied/")).content.decode()
    assert '<del><span class="sr">entfällt: </span>acht</del>' in for_jan
    assert '<ins><span class="sr">neu: </span>zehn</ins>' in for_jan
    assert "Geheime" not in for_jan
    assert "Geheime" in client_of(play.iris_of(case)).get(address(plan, "unterschied/")).content.decode()


@pytest.mark.parametrize(("steps", "versions"), [(3, 1), (30, 5)])
def test_the_page_asks_the_same_of_three_and_of_thirty_steps(
    case: Any, client_of: Any, django_assert_num_queries: Any, steps: int, versions: int
) -> None:
    written = papers.paper_of(case, steps)
    plan = [papers.version(case, written) for _number in range(versions)][-1]
    browser = client_of(play.iris_of(case))
    browser.get(address(plan))
    with django_assert_num_queries(QUERIES):
        assert browser.get(address(plan)).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 320])
def test_page_and_differences_are_without_fault_on_a_screen_and_on_a_telephone(
    case: Any, browse_as: Any, width: int
) -> None:
    papers.version(case)
    plan = papers.version(case, papers.changed(papers.paper_of(case), 5, what="Kurs im Büro"))
    page = browse_as(play.iris_of(case), width=width)
    page.goto(address(plan))
    no_faults(page)
    assert page.get_by_role("img", name="Einkommen und Arbeitsunfähigkeit auf der Zeitachse").is_visible()
    follow(page, "Was sich geändert hat")
    no_faults(page)
