"""Each way that the helpers play leads to the state it says (RT-01, RT-07, RT-21)."""

import pytest

from iiz.core.models import Case
from roundtable import queries
from roundtable.enums import RoundtableState as S
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db


def test_a_registration_goes_to_its_end() -> None:
    """Nora registers, the office asks back and starts, all meet, the case is closed."""
    case = play.registered()
    assert case.state == S.REGISTERED
    assert play.queried(case).state == S.QUERIED
    case = play.started(play.answered(play.registered()))
    assert case.state == S.PREPARING
    case = play.with_mother(play.with_therapist(case))
    case = play.proposed(case)
    for who in (play.nora_of(case), play.jan_of(case), play.iris_of(case)):
        case = play.answer_dates(case, who)
    case = play.asked(play.fixed(case))
    assert len(queries.live_perspectives(case)) == 6
    case = play.given(play.given(case, play.jan_of(case)), play.THERAPIST)
    case = play.running(case)
    assert case.state == S.RUNNING
    assert play.closed(case).state == S.CLOSED


def test_a_registration_may_end_before_it_starts() -> None:
    """Not started for a reason, or taken back: both count as a registration that led to no process."""
    assert play.not_started().state == S.NOT_STARTED
    assert play.taken_back().state == S.NOT_STARTED


def test_the_vollmacht_says_who_still_sees_the_case() -> None:
    """Narrowed for an office it loses the case at once; over, only the registering office keeps it; Fremde never."""
    fremde, case = play.fremde(), play.started()
    jan, iris = play.jan_of(case), play.iris_of(case)

    def seen_by(who: object) -> bool:
        return Case.objects.visible_to(who).filter(pk=case.pk).exists()  # type: ignore[arg-type]

    assert [seen_by(who) for who in (jan, iris, fremde)] == [True, True, False]
    play.narrowed(case, jan)
    assert [seen_by(who) for who in (jan, iris)] == [False, True]
    play.ending(Case.objects.get(pk=case.pk), days=-1)
    assert [seen_by(who) for who in (play.nora_of(case), iris)] == [True, False]
    assert play.withdrawn(Case.objects.get(pk=case.pk)).withdrawn_at
