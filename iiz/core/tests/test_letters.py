"""A mail as programs read it: text, HTML and a calendar file over a real connection."""

from __future__ import annotations

import pytest
from icalendar import Calendar

from iiz.core import delivery, letters, notify
from iiz.core.enums import MailMode, MailTopic
from iiz.core.models import MailPreference, OutboxMail
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db


def only(post, word: str, to: str = ""):
    """The one letter whose subject holds ``word``, of those to ``to``."""
    delivery.deliver()
    (letter,) = [letter for letter in post.letters if word in str(letter["Subject"]) and to in str(letter["To"])]
    return letter


def test_a_mail_is_text_and_html_and_loads_nothing_from_elsewhere(post):
    case = optima.submitted()
    letter = only(post, "Neuer Antrag")
    text = letter.get_body(("plain",)).get_content()
    page = letter.get_body(("html",)).get_content()
    assert letter.get_content_type() == "multipart/alternative"
    assert str(letter["Subject"]) == f"IIZ: Neuer Antrag {case.number}"
    for words in (text, page):
        assert "Ein neuer Optima-Antrag wartet auf Ihren Entscheid." in words
        assert f"http://testserver{case.get_absolute_url()}" in words
        assert f"Sie erhalten diese Nachricht für {case.antrag.contractor.name}." in words
    assert '<html lang="de-ch">' in page
    assert not [tag for tag in ("<img", "<link", "<script", "url(", "@import", "src=") if tag in page]
    assert len(text.splitlines()) < 25


def test_names_of_offices_are_no_markup(post):
    jan = optima.jan()
    jan.institution.name = "IV <b>& Co"
    jan.institution.save()
    optima.submitted(contractor=jan.institution)
    letter = only(post, "Neuer Antrag")
    assert "IV <b>& Co" in letter.get_body(("plain",)).get_content()
    assert "IV &lt;b&gt;&amp; Co" in letter.get_body(("html",)).get_content()


def test_an_invitation_brings_its_calendar_file_twice_as_programs_want_it(post):
    jan = optima.adviser_of(optima.handover_planned())
    letter = only(post, "Einladung zum Gespräch", jan.user.email)
    assert letter.get_content_type() == "multipart/mixed"
    offered = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    (attached,) = list(letter.iter_attachments())
    assert [(part.get_param("method"), part.get_content_charset()) for part in offered] == [("REQUEST", "utf-8")]
    assert attached.get_filename() == "einladung.ics"
    for file in (offered[0].get_content(), attached.get_content()):
        text = file.decode() if isinstance(file, bytes) else file
        assert Calendar.from_ical(text)["METHOD"] == "REQUEST"
        assert len(Calendar.from_ical(text).walk("VEVENT")) == 1
    alternatives = [part.get_content_type() for part in letter.walk()][1:5]
    assert alternatives == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]


def test_a_cancellation_says_so_in_the_header(post):
    from iiz.core import workflow

    case = optima.handover_planned()
    delivery.deliver()
    data = {"meeting": case.meetings.get(), "reason": "krank"}
    workflow.apply(case, "cancel_meeting", optima.principal_of(case), data)
    letter = only(post, "abgesagt", optima.adviser_of(case).user.email)
    (offered,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert offered.get_param("method") == "CANCEL"


def test_a_digest_brings_the_calendar_files_too(post):
    jan = optima.jan()
    MailPreference.objects.create(user=jan.user, topic=MailTopic.MEETING, mode=MailMode.DIGEST)
    case = optima.handover_planned(optima.accepted(optima.submitted(contractor=jan.institution)))
    invitation = OutboxMail.objects.get(kind="meeting_invited", user=jan.user)
    assert invitation.digest
    delivery.deliver(invitation.due_at)
    (letter,) = [letter for letter in post.letters if "Neuigkeit" in str(letter["Subject"])]
    assert [file.get_filename() for file in letter.iter_attachments()] == [f"{case.number}.ics"]


def test_a_calendar_file_without_a_method_is_refused():
    optima.submitted()
    kind = notify.kinds["optima_arrived"]
    letter = letters.message(OutboxMail.objects.get(), kind)
    with pytest.raises(ValueError, match="method"):
        letters._offer(letter, b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
