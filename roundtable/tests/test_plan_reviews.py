"""A draft with those who read it: promises, corrections, and what becomes of them (RT-14, RT-18)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from iiz.core import workflow
from iiz.core.enums import Role
from iiz.core.models import AuditEntry, Case, GuestLink, ServiceOffer, Task
from iiz.core.tests.factories import actor
from iiz.core.tests.visiting import address, opened, told
from iiz.core.workflow import Conflict, NotAllowed
from roundtable import reviewing
from roundtable.enums import Answer, CorrectionState
from roundtable.models import Correction
from roundtable.perspectives import Author

from . import planning
from . import playing as play

pytestmark = pytest.mark.django_db

GOAL = ("goal.1", "Ziel: Eine Arbeit im Büro finden", "Zuerst die Abklärung, dann die Arbeit.")


@pytest.fixture(scope="module")
def key(kept: Any) -> Any:
    """Lena's draft, with everybody who may read it; made once."""
    with kept():
        return planning.circulated().pk


@pytest.fixture
def case(key: int, db: Any) -> Case:
    return Case.objects.get(pk=key)


def url(name: str, case: Case, *more: int) -> str:
    return reverse(f"roundtable:{name}", args=[case.number, 1, *more])


def text(response: Any) -> str:
    return str(response.content.decode())


def given(case: Case, who: Any, **changes: str) -> dict[str, str]:
    """What the form of an office sends: all promised, the mark of what it saw."""
    review = planning.review_of(case, who)
    offer = str(reviewing.catalogue(review)[0].pk)
    found = {"do": "answer", "seen": reviewing.mark(review)}
    for step in reviewing.own_steps(review):
        found |= {f"answer_{step.key}": "accepted", f"offer_{step.key}": offer, f"entitled_{step.key}": "on"}
    return found | changes


def test_an_office_promises_all_its_steps_with_one_click_from_the_mail(case: Case, client_of: Any) -> None:
    jan = play.jan_of(case)
    task = Task.objects.get(name="review_plan", institution=jan.institution, done_at=None)
    browser = client_of(jan)
    page = browser.get(reverse("roundtable:plan_review_now", args=[case.number]), follow=True)
    assert "Alle zusagen" in text(page)
    assert browser.post(url("plan_review", case), {"do": "all", "seen": ""}).status_code == 302
    review = planning.review_of(case, jan)
    assert review.agreed is True
    steps = reviewing.own_steps(review)
    assert {(step.answer, step.entitled, step.offer.label) for step in steps if step.offer} == {
        (Answer.ACCEPTED, True, "Beratung")
    }
    task.refresh_from_db()
    assert task.done_at is not None
    assert AuditEntry.objects.filter(verb="plan_reviewed").count() == 1
    assert browser.post(url("plan_review", case), {"do": "all", "seen": ""}).status_code == 302, "sent twice"
    assert AuditEntry.objects.filter(verb="plan_reviewed").count() == 1


def test_what_the_catalogue_lacks_cannot_be_promised_and_the_page_says_who_adds_it(case: Case, client_of: Any) -> None:
    iris = play.iris_of(case)
    ServiceOffer.objects.filter(institution=iris.institution).delete()
    browser, page = client_of(iris), url("plan_review", case)
    shown = text(browser.get(page))
    assert "Ihr Leistungskatalog ist leer" in shown
    assert "Alle zusagen" not in shown
    assert "nicht zusagen" in text(browser.post(page, {"do": "all", "seen": ""}))
    sent = {f"answer_{step.key}": "refused" for step in reviewing.own_steps(planning.review_of(case, iris))}
    assert "weshalb Sie nicht zusagen" in text(browser.post(page, sent))
    notes = {name.replace("answer", "note"): "Zuerst die Abklärung." for name in sent}
    assert browser.post(page, {**sent, **notes, "seen": ""}).status_code == 302
    assert "Zuerst die Abklärung." in text(client_of(play.koordination()).get(f"/faelle/{case.number}/plan/"))


