"""Who is absent and who stands in: entered for oneself or by the contact, checked, never rewritten."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from iiz.core import absences
from iiz.core.enums import Role
from iiz.core.models import AuditEntry, Membership, Substitution
from iiz.core.tests.factories import actor
from iiz.core.workflow import NotAllowed

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def office():
    """Irene is the contact, Eva and Ben work there."""
    irene = actor(Role.CONTACT, first_name="Irene", last_name="Hof")
    eva = actor(Role.CASEWORKER, irene.institution, first_name="Eva", last_name="Rat")
    return irene, eva, actor(Role.CASEWORKER, irene.institution, first_name="Ben", last_name="Tat")


def day(number: int) -> dt.date:
    return timezone.localdate() + number * DAY


def enter(who, absent, deputy, first: int = 0, last: int = 5) -> Substitution:
    return absences.enter(who, absent.user, deputy.user, day(first), day(last))


def sentence(refused) -> tuple[str, str]:
    """Field and words of what a form would show."""
    [(name, [words])] = refused.value.message_dict.items()
    return name, words


def test_for_oneself_and_by_the_contact_for_everybody(office):
    irene, eva, ben = office
    enter(eva, eva, ben)
    enter(irene, ben, irene, 10, 12)
    with pytest.raises(NotAllowed):
        enter(eva, ben, irene, 20, 21)
    reader = actor(Role.READ_ONLY, irene.institution)
    with pytest.raises(NotAllowed):
        enter(reader, reader, eva)
    assert [entry.verb for entry in AuditEntry.objects.filter(stream="master")] == ["absence_entered"] * 2


def test_a_contact_elsewhere_enters_nobody_here(office):
    _irene, eva, _ben = office
    elsewhere = actor(Role.CONTACT)
    with pytest.raises(ValidationError):
        enter(elsewhere, eva, elsewhere)


@pytest.mark.parametrize(
    ("first", "last", "field", "words"),
    [
        (-1, 3, "valid_from", "Vergangenes bleibt"),
        (3, 2, "valid_until", "vor dem ersten"),
        (0, 400, "valid_until", "Höchstens ein Jahr"),
    ],
)
def test_days_that_make_no_sense(office, first, last, field, words):
    _irene, eva, ben = office
    with pytest.raises(ValidationError) as refused:
        enter(eva, eva, ben, first, last)
    name, found = sentence(refused)
    assert name == field
    assert words in found


def test_nobody_stands_in_for_oneself_nor_from_outside_nor_while_away(office):
    irene, eva, ben = office
    enter(ben, ben, irene, 3, 4)
    for deputy in (eva, ben, actor(Role.CASEWORKER), actor(Role.READ_ONLY, irene.institution)):
        with pytest.raises(ValidationError) as refused:
            enter(eva, eva, deputy)
        assert sentence(refused)[0] == "deputy"


def test_two_absences_of_one_person_do_not_overlap(office):
    _irene, eva, ben = office
    enter(eva, eva, ben, 2, 5)
    for first, last in ((0, 2), (5, 9), (3, 4), (0, 9)):
        with pytest.raises(ValidationError, match="schon eine Stellvertretung"):
            enter(eva, eva, ben, first, last)
    enter(eva, eva, ben, 6, 9)


def test_whoever_goes_away_while_standing_in_is_found(office):
    irene, eva, ben = office
    row = enter(eva, eva, ben, 2, 5)
    enter(ben, ben, irene, 5, 6)
    assert absences.also_deputy(irene.institution, ben.user, day(5), day(6)) == row
    assert absences.also_deputy(irene.institution, ben.user, day(6), day(7)) is None


def test_ending_one_that_runs_keeps_it_and_one_to_come_never_holds(office):
    irene, eva, ben = office
    running, coming = enter(eva, eva, ben), enter(eva, eva, ben, 10, 12)
    Substitution.objects.filter(pk=running.pk).update(valid_from=day(-3))
    absences.end(irene, running)
    absences.end(eva, coming)
    running.refresh_from_db()
    assert (running.valid_from, running.valid_until) == (day(-3), day(-1))
    assert not Substitution.objects.filter(pk=coming.pk).exists()
    absences.end(eva, running)
    running.refresh_from_db()
    assert running.valid_until == day(-1), "what is over stays as it was"
    verbs = list(AuditEntry.objects.filter(stream="master").values_list("verb", flat=True))
    assert verbs[2:] == ["absence_ended", "absence_cancelled"]


def test_who_left_enters_nothing_any_more(office):
    _irene, eva, ben = office
    Membership.objects.filter(user=eva.user).update(valid_until=day(-1))
    with pytest.raises(NotAllowed):
        enter(eva, eva, ben)


def test_the_words_of_an_absence(office):
    _irene, eva, ben = office
    row = enter(eva, eva, ben, 0, 5)
    assert absences.words(row) == f"abwesend bis {day(5):%d.%m.%Y}, vertreten durch Ben Tat"
    assert absences.period(row) == f"{day(0):%d.%m.%Y} bis {day(5):%d.%m.%Y}"
