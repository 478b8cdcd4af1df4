"""The policy tried whole, its table, and everything that reads it."""

from __future__ import annotations

import datetime as dt
import random
from itertools import product

import pytest
from django.utils import timezone

from iiz.core import access, cases, workflow
from iiz.core.access import CaseFacts, Grant, Part, policy
from iiz.core.enums import Audience, Level, ParticipationRole, Phase, Role
from iiz.core.models import Case, CasePermission, Document, Person
from iiz.core.tests.factories import InstitutionFactory, actor, coordinator, join
from optima.tests import factories as optima
from optima.tests.filled import FILLED

OFFICE, OTHER, THIRD = 1, 2, 3
TODAY = dt.date(2026, 11, 22)
LATER, EARLIER = TODAY + dt.timedelta(days=30), TODAY - dt.timedelta(days=30)
RETENTION = dt.date(2036, 11, 22)


def combinations():
    """Every mixture of what access depends on: 3 phases, agreement, withdrawal, 3 leads, 2 parts in 5 ways each."""
    ends = (None, EARLIER, TODAY, LATER)
    ways = [()] + [(end,) for end in ends]
    for phase, agreed, withdrawn, lead, first, second in product(
        Phase.values, (True, False), (True, False), (OFFICE, OTHER, THIRD), ways, ways
    ):
        parts = tuple(Part(OFFICE, end) for end in first) + tuple(Part(OTHER, end) for end in second)
        yield CaseFacts(
            phase=phase,
            registered_by=OFFICE,
            lead=lead,
            agreed=agreed,
            withdrawn=withdrawn,
            parts=parts,
            ended_on=TODAY if phase == Phase.ENDED else None,
            retention_until=RETENTION if phase == Phase.ENDED else None,
        )


ALL = list(combinations())


def test_nothing_is_left_out():
    assert len(ALL) == 3 * 2 * 2 * 3 * 5 * 5


def test_a_draft_belongs_to_its_office_and_to_nobody_else():
    for facts in ALL:
        if facts.phase == Phase.DRAFT:
            assert policy(facts) == {OFFICE: Grant(Level.LEAD)}


def test_without_agreement_nobody_but_the_registering_office_sees_anything():
    for facts in ALL:
        if facts.phase != Phase.DRAFT and not facts.agreed:
            assert set(policy(facts)) <= {OFFICE}, facts


def test_nobody_sees_a_case_without_taking_part():
    for facts in ALL:
        if facts.phase != Phase.DRAFT and facts.agreed:
            assert set(policy(facts)) <= {part.institution for part in facts.parts}, facts
        assert THIRD not in policy(facts)
        if not facts.parts and facts.phase != Phase.DRAFT:
            assert policy(facts) == {}, "an imported case belongs to the coordination office alone"


def test_an_open_case_is_led_by_one_and_contributed_to_by_the_others():
    for facts in ALL:
        if facts.phase != Phase.OPEN or not facts.agreed:
            continue
        grants = policy(facts)
        assert set(grants) == {part.institution for part in facts.parts}
        for office, grant in grants.items():
            expected = Level.VIEW if facts.withdrawn else Level.CONTRIBUTE
            assert grant.level == (Level.LEAD if office == facts.lead else expected), facts


def test_a_participation_opens_a_running_case_until_its_last_day():
    for facts in ALL:
        if facts.phase == Phase.OPEN and facts.agreed:
            for part in facts.parts:
                assert policy(facts)[part.institution].valid_until == part.until


def test_an_ended_case_can_only_be_read_by_those_who_stayed_until_the_end():
    for facts in ALL:
        if facts.phase != Phase.ENDED or not facts.agreed:
            continue
        stayed = {part.institution for part in facts.parts if part.until is None or part.until >= TODAY}
        assert policy(facts) == {office: Grant(Level.VIEW, RETENTION) for office in stayed}, facts


def test_a_withdrawal_never_gives_anybody_more():
    order = [None, Level.VIEW, Level.CONTRIBUTE, Level.LEAD]
    for facts in ALL:
        if facts.withdrawn:
            before = policy(CaseFacts(**{**facts.__dict__, "withdrawn": False}))
            for office, grant in policy(facts).items():
                assert order.index(grant.level) <= order.index(before[office].level)


def test_of_two_participations_the_longer_one_counts_whatever_their_order():
    for first, second, wanted in ((EARLIER, LATER, LATER), (EARLIER, None, None), (LATER, None, None)):
        for parts in ((first, second), (second, first)):
            facts = CaseFacts(
                phase=Phase.OPEN,
                registered_by=OFFICE,
                lead=OFFICE,
                agreed=True,
                withdrawn=False,
                parts=tuple(Part(OTHER, end) for end in parts),
            )
            assert policy(facts)[OTHER].valid_until == wanted


