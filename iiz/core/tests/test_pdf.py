"""Documents are tagged, titled, in our type, and reach for nothing outside (REP-16, NFR-10)."""

from __future__ import annotations

import datetime as dt
import io
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from iiz.core import pdf

CREATED = dt.datetime(2026, 11, 22, 14, 30, tzinfo=dt.UTC)


def read(data: bytes) -> PdfReader:
    """The document, opened."""
    return PdfReader(io.BytesIO(data))


def page(body: str) -> str:
    """A whole HTML page around ``body``."""
    return f'<!doctype html><html lang="de-CH"><head><title>Antrag</title></head><body>{body}</body></html>'


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine that notes every address it is asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()
    thread.join()


# WeasyPrint leaves the colour profile of archived documents to the garbage collector to close.
@pytest.mark.filterwarnings("ignore:.*sRGB2014.icc:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("archive", [False, True])
def test_document_is_tagged_and_says_what_it_is(archive: bool) -> None:
    context = {"created_at": CREATED, "recipient": ["RAV Sursee", "6210 Sursee"], "dated": CREATED}
    document = read(pdf.render("pdf/letter.html", context, title="Antrag O-2026-0040", archive=archive))
    root: Any = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "de-CH"
    assert document.metadata is not None
    assert document.metadata.title == "Antrag O-2026-0040"
    metadata = root["/Metadata"].get_object().get_data().decode()
    told = dict(re.findall(r'(pdf(?:a|ua)id:\w+)="(\w+)"', metadata))
    assert ("/OutputIntents" in root) is archive
    assert told == ({"pdfaid:part": "3", "pdfaid:conformance": "A"} if archive else {"pdfuaid:part": "1"})
    assert "22. November 2026" in document.pages[0].extract_text()


def test_every_page_tells_its_number_and_when_it_was_made() -> None:
    rows = "".join(f"<p>Zeile {n}</p>" for n in range(90))
    html = page(rows).replace("<body>", '<body data-created="Erstellt am 22.11.2026 um 15:30">')
    document = read(pdf.to_pdf(html))
    texts = [part.extract_text() for part in document.pages]
    assert len(texts) > 1
    for number, text in enumerate(texts, start=1):
        assert f"Seite {number} von {len(texts)}" in text
        assert "Erstellt am 22.11.2026 um 15:30" in text


def test_each_weight_of_our_type_is_embedded() -> None:
    document = read(pdf.to_pdf(page("<p>normal <b>halbfett</b> <em>kursiv</em></p>")))
    resources: Any = document.pages[0]["/Resources"]
    fonts = {str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values()}
    assert len(fonts) == 3
    assert all("Source-Sans-3" in font for font in fonts)


def test_what_people_type_makes_the_server_fetch_nothing(asked: tuple[str, list[str]], tmp_path: Path) -> None:
    address, paths = asked
    secret = tmp_path / "geheim.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>streng geheim</text></svg>')
    body = (
        f'<img src="{address}/spur.png" alt=""><img src="file://{secret}" alt="">'
        f'<link rel="stylesheet" href="{address}/spur.css"><object data="{address}/spur.svg"></object>'
        f"<style>@import url({address}/import.css); p {{ background: url({address}/bild.png) }}</style><p>Text</p>"
        '<img src="https://static.invalid/../../../etc/passwd" alt=""><img src="/css/gibt-es-nicht.png" alt="">'
    )
    text = read(pdf.to_pdf(page(body))).pages[0].extract_text()
    assert "Text" in text
    assert "geheim" not in text
    assert paths == []


def test_text_is_escaped_before_it_stands_in_a_document() -> None:
    title = "<script>alert(1)</script> & Söhne"
    document = read(pdf.render("pdf/letter.html", {"created_at": CREATED}, title=title))
    assert title in document.pages[0].extract_text()
