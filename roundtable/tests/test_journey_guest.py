"""The mother on a small telephone: from the mail to the reply, without a script, three clicks (UX-03, RT-08)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail as locmem
from django.test import override_settings

from iiz.core.delivery import deliver
from iiz.core.enums import Reply
from iiz.core.models import Case
from iiz.core.tests.visiting import mailed_code
from iiz.tests.browsing import head, no_faults, press
from roundtable import queries
from roundtable.models import DateAnswer
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db(transaction=True)

MARIA = "maria@post.example"


def from_the_mail(page: Any, subject: str) -> None:
    """Open the link of the newest mail of that subject; two clicks bring the code and open the page."""
    with override_settings(BASE_URL=""):
        deliver()
    letter = [one for one in locmem.outbox if one.to == [MARIA] and subject in one.subject][-1]
    found = re.search(r"/gast/\S+", letter.body)
    assert found
    page.goto(found[0])
    press(page, "Code senden")
    page.get_by_label("Code aus der E-Mail").fill(mailed_code())
    press(page, "Öffnen")


def test_the_mother_answers_dates_and_invitation_on_a_small_telephone(browse_as: Any) -> None:
    case = play.proposed(play.with_mother(email=MARIA))
    page = browse_as(width=320, height=640, script=False)
    from_the_mail(page, "Welcher Termin passt Ihnen?")
    no_faults_without_script(page)
    for group, answer in zip(page.locator("fieldset").all(), ("passt", "geht nicht"), strict=True):
        group.get_by_label(answer, exact=True).check()
    press(page, "Antwort senden")
    assert "Danke, Ihre Antwort ist angekommen" in head(page)
    assert DateAnswer.objects.count() == 2

    case = play.fixed(case)
    small = browse_as(width=320, height=640)
    from_the_mail(small, "Einladung zu einem Gespräch")
    assert "Sie kommen" in head(small), "she said yes to this very date"
    no_faults(small)
    small.get_by_label("Bemerkung").fill("Ich bringe sie hin.")
    press(small, "Ich komme")
    meeting = queries.planned(Case.objects.get(pk=case.pk))
    assert meeting is not None
    seat = meeting.invitees.get(ref=play.row_of(case, "Maria Probe").pk)
    assert (seat.reply, seat.reply_note) == (Reply.ACCEPTED, "Ich bringe sie hin.")
    assert "Danke, Ihre Antwort ist festgehalten." in head(small)


def no_faults_without_script(page: Any) -> None:
    """Nothing reaches beyond the screen; what axe looks at needs a script, and is looked at with one."""
    assert page.locator("main").bounding_box()["width"] <= 320
