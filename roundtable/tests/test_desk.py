"""The *Online-Schalter*: minimal, confirmed, limited, handled once, forgotten in time (RT-02, CAN-AG, PER-10)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail as locmem
from django.test import Client
from django.utils import timezone

from iiz.core import delivery, workflow
from iiz.core.models import AccessLogEntry, AuditEntry, Case, Institution, Municipality, OutboxMail
from iiz.core.tests.factories import InstitutionFactory, coordinator
from roundtable import desk
from roundtable.forms.enquiry import AHV, EnquiryForm, NoCaseForm, stamp
from roundtable.models import Enquiry

pytestmark = pytest.mark.django_db

TYPED = {
    "kind": "registration",
    "sender": "professional",
    "agreed": "yes",
    "client_name": "Reto von Muster",
    "text": "Drei Stellen sind beteiligt.",
    "name": "Nadine Test",
    "organisation": "Unfallversicherung Helvia",
    "email": "Nadine@helvia.example",
    "phone": "041 555 12 12",
}
HERE = desk.network_of("192.0.2.1")


@pytest.fixture
def earlier(time_machine):
    """A form that was shown a minute ago."""
    time_machine.move_to(timezone.now(), tick=False)
    shown = stamp()
    time_machine.shift(60)
    return shown


def form(shown: str, **changes: Any) -> EnquiryForm:
    return EnquiryForm(TYPED | {"stamp": shown} | changes)


def taken(**changes: Any) -> Enquiry:
    """An enquiry as it lies there before it is confirmed."""
    data = TYPED | {"agreed": True} | changes
    row = desk.take(data, HERE)
    assert row is not None
    return row


def confirmed(**changes: Any) -> Enquiry:
    row = taken(**changes)
    assert desk.confirm(row)
    row.refresh_from_db()
    return row


def sent() -> list[str]:
    """The kinds of mail that are queued, in their order."""
    return list(OutboxMail.objects.order_by("pk").values_list("kind", flat=True))


# What is asked --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"agreed": ""}, "agreed", "Bitte sagen Sie, ob die Person"),
        ({"agreed": "no"}, "client_name", "Ohne ihr Einverständnis"),
        ({"organisation": ""}, "organisation", "für welche Institution"),
        ({"text": "AHV 756.1234.5678.97"}, "text", "Bitte lassen Sie die AHV-Nummer weg"),
        ({"client_name": "Reto 7561234567897"}, "client_name", "Bitte lassen Sie die AHV-Nummer weg"),
        ({"text": "x" * 50_000}, "text", "Zeichen, möglich sind 600."),
        ({"name": "x" * 50_000}, "name", "möglich sind 120"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "email", "E-Mail-Adresse"),
        ({"homepage": "http://spam.example"}, "__all__", "unsichtbare Feld"),
        ({"stamp": ""}, "__all__", "Diese Seite war lange offen."),
        ({"stamp": "erfunden"}, "__all__", "Diese Seite war lange offen."),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(earlier, changes, field, words):
    wrong = form(earlier, **changes)
    assert words in str(wrong.errors[field])
    assert list(wrong.errors) == [field]


def test_nobody_writes_within_three_seconds_nor_for_half_a_day(earlier, time_machine):
    assert "sehr schnell" in str(form(stamp()).errors)
    assert form(earlier).is_valid()
    time_machine.shift(12 * 60 * 60)
    late = form(earlier)
    assert "lange offen" in str(late.errors)
    assert late.fresh_stamp != earlier


def test_lines_stay_lines_and_what_was_not_asked_is_dropped(earlier):
    client = form(earlier, sender="client", name="Eva\r\nTest", client_name="Jemand anderes", agreed="no")
    assert client.is_valid()
    assert client.cleaned_data["name"] == "Eva Test"
    assert (client.cleaned_data["client_name"], client.cleaned_data["agreed"]) == ("", True)
    question = form(earlier, kind="question")
    assert question.is_valid()
    assert (question.cleaned_data["client_name"], question.cleaned_data["agreed"]) == ("", None)


def test_an_ahv_number_is_known_in_any_spelling():
    assert all(AHV.search(text) for text in ("7561234567897", "756.1234.5678.97", "Nr. 756 1234 5678 97."))
    assert not AHV.search("Tel. 041 756 12 34")


# Confirmed by mail ----------------------------------------------------------------------------------------------


def test_from_the_form_over_the_mailbox_to_the_inbox(earlier):
    karin, anybody = coordinator(), Client()
    page = anybody.post("/anmelden/", TYPED | {"stamp": earlier}, follow=True)
    assert "Noch ein Schritt" in page.content.decode()
    row = Enquiry.objects.get()
    assert row.email == "nadine@helvia.example"
    assert (row.confirmed_at, sent()) == (None, [desk.CONFIRM])
    assert not Enquiry.objects.open().exists()

    delivery.deliver()
    letter = locmem.outbox[-1]
    assert letter.to == [row.email]
    assert not re.search(r"Muster|Nadine|Drei Stellen", letter.body)
    link = re.search(r"http://testserver(\S+)", letter.body)[1]
    for _look in range(2):  # as programs do that check mails
        assert "Haben Sie uns geschrieben?" in anybody.get(link).content.decode()
    assert not Enquiry.objects.open().exists()

    for _press in range(2):
        assert "ist angekommen" in anybody.post(link, follow=True).content.decode()
    assert list(Enquiry.objects.open()) == [row]
    assert sent() == [desk.CONFIRM, desk.RECEIVED, desk.ARRIVED]
    assert OutboxMail.objects.get(kind=desk.ARRIVED).user == karin.user
    assert anybody.get(link[:-2] + "x/").status_code == 410


def test_the_same_twice_is_one_row_one_mail_and_the_same_answer(earlier):
    answers = [
        Client().post("/anmelden/", TYPED | {"stamp": earlier} | more) for more in ({}, {}, {"name": "NADINE  Test"})
    ]
    assert [answer.headers["Location"] for answer in answers] == ["/anmelden/gesendet/"] * 3
    assert (Enquiry.objects.count(), sent()) == (1, [desk.CONFIRM])


def test_what_nobody_confirms_is_gone_after_three_days_with_its_mail(time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    lost, link = taken(), ""
    link = f"/anmelden/bestaetigen/{lost.token()}/"
    delivery.deliver()
    time_machine.shift(dt.timedelta(days=3, minutes=1))
    assert Client().post(link).status_code == 410
    desk.sweep(timezone.now())
    assert not Enquiry.objects.exists()
    assert not OutboxMail.objects.exists()
    assert Client().get(link).status_code == 410


# Limits ---------------------------------------------------------------------------------------------------------


def test_a_flood_neither_fills_the_outbox_nor_loses_what_an_honest_person_typed(earlier):
    Institution.objects.filter(pk=coordinator().institution.pk).update(phone="041 555 00 00")
    for n in range(500):
        try:
            desk.take(
                TYPED | {"email": f"bot{n}@spam.example", "agreed": True}, desk.network_of(f"198.51.100.{n % 250}")
            )
        except desk.TooMany:
            continue
    assert Enquiry.objects.count() == OutboxMail.objects.count() == desk.IN_ALL

    page = Client().post("/anmelden/", TYPED | {"stamp": earlier})
    assert page.status_code == 429
    words = page.content.decode()
    assert "Gerade kommen zu viele Nachrichten" in words
    assert 'href="tel:0415550000"' in words
    assert TYPED["text"] in words
    assert int(page.headers["Retry-After"]) > 0


def test_a_network_and_a_mailbox_have_limits_of_their_own_and_they_end(time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    for n in range(desk.UNCONFIRMED):
        taken(text=f"Nummer {n}")
    with pytest.raises(desk.TooMany):
        taken(text="noch eine")
    for n in range(desk.PER_NETWORK - desk.UNCONFIRMED):
        taken(email=f"{n}@test.example")
    with pytest.raises(desk.TooMany):
        taken(email="noch@test.example")
    assert desk.take(TYPED | {"email": "fern@test.example", "agreed": True}, desk.network_of("203.0.113.9"))
    time_machine.shift(desk.PER_NETWORK_TIME)
    taken(email="noch@test.example")
    time_machine.shift(desk.NETWORK_KEPT + dt.timedelta(minutes=1))
    desk.sweep(timezone.now())
    assert set(Enquiry.objects.values_list("network", flat=True)) == {""}


def test_a_mailbox_that_confirms_is_not_limited():
    for n in range(desk.UNCONFIRMED + 2):
        confirmed(text=f"Nummer {n}")


def test_an_ipv6_site_is_one_network_and_no_address_is_kept():
    assert desk.network_of("2001:db8::1") == desk.network_of("2001:db8::ffff") != desk.network_of("2001:db8:0:1::1")
    assert desk.network_of("::ffff:192.0.2.1") == HERE
    assert "192" not in HERE[:3]
    assert desk.network_of("") == ""


# Handled --------------------------------------------------------------------------------------------------------


def test_an_answer_goes_to_the_sender_and_carries_nothing_that_was_typed(client_of):
    karin = coordinator(last_name="Amt")
    row, client = confirmed(), client_of(karin)
    OutboxMail.objects.all().delete()
    url = f"/koordination/anfragen/{row.pk}/"
    assert "Drei Stellen sind beteiligt." in client.get(url).content.decode()
    assert AccessLogEntry.objects.filter(case_number=f"Anfrage {row.pk}", user_id=karin.user.pk).count() == 1
    client.post(f"{url}antworten/", {"words": "Rufen Sie uns an <bitte>."})
    delivery.deliver()
    letter = locmem.outbox[-1]
    assert letter.to == [row.email]
    assert "Rufen Sie uns an <bitte>.\n\nFreundliche Grüsse\n" in letter.body
    assert str(karin.user) in letter.body
    html = letter.alternatives[0].content
    assert "&lt;bitte&gt;" in html
    assert not re.search(r"Muster|Nadine|Drei Stellen", letter.body + html)

    late = client.post(f"{url}kein-fall/", {"reason": "other", "words": "Zu spät getippt."})
    assert late.status_code == 409
    assert "Zu spät getippt." in late.content.decode()


def test_one_click_begins_a_roundtable_with_what_was_typed(client_of):
    karin = coordinator()
    row = confirmed()
    case = desk.take_up(row, karin, {"valid_until": "31.12.2026", "reason": "leer"})
    assert case.draft["valid_until"] == "31.12.2026"
    assert (case.draft["first_name"], case.draft["last_name"]) == ("Reto von", "Muster")
    assert case.draft["registered_text"] == "Unfallversicherung Helvia"
    assert case.draft["registered_contact"] == "Nadine Test, 041 555 12 12, nadine@helvia.example"
    assert case.draft["reason"] == "Drei Stellen sind beteiligt."
    assert "phone" not in case.draft
    assert sent()[-1] == desk.TAKEN_UP
    with pytest.raises(desk.Handled):
        desk.take_up(row, karin)
    assert Case.objects.count() == 1

    case.delete()  # as when the draft is thrown away
    assert list(Enquiry.objects.open()) == [row]
    assert [(counted["outcome"], counted["count"]) for counted in desk.counts()] == [("", 1)]
    InstitutionFactory.create(name="Unfallversicherung Helvia")
    again = desk.take_up(row, karin)
    assert (again.draft["registered_office"], "registered_text" in again.draft) == ("Unfallversicherung Helvia", False)
    again.delete()
    assert "Der Entwurf des Falls wurde verworfen." in client_of(karin).get("/koordination/anfragen/").content.decode()


@pytest.mark.parametrize(("sender", "words"), [("client", "Klientin/Klient selbst"), ("relative", "Angehörige")])
def test_who_registers_without_an_institution_is_named_for_the_footnote(sender, words):
    row = confirmed(sender=sender, organisation="")
    assert desk.take_up(row, coordinator()).draft["registered_text"] == words


def test_another_reason_is_told_in_a_note():
    assert "braucht es eine Notiz" in str(NoCaseForm({"reason": "other"}).errors["note"])
    assert NoCaseForm({"reason": "other", "note": "Falsche Adresse."}).is_valid()
    assert NoCaseForm({"reason": "spam"}).is_valid()


def test_the_click_opens_the_draft_and_a_second_one_opens_it_again(client_of, seeds):
    client, row = client_of(coordinator()), confirmed()
    url = f"/koordination/anfragen/{row.pk}/"
    assert "Roundtable beginnen" in client.get(url).content.decode()
    answers = [client.post(f"{url}fall/") for _press in range(2)]
    number = Case.objects.get().number
    assert [answer.headers["Location"] for answer in answers] == [f"/roundtable/anmeldung/{number}/"] * 2
    page = client.get(answers[0].headers["Location"]).content.decode()
    for words in ("Reto von", "Unfallversicherung Helvia", "Drei Stellen sind beteiligt.", "Online-Schalter, "):
        assert words in page


def test_without_agreement_no_case_begins(client_of):
    karin = coordinator()
    row = confirmed(agreed=False, client_name="")
    with pytest.raises(workflow.NotAllowed, match="Ohne das Einverständnis"):
        desk.take_up(row, karin)
    assert client_of(karin).post(f"/koordination/anfragen/{row.pk}/fall/").status_code == 403
    assert not Case.objects.exists()


def test_nobody_was_asked_to_agree_to_a_question_and_the_office_reads_so(client_of):
    client = client_of(coordinator())
    pages = [
        client.get(f"/koordination/anfragen/{confirmed(**changes).pk}/").content.decode()
        for changes in ({"kind": "question", "agreed": None, "client_name": ""}, {})
    ]
    assert ["Einverständnis nicht erfragt" in page for page in pages] == [True, False]


def test_what_is_no_case_is_counted_by_its_reason_and_outlives_its_people(client_of, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    karin = coordinator()
    row = confirmed()
    confirmed(kind="question", agreed=None, client_name="", text="Darf ich jemanden mitnehmen?")
    desk.turn_down(row, karin, "bilateral", "Telefoniert.")
    assert desk.ANSWERED not in sent()
    page = client_of(karin).get("/koordination/anfragen/").content.decode()
    assert "Eine Absprache zwischen zwei Stellen genügt (1)" in page
    before = desk.counts()

    time_machine.shift(desk.CLEARED_AFTER + dt.timedelta(minutes=1))
    desk.sweep(timezone.now())
    row.refresh_from_db()
    assert row.cleared_at
    assert {getattr(row, name) for name in desk.PERSONAL} == {""}
    assert not OutboxMail.objects.filter(object_id=row.pk, kind__in=desk.TO_SENDER).exists()
    assert desk.counts() == before
    assert Enquiry.objects.open().get().text == "Darf ich jemanden mitnehmen?"
    words = str(list(AuditEntry.objects.filter(stream=desk.STREAM).values_list("changes", flat=True)))
    assert "Muster" not in words
    assert "Telefoniert" not in words


def test_a_long_list_asks_no_more_often_than_a_short_one(client_of, no_repeated_queries):
    karin = coordinator()
    client = client_of(karin)
    town = Municipality.objects.create(bfs_nr=1, name="Musterwil", region="Land")
    for n in range(8):
        row = confirmed(email=f"{n}@test.example", municipality=town)
        if n % 2:
            desk.turn_down(row, karin, "other")
    with no_repeated_queries():
        client.get("/koordination/anfragen/")
