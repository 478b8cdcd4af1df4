"""Nothing that somebody typed becomes a part of a page: every free text of a Roundtable, on every page (NFR-02)."""

import pytest
from django.test import Client
from django.urls import reverse

from iiz.core import clock, workflow
from iiz.core.actor import Actor
from iiz.core.models import Case, GuestLink
from iiz.core.tests import visiting
from iiz.core.views.case import tabs_of
from roundtable import desk, queries
from roundtable.enums import ClosingReason, ParticipantKind
from roundtable.models import NotStartedReason
from roundtable.tests import playing as play
from roundtable.tests.test_desk import HERE, TYPED

pytestmark = pytest.mark.django_db
TYPED_MARKUP = '<b class="typed">Roh</b>'


def pages_of(case: Case, who: Actor) -> list[str]:
    """All addresses of a case that ``who`` may be led to: tabs, steps, views, papers as text."""
    found = [reverse("core:case_tab", args=[case.number, name]) for name, _label in tabs_of(case) if name]
    names = [offer.transition.name for offer in workflow.available(case, who) if offer.allowed]
    found += [reverse("core:action", args=[case.number, name]) for name in names]
    for name in ("views", "views_text", "agenda_text", "registration_text"):
        found.append(reverse(f"roundtable:{name}", args=[case.number]))
    found += [reverse("roundtable:view", args=[view.pk]) for view in case.perspectives.all()]
    if case.vollmacht_id:
        found.append(reverse("roundtable:vollmacht", args=[case.vollmacht_id]))
    return [case.get_absolute_url(), *found]


def escaped_on(addresses: list[str], who: Actor) -> int:
    """On how many of these pages the text stands, never as markup."""
    client = Client()
    client.force_login(who.user)
    count = 0
    for address in addresses:
        body = client.get(address).content.decode()
        assert TYPED_MARKUP not in body, address
        count += "typed&quot;&gt;Roh" in body
    return count


def written() -> Case:
    """A registration in which every field is markup."""
    texts = ("first_name", "last_name", "street", "place", "reason", "wanted", "prior_talk", "phone")
    return play.registered(**dict.fromkeys(texts, TYPED_MARKUP))


def test_a_question_and_a_registration_stay_text() -> None:
    case = workflow.apply(written(), "ask", play.koordination(), {"question": TYPED_MARKUP})
    nora = play.nora_of(case)
    assert "answer" in {offer.transition.name for offer in workflow.available(case, nora) if offer.allowed}
    assert escaped_on([reverse("core:action", args=[case.number, "answer"])], nora) == 1
    assert escaped_on(pages_of(case, nora), nora) > 3
    assert escaped_on(pages_of(case, play.koordination()), play.koordination()) > 3
    case = workflow.apply(case, "answer", nora, {"answer": TYPED_MARKUP})
    reason = NotStartedReason.objects.get(code="bilateral_geloest")
    case = workflow.apply(case, "not_start", play.koordination(), {"reason": reason, "note": TYPED_MARKUP})
    assert escaped_on(pages_of(case, nora), nora) > 1


def test_the_words_at_the_table_stay_text() -> None:
    """Names, functions, place, messages, views, the closing note; for offices, the office and a guest."""
    office = play.koordination()
    case = play.add_person(play.started(written()), ParticipantKind.RELATIVE, TYPED_MARKUP, "m@x.example", TYPED_MARKUP)
    data = {"starts": [play.at(20)], "minutes": 90, "place": TYPED_MARKUP, "answer_by": clock.today()}
    case = workflow.apply(case, "propose_dates", office, data)
    asked = {"participants": queries.at_the_table(case), "due_on": clock.today(), "message": TYPED_MARKUP}
    case = workflow.apply(case, "request_views", office, asked)
    jan = play.jan_of(case)
    case = play.given(case, jan, TYPED_MARKUP)
    assert escaped_on(pages_of(case, office), office) > 4
    for link in GuestLink.objects.filter(case=case):
        page = visiting.opened(link).get(visiting.address(link)).content.decode()
        assert TYPED_MARKUP not in page
        assert "typed&quot;&gt;Roh" in page
    fixing = {"starts_at": play.at(), "minutes": 90, "place": TYPED_MARKUP, "video_url": ""}
    case = workflow.apply(case, "fix_date", office, fixing)
    call = {"called_on": clock.today(), "text": TYPED_MARKUP}
    case = workflow.apply(case, "log_call", office, call)
    held = {"held_on": clock.today(), "present": set(), "note": TYPED_MARKUP}
    case = workflow.apply(case, "hold_meeting", office, held)
    case = play.closed(case, ClosingReason.FIRST_LABOUR_MARKET, note=TYPED_MARKUP)
    assert escaped_on(pages_of(case, jan), jan) > 1


def test_an_enquiry_stays_text() -> None:
    texts = ("client_name", "text", "name", "organisation", "phone")
    row = desk.take(TYPED | {"agreed": True} | dict.fromkeys(texts, TYPED_MARKUP), HERE)
    assert row is not None
    assert desk.confirm(row)
    steps = [reverse("roundtable:enquiry_step", args=[row.pk, name]) for name in ("antworten", "kein-fall")]
    inbox = [reverse("roundtable:enquiries"), reverse("roundtable:enquiry", args=[row.pk]), *steps]
    assert escaped_on(inbox, play.koordination()) > 1
