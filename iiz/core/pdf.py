"""Documents: HTML templates as tagged PDFs (REP-16, NFR-10).

WeasyPrint takes longest to read fonts and stylesheets, so both are read once a process.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

# A name that can never be resolved stands for our static files; anything else is refused.
BASE_URL = "https://static.invalid/"

DELIVERY = "pdf/ua-1"
ARCHIVE = "pdf/a-3a"


class StaticOnlyFetcher(URLFetcher):
    """Serves our own static files and nothing else: no network, no other file, no ``data:`` either.

    What people type stands in documents; without this, a crafted text could make the server fetch an address.
    ``pictures`` are those that the document itself brings along, by their address.
    """

    def __init__(self, pictures: Mapping[str, bytes] | None = None) -> None:
        super().__init__(allowed_protocols=["https"], allow_redirects=False)
        self.pictures = pictures or {}

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The static file that ``url`` names; ``ValueError`` for any other address."""
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}/" != BASE_URL:
            raise ValueError("Only static files are available to documents.")
        if parts.path.lstrip("/") in self.pictures:
            return URLFetcherResponse(url, self.pictures[parts.path.lstrip("/")])
        found = finders.find(unquote(parts.path.lstrip("/")))
        if not isinstance(found, str):
            raise ValueError("There is no such static file.")
        return URLFetcherResponse(url, Path(found).read_bytes())


@cache
def _style() -> tuple[FontConfiguration, CSS]:
    """Fonts and stylesheet of all documents, read once a process."""
    fonts = FontConfiguration()
    path = finders.find("css/pdf.css")
    text = Path(str(path)).read_text(encoding="utf-8")
    return fonts, CSS(string=text, base_url=f"{BASE_URL}css/", url_fetcher=StaticOnlyFetcher(), font_config=fonts)


def to_pdf(html: str, *, archive: bool = False, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """``html`` in our type as PDF/UA-1, or with ``archive`` as PDF/A-3a; both are tagged."""
    fonts, style = _style()
    document = HTML(string=html, base_url=BASE_URL, url_fetcher=StaticOnlyFetcher(pictures))
    variant = ARCHIVE if archive else DELIVERY
    return document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant=variant)


def render(
    template_name: str,
    context: Mapping[str, Any],
    *,
    title: str,
    archive: bool = False,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """The PDF of a template that extends ``pdf/letter.html``; ``title`` is what readers show and speak.

    ``created_at`` in the context sets the time printed at the foot (now if left out). ``pictures`` stand in the
    template as ``<img src="NAME">``.
    """
    values = {"created_at": timezone.localtime(), **context, "title": title}
    return to_pdf(render_to_string(template_name, values), archive=archive, pictures=pictures)
