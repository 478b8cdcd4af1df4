"""Loading in bulk writes what the workflow would have written."""

import datetime as dt

import pytest

from iiz.core import access, audit, bulk, cases, streams
from iiz.core.enums import Level, Origin, ParticipationRole, Phase, Service
from iiz.core.models import AuditEntry, Case, ClientAgreement, Participation, Task
from iiz.core.tests.factories import InstitutionFactory, PersonFactory, actor, coordinator
from optima.models import Antrag

pytestmark = pytest.mark.django_db

DAY = dt.date(2025, 3, 3)
NOON = dt.datetime(2025, 3, 3, 12, tzinfo=dt.UTC)


def a_load(nora, jan, state="submitted", *, shared=True, number="", **fields):
    """A case of Nora's office at Jan's, not yet saved."""
    case = Case(
        number=number,
        service=Service.OPTIMA,
        person=PersonFactory.build() if shared else None,
        registering_institution=nora.institution,
        registered_by=nora.user if shared else None,
        lead_institution=nora.institution,
        lead_since=DAY,
        arrived_on=DAY,
        arrival_year=DAY.year,
        origin=Origin.DEMO if shared else Origin.IMPORTED,
    )
    parts = [
        Participation(institution=nora.institution, role=ParticipationRole.PRINCIPAL, user=nora.user, since=DAY),
        Participation(institution=jan.institution, role=ParticipationRole.CONTRACTOR, since=DAY),
    ]
    return bulk.Load(
        case=case,
        state=state,
        events=[bulk.Event(NOON, "case_begun", nora), bulk.Event(NOON, "case_submit", nora)],
        entered=NOON,
        participations=parts if shared else [],
        agreements=[ClientAgreement(agreed_on=DAY, recorded_by=nora.user)] if shared else [],
        records=lambda case: [
            Antrag(
                case=case,
                principal=nora.institution,
                principal_group="SH",
                contractor=jan.institution,
                contractor_group="IV",
            )
        ],
        **fields,
    )


@pytest.fixture
def nora():
    return actor()


@pytest.fixture
def jan():
    return actor("contact", InstitutionFactory.create(iv=True))


def test_a_loaded_case_has_access_tasks_and_a_sound_chain(nora, jan):
    assert bulk.load([a_load(nora, jan)]) == 1

    case = Case.objects.get()
    assert (case.number, case.state, case.phase) == ("O-2025-0001", "submitted", Phase.OPEN)
    assert access.level_of(case, nora) == Level.LEAD
    assert access.level_of(case, jan) == Level.CONTRIBUTE
    assert list(access.differences([case])) == []
    task = Task.objects.get(institution=jan.institution)
    assert (task.name, task.due_on) == ("decide", DAY + dt.timedelta(days=14))
    verbs = AuditEntry.objects.filter(stream=audit.case_stream(case.number)).values_list("verb", flat=True)
    assert list(verbs) == ["case_begun", "case_submit"]
    assert list(audit.verify()) == []


def test_an_ended_case_keeps_its_day_and_opens_no_task(nora, jan):
    bulk.load([a_load(nora, jan, "withdrawn", ended_on=DAY)])

    case = Case.objects.get()
    assert (case.phase, case.ended_on, case.retention_until.year) == (Phase.ENDED, DAY, 2035)
    assert access.level_of(case, jan) == Level.VIEW
    assert not Task.objects.exists()


def test_an_ended_state_without_a_day_is_refused_and_nothing_is_written(nora, jan):
    with pytest.raises(ValueError, match="needs an end"):
        bulk.load([a_load(nora, jan), a_load(nora, jan, "withdrawn")])

    assert not Case.objects.exists()
    assert list(audit.verify()) == []


def test_an_imported_case_without_participations_is_seen_by_the_coordination_only(nora, jan):
    bulk.load([a_load(nora, jan, "withdrawn", shared=False, number="LU-7", ended_on=DAY)])

    assert [case.number for case in Case.objects.visible_to(coordinator())] == ["LU-7"]
    assert not Case.objects.visible_to(nora).exists()
    assert not Case.objects.visible_to(jan).exists()


def test_numbers_given_in_bulk_pass_over_those_that_are_taken(nora, jan):
    bulk.load([a_load(nora, jan, number="O-2025-0002")])
    bulk.load([a_load(nora, jan) for _ in range(3)], batch=2)

    numbers = set(Case.objects.values_list("number", flat=True))
    assert numbers == {"O-2025-0001", "O-2025-0002", "O-2025-0003", "O-2025-0004"}
    assert cases.next_number(Service.OPTIMA, 2025) == "O-2025-0005"


def test_loading_costs_the_same_number_of_queries_for_few_and_many(nora, jan, django_assert_max_num_queries):
    bulk.load([a_load(nora, jan, "withdrawn", ended_on=DAY)])
    with django_assert_max_num_queries(32):
        bulk.load([a_load(nora, jan, "withdrawn", ended_on=DAY) for _ in range(2)])
    with django_assert_max_num_queries(32):
        bulk.load([a_load(nora, jan, "withdrawn", ended_on=DAY) for _ in range(20)])


def test_many_rows_at_once_are_saved_whole_and_make_sound_chains(nora, jan, monkeypatch):
    """Beyond a size PostgreSQL takes them as a stream, past the ORM."""
    monkeypatch.setattr(streams, "STREAMED", 3)

    bulk.load([a_load(nora, jan, "withdrawn", ended_on=DAY) for _ in range(3)])
    audit.append([audit.entry("master", nora, "changed", changes={"name": ['"alt"\t\\', "neu\n"]}) for _ in range(4)])

    assert list(audit.verify()) == []
    found = list(Case.objects.order_by("pk"))
    assert [[row.institution for row in case.participations.all()] for case in found] == [
        [nora.institution, jan.institution]
    ] * 3
    assert [(case.draft, case.agreements.count(), case.person.cases.get()) for case in found] == [
        ({}, 1, case) for case in found
    ]
    assert cases.begin(Service.OPTIMA, nora, "draft").pk > found[-1].pk
    entry = AuditEntry.objects.filter(stream="master").last()
    assert (entry.position, entry.user_name) == (4, nora.user.get_full_name())
    assert entry.changes == {"name": ['"alt"\t\\', "neu\n"]}
