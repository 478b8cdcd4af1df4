"""How each mail on the road to the meeting comes about, for the test of all mails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from iiz.core import clock, documents, workflow
from iiz.core.delivery import deliver
from iiz.core.enums import Audience
from iiz.core.models import Case
from iiz.core.tests.uploads import PDF
from roundtable import confirmations, dispatching, queries, steps
from roundtable.effects import views
from roundtable.enums import StepState
from roundtable.tests import papers, planning
from roundtable.tests import playing as play

TINA = "tina@praxis.example"


def with_tina() -> Case:
    """A Roundtable with a therapist who has an e-mail address."""
    return play.with_therapist(email=TINA)


def invited() -> Case:
    """The therapist's invitation has left."""
    case = play.fixed(with_tina())
    deliver()
    return case


def moved() -> None:
    """The meeting she was invited to takes place later."""
    case = invited()
    when = {"starts_at": play.at(25), "minutes": 150, "place": "Saal", "video_url": ""}
    workflow.apply(case, "move_meeting", play.koordination(), {"meeting": queries.planned(case), **when})


def called_off() -> None:
    """The meeting she was invited to does not take place."""
    case = invited()
    data = {"meeting": queries.planned(case), "reason": "Die Klientin ist krank."}
    workflow.apply(case, "cancel_meeting", play.koordination(), data)


def assigned() -> None:
    """A contact person puts a colleague in charge."""
    case = play.started()
    jan = play.jan_of(case)
    workflow.apply(case, "assign", jan, {"adviser": play.nora(jan.institution).user})


def dropped() -> None:
    """Proposed dates are taken back."""
    workflow.apply(play.proposed(), "drop_dates", play.koordination(), {})


def narrowed() -> None:
    """An office notes that the Vollmacht opens less to it."""
    case = play.started()
    jan = play.jan_of(case)
    play.narrowed(case, jan, keep=frozenset({"work"}), by=jan)


def left() -> None:
    """An office is taken off the Vollmacht."""
    case = play.started()
    play.narrowed(case, play.jan_of(case))


def registered() -> Case:
    """A registration that the coordination office hears of."""
    play.koordination()
    return play.registered()


def self_run() -> Case:
    """An office starts a Roundtable without the coordination office, which hears of it."""
    play.koordination()
    return play.self_run()


def reminded() -> None:
    """The reminder of a view falls due that the therapist has not given."""
    views.remind(play.asked(with_tina()).tasks.filter(name="guest_view").latest("pk"))


def to_confirm() -> None:
    """An office and the therapist are asked to confirm a document."""
    case = with_tina()
    upload = SimpleUploadedFile("protokoll.pdf", PDF, content_type="application/pdf")
    jan = play.jan_of(case)
    kind = {"content_type": "application/pdf", "audience": Audience.CASE}
    paper = documents.store(case, jan, title="Protokoll", upload=upload, **kind)
    rows = [play.row_of(case, jan), play.row_of(case, play.THERAPIST)]
    due = clock.today() + 9 * play.DAY
    confirmations.ask(case, play.koordination(), paper, rows, question="Gelesen.", due_on=due)


def step_finished() -> None:
    """The step is done that another office waits for."""
    case = papers.lena()
    plan = papers.version(case)
    steps.report(plan.steps.get(key=6), play.koordination(), StepState.DONE)


def status_told() -> None:
    """The case manager tells all how it goes."""
    case = papers.lena()
    papers.version(case)
    workflow.apply(case, "write_status", play.nora_of(case), {"text": "Der Bericht kommt im Januar."})


def sent_again() -> None:
    """A Handlungsplan in force goes to an office and to the therapist."""
    case = papers.lena()
    plan = papers.version(case)
    for who in (play.jan_of(case), play.THERAPIST):
        dispatching.again(plan, play.row_of(case, who), play.koordination())


WAYS: dict[str, Callable[..., Any]] = {
    "rt_registered": registered,
    "rt_self_run": self_run,
    "rt_taken_over": lambda: play.taken_over(self_run()),
    "rt_started": play.started,
    "rt_not_started": play.not_started,
    "rt_taken_back": lambda: play.taken_back(registered()),
    "rt_queried": play.queried,
    "rt_answered": play.answered,
    "rt_assigned": assigned,
    "rt_consent_withdrawn": play.withdrawn,
    "rt_narrowed": narrowed,
    "rt_left": left,
    "rt_dates_proposed": play.proposed,
    "rt_dates_dropped": dropped,
    "rt_view_asked": play.asked,
    "rt_closed": play.closed,
    "rt_review": planning.circulated,
    "rt_guest_review": planning.circulated,
    "rt_plan_final": sent_again,
    "rt_guest_plan": sent_again,
    "rt_guest_dates": lambda: play.proposed(with_tina()),
    "rt_guest_invited": lambda: play.fixed(with_tina()),
    "rt_guest_moved": moved,
    "rt_guest_cancelled": called_off,
    "rt_guest_view": lambda: play.asked(with_tina()),
    "rt_guest_view_reminder": reminded,
    "rt_manages": lambda: play.managed(play.running()),
    "rt_manager_changed": lambda: play.managed(play.running()),
    "rt_step_begins": step_finished,
    "rt_status_note": status_told,
    "rt_guest_note": status_told,
    "rt_feedback": play.running,
    "rt_guest_feedback": lambda: play.running(play.fixed(with_tina())),
    "rt_confirm": to_confirm,
    "rt_guest_confirm": to_confirm,
}
"""Kind of mail → how it comes about."""