# The table --------------------------------------------------------------------------------------------------

WORDS = FILLED | {
    "submit": lambda case: optima.answers(case.jan.institution),
    "accept": lambda case: {"adviser": case.jan.user, "note": ""},
    "assign": lambda case: {"adviser": case.jan.user},
}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_table_and_policy_agree_after_every_step_of_any_walk(seed):
    """Random walks through the real workflow, over several cases at once."""
    chance = random.Random(seed)
    nora, jan, office = optima.nora(), optima.jan(), coordinator()
    for _ in range(4):
        case = optima.draft(nora)
        for _step in range(8):
            case = Case.objects.get(pk=case.pk)
            case.jan = jan
            offers = [
                (who, offer.transition.name)
                for who in (nora, jan, office)
                for offer in workflow.available(case, who)
                if offer.allowed
            ]
            if not offers:
                break
            who, name = chance.choice(offers)
            workflow.apply(case, name, who, WORDS.get(name, lambda case: {"note": ""})(case))
            assert list(access.differences(Case.objects.all())) == [], name
    fremde = optima.fremde()
    assert not any(workflow.available(one, fremde) for one in Case.objects.filter(antrag__contractor=jan.institution))


@pytest.mark.django_db
def test_differences_tell_of_every_row_that_disagrees():
    case = optima.submitted()
    assert access.sync_many([case]) == 0
    own = CasePermission.objects.get(content_object=case, group=case.registering_institution.group)
    own.permission = access.level_permissions()[Level.VIEW]
    own.save()
    CasePermission.objects.exclude(pk=own.pk).delete()
    CasePermission.objects.create(
        content_object=case,
        group=InstitutionFactory.create().group,
        permission=access.level_permissions()[Level.LEAD],
    )
    told = sorted(line.split(": ")[1] for line in access.differences([case]))
    assert told == ["missing", "other level or end", "surplus"]
    assert access.sync_many([case]) == 3
    assert list(access.differences([case])) == []


# Reading ----------------------------------------------------------------------------------------------------


def sees(who) -> set[str]:
    return set(Case.objects.visible_to(who).values_list("number", flat=True))


@pytest.mark.django_db
def test_a_stranger_with_cases_of_her_own_sees_only_those():
    case = optima.submitted()
    fremde = optima.fremde()
    assert sees(fremde)
    assert case.number not in sees(fremde)
    assert access.level_of(case, fremde) is None


@pytest.mark.django_db
def test_a_draft_is_seen_by_its_office_but_not_by_the_other_side_nor_the_coordination():
    nora, jan = optima.nora(), optima.jan()
    case = optima.draft(nora)
    colleague = actor(Role.CASEWORKER, nora.institution)
    assert sees(nora) == sees(colleague) == {case.number}
    assert sees(jan) == sees(coordinator()) == set()


@pytest.mark.django_db
def test_both_sides_and_the_coordination_see_a_submitted_case():
    nora, jan = optima.nora(), optima.jan()
    case = optima.submitted(nora, jan.institution)
    for who in (
        nora,
        jan,
        coordinator(),
        actor(Role.READ_ONLY, nora.institution),
        actor(Role.SIGNATORY, jan.institution),
    ):
        assert sees(who) == {case.number}


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.STRATEGIC, Role.STEERING])
def test_strategic_staff_and_steering_see_no_case_wherever_they_sit(role):
    nora, jan = optima.nora(), optima.jan()
    case = optima.submitted(nora, jan.institution)
    for office in (nora.institution, jan.institution, coordinator().institution):
        who = actor(role, office)
        assert sees(who) == set()
        assert access.level_of(case, who) is None
        assert not Person.objects.visible_to(who).exists()


@pytest.mark.django_db
def test_a_caseworker_of_the_coordination_office_is_no_coordinator():
    optima.submitted()
    assert sees(actor(Role.CASEWORKER, coordinator().institution)) == set()


@pytest.mark.django_db
def test_nobody_and_a_superuser_see_nothing():
    case = optima.submitted()
    chief = actor(Role.CASEWORKER, is_superuser=True, is_staff=True)
    assert sees(None) == sees(chief) == set()
    assert access.level_of(case, None) is None
    assert not Person.objects.visible_to(None).exists()
    assert not Document.objects.visible_to(None).exists()


@pytest.mark.django_db
def test_access_ends_by_itself_after_its_last_day():
    nora, jan = optima.nora(), optima.jan()
    case = optima.submitted(nora, jan.institution)
    part = optima.contractor_part(case)
    for until, seen in ((timezone.localdate(), {case.number}), (timezone.localdate() - dt.timedelta(days=1), set())):
        part.since, part.until = until, until
        part.save()
        access.sync(case)
        assert sees(jan) == seen
        assert (access.level_of(case, jan) is not None) == bool(seen)
        assert (jan.institution in {row[0] for row in access.readers(case)}) == bool(seen)
        assert Person.objects.visible_to(jan).exists() == bool(seen)
    assert sees(nora) == {case.number}


