"""The page of a case: what each standing reads in each state, and whose turn it is (RT-01, PER-06 to PER-08)."""

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from iiz.core.actor import Actor
from iiz.core.models import Case
from roundtable.next_step import next_step
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db
REASON = "Drei Stellen klären nebeneinander"


def page(case: Case, who: Actor) -> str:
    """The overview as text; empty where the case does not exist for ``who``."""
    client = Client()
    client.force_login(who.user)
    answer = client.get(case.get_absolute_url())
    return " ".join(strip_tags(answer.content.decode()).split()) if answer.status_code == 200 else ""


def test_before_the_decision_only_registrant_and_office_read() -> None:
    case = play.queried()
    assert REASON in page(case, play.nora_of(case))
    office = page(case, play.koordination())
    assert REASON in office
    assert "Seit wann ist die IV beteiligt?" in office
    assert page(case, play.jan_of(case)) == page(case, play.fremde()) == ""


def test_at_the_table_everybody_reads_what_the_vollmacht_opens() -> None:
    case = play.asked(play.proposed(play.with_mother(play.with_therapist())))
    jan = page(case, play.jan_of(case))
    assert REASON in jan
    assert "Ihre Institution liest" in jan
    assert "Vollmacht vom" in jan
    assert "Ausserdem am Tisch" in jan
    assert "Maria Probe" in jan
    assert "0 von 6 haben geantwortet" in jan
    assert "0 von 6 abgegeben" in jan
    case = play.narrowed(case, play.jan_of(case), keep=frozenset({"money"}))
    assert REASON not in page(case, play.jan_of(case))


def test_after_a_withdrawal_each_reads_only_its_own() -> None:
    case = play.withdrawn(play.with_mother())
    jan, nora = page(case, play.jan_of(case)), page(case, play.nora_of(case))
    assert "Der Austausch ist gestoppt." in jan
    for secret in (REASON, "Petra Probe", "Maria Probe", "am Tisch"):
        assert secret not in jan
    assert REASON in nora
    assert "Petra Probe" in nora
    assert "Maria Probe" not in nora
    assert "Maria Probe" in page(case, play.koordination())


def test_the_page_says_what_comes_next_in_every_state() -> None:
    office = play.koordination()
    case = play.registered()
    assert "Die IIZ-Koordinationsstelle entscheidet, ob ein Roundtable startet." in page(case, play.nora_of(case))
    assert "Nächster Schritt bei Ihnen: Über den Start entscheiden" in page(case, office)
    case = play.fixed(play.started(case))
    assert "Nächster Schritt bei Ihnen: Person für den Roundtable bestimmen" in page(case, play.jan_of(case))
    assert "Das Gespräch ist vereinbart" in str(next_step(case, play.nora_of(case)))
    case = play.running(case)
    assert "schliessen Sie den Roundtable ab" in str(next_step(case, office))
    case = play.closed(case)
    for who in (office, play.nora_of(case), play.iris_of(case)):
        assert "Der Roundtable ist abgeschlossen." in page(case, who)
    other = play.not_started(reason="an_optima")
    assert "An Optima verwiesen" in page(other, play.nora_of(other))


def test_a_connected_case_is_named_only_to_those_who_see_it() -> None:
    """The other case of the same person is a fact that not everybody may know (RT-24)."""
    first = play.closed()
    jan, nora = play.jan_of(first), play.nora_of(first)
    other = play.draft(nora)
    Case.objects.filter(pk=other.pk).update(continues=first)
    assert other.number in page(first, nora)
    assert other.number not in page(first, jan)


def test_the_coordination_sees_what_no_step_moves_on_and_which_vollmacht_ends_soon() -> None:
    quiet, ends = play.running(play.started(play.registered(offices=[]))), play.ending(days=12)
    quiet.tasks.update(done_at=timezone.now())
    client = Client()
    client.force_login(play.koordination().user)
    card = client.get("/koordination/").content.decode().split("Im Auge behalten")[1]
    assert quiet.number in card
    assert "Kein nächster Schritt" in card
    assert ends.number in card
    assert "Die Vollmacht gilt bis" in card


def test_the_other_service_is_a_rare_step_unless_the_case_was_referred_to_it() -> None:
    """What is offered beside the steps, and what is folded away (RT-24)."""
    for case, folded in ((play.closed(), True), (play.not_started(reason="an_optima"), False)):
        client = Client()
        client.force_login(play.nora_of(case).user)
        before, _summary, after = client.get(case.get_absolute_url()).content.decode().partition("Seltene Schritte")
        assert ("Als Optima-Antrag weiterführen" in after) is folded
        assert ("Als Optima-Antrag weiterführen" in before) is not folded
