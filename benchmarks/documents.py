"""An Antrag of three pages as PDF, from the click to the bytes, against WeasyPrint alone on the same HTML."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iiz.settings")
django.setup()

from django.db import transaction  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from pypdf import PdfReader  # noqa: E402
from weasyprint import HTML  # noqa: E402

from benchmarks.timing import medians, ratio  # noqa: E402
from iiz.core import pdf  # noqa: E402
from iiz.core.actor import actor_for  # noqa: E402
from iiz.core.models import Case  # noqa: E402
from optima.views.documents import letter, title_of  # noqa: E402

LIMIT = 1.3
ROUNDS = 25
PAGES = 3
SENTENCE = "Sie möchte wieder arbeiten und bringt viel Erfahrung mit, braucht aber Hilfe beim Einstieg. "


def main() -> None:
    """Both sides write the same letter."""
    with transaction.atomic():
        case = Case.objects.filter(state="submitted").select_related("antrag").order_by("pk")[0]
        assert case.registered_by
        actor = actor_for(case.registered_by, case.registering_institution)
        assert actor
        browser = Client()
        browser.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        path = reverse("optima:pdf", args=[case.number])
        length = lengthen(case, lambda: browser.get(path, secure=True).content)
        html = render_to_string(
            "optima/pdf/antrag.html",
            {
                "created_at": timezone.localtime(),
                **letter(Case.objects.get(pk=case.pk), actor),
                "title": title_of(case),
            },
        )
        alone = weasyprint(html)
        assert pages(alone()) == length >= PAGES
        mine, other = medians([lambda: browser.get(path, secure=True), alone], ROUNDS, warm=2)
        transaction.set_rollback(True)
    ratio(f"Antrag of {length} pages as PDF", LIMIT, mine, other, "WeasyPrint alone").tell()


def lengthen(case: Case, fetch: Callable[[], bytes]) -> int:
    """Let the situation grow until the letter fills at least three pages; returns how many it has."""
    length = pages(fetch())
    while length < PAGES:
        case.antrag.situation += SENTENCE * 6
        case.antrag.save(update_fields=["situation"])
        length = pages(fetch())
    return length


def pages(body: bytes) -> int:
    """How many pages a PDF has."""
    return len(PdfReader(BytesIO(body)).pages)


def weasyprint(html: str) -> Callable[[], bytes]:
    """WeasyPrint alone; fonts and stylesheet are read beforehand, or it would lose by that."""
    fonts, style = pdf._style()

    def write() -> bytes:
        document = HTML(string=html, base_url=pdf.BASE_URL, url_fetcher=pdf.StaticOnlyFetcher())
        return document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant=pdf.DELIVERY)

    return write


if __name__ == "__main__":
    main()