def test_an_offer_of_another_office_is_no_promise(case: Case) -> None:
    jan, iris = play.jan_of(case), play.iris_of(case)
    foreign = ServiceOffer.objects.get(institution=iris.institution)
    review = planning.review_of(case, jan)
    step = reviewing.own_steps(review)[0]
    pledge = reviewing.Pledge(Answer.ACCEPTED, foreign.pk, entitled=True)
    with pytest.raises(NotAllowed, match="eigenen Leistungskatalog"):
        reviewing.answer(review, Author(actor=jan), pledges={step.key: pledge})
    other = reviewing.own_steps(planning.review_of(case, iris))[0]
    with pytest.raises(NotAllowed, match="nur die eigenen Schritte"):
        reviewing.answer(review, Author(actor=jan), pledges={other.key: pledge})


def test_a_promise_needs_offer_and_claim(case: Case, client_of: Any) -> None:
    nora = play.nora_of(case)
    sent = {name: value for name, value in given(case, nora).items() if not name.startswith(("offer", "entitled"))}
    page = text(client_of(nora).post(url("plan_review", case), sent))
    assert "mit dem Sie das leisten" in page
    assert "geprüft und gegeben ist" in page


def test_corrections_have_a_place_and_words_and_mean_not_agreed(case: Case, client_of: Any) -> None:
    jan = play.jan_of(case)
    browser, page = client_of(jan), url("plan_review", case)
    half = given(case, jan, text_0="Das stimmt so nicht.")
    assert "Zu welcher Stelle gehört das?" in text(browser.post(page, half))
    assert "Was stimmt hier nicht?" in text(browser.post(page, given(case, jan, place_0="goal.1")))
    long = browser.post(page, given(case, jan, place_0="goal.1", text_0="x" * 1100))
    assert "x" * 1100 in text(long)
    whole = given(
        case, jan, place_0="goal.1", text_0="Zuerst die Abklärung.", place_1="other", text_1="Es fehlt etwas."
    )
    assert browser.post(page, whole).status_code == 302
    review = planning.review_of(case, jan)
    assert review.agreed is False
    assert list(review.corrections.values_list("place", "text")) == [
        ("goal.1", "Zuerst die Abklärung."),
        ("other", "Es fehlt etwas."),
    ]
    again = given(case, jan, place_0="goal.1", text_0="Nur noch das.")
    assert browser.post(page, again).status_code == 302
    assert planning.review_of(case, jan).corrections.get().text == "Nur noch das."


def test_a_colleague_who_answered_first_is_not_written_over(case: Case, client_of: Any) -> None:
    jan = play.jan_of(case)
    stale = given(case, jan, place_0="goal.1", text_0="Meine Worte.")
    planning.answer(case, jan)
    refused = client_of(jan).post(url("plan_review", case), stale)
    assert refused.status_code == 409
    assert "Meine Worte." in text(refused)


def test_a_draft_replaced_meanwhile_takes_nothing_and_loses_no_word(case: Case, client_of: Any) -> None:
    jan = play.jan_of(case)
    stale = given(case, jan, place_0="goal.1", text_0="Meine Worte.")
    planning.write(case, {"step.3.due": "12.2.2027"})
    planning.circulated(planning.again(case))
    refused = client_of(jan).post(url("plan_review", case), stale)
    assert refused.status_code == 409
    assert "Meine Worte." in text(refused)
    assert reverse("roundtable:plan_review", args=[case.number, 2]) in text(refused)
    assert "durch die Fassung 2 ersetzt" in text(client_of(jan).get(url("plan_review", case)))


def test_strangers_find_nothing_and_readers_may_not_answer(case: Case, client_of: Any) -> None:
    page = url("plan_review", case)
    assert client_of(play.fremde()).get(page).status_code == 404
    assert client_of(play.koordination()).get(page).status_code == 404, "it is asked of the offices"
    reader = actor(Role.READ_ONLY, play.jan_of(case).institution)
    assert client_of(reader).get(page).status_code == 403
    assert client_of(play.jan_of(case)).get(url("plan_corrections", case)).status_code == 403


