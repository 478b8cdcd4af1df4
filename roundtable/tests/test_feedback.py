"""Feedback after a meeting: asked once, kept without its author, read by the coordination office alone (RT-23)."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from iiz.core import workflow
from iiz.core.models import AccessLogEntry, AuditEntry, Case, GuestLink, OutboxMail
from iiz.core.notify import kinds
from iiz.core.tests.visiting import address as address_of
from iiz.core.tests.visiting import opened
from roundtable import feedback
from roundtable.models import Feedback, FeedbackRequest
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db

TINA = "tina@praxis.example"
ANSWERS = reverse("roundtable:feedback_answers")


def text(response):
    return response.content.decode()


def with_tina():
    return play.fixed(play.with_therapist(email=TINA))


def asked_of(case, who):
    return FeedbackRequest.objects.get(participant=play.row_of(case, who))


def page_of(case, who):
    return reverse("roundtable:feedback", args=[asked_of(case, who).pk])


def said(number, year=2026, **changes):
    """So many answers to meetings of a year that have appeared."""
    for _nth in range(number):
        Feedback.objects.create(**{"year": year, "sender": "office", "helpful": 4, "shown": True} | changes)


class TestAsking:
    """Whoever was there and is covered is asked, once, without a Pendenz."""

    def test_offices_get_a_mail_and_people_without_an_account_a_link(self):
        case = play.running(with_tina())
        offices = OutboxMail.objects.filter(kind="rt_feedback").values_list("user", flat=True)
        assert set(offices) == {who.user.pk for who in (play.nora_of(case), play.jan_of(case), play.iris_of(case))}
        link = GuestLink.objects.get(purpose="roundtable_feedback")
        assert (link.email, link.object_id) == (TINA, asked_of(case, play.THERAPIST).pk)
        assert not case.tasks.filter(name__contains="feedback").exists()

    def test_who_was_not_there_is_not_asked(self):
        case = with_tina()
        jan = play.row_of(case, play.jan_of(case))
        data = {"held_on": play.clock.today(), "present": {jan.pk}, "note": ""}
        workflow.apply(case, "hold_meeting", play.koordination(), data)
        assert [row.participant for row in FeedbackRequest.objects.all()] == [jan]

    def test_who_is_not_covered_any_more_is_not_asked(self):
        case = play.narrowed(with_tina(), play.THERAPIST)
        case = play.running(case)
        assert not GuestLink.objects.filter(purpose="roundtable_feedback").exists()

    def test_nobody_is_asked_twice_for_one_meeting(self):
        case = play.running()
        request = FeedbackRequest.objects.first()
        with pytest.raises(IntegrityError), transaction.atomic():
            FeedbackRequest.objects.create(
                meeting=request.meeting, participant=request.participant, due_on=request.due_on
            )
        play.running(play.fixed(case))  # the next meeting is another one
        assert FeedbackRequest.objects.filter(participant=request.participant).count() == 2

    def test_who_moderates_does_not_judge_itself(self):
        case = play.running(play.fixed(play.self_run()))
        nora = play.registrant_of(case)
        assert not FeedbackRequest.objects.filter(participant=play.row_of(case, nora)).exists()
        assert FeedbackRequest.objects.count() == 2


class TestGiving:
    """Half a minute; nothing that is kept leads back to whoever said it."""

    def test_an_office_answers_once(self, client_of):
        case = play.running()
        jan = client_of(play.jan_of(case))
        before = AuditEntry.objects.count()
        answers = {
            "helpful": "4",
            "heard": "3",
            "text": "Gut vorbereitet.",
            "quote": "Endlich ein Plan.",
            "quote_agreed": "on",
        }
        done = jan.post(page_of(case, play.jan_of(case)), answers, follow=True)
        assert "Danke, Ihre Rückmeldung ist angekommen." in text(done)
        row = Feedback.objects.get()
        assert (row.helpful, row.heard, row.clear, row.sender) == (4, 3, None, "office")
        assert AuditEntry.objects.count() == before
        again = jan.post(page_of(case, play.jan_of(case)), answers)
        assert again.status_code == 409
        assert "Gut vorbereitet." in text(again)
        assert Feedback.objects.count() == 1
        assert "Danke" in text(jan.get(page_of(case, play.jan_of(case))))

    def test_no_column_of_an_answer_leads_to_anybody(self):
        names = {field.name for field in Feedback._meta.get_fields()}
        assert names == {"id", "year", "sender", "helpful", "heard", "clear", "text", "quote", "quote_agreed", "shown"}

    @pytest.mark.parametrize(
        ("answers", "sentence"),
        [
            ({}, "Eine Antwort genügt."),
            ({"helpful": "9", "text": "Gut."}, "Bitte wählen Sie eine der Antworten."),
            ({"quote": "Endlich ein Plan."}, "Ohne Ihr Einverständnis wird der Satz nicht verwendet"),
            ({"text": "x" * 1001}, "1000"),
        ],
    )
    def test_bad_input_is_told_beside_the_field_and_kept(self, client_of, answers, sentence):
        case = play.running()
        page = text(client_of(play.jan_of(case)).post(page_of(case, play.jan_of(case)), answers))
        assert sentence in page.replace("\u2019", "'").replace("1'000", "1000")
        assert all(words in page for name, words in answers.items() if name in ("text", "quote"))
        assert not Feedback.objects.exists()

    def test_strangers_and_the_coordination_office_have_no_such_page(self, client_of):
        case = play.running()
        address = page_of(case, play.jan_of(case))
        for who in (play.fremde(), play.iris_of(case), play.koordination()):
            assert client_of(who).get(address).status_code == 404

    def test_a_guest_answers_behind_a_link_that_ends_with_it(self):
        case = play.running(with_tina())
        link = GuestLink.objects.get(purpose="roundtable_feedback")
        browser, address = opened(link), address_of(link)
        assert "Wie war das Gespräch?" in text(browser.get(address))
        browser.post(address, {"clear": "2"})
        assert Feedback.objects.get().sender == "professional"
        assert "Danke, Ihre Rückmeldung ist angekommen." in text(browser.get(address))
        assert asked_of(case, play.THERAPIST).answered

    def test_the_case_tells_only_that_the_link_was_sent(self, client_of):
        """Neither its use nor its end: who used it would be known of the others too."""
        case = play.running(with_tina())
        link, office = GuestLink.objects.get(purpose="roundtable_feedback"), client_of(play.koordination())
        access = reverse("core:case_tab", args=[case.number, "zugriff"])

        def row():
            page = text(office.get(access))
            found = [part for part in page.split("<tr>") if "Rückmeldung zu einem Gespräch</td>" in part]
            return found[0].split("</tr>")[0]

        before = row()
        assert "gesendet am" in before
        reads = AccessLogEntry.objects.filter(user_name=link.signed_name).count()
        browser, address = opened(link), address_of(link)
        browser.get(address)
        browser.post(address, {"clear": "2"})
        link.refresh_from_db()
        assert link.used_at is not None
        assert row() == before
        assert AccessLogEntry.objects.filter(user_name=link.signed_name).count() == reads

    @pytest.mark.parametrize("answer", [True, False])
    def test_the_end_of_a_link_does_not_tell_whether_it_was_used(self, answer):
        case = play.running(with_tina())
        link = GuestLink.objects.get(purpose="roundtable_feedback")
        if answer:
            feedback.give(asked_of(case, play.THERAPIST), {"helpful": 4}, link)
        play.withdrawn(case)
        ended = AuditEntry.objects.filter(verb="guest_revoked")
        assert not [entry for entry in ended if entry.changes["purpose"] == "roundtable_feedback"]

    def test_the_client_reads_plain_words(self):
        case = play.fixed()
        case.participants.filter(kind="client").update(email="petra@probe.example")
        play.running(Case.objects.get(pk=case.pk))
        link = GuestLink.objects.get(purpose="roundtable_feedback")
        page = text(opened(link).get(address_of(link)))
        assert "Konnten Sie sagen, was Ihnen wichtig ist?" in page

    def test_after_a_withdrawal_nothing_more_is_asked(self, client_of):
        case = play.running(with_tina())
        jan, address = play.jan_of(case), page_of(case, play.jan_of(case))
        case = play.withdrawn(case)
        page = client_of(jan).post(address, {"helpful": "4"})
        assert "Vollmacht ist zurückgezogen" in text(page)
        assert not Feedback.objects.exists()
        assert GuestLink.objects.get(purpose="roundtable_feedback").revoked_at is not None
        mail = OutboxMail.objects.get(kind="rt_feedback", user=jan.user)
        assert not kinds["rt_feedback"].holds(mail)


class TestReading:
    """By year, from three answers on; quotes only with consent."""

    def test_fewer_than_three_show_nothing(self, client_of):
        said(2, text="Zu kurz.", quote="Endlich.", quote_agreed=True)
        page = text(client_of(play.koordination()).get(ANSWERS))
        assert "Gezeigt wird erst ab 3 Antworten" in page
        assert "Zu kurz." not in page
        assert "Endlich." not in page

    def test_means_texts_and_quotes_with_consent(self, client_of):
        said(2, text="Zu <b>kurz</b>.")
        said(1, helpful=1, quote="Endlich ein Plan.", quote_agreed=True)
        said(3, year=2025, helpful=2)
        page = text(client_of(play.koordination()).get(ANSWERS))
        assert "3.0" in page
        assert "2.0" in page
        assert "Zu &lt;b&gt;kurz&lt;/b&gt;." in page
        assert "«Endlich ein Plan.»" in page
        assert 'data-copy="zitate-2026"' in page
        assert 'data-copy="zitate-2025"' not in page

    def test_answers_appear_three_at_a_time(self, client_of):
        """Whoever reloads the page sees no single one come."""
        case, office = play.running(with_tina()), client_of(play.koordination())
        said(1, shown=False, text="Wartet schon.")
        for who in (play.jan_of(case), play.iris_of(case)):
            page = text(office.get(ANSWERS))
            assert "Wartet schon." not in page
            assert "0 Antworten" in page
            feedback.give(asked_of(case, who), {"helpful": 4})
        page = text(office.get(ANSWERS))
        assert "Wartet schon." in page
        assert "3 Antworten" in page
        assert "mindestens 3 miteinander" in page
        feedback.give(asked_of(case, play.THERAPIST), {"text": "Allein."})
        page = text(office.get(ANSWERS))
        assert "Allein." not in page
        assert "3 Antworten" in page

    def test_groups_are_told_apart_only_if_none_is_small(self, client_of):
        office = client_of(play.koordination())
        said(4, sender="professional")
        said(1, sender="client")
        assert "Von:" not in text(office.get(ANSWERS))
        said(2, sender="client")
        assert "Fachperson" in text(office.get(ANSWERS))

    def test_a_quote_without_consent_cannot_even_be_kept(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            said(1, quote="Endlich.")

    def test_nobody_else_reads_them(self, client_of):
        said(3)
        case = play.running()
        for who in (play.jan_of(case), play.fremde()):
            assert client_of(who).get(ANSWERS).status_code == 403
        assert Client().get(ANSWERS).status_code == 302

    def test_the_number_of_queries_does_not_grow(self, client_of, django_assert_max_num_queries):
        said(60)
        browser = client_of(play.koordination())
        browser.get(ANSWERS)
        with django_assert_max_num_queries(14):
            browser.get(ANSWERS)
