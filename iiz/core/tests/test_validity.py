"""On one day one rule holds: a dated row refuses a period that overlaps another of the same kind (NFR-07)."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.test import Client

from iiz.core.enums import LeadCapabilityLevel
from iiz.core.models import LeadCapability, TimeLimit, Validity

from .factories import InstitutionFactory, TimeLimitFactory, coordinator

pytestmark = pytest.mark.django_db

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
BEFORE, AFTER = FIRST - dt.timedelta(days=1), LAST + dt.timedelta(days=1)


@pytest.fixture
def there() -> TimeLimit:
    """What holds in the year 2026."""
    return TimeLimitFactory.create(valid_from=FIRST, valid_until=LAST)


def row(first: dt.date, last: dt.date | None, **fields: object) -> TimeLimit:
    return TimeLimitFactory.build(valid_from=first, valid_until=last, **fields)


@pytest.mark.parametrize(("first", "last"), [(dt.date(2020, 1, 1), BEFORE), (AFTER, None), (AFTER, AFTER)])
def test_periods_may_touch(there: TimeLimit, first: dt.date, last: dt.date | None) -> None:
    row(first, last).full_clean()


@pytest.mark.parametrize(
    ("first", "last"),
    [(FIRST, LAST), (BEFORE, FIRST), (LAST, AFTER), (LAST, None), (BEFORE, None), (dt.date(2026, 5, 1), FIRST.max)],
)
def test_one_common_day_is_refused_with_the_other_rows_period(
    there: TimeLimit, first: dt.date, last: dt.date | None
) -> None:
    with pytest.raises(ValidationError) as refused:
        row(first, last).full_clean()
    assert list(refused.value.message_dict) == ["valid_from"]
    assert "Vom 01.01.2026 bis 31.12.2026 gilt bereits" in refused.value.messages[0]


def test_two_rows_without_an_end_are_told_once(there: TimeLimit) -> None:
    TimeLimit.objects.update(valid_until=None)
    with pytest.raises(ValidationError) as refused:
        row(dt.date(2027, 1, 1), None).full_clean()
    assert list(refused.value.message_dict) == ["valid_from"]
    assert "Vom 01.01.2026 an gilt bereits" in refused.value.messages[0]


def test_a_row_may_be_edited_itself(there: TimeLimit) -> None:
    there.valid_until = AFTER
    there.full_clean()


def test_something_else_may_hold_at_the_same_time(there: TimeLimit) -> None:
    row(FIRST, LAST, wait="plan_handover").full_clean()


def test_an_end_before_the_begin_is_told_by_its_own_sentence(there: TimeLimit) -> None:
    with pytest.raises(ValidationError, match="Das Ende liegt vor dem Beginn"):
        row(dt.date(2026, 6, 2), dt.date(2026, 6, 1)).full_clean()


def test_the_lists_tell_it_beside_the_date_and_keep_what_was_typed(client_of: Callable[..., Client]) -> None:
    office = InstitutionFactory.create()
    LeadCapability.objects.create(institution=office, level=LeadCapabilityLevel.FULL, valid_from=FIRST)
    typed = {"institution": office.pk, "level": "none", "remark": "ab Sommer ohne Leitung", "valid_from": "01.07.2026"}
    page = client_of(coordinator()).post("/admin/core/leadcapability/add/", typed)
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == ["valid_from"]
    assert "ab Sommer ohne Leitung" in page.content.decode()
    assert LeadCapability.objects.count() == 1


def test_every_rule_names_fields_that_exist() -> None:
    dated = [model for model in apps.get_models() if issubclass(model, Validity)]
    assert sum(bool(model.once_per) for model in dated) >= 10
    for model in dated:
        assert {*(model.once_per or ())} <= {field.name for field in model._meta.get_fields()}
