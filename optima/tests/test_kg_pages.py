"""The pages of a Kostengutsprache: who reads what, what each step asks, and what happens when somebody was faster."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from iiz.core.enums import Role
from iiz.core.models import Signatory
from iiz.core.tests.factories import PASSWORD, InstitutionFactory, actor, coordinator
from optima.kostengutsprache import actions, settling
from optima.models import Kostengutsprache, ProviderInvoice
from optima.tests import beside, promises
from optima.tests import factories as make

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def page(row: Kostengutsprache) -> str:
    return reverse("optima:kostengutsprache", args=[row.pk])


def step(row: Kostengutsprache, name: str) -> str:
    return reverse("optima:kg_step", args=[row.pk, name])


def said(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture(scope="module")
def built(kept):
    """A running case of a RAV, and its adviser."""
    with kept():
        return beside.to_rav()


@pytest.fixture
def case(built, db):
    return copy.deepcopy(built)


@pytest.fixture
def adviser(case, client_of):
    return client_of(make.adviser_of(case))


@pytest.fixture
def signs(client_of) -> Callable[..., Any]:
    """The browser of whoever signs for the payer."""
    return lambda row: client_of(promises.signer(row).actor)


# Reading ----------------------------------------------------------------------------------------------------------


def fetched(client: Any, row: Kostengutsprache, bill: ProviderInvoice) -> int:
    answer = client.get(reverse("optima:kg_file", args=[row.pk, bill.document_id]))
    if answer.streaming:
        list(answer)
    return answer.status_code


def test_a_payer_outside_the_case_reads_this_page_and_nothing_else(case, signs):
    other = InstitutionFactory.create()
    row = promises.ordered(case, payer=other)
    settling.forward(row, make.adviser_of(case), promises.invoice())
    client = signs(row)
    answer = client.get(page(row))
    assert answer.status_code == 200
    assert case.get_absolute_url() not in said(answer)
    bill = ProviderInvoice.objects.get()
    assert fetched(client, row, bill) == 200
    assert client.get(reverse("core:document", args=[case.number, bill.document_id])).status_code == 404
    assert client.get(case.get_absolute_url()).status_code == 404


def test_a_file_is_reached_only_through_its_own_kostengutsprache(case, adviser):
    row, other = promises.invoiced(case), promises.requested(case, tariff=promises.tariff("Test"))
    bill = ProviderInvoice.objects.get()
    assert fetched(adviser, row, bill) == 200
    assert fetched(adviser, other, bill) == 404


@pytest.mark.parametrize("made", ["drafted", "queried", "refused", "lapsed", "ordered", "paid"])
def test_each_state_can_be_read_by_those_who_may(case, made, client_of):
    row = getattr(promises, made)(case)
    people = {
        "requester": make.adviser_of(row.case),
        "payer": make.principal_of(row.case),
        "coordination": coordinator(),
        "stranger": make.fremde(),
    }
    got = {name: client_of(who).get(page(row)).status_code for name, who in people.items()}
    others = 404 if made == "drafted" else 200
    assert got == {"requester": 200, "payer": others, "coordination": others, "stranger": 404}


# Steps ------------------------------------------------------------------------------------------------------------


def test_a_signature_needs_the_password(case, signs):
    row = promises.requested(case)
    client, sent = signs(row), {"seen": row.content_hash}
    wrong = client.post(step(row, "approve"), sent | {"proof": "falsch"})
    assert "Dieses Passwort stimmt nicht." in said(wrong)
    assert "falsch" not in said(wrong)
    answer = client.post(step(row, "approve"), sent | {"proof": PASSWORD}, follow=True)
    assert "unterschrieben" in said(answer)
    assert promises.fresh(row).state == "approved"


def test_wrong_passwords_lock_like_a_login(case, signs, settings):
    settings.AXES_ENABLED = True
    row = promises.requested(case)
    client = signs(row)
    for _again in range(5):
        client.post(step(row, "approve"), {"seen": row.content_hash, "proof": "falsch"})
    answer = client.post(step(row, "approve"), {"seen": row.content_hash, "proof": PASSWORD})
    assert answer.status_code == 429
    assert promises.fresh(row).state == "requested"


def test_other_words_than_those_shown_are_not_signed(case, signs):
    row = promises.requested(case)
    answer = signs(row).post(step(row, "approve"), {"seen": "0" * 64, "proof": PASSWORD})
    assert answer.status_code == 409
    assert "nicht mehr die, die Sie gesehen haben" in said(answer)
    assert promises.fresh(row).state == "requested"


def test_a_right_that_ended_this_morning_signs_nothing_and_is_told(case, signs):
    row = promises.requested(case)
    client = signs(row)
    Signatory.objects.update(valid_until=timezone.localdate() - DAY)
    assert "ist abgelaufen" in said(client.get(page(row)))
    answer = client.post(step(row, "approve"), {"seen": row.content_hash, "proof": PASSWORD})
    assert answer.status_code == 403
    assert "ist abgelaufen" in said(answer)


def test_the_second_of_two_signatures_is_told_what_holds(case, signs):
    row = promises.requested(case)
    promises.signatory(row.payer)
    first, second = (promises.signing(found) for found in Signatory.objects.filter(institution=row.payer))
    actions.approve(row, promises.signer(row), row.content_hash)
    client = signs(row)
    answer = client.post(step(row, "refuse"), {"reason": "Der Kurs ist zu teuer."})
    assert answer.status_code == 409
    assert "Der Kurs ist zu teuer." in said(answer)
    assert "bewilligt" in said(answer)
    assert first.user != second.user


def test_refuse_ask_answer_and_withdraw_say_what_they_need(case, signs, adviser):
    row = promises.requested(case)
    client = signs(row)
    assert "Ohne Begründung" in said(client.post(step(row, "refuse"), {"reason": ""}))
    client.post(step(row, "ask"), {"text": "Weshalb zwölf Tage?"})
    assert "Weshalb zwölf Tage?" in said(adviser.get(step(row, "answer")))
    adviser.post(step(row, "answer"), {"text": "So lange dauert der Kurs."})
    assert "So lange dauert der Kurs." in said(client.get(page(row)))
    adviser.post(step(row, "withdraw"), {"reason": "Die Person arbeitet."})
    assert promises.fresh(row).state == "lapsed"


def scan(**changes: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("scan.pdf", promises.PDF, "application/pdf")} | changes


def test_a_signature_on_paper_is_filed_by_the_payer(case, client_of):
    row = promises.requested(case)
    client = client_of(make.principal_of(case))
    by = Signatory.objects.get(institution=row.payer).pk
    sent = {"seen": row.content_hash, "signatory": by}
    early = client.post(step(row, "paper"), scan(**sent, signed_on="1.1.2020"))
    assert "Früher kann sie niemand unterschrieben haben." in said(early)
    client.post(step(row, "paper"), scan(**sent, signed_on=f"{timezone.localdate():%d.%m.%Y}"))
    assert promises.fresh(row).approval.how == "paper"


def test_from_the_order_to_the_payment(case, adviser, client_of):
    row = promises.approved(case)
    payer = client_of(make.principal_of(case))
    assert "Kostendach" in said(adviser.get(step(row, "order")))
    adviser.post(step(row, "order"))
    today = f"{timezone.localdate():%d.%m.%Y}"
    bill = {"number": "R-1", "dated_on": today, "is_last": "on"}
    over = adviser.post(step(row, "forward"), scan(**bill, amount="1'140.05"))
    assert "CHF\u00a00.05 über dem" in over.content.decode()
    assert "R-1" in said(over)
    assert "Die Datei müssen Sie noch einmal auswählen" in said(over)
    adviser.post(step(row, "forward"), scan(**bill | {"is_last": ""}, amount="1'000.–"))
    again = adviser.post(step(row, "forward"), scan(**bill | {"number": "r-1 "}, amount="10"))
    assert "Eine Rechnung mit dieser Nummer ist bereits weitergeleitet." in said(again)
    adviser.post(step(row, "forward"), scan(**bill | {"number": "R-2"}, amount="140"))
    first, second = ProviderInvoice.objects.order_by("number")
    assert "R-2 vom" in said(payer.get(step(row, "pay"))), "with two bills one chooses"
    payer.post(step(row, "send_back"), {"invoice": second.pk, "reason": "Ohne Datum"})
    payer.post(step(row, "pay"), {"invoice": first.pk, "paid_on": today})
    assert "Ohne Datum" in said(adviser.get(page(row)))
    twice = payer.post(step(row, "pay"), {"invoice": first.pk, "paid_on": today}, follow=True)
    assert "R-1 ist bereits bezahlt" in said(twice)


def test_a_ruling_is_a_day_and_a_reference(case, client_of):
    row = promises.approved(case)
    client = client_of(make.principal_of(case))
    client.post(step(row, "note_ruling"), {"ruling_on": "1.6.2026", "ruling_reference": "V-77"})
    assert "V-77" in said(client.get(page(row)))


def test_what_is_not_mine_to_do_is_refused(case, adviser, client_of):
    row = promises.requested(case)
    sent = {"seen": row.content_hash, "proof": PASSWORD}
    assert adviser.post(step(row, "approve"), sent).status_code == 403
    assert client_of(make.principal_of(case)).post(step(row, "approve"), sent).status_code == 403
    assert client_of(make.fremde()).post(step(row, "approve"), sent).status_code == 404
    assert adviser.get(step(row, "nothing")).status_code == 404


# Lists ------------------------------------------------------------------------------------------------------------


def test_a_signatory_begins_with_what_is_to_be_decided(case, signs, client_of):
    row = promises.requested(case)
    client, listed = signs(row), reverse("optima:kg_list")
    words = said(client.get(listed))
    assert "Zu entscheiden" in words
    assert row.number in words
    assert "Keine Kostengutsprache passt" in said(client.get(f"{listed}?status=paid"))
    stranger = said(client_of(make.fremde()).get(listed))
    assert row.number not in stranger
    assert "Noch keine Kostengutsprachen." in stranger


def test_the_entry_is_there_for_those_it_concerns(case, signs, client_of):
    promises.requested(case)
    entry = f'href="{reverse("optima:kg_list")}"'
    assert entry in said(client_of(make.adviser_of(case)).get("/pendenzen/"))
    assert entry not in said(client_of(make.fremde()).get("/pendenzen/"))
    assert entry in said(client_of(actor(Role.SIGNATORY)).get("/pendenzen/"))


def counted(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_more_rows_need_no_more_queries(case, adviser):
    tab, listed = reverse("core:case_tab", args=[case.number, "kostengutsprachen"]), reverse("optima:kg_list")
    row = promises.invoiced(case)
    few = {address: counted(adviser, address) for address in (tab, listed, page(row))}
    for number in range(3):
        settling.order(promises.approved(case, tariff=promises.tariff(f"Kurs {number}")), make.adviser_of(case))
        promises.requested(case, tariff=promises.tariff(f"Test {number}"))
    many = {address: counted(adviser, address) for address in (tab, listed, page(row))}
    assert many == few
    assert few[tab] <= 20
    assert few[listed] <= 15
