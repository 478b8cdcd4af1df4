"""Services with a flat rate of their own: recorded, ended, put right (FIN-05, CON-20)."""

import datetime as dt

import pytest
from django.urls import reverse

from iiz.core import clock, workflow
from iiz.core.models import Case
from optima.effects.services import period
from optima.forms.services import ChangeServiceForm, RecordServiceForm
from optima.tests import factories as make
from optima.tests import money

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def offered(case, who):
    return {offer.transition.name for offer in workflow.available(Case.objects.get(pk=case.pk), who)}


def shown(day):
    return f"{day:%d.%m.%Y}"


def test_a_service_is_offered_only_where_it_has_a_rate():
    case = make.running()
    jan = make.adviser_of(case)
    assert "record_service" not in offered(case, jan)
    money.rate()
    money.estimate()
    assert "record_service" in offered(case, jan)
    assert "record_service" not in offered(case, make.principal_of(case))


def test_the_adviser_records_a_service_on_one_page_and_everybody_sees_since_when(client_of):
    money.rate()
    case = make.running()
    jan, nora = make.adviser_of(case), make.principal_of(case)
    page = reverse("core:action", args=[case.number, "record_service"])
    form = {"service": "Job-Coaching", "since": shown(clock.today()), "acting": jan.institution.pk}
    version = client_of(jan).get(page).context["form"]
    assert [name for name, _label in version.fields["service"].choices] == ["Job-Coaching"]
    assert client_of(jan).post(page, form | {"version": case.version}).status_code == 302
    (row,) = case.services.all()
    body = client_of(nora).get(case.get_absolute_url()).content.decode()
    assert "Job-Coaching" in body
    assert period(row) in body


def test_a_service_ends_or_is_put_right():
    money.rate()
    case = make.running()
    jan, today = make.adviser_of(case), clock.today()
    case = workflow.apply(case, "record_service", jan, {"service": "Job-Coaching", "since": today, "until": None})
    (row,) = case.services.all()
    case = workflow.apply(case, "change_service", jan, {"row": row, "since": today, "until": today, "mistaken": False})
    row.refresh_from_db()
    assert row.until == today
    workflow.apply(case, "change_service", jan, {"row": row, "since": today, "until": today, "mistaken": True})
    assert not case.services.all()


def test_a_service_is_over_with_the_case_work():
    case = money.work(money.office("iv"), money.office("sd"), dt.date(2026, 3, 1))
    (row,) = case.services.all()
    assert period(row) == "seit 01.03.2026"
    money.withdrawn(case, dt.date(2026, 3, 21))
    assert period(row) == "01.03.2026–21.03.2026"


def test_a_known_end_is_recorded_ahead():
    money.rate()
    case, today = make.running(), clock.today()
    typed = {"service": "Job-Coaching", "since": shown(today), "until": shown(today + 90 * DAY)}
    assert RecordServiceForm(typed, case=case, actor=make.adviser_of(case)).is_valid()


@pytest.mark.parametrize(
    ("since", "until", "wrong"),
    [
        (-1, None, "since"),  # before case work
        (1, None, "since"),  # in the future
        (0, -1, "until"),
        (0, None, "since"),  # the same days twice
    ],
)
def test_what_cannot_be_is_said_beside_the_field(since, until, wrong):
    money.rate()
    case, today = make.running(), clock.today()
    jan = make.adviser_of(case)
    case = workflow.apply(case, "record_service", jan, {"service": "Job-Coaching", "since": today, "until": today})
    typed = {"service": "Job-Coaching", "since": shown(today + since * DAY)}
    if until is not None:
        typed["until"] = shown(today + until * DAY)
    form = RecordServiceForm(typed, case=Case.objects.get(pk=case.pk), actor=jan)
    assert list(form.errors) == [wrong]


def test_the_row_itself_is_no_overlap():
    money.rate()
    case, today = make.running(), clock.today()
    jan = make.adviser_of(case)
    case = workflow.apply(case, "record_service", jan, {"service": "Job-Coaching", "since": today, "until": None})
    (row,) = case.services.all()
    typed = {"row": str(row.pk), "since": shown(today), "until": shown(today)}
    assert ChangeServiceForm(typed, case=Case.objects.get(pk=case.pk), actor=jan).is_valid()