@pytest.mark.django_db
def test_an_ended_case_stays_readable_until_the_retention_ends(time_machine):
    nora, jan = optima.nora(), optima.jan()
    case = optima.refused(optima.submitted(nora, jan.institution))
    assert access.level_of(case, nora) == access.level_of(case, jan) == Level.VIEW
    time_machine.move_to(dt.datetime.combine(case.retention_until, dt.time(12), dt.UTC))
    assert sees(nora) == sees(jan) == {case.number}
    time_machine.move_to(dt.datetime.combine(case.retention_until + dt.timedelta(days=1), dt.time(12), dt.UTC))
    assert sees(nora) == sees(jan) == set()


@pytest.mark.django_db
def test_a_second_participation_lets_a_third_office_in():
    case = optima.submitted()
    third = actor(Role.CASEWORKER, InstitutionFactory.create(rav=True))
    assert sees(third) == set()
    cases.take_part(case, third.institution.pk, ParticipationRole.PARTICIPANT)
    access.sync(case)
    assert sees(third) == {case.number}
    assert access.level_of(case, third) == Level.CONTRIBUTE


@pytest.mark.django_db
def test_levels_of_many_cases_equal_the_level_of_each():
    nora, jan = optima.nora(), optima.jan()
    several = [
        optima.draft(nora),
        optima.submitted(nora, jan.institution),
        optima.refused(optima.submitted(nora, jan.institution)),
        optima.submitted(),
    ]
    several = list(Case.objects.filter(pk__in=[case.pk for case in several]))
    for who in (nora, jan, coordinator(), optima.fremde()):
        alone = {case.pk: level for case in several if (level := access.level_of(case, who))}
        assert access.levels(several, who) == alone
        assert set(alone) == set(
            Case.objects.visible_to(who).filter(pk__in=[c.pk for c in several]).values_list("pk", flat=True)
        )


# After a withdrawal -----------------------------------------------------------------------------------------


def document(case, who, audience) -> Document:
    return Document.objects.create(
        case=case,
        title=f"{who.user.first_name}, {audience}",
        filename="notiz.pdf",
        file="documents/aa/none",
        content_type="application/pdf",
        size=1,
        sha256="0" * 64,
        audience=audience,
        institution=who.institution,
        uploaded_by=who.user,
    )


@pytest.mark.django_db
def test_a_document_is_seen_by_those_it_is_meant_for():
    nora, jan, office = optima.nora(), optima.jan(), coordinator()
    case = optima.submitted(nora, jan.institution)
    shared, own = document(case, nora, Audience.CASE), document(case, nora, Audience.OWN)
    assert set(Document.objects.visible_to(nora)) == {shared, own}
    assert set(Document.objects.visible_to(jan)) == {shared}
    assert set(Document.objects.visible_to(office)) == {shared}
    assert not Document.objects.visible_to(optima.fremde()).exists()


@pytest.mark.django_db
def test_after_a_withdrawal_each_office_keeps_what_it_wrote_and_only_the_first_knows_the_name():
    nora, jan, office = optima.nora(), optima.jan(), coordinator()
    case = optima.accepted(optima.submitted(nora, jan.institution))
    mine, his = document(case, nora, Audience.CASE), document(case, jan, Audience.CASE)
    case = workflow.apply(case, "client_withdraws", nora)
    assert access.level_of(case, nora) == Level.LEAD
    assert access.level_of(case, jan) == Level.VIEW
    assert set(Document.objects.visible_to(nora)) == {mine}
    assert set(Document.objects.visible_to(jan)) == {his}
    assert set(Document.objects.visible_to(office)) == {mine, his}
    assert [Person.objects.visible_to(who).exists() for who in (nora, jan, office)] == [True, False, True]
    assert [access.shows_person(case, who) for who in (nora, jan, office)] == [True, False, True]


@pytest.mark.django_db
def test_membership_that_ended_or_begins_tomorrow_gives_no_standing():
    from iiz.core.actor import actor_for, actors_of

    nora = optima.nora()
    row = nora.user.memberships.get()
    for begin, end in ((-10, -1), (1, None)):
        row.valid_from = timezone.localdate() + dt.timedelta(days=begin)
        row.valid_until = timezone.localdate() + dt.timedelta(days=end) if end else None
        row.save()
        assert actor_for(nora.user, nora.institution) is None
        assert actors_of(nora.user) == []
    assert join(nora.user, InstitutionFactory.create(), Role.READ_ONLY).works_on_cases is False
