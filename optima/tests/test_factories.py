"""The factories give what their names say: every other test stands on them."""

import pytest

from iiz.core import access, audit
from iiz.core.enums import Level
from iiz.core.models import Case
from iiz.core.tests.factories import PASSWORD, UserFactory, coordinator

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("maker", "state"),
    [
        (make.draft, "draft"),
        (make.submitted, "submitted"),
        (make.queried, "queried"),
        (make.answered, "submitted"),
        (make.accepted, "accepted"),
        (make.refused, "refused"),
        (make.withdrawn, "withdrawn"),
        (make.client_declined, "client_declined"),
        (make.consent_withdrawn, "accepted"),
        (make.ended, "not_established"),
    ],
)
def test_a_case_reaches_its_state_through_the_workflow(maker, state):
    case = maker()

    assert case.state == state
    assert list(audit.verify()) == []
    assert list(access.differences(Case.objects.all())) == []


def test_nora_leads_jan_contributes_and_the_stranger_sees_only_her_own():
    nora, jan, stranger = make.nora(), make.jan(), make.fremde()
    case = make.submitted(nora, jan.institution)

    assert access.level_of(case, nora) == Level.LEAD
    assert access.level_of(case, jan) == Level.CONTRIBUTE
    assert access.level_of(case, stranger) is None
    assert Case.objects.visible_to(stranger).count() == 2
    assert access.level_of(case, coordinator()) == Level.COORDINATE


def test_the_shared_password_opens_every_account():
    assert UserFactory.create().check_password(PASSWORD)
