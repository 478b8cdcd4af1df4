"""The form of a Kostengutsprache and what the case says of it: written, thrown away, asked for, outside and lapsing."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from iiz.core.tests.factories import InstitutionFactory
from optima.enums import TariffUnit
from optima.kostengutsprache import actions
from optima.models import Kostengutsprache
from optima.tests import beside, promises
from optima.tests import factories as make
from optima.tests.test_kg_pages import page, said, step

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def built(kept):
    """A running case of a RAV, and its adviser."""
    with kept():
        return beside.to_rav()


@pytest.fixture
def case(built, db):
    return copy.deepcopy(built)


@pytest.fixture
def adviser(case, client_of):
    return client_of(make.adviser_of(case))


def typed(case: Any, **changes: Any) -> dict[str, Any]:
    """What the adviser types into the form."""
    today = timezone.localdate()
    return {
        "payer": case.antrag.principal_id,
        "payer_person": "Nora Nötig",
        "tariff": promises.tariff().pk,
        "quantity": "12",
        "period_from": f"{today + 14 * DAY:%d.%m.%Y}",
        "period_until": f"{today + 44 * DAY:%d.%m.%Y}",
        "rav_number": "12345678",
        "key": "8d6ac61e-6b8d-4f6e-9a3f-0f4a4c3b1a11",
    } | changes


def test_from_the_tab_of_the_case_to_the_request(case, adviser):
    promises.signatory(case.antrag.principal)
    tab = said(adviser.get(reverse("core:case_tab", args=[case.number, "kostengutsprachen"])))
    form = reverse("optima:kg_new", args=[case.number])
    assert form in tab
    assert "Noch keine Kostengutsprache." in tab
    assert "Nora" in said(adviser.get(form)), "the person in charge at the principal is filled in"

    answer = adviser.post(form, typed(case, do="request"), follow=True)
    row = Kostengutsprache.objects.get()
    assert answer.redirect_chain[-1][0] == page(row)
    assert (row.state, row.amount, row.rav_number) == ("requested", Decimal("1140.00"), "12345678")
    assert row.number in said(adviser.get(reverse("core:case_tab", args=[case.number, "kostengutsprachen"])))


def test_a_draft_keeps_what_was_typed_even_wrong(case, adviser):
    form = reverse("optima:kg_new", args=[case.number])
    answer = adviser.post(form, typed(case, period_from="31.2.2027", quantity="zwölf", do="save"), follow=True)
    assert "31.2.2027" in said(answer)
    assert "zwölf" in said(answer)
    row = Kostengutsprache.objects.get()
    assert (row.state, row.quantity, row.period_from) == ("draft", None, None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"tariff": ""}, "Welche Massnahme soll es sein?"),
        ({"quantity": ""}, "Wie viel davon braucht es?"),
        ({"quantity": "-3"}, "Nötig ist eine Zahl über null."),
        ({"period_from": "1.1.2020"}, "Dieser Tag ist vorbei."),
        ({"period_until": "1.1.2020"}, "Das Ende der Massnahme liegt vor ihrem Beginn."),
        ({"period_until": "1.1.2040"}, "Eine Massnahme dauert höchstens 24 Monate."),
        ({"period_from": "1.1.2040", "period_until": "1.2.2040"}, "beginnt spätestens in 12 Monaten."),
        ({"payer_person": ""}, "Wer ist dort zuständig?"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_stays_typed(case, adviser, changes, sentence):
    answer = adviser.post(reverse("optima:kg_new", args=[case.number]), typed(case, do="request") | changes)
    assert sentence in said(answer)
    assert all(value in said(answer) for value in changes.values())
    assert Kostengutsprache.objects.get().state == "draft"


def test_sending_twice_makes_one(case, adviser):
    form = reverse("optima:kg_new", args=[case.number])
    for _again in range(2):
        adviser.post(form, typed(case, do="save"))
    assert Kostengutsprache.objects.count() == 1
    for _again in range(2):
        answer = adviser.post(form, typed(case, do="request"), follow=True)
    assert "bereits beantragt" in said(answer)
    assert Kostengutsprache.objects.count() == 1


def test_a_colleague_s_words_are_not_overwritten(case, adviser):
    row = promises.drafted(case)
    edit = reverse("optima:kg_edit", args=[row.pk])
    old = typed(case, do="save", version=actions.version_of(row))
    adviser.post(edit, old | {"payer_person": "Mein Name"})
    answer = adviser.post(edit, old | {"payer_person": "Anderer Name"})
    assert answer.status_code == 409
    assert "Anderer Name" in said(answer)


def test_an_end_well_after_that_of_the_case_is_a_hint_and_no_bar(case, adviser):
    case.antrag.planned_until = timezone.localdate()
    case.antrag.save()
    form, words = reverse("optima:kg_new", args=[case.number]), "Stimmt das Ende der Massnahme?"
    soon = f"{timezone.localdate() + 20 * DAY:%d.%m.%Y}"
    assert words not in said(adviser.post(form, typed(case, do="look", period_until=soon)))
    assert words in said(adviser.post(form, typed(case, do="look")))
    adviser.post(form, typed(case, do="request"))
    assert Kostengutsprache.objects.get().state == "requested"


def test_the_cost_is_shown_without_saving(case, adviser):
    answer = adviser.post(reverse("optima:kg_new", args=[case.number]), typed(case, do="look", quantity="12,5"))
    assert "CHF\u00a01&#x27;187.50" in answer.content.decode()
    assert not Kostengutsprache.objects.exists()


@pytest.mark.parametrize("do", ["look", "request"])
def test_who_is_in_charge_goes_and_comes_with_the_office_that_pays(case, adviser, do):
    form, own, other = (
        reverse("optima:kg_new", args=[case.number]),
        case.antrag.principal_id,
        InstitutionFactory.create(),
    )
    away = typed(case, do=do, payer=other.pk, payer_was=own)
    assert principal(case) not in said(adviser.post(form, away | {"payer_person": principal(case)}))
    back = typed(case, do="look", payer=own, payer_was=other.pk, payer_person="")
    assert principal(case) in said(adviser.post(form, back))
    mine = away | {"do": "look", "payer_person": "Petra Selbst"}
    assert "Petra Selbst" in said(adviser.post(form, mine)), "what was typed stays"


def test_a_draft_stands_in_the_own_list_and_can_be_thrown_away(case, adviser, client_of):
    row = promises.drafted(case)
    listed = f"{reverse('optima:kg_list')}?status=draft"
    assert page(row) in said(adviser.get(listed))
    assert page(row) not in said(client_of(make.principal_of(case)).get(listed))
    for place in (page(row), reverse("optima:kg_edit", args=[row.pk]), case.get_absolute_url() + "kostengutsprachen/"):
        assert step(row, "discard") in said(adviser.get(place))
    adviser.post(step(row, "discard"))
    assert not Kostengutsprache.objects.exists()


def principal(case: Any) -> str:
    return make.principal_of(case).user.get_full_name()


def test_only_an_offer_has_an_amount_of_its_own(case, adviser):
    offer = promises.tariff("Job-Coaching", unit=TariffUnit.OFFER)
    data = typed(case, do="request", tariff=offer.pk, amount="CHF 2'400.–")
    adviser.post(reverse("optima:kg_new", args=[case.number]), data)
    assert Kostengutsprache.objects.get().amount == Decimal("2400.00")


def test_an_extension_is_a_new_one_that_says_what_it_follows(case, adviser):
    first = promises.approved(case)
    link = f"{reverse('optima:kg_new', args=[case.number])}?folgt={first.pk}"
    assert link in said(adviser.get(page(first)))
    assert first.number in said(adviser.get(link))
    adviser.post(link, typed(case, do="request", folgt=first.pk))
    assert Kostengutsprache.objects.get(state="requested").follows == first


def test_an_own_claim_needs_no_kostengutsprache_unless_it_has_ended(adviser, case):
    case.benefits.ale = True
    case.benefits.save()
    form = reverse("optima:kg_new", args=[case.number])
    answer = adviser.post(form, typed(case, do="request"))
    assert "braucht es keine Kostengutsprache" in said(answer)
    adviser.post(form, typed(case, do="request", claim_ended="on"))
    assert Kostengutsprache.objects.filter(state="requested").count() == 1


def test_the_case_names_a_payer_outside_and_the_withdrawal_what_lapses(case, adviser):
    away, access = reverse("core:action", args=[case.number, "client_withdraws"]), f"{case.get_absolute_url()}zugriff/"
    assert "verfällt" not in said(adviser.get(away))
    other = InstitutionFactory.create(name="Sozialdienst Anderswo")
    assert "Sozialdienst Anderswo" not in said(adviser.get(access))
    promises.requested(case, payer=other)
    assert "Die Kostengutsprache K1 ist noch nicht bestellt und verfällt damit." in said(adviser.get(away))
    words = said(adviser.get(access))
    assert "Sozialdienst Anderswo: nur die Kostengutsprache K1." in words
    assert words.count("nur die Kostengutsprache K1") == 2, "beside the case and in the table"
