"""Who takes the case management: one person, with a history, and never nobody without a Pendenz (RT-16, ACT-08)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from iiz.core import accounts, workflow
from iiz.core.actor import Actor
from iiz.core.enums import Role
from iiz.core.models import AuditEntry, Case, OutboxMail, Task
from iiz.core.tests.factories import actor
from roundtable import course, queries
from roundtable.effects import follow
from roundtable.enums import ParticipantKind
from roundtable.forms.following import AppointForm
from roundtable.models import CaseManagement
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db


def names(case: Case) -> list[str]:
    """Who is asked to find a case manager, or to put somebody else in charge."""
    wanted = ("find_manager", "replace_manager")
    return sorted(Task.objects.filter(case=case, done_at=None, name__in=wanted).values_list("name", flat=True))


def form(case: Case, who: Actor, **typed: Any) -> AppointForm:
    return AppointForm(typed or None, case=case, actor=who)


def test_the_office_of_the_case_manager_leads_and_all_hear_of_it() -> None:
    case = play.managed(play.running())
    iris = play.iris_of(case)
    row = queries.manager(case)
    assert row is not None
    assert (row.user, row.until, row.reason) == (iris.user, None, "")
    assert (case.lead_institution, case.lead_user) == (iris.institution, iris.user)
    assert play.row_of(case, iris).participation.user == iris.user
    told = OutboxMail.objects.filter(case=case, kind__startswith="rt_manage")
    assert told.get(kind="rt_manages").user == iris.user
    others = {mail.user for mail in told.filter(kind="rt_manager_changed")}
    assert others >= {play.nora_of(case).user}
    assert iris.user not in others


def test_a_change_needs_a_reason_and_keeps_the_history_without_names_in_the_audit() -> None:
    case = play.managed(play.running())
    jan, office = play.jan_of(case), play.koordination()
    with pytest.raises(workflow.NotAllowed, match="weshalb"):
        play.managed(case, jan)
    case = play.managed(Case.objects.get(pk=case.pk), jan, reason="Die IV hat entschieden.")
    rows = course.management_rows(case, office)
    assert [(row.name, row.until is None, row.reason) for row in rows] == [
        (jan.user.get_full_name(), True, "Die IV hat entschieden."),
        (play.iris_of(case).user.get_full_name(), False, ""),
    ]
    entry = AuditEntry.objects.filter(verb="case_appoint_manager").latest("pk")
    assert entry.changes == {"office": jan.institution.name, "before": play.iris_of(case).institution.name}
    assert course.management_rows(case, play.fremde()) == []


def test_only_somebody_who_works_at_an_office_at_the_table_can_take_it() -> None:
    case = play.with_therapist(play.started())
    iris = play.iris_of(case)
    for row in (play.row_of(case, play.THERAPIST), play.row_of(case, ParticipantKind.CLIENT)):
        with pytest.raises(workflow.NotAllowed, match="Stelle, die am Tisch sitzt"):
            play.managed(case, row=row, user=iris.user)
    elsewhere = play.fremde()
    with pytest.raises(workflow.NotAllowed, match="arbeitet nicht mehr dort"):
        play.managed(case, row=play.row_of(case, iris), user=elsewhere.user)
    reader = actor(Role.READ_ONLY, iris.institution)
    with pytest.raises(workflow.NotAllowed, match="arbeitet nicht mehr dort"):
        play.managed(case, row=play.row_of(case, iris), user=reader.user)
    case = play.managed(Case.objects.get(pk=case.pk), iris)
    with pytest.raises(workflow.NotAllowed, match="schon"):
        play.managed(case, iris, reason="Noch einmal.")


def test_the_form_offers_each_office_with_whoever_is_in_charge_there() -> None:
    case = play.running()
    office, nora, iris = play.koordination(), play.nora_of(case), play.iris_of(case)
    groups = dict(form(case, office).fields["person"].choices[1:])  # type: ignore[attr-defined]
    assert set(groups) == {nora.institution.name, play.jan_of(case).institution.name, iris.institution.name}
    key = f"{play.row_of(case, iris).pk}-{iris.user.pk}"
    assert set(form(case, office, person="").errors) == {"person"}
    assert set(form(case, office, person="0-0").errors) == {"person"}
    good = form(case, office, person=key)
    assert good.is_valid()
    assert good.cleaned_data["user"] == iris.user
    case = play.managed(case)
    again = form(case, office, person=f"{play.row_of(case, nora).pk}-{nora.user.pk}", reason="")
    assert set(again.errors) == {"reason"}
    assert key not in again.found
    assert again.now()[0][1] == iris.user.get_full_name()


def test_put_somebody_else_in_charge_and_the_case_management_goes_along() -> None:
    case = play.managed(play.running())
    iris = play.iris_of(case)
    colleague = play.nora(iris.institution)
    case = workflow.apply(case, "assign", iris, {"adviser": colleague.user})
    row = queries.manager(case)
    assert row is not None
    assert (row.user, row.participant, row.reason) == (colleague.user, play.row_of(case, iris), "intern neu zugeteilt")
    assert (case.lead_institution, case.lead_user) == (iris.institution, colleague.user)
    assert case.managements.count() == 2


@pytest.mark.parametrize("way", ["end_participant", "narrow"])
def test_an_office_that_leaves_leaves_the_case_management_and_somebody_is_to_be_found(way: str) -> None:
    case = play.managed(play.running())
    iris, office = play.iris_of(case), play.koordination()
    if way == "narrow":
        case = play.narrowed(case, iris)
    else:
        case = workflow.apply(case, "end_participant", office, {"participant": play.row_of(case, iris)})
    assert queries.manager(case) is None
    assert case.lead_institution == case.registering_institution
    assert course.manager_words(case) == "zurzeit niemand"
    assert names(case) == ["find_manager"]
    case = play.managed(Case.objects.get(pk=case.pk), play.jan_of(case))
    assert names(case) == []


def test_a_vollmacht_that_is_only_over_leaves_the_case_management_alone() -> None:
    case = play.ending(play.managed(play.running()), days=-1)
    assert queries.manager(case) is not None


def test_a_withdrawal_ends_it_and_the_registering_office_leads_to_the_end() -> None:
    case = play.withdrawn(play.managed(play.running(play.fixed(play.self_run()))))
    assert queries.manager(case) is None
    assert case.lead_institution == case.registering_institution
    assert play.closed(case).phase == "ended"


def test_a_case_manager_leaves_her_institution_only_once_the_case_is_handed_over() -> None:
    case = play.managed(play.running())
    iris = play.iris_of(case)
    chief, colleague = actor(Role.CONTACT, iris.institution), play.nora(iris.institution)
    with pytest.raises(accounts.OpenWork) as refused:
        accounts.leave(play.koordination(), iris.institution, iris.user)
    assert refused.value.cases == [case]
    workflow.apply(case, "assign", chief, {"adviser": colleague.user})
    accounts.leave(play.koordination(), iris.institution, iris.user)
    row = queries.manager(Case.objects.get(pk=case.pk))
    assert row is not None
    assert row.user == colleague.user


def test_an_account_that_is_switched_off_anyway_leaves_nobody_waiting() -> None:
    case = play.managed(play.running())
    iris = play.iris_of(case)
    iris.user.is_active = False
    iris.user.save()
    follow.ripen(timezone.now())
    assert names(case) == ["find_manager", "replace_manager"]
    asked = Task.objects.get(case=case, name="replace_manager", done_at=None)
    assert (asked.institution, asked.role) == (iris.institution, Role.CONTACT)
    colleague, chief = play.nora(iris.institution), actor(Role.CONTACT, iris.institution)
    workflow.apply(Case.objects.get(pk=case.pk), "assign", chief, {"adviser": colleague.user})
    assert names(case) == []
    assert CaseManagement.objects.filter(case=case, until=None).count() == 1
