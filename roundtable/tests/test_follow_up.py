"""Follow-up meetings: with whom one chooses, about steps of the plan, called Auswertungssitzung (RT-19)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from iiz.core import workflow
from iiz.core.actor import Actor
from iiz.core.models import Case, GuestLink, Invitee, Meeting, OutboxMail, Task
from roundtable import agenda, plan_reading, queries
from roundtable.forms.dates import FixForm
from roundtable.forms.proposing import ProposeForm
from roundtable.models import Participant
from roundtable.tests import papers
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    """Lena's Roundtable with the plan in force."""
    case = papers.lena()
    papers.version(case)
    OutboxMail.objects.all().delete()
    return Case.objects.get(pk=case.pk)


def rows(case: Case, *who: Actor | str) -> list[Participant]:
    return [play.row_of(case, one) for one in who]


def proposed(case: Case, *who: Actor | str, steps: tuple[int, ...] = ()) -> Case:
    data = {"starts": [play.at(20), play.at(21)], "minutes": 60, "place": "Saal", "answer_by": play.at(7).date()}
    chosen = rows(case, *who)
    return workflow.apply(
        case, "propose_dates", play.koordination(), data | {"participants": chosen, "steps": list(steps)}
    )


def fixed(case: Case, **more: Any) -> Meeting:
    data = {"starts_at": play.at(20), "minutes": 60, "place": "Saal", "video_url": ""}
    case = workflow.apply(case, "fix_date", play.koordination(), data | more)
    found = queries.planned(case)
    assert found is not None
    return found


def page(case: Case, who: Actor, tab: str = "gespraeche") -> str:
    client = Client()
    client.force_login(who.user)
    return client.get(f"{case.get_absolute_url()}{tab}/").content.decode()


def test_only_the_chosen_are_asked_and_invited(case: Case) -> None:
    jan, iris = play.jan_of(case), play.iris_of(case)
    case = proposed(case, jan, steps=(3, 5, 999))
    asked = Task.objects.filter(case=case, name="answer_dates", done_at=None)
    assert {task.institution for task in asked} == {jan.institution}
    assert {mail.user for mail in OutboxMail.objects.filter(kind="rt_dates_proposed")} == {jan.user}
    assert not GuestLink.objects.filter(purpose="roundtable_dates", revoked_at=None).exists()
    with pytest.raises(workflow.NotAllowed, match="nicht gefragt"):
        play.answer_dates(case, iris)
    case = play.answer_dates(case, jan)
    assert Task.objects.filter(case=case, name="fix_date", done_at=None).exists()
    meeting = fixed(case)
    assert meeting.kind == "auswertung"
    assert {row.institution for row in meeting.invitees.all()} == {jan.institution, play.koordination().institution}
    assert [row.key for row in meeting.topics.all()] == [3, 5]


def test_nobody_chosen_means_everybody_at_the_table(case: Case) -> None:
    meeting = fixed(case)
    assert meeting.invitees.exclude(ref=None).count() == len(queries.at_the_table(case))


def test_who_was_left_out_is_not_invited_afterwards_but_who_comes_later_can_be(case: Case) -> None:
    jan, office = play.jan_of(case), play.koordination()
    meeting = fixed(case, participants=rows(case, jan))
    case = Case.objects.get(pk=case.pk)
    with pytest.raises(workflow.NotAllowed, match="eingeladen"):
        workflow.apply(case, "invite_more", office, {})
    case = play.with_mother(Case.objects.get(pk=case.pk), email="maria@post.example")
    workflow.apply(case, "invite_more", office, {})
    assert Invitee.objects.filter(meeting=meeting, name="Maria Probe").exists()


def test_the_forms_ask_for_it_from_the_second_meeting_on(case: Case) -> None:
    office = play.koordination()
    first = play.started()
    assert ProposeForm(case=first, actor=office).whom == []
    form = FixForm(case=case, actor=office)
    assert [field.name for field in form.whom] == ["participants", "steps"]
    jan = play.row_of(case, play.jan_of(case))
    typed = {"day": f"{play.at(20):%d.%m.%Y}", "time": "9.00", "minutes": "60", "place": "Saal"}
    good = FixForm(typed | {"participants": [str(jan.pk)], "steps": ["3"]}, case=case, actor=office)
    assert good.is_valid(), good.errors
    assert good.cleaned_data["participants"] == [jan]
    assert good.cleaned_data["steps"] == [3]
    everybody = FixForm(typed | {"participants": list(form.rows)}, case=case, actor=office)
    assert everybody.is_valid()
    assert everybody.cleaned_data["participants"] is None
    bad = FixForm(typed | {"participants": ["0"], "steps": ["99"]}, case=case, actor=office)
    assert set(bad.errors) == {"participants", "steps"}
    assert set(FixForm(typed, case=case, actor=office).errors) == {"participants"}


def test_the_agenda_fits_its_kind_and_names_the_steps_as_far_as_one_may_read(case: Case) -> None:
    iris = play.iris_of(case)
    meeting = fixed(case, participants=rows(case, iris, "client"), steps=[3, 6])
    case = Case.objects.get(pk=case.pk)
    steps = {step.key: step.what for step in queries.steps_in_force(case)}
    everything = plan_reading.EVERYTHING
    assert agenda.topics(meeting, case, everything) == [steps[3], steps[6]]
    assert agenda.topics(meeting, case, everything, on_paper=True) == [steps[3]]
    assert agenda.topics(meeting, case, frozenset({"work"})) == [steps[3]]
    assert agenda.topics(meeting, case, frozenset()) == []
    part, *others = agenda.parts(meeting, steps=[steps[3]])
    assert others == []
    assert f"Schritt: {steps[3]}" in part.points
    assert agenda.begins_for(meeting, "client") == meeting.starts_at
    assert steps[6] in page(case, iris)
    play.narrowed(case, iris, keep=frozenset({"work"}))
    shown = page(Case.objects.get(pk=case.pk), iris)
    assert steps[3] in shown
    assert steps[6] not in shown
