"""The registration at the RAV, and the IV's procedure while a social service leads (ALV-07, RED-05)."""

import datetime as dt
from types import SimpleNamespace

import pytest

from iiz.core import clock, workflow
from iiz.core.models import Case, Task
from iiz.core.workflow import NotAllowed
from optima import release_words, seed
from optima.division import lines
from optima.forms.casework import ResumeForm
from optima.pages import division

from . import beside
from . import factories as make
from .beside import DAY

FIRST = dt.date(2026, 3, 3)


def waits(case, name):
    return Task.objects.filter(case=case, name=name, done_at=None).exists()


def fresh(case):
    return Case.objects.get(pk=case.pk)


def facts(case, who):
    return dict(release_words.facts(fresh(case), who))


# Lines that hold only in a case ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rest", "wanted"),
    [
        ("", ["Massnahmen", "Noch offen", "[anderes] bleibt stehen"]),
        ("suspended", ["Massnahmen", "Sistiert seit 03.03.2026", "[anderes] bleibt stehen"]),
        ("closed", ["Massnahmen", "Lebt nicht wieder auf", "[anderes] bleibt stehen"]),
    ],
)
def test_a_marked_line_holds_only_in_its_case(rest, wanted):
    text = (
        "Massnahmen\n[offen] Noch offen\n[Sistiert] Sistiert seit {am}\n[abgeschlossen]Lebt nicht wieder auf\n"
        "[anderes] bleibt stehen\n[sistiert]\n"
    )
    assert lines(text, SimpleNamespace(iv_rest=rest, iv_rest_on=FIRST if rest else None)) == wanted


def test_without_a_case_what_is_open_holds():
    assert lines("[offen] sistiert oder abgeschlossen\n[sistiert] sistiert") == ["sistiert oder abgeschlossen"]


# The IV ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_iv_is_asked_once_the_handover_is_agreed_and_both_sides_read_the_answer():
    seed.seed()
    case = beside.from_iv(make.agreed)
    iv, social = make.principal_of(case), make.adviser_of(case)
    assert waits(case, "record_iv_rest")
    assert "Das IV-Verfahren wird sistiert oder abgeschlossen" in str(division(fresh(case), case.antrag))

    told = {"rest": "suspended", "rest_on": clock.today()}
    case = workflow.apply(case, "record_iv_rest", iv, told)
    assert not waits(case, "record_iv_rest")
    assert "wieder aufgenommen" in facts(case, social)["IV-Verfahren"]
    assert f"ist sistiert seit {clock.today():%d.%m.%Y}" in str(division(fresh(case), fresh(case).antrag))

    case = workflow.apply(case, "record_iv_rest", iv, told | {"rest": "closed"})
    assert facts(case, iv)["IV-Verfahren"].endswith("lebt nicht von selbst wieder auf")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rest", "resumed", "not_resumed"),
    [
        ("suspended", "Sistiertes Verfahren wieder aufnehmen", "lebt nicht"),
        ("closed", "lebt nicht von selbst", "Sistiertes"),
    ],
)
def test_at_the_end_only_a_suspended_procedure_is_taken_up_again(rest, resumed, not_resumed):
    seed.seed()
    case = beside.from_iv()
    told = {"rest": rest, "rest_on": clock.today()}
    case = make.closed(workflow.apply(case, "record_iv_rest", make.principal_of(case), told))
    words = str(division(fresh(case), fresh(case).antrag))
    assert resumed in words
    assert not_resumed not in words
    form = ResumeForm(case=fresh(case), actor=make.principal_of(case))
    assert ("taken_up" in form.fields, "lebt nicht" in str(form)) == (rest == "suspended", rest == "closed")


# The RAV --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_registration_waits_from_the_acceptance_on_and_delays_nothing():
    case = beside.to_rav(make.accepted)
    assert waits(case, "record_registration")
    case = make.running(make.handover_planned(case))
    assert (case.state, waits(case, "record_registration")) == ("running", True)

    case.antrag.decided_on = clock.today() - 9 * DAY
    case.antrag.save()
    case = workflow.apply(case, "record_registration", make.adviser_of(case), {"registered_on": clock.today()})
    assert not waits(case, "record_registration")
    assert facts(case, make.principal_of(case))["Beim RAV angemeldet"].endswith(", 9 Tage nach der Annahme")
    with pytest.raises(NotAllowed, match="bereits festgehalten"):
        workflow.check(fresh(case), "record_registration", make.adviser_of(case))


@pytest.mark.django_db
def test_who_was_a_job_seeker_already_is_not_asked_for():
    case = beside.to_rav(make.accepted, job_seeker=True)
    assert not waits(case, "record_registration")


@pytest.mark.django_db
def test_a_canton_that_asks_for_no_registration_may_still_record_one():
    case = make.accepted(contractor=make.jan(make.InstitutionFactory.create(rav=True)).institution)
    assert not waits(case, "record_registration")
    case = workflow.apply(case, "record_registration", make.adviser_of(case), {"registered_on": clock.today()})
    assert facts(case, make.principal_of(case))["Beim RAV angemeldet"].endswith("am Tag der Annahme")
