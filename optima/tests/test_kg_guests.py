"""People without an account and a Kostengutsprache: signing by a link, reading a copy or the order (KG-05, KG-07)."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core import mail as locmem
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from iiz.core import clock
from iiz.core.delivery import deliver
from iiz.core.models import AccessLogEntry, AuditEntry, Case, GuestLink, Signatory
from iiz.core.tests.visiting import address, another, ask, mailed_code, opened, told, type_in
from iiz.tests.browsing import beyond, press
from optima.enums import SignedHow
from optima.kostengutsprache import actions
from optima.models import Approval, CopyTo, CostQuery, Kostengutsprache
from optima.tests import beside, promises
from optima.tests import factories as make

pytestmark = pytest.mark.django_db

VERA = "vera@stadt.example"


def asked(case: Case | None = None, **changes: Any) -> tuple[Kostengutsprache, GuestLink]:
    """A request, and the link of Vera, who is listed and has no account."""
    if case is None:
        case, function = beside.to_rav(), "Leiterin Soziales"
        promises.signatory(case.antrag.principal, user=None, name="Vera Vorsteherin", email=VERA, function=function)
    row = promises.requested(case, **changes)
    return row, link_of(row)


def link_of(row: Kostengutsprache, purpose: str = "kg_decide") -> GuestLink:
    """The newest link to it for a purpose."""
    return GuestLink.objects.filter(purpose=purpose, object_id=row.pk).latest("pk")


def send(client: Client, link: GuestLink, do: str, **words: str) -> Any:
    """Press a button of the open page, as it is shown."""
    return client.post(address(link), {"do": do, **words})


def page(client: Client, link: GuestLink) -> str:
    response = client.get(address(link))
    assert response.status_code == 200
    return str(response.content.decode())


# Decide -------------------------------------------------------------------------------------------------------------


def test_who_is_listed_reads_the_request_and_signs_it():
    row, link = asked()
    vera = opened(link)
    shown = page(vera, link)
    for part in (row.person_name, "Bewerbungstraining", "1&#x27;140.00", "keine zusätzlichen Spesen", row.content_hash):
        assert part in shown
    assert "Ihre Unterschrift verpflichtet" in shown

    assert send(vera, link, "approve", seen=row.content_hash).status_code == 302

    approval = Approval.objects.get(kostengutsprache=row)
    assert (approval.signed_by, approval.function) == ("Vera Vorsteherin", "Leiterin Soziales")
    assert approval.how == SignedHow.LINK
    words = told(vera, link)
    assert "Das ist erledigt" in words
    assert "bewilligt" not in words, "whoever has the link without a code learns nothing"
    deed = AuditEntry.objects.get(verb="kg_approved")
    assert (deed.user_id, deed.user_name) == (None, "Vera Vorsteherin (Link)")


def test_the_letter_comes_along_and_each_look_is_noted():
    row, link = asked()
    vera = opened(link)
    page(vera, link)
    letter = vera.get(address(link), {"brief": "1"})
    assert row.number in PdfReader(io.BytesIO(letter.content)).pages[0].extract_text()
    looks = AccessLogEntry.objects.filter(user_name="Vera Vorsteherin (Link)").order_by("pk")
    title = f"Kostengutsprache {row.number}"
    assert [look.what for look in looks] == ["Zugang mit Link geöffnet", title, f"{title} als PDF"]


def test_a_refusal_needs_its_reason_and_keeps_what_was_typed():
    row, link = asked()
    vera = opened(link)
    assert "Ohne Begründung kann niemand ablehnen." in send(vera, link, "refuse", reason="  ").content.decode()
    long = "Der Kurs ist zu teuer. " * 500
    response = send(vera, link, "refuse", reason=long).content.decode()
    assert long.strip() in response
    assert promises.fresh(row).state == "requested"

    send(vera, link, "refuse", reason="Der Kurs ist zu teuer.")

    assert promises.fresh(row).refusal_reason == "Der Kurs ist zu teuer."
    assert promises.fresh(row).refused_by == "Vera Vorsteherin"
    assert "Das ist erledigt" in told(vera, link)


def test_a_question_waits_on_the_page_and_its_answer_brings_a_new_link():
    row, link = asked()
    vera = opened(link)
    send(vera, link, "ask", question="Weshalb zwölf Tage?")
    shown = page(vera, link)
    assert "Ihre Rückfrage ist gesendet" in shown
    assert "Rückfrage senden" not in shown
    again = send(vera, link, "ask", question="Und weshalb dort?")
    assert again.status_code == 409
    assert "Eine Rückfrage ist bereits offen." in again.content.decode()
    assert CostQuery.objects.get().asked_by == "Vera Vorsteherin"

    actions.answer(row, make.adviser_of(row.case), "Weil der Kurs so lange dauert.")

    assert "neuesten E-Mail" in told(vera, link)
    new = link_of(row)
    vera = opened(new)
    assert "Weil der Kurs so lange dauert." in page(vera, new)
    send(vera, new, "approve", seen=row.content_hash)
    assert promises.fresh(row).state == "approved"
    assert "inzwischen entschieden" in told(vera, link)


def test_other_words_than_those_shown_are_not_signed():
    _row, link = asked()
    vera = opened(link)
    for seen in ("", "0" * 64):
        response = send(vera, link, "approve", seen=seen)
        assert response.status_code == 409
        assert "nicht mehr die, die Sie gesehen haben" in response.content.decode()
    assert not Approval.objects.exists()


def test_once_the_period_is_over_only_a_refusal_is_left(time_machine):
    row, link = asked(period_until=timezone.localdate() + dt.timedelta(days=20))
    time_machine.move_to(timezone.now() + dt.timedelta(days=21))
    vera = opened(link)
    shown = page(vera, link)
    assert "Der Zeitraum der Massnahme ist vorbei." in shown
    assert "Bewilligen und unterschreiben" not in shown
    assert send(vera, link, "approve", seen=row.content_hash).status_code == 409


# The link opens nothing any more --------------------------------------------------------------------------------------


def decided_in_the_portal(row: Kostengutsprache) -> None:
    other = promises.signatory(row.payer)
    actions.approve(row, promises.Signer(other, SignedHow.LOGIN, promises.signing(other)), row.content_hash)


def taken_back(row: Kostengutsprache) -> None:
    actions.withdraw(row, make.adviser_of(row.case), "Die Person arbeitet schon.")


def consent_withdrawn(row: Kostengutsprache) -> None:
    make.stopped(row.case)


def right_ended(row: Kostengutsprache) -> None:
    Signatory.objects.filter(email=VERA).update(valid_until=clock.today() - dt.timedelta(days=1))


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (decided_in_the_portal, "inzwischen entschieden"),
        (taken_back, "entschieden oder zurückgezogen"),
        (consent_withdrawn, "Einverständnis ist zurückgezogen"),
        (right_ended, "ist abgelaufen"),
    ],
)
def test_what_happened_meanwhile_closes_the_open_page_and_says_why(happens, sentence):
    row, link = asked()
    vera = opened(link)
    page(vera, link)
    happens(row)
    state = promises.fresh(row).state
    assert sentence in told(vera, link)
    for do in ("approve", "refuse", "ask"):
        assert send(vera, link, do, seen=row.content_hash, reason="Nein.", question="Wie?").status_code == 410
    assert vera.get(address(link), {"brief": "1"}).status_code == 410
    assert promises.fresh(row).state == state


def test_used_twice_forwarded_expired_or_guessed_it_signs_nothing(time_machine):
    row, link = asked()
    stranger = Client()
    assert send(stranger, link, "approve", seen=row.content_hash).status_code == 403
    assert stranger.get(address(link), {"brief": "1"}).content.decode().count("Code senden") == 1
    now = timezone.now()
    for burst in range(4):
        time_machine.move_to(now + dt.timedelta(minutes=2 * burst))
        ask(stranger, link)
        for _try in range(5):
            type_in(stranger, link, another(mailed_code()))
    assert "zu oft ein falscher Code" in told(stranger, link)

    row, link = asked(row.case, tariff=promises.tariff("Deutschkurs"))
    vera = opened(link)
    send(vera, link, "approve", seen=row.content_hash)
    assert send(vera, link, "refuse", reason="Doch nicht.").status_code == 410
    assert promises.fresh(row).state == "approved"

    row, link = asked(row.case, tariff=promises.tariff("Gabelstaplerkurs"))
    vera = opened(link)
    time_machine.move_to(link.expires_at + dt.timedelta(seconds=1))
    assert "abgelaufen" in told(vera, link)
    assert send(vera, link, "approve", seen=row.content_hash).status_code == 410


def test_nothing_else_can_be_reached_from_it():
    row, link = asked()
    vera = opened(link)
    for name in ("kostengutsprache", "kg_pdf", "kg_text", "order_pdf"):
        assert vera.get(reverse(f"optima:{name}", args=[row.pk])).status_code == 302
    assert vera.get(row.case.get_absolute_url()).status_code == 302
    shown = page(vera, link)
    assert row.case.get_absolute_url() not in shown
    assert "/kostengutsprachen/" not in shown


# Read a copy, read the order ------------------------------------------------------------------------------------------


def test_the_list_gets_a_copy_once_it_is_signed_and_the_provider_the_order():
    CopyTo.objects.create(
        group="RAV", label="DLZ Arbeitsmarkt", email="dlz@kanton.example", valid_from=promises.LONG_AGO
    )
    row = promises.ordered(tariff=promises.tariff(email="kurse@lernwerk.example"))
    deliver()
    assert {"dlz@kanton.example", "kurse@lernwerk.example"} <= {letter.to[0] for letter in locmem.outbox}

    copy = link_of(row, "kg_copy")
    reader = opened(copy)
    shown = page(reader, copy)
    assert row.approval.signed_by in shown
    assert reader.get(address(copy), {"brief": "1"})["Content-Type"] == "application/pdf"
    assert reader.get(address(copy), {"brief": "1", "ablage": "1"})["Content-Disposition"].endswith('-PDF-A.pdf"')
    assert send(reader, copy, "approve", seen=row.content_hash).status_code == 200

    order = link_of(row, "kg_order")
    provider = opened(order)
    shown = page(provider, order)
    assert "Kostendach" in shown
    assert row.requester.name in shown
    letter = PdfReader(io.BytesIO(provider.get(address(order), {"brief": "1"}).content))
    assert "Auftragsbestätigung" in letter.pages[0].extract_text()
    looks = AccessLogEntry.objects.filter(user_name="Lernwerk Muster (Link)")
    title = f"Auftragsbestätigung {row.number}"
    assert [look.what for look in looks.order_by("pk")] == ["Zugang mit Link geöffnet", title, f"{title} als PDF"]
    make.stopped(row.case)
    assert "Einverständnis ist zurückgezogen" in told(provider, order)


# In the browser -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_from_the_mail_to_the_signature_in_three_pages_and_four_clicks_on_a_phone(browse_as, settings, live_server):
    settings.BASE_URL = live_server.url
    row, _link = asked()
    deliver()
    letter = next(mail for mail in locmem.outbox if mail.to == [VERA])
    link = next(word for word in letter.body.split() if word.startswith(live_server.url))

    phone = browse_as(width=320, height=640)
    pages = []
    phone.on("load", lambda loaded: pages.append(loaded.url))
    phone.goto(link)  # the first click, in the mail
    press(phone, "Code senden")
    phone.get_by_label("Code aus der E-Mail").fill(mailed_code())
    press(phone, "Öffnen")
    assert beyond(phone) <= 0
    expect(phone.get_by_text("Ihre Unterschrift verpflichtet")).to_be_visible()
    assert len(pages) == 3
    press(phone, "Bewilligen und unterschreiben")  # the fourth

    expect(phone.get_by_role("heading", name="Das ist erledigt")).to_be_visible()
    assert promises.fresh(row).state == "approved"