def test_whoever_the_vollmacht_covers_no_longer_answers_nothing(case: Case, client_of: Any) -> None:
    jan = play.jan_of(case)
    sent = given(case, jan)
    play.narrowed(case, jan)
    assert client_of(jan).post(url("plan_review", case), sent).status_code == 404
    nora = play.nora_of(case)
    sent = given(case, nora, place_0="goal.1", text_0="Meine Worte.")
    play.withdrawn(planning.again(case))
    refused = client_of(nora).post(url("plan_review", case), sent)
    assert refused.status_code == 409
    assert "Meine Worte." in text(refused)
    assert not Correction.objects.exists()


def test_an_office_reads_only_what_the_vollmacht_opens(case: Case, client_of: Any) -> None:
    jan, iris = play.jan_of(case), play.iris_of(case)
    workflow.apply(case, "need_health", play.koordination(), {"participant": play.row_of(case, iris), "health": True})
    health = "Die Therapie tut gut"
    assert health in text(client_of(iris).get(url("plan_review", case)))
    assert health not in text(client_of(jan).get(url("plan_review", case)))


def test_somebody_behind_a_link_agrees_or_corrects_until_the_draft_ends(case: Case) -> None:
    link = GuestLink.objects.get(purpose="roundtable_review")
    tina = opened(link)
    page = text(tina.get(address(link)))
    assert "Eine Arbeit im Büro finden" in page
    assert tina.post(address(link), {"do": "agree", "seen": ""}).status_code == 302
    review = planning.review_of(case, play.THERAPIST)
    assert review.agreed is True
    sent = {"do": "answer", "seen": reviewing.mark(review), "place_0": "goal.1", "text_0": "Ab Februar."}
    assert tina.post(address(link), sent).status_code == 302
    assert planning.review_of(case, play.THERAPIST).agreed is False
    workflow.apply(planning.again(case), "drop_plan", play.koordination(), {})
    lost = tina.post(address(link), {**sent, "text_0": "Noch ein Satz."})
    assert lost.status_code == 410
    assert "Noch ein Satz." in text(lost)
    assert "zurückgezogen" in told(tina, link)


def test_whoever_moderates_handles_each_correction_and_its_author_reads_it(case: Case, client_of: Any) -> None:
    jan = play.jan_of(case)
    planning.answer(case, jan, GOAL)
    row, page = Correction.objects.get(), url("plan_corrections", case)
    office = client_of(play.koordination())
    shown = text(office.get(page))
    assert GOAL[2] in shown
    assert "#feld-goal-1-text" in shown
    key = str(row.pk)
    assert "weshalb nicht" in text(office.post(page, {"correction": key, f"{key}-state": "declined"}))
    sent = {"correction": key, f"{key}-state": "declined", f"{key}-answer": "So beschlossen am Gespräch."}
    assert office.post(page, sent).status_code == 302
    row.refresh_from_db()
    assert row.state == CorrectionState.DECLINED
    assert "So beschlossen am Gespräch." in text(client_of(jan).get(url("plan_review", case)))
    planning.answer(case, jan)
    assert Correction.objects.get().pk == row.pk, "what was handled stays"


def test_a_correction_taken_back_meanwhile_is_not_handled(case: Case, client_of: Any) -> None:
    planning.answer(case, play.jan_of(case), GOAL)
    key = str(Correction.objects.get().pk)
    planning.answer(case, play.jan_of(case))
    sent = {"correction": key, f"{key}-state": "taken", f"{key}-answer": "Steht jetzt drin."}
    refused = client_of(play.koordination()).post(url("plan_corrections", case), sent)
    assert refused.status_code == 409
    assert "Steht jetzt drin." in text(refused)


def test_a_final_plan_takes_no_answer_any_more(case: Case) -> None:
    review = planning.review_of(case, play.jan_of(case))
    workflow.apply(case, "drop_plan", play.koordination(), {})
    with pytest.raises(Conflict):
        reviewing.answer(review, Author(actor=play.jan_of(case)))
