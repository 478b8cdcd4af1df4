"""Two tabs, two institutions, two people: nobody acts for the wrong office, and nothing typed is lost."""

from __future__ import annotations

import pytest
from django.urls import reverse

from iiz.core import workflow
from iiz.core.enums import Role
from iiz.core.middleware import SESSION_KEY
from iiz.core.models import AuditEntry, Case
from iiz.core.tests.factories import InstitutionFactory, actor, coordinator, join
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db

QUESTION = "Welche Ausbildung liegt vor und <b>seit wann</b>?"


def action(case: Case, name: str) -> str:
    return reverse("core:action", args=[case.number, name])


@pytest.fixture
def nora_of_two():
    """Nora works for two offices; one case belongs to the first."""
    nora = optima.nora()
    return nora, join(nora.user, InstitutionFactory.create(rav=True), Role.CASEWORKER, Role.CONTACT)


def test_a_form_acts_for_the_office_it_was_opened_for(nora_of_two, client_of):
    nora, elsewhere = nora_of_two
    case = optima.queried(optima.submitted(nora))
    client = client_of(elsewhere)
    answer = client.post(
        action(case, "answer"),
        {"answer": "Pflege", "acting": nora.institution.pk, "version": case.version},
        follow=True,
    )
    assert answer.status_code == 200
    assert Case.objects.get(pk=case.pk).state == "submitted"
    told = AuditEntry.objects.filter(verb="case_answer").get()
    assert told.institution_id == nora.institution.pk
    assert "Sie handeln jetzt wieder für" in answer.content.decode()
    assert client.session[SESSION_KEY] == nora.institution.pk


def test_a_form_of_an_office_one_left_is_refused_with_everything_typed(nora_of_two, client_of):
    nora, elsewhere = nora_of_two
    case = optima.queried(optima.submitted(nora))
    client = client_of(elsewhere)
    nora.user.memberships.filter(institution=nora.institution).delete()
    answer = client.post(
        action(case, "answer"), {"answer": QUESTION, "acting": nora.institution.pk, "version": case.version}
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Welche Ausbildung liegt vor und &lt;b&gt;seit wann" in page
    assert str(elsewhere.institution) in page
    assert Case.objects.get(pk=case.pk).state == "queried"


@pytest.mark.parametrize("named", ["0", "-1", "x", "99999999999999999999", "1 OR 1=1"])
def test_an_office_one_never_belonged_to_is_refused(named, client_of):
    nora = optima.nora()
    case = optima.queried(optima.submitted(nora))
    answer = client_of(nora).post(action(case, "answer"), {"answer": QUESTION, "acting": named})
    assert answer.status_code == 403
    assert Case.objects.get(pk=case.pk).state == "queried"


def test_naming_the_office_of_somebody_else_gives_nothing(client_of):
    case = optima.submitted()
    jan, fremde = optima.contractor_of(case), optima.fremde()
    answer = client_of(fremde).post(action(case, "refuse"), {"acting": jan.institution.pk, "note": "x"})
    assert answer.status_code == 403
    assert case.number not in answer.content.decode()
    assert Case.objects.get(pk=case.pk).state == "submitted"


def test_switching_follows_the_person_and_is_noted(nora_of_two, client_of):
    nora, elsewhere = nora_of_two
    client = client_of(nora)
    answer = client.post(reverse("core:switch"), {"acting": elsewhere.institution.pk, "next": "/faelle/"})
    assert answer.status_code == 302
    assert client.session[SESSION_KEY] == elsewhere.institution.pk
    assert AuditEntry.objects.filter(verb="institution_switched", institution_id=elsewhere.institution.pk).exists()
    foreign = InstitutionFactory.create()
    assert client.post(reverse("core:switch"), {"acting": foreign.pk}).status_code == 403
    assert client.session[SESSION_KEY] == elsewhere.institution.pk


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", ""]
)
def test_switching_leads_nowhere_else(nora_of_two, client_of, target):
    nora, elsewhere = nora_of_two
    answer = client_of(nora).post(reverse("core:switch"), {"acting": elsewhere.institution.pk, "next": target})
    assert answer.headers["Location"] == "/pendenzen/"


def test_a_case_of_the_other_office_says_where_it_is_seen(nora_of_two, client_of):
    nora, elsewhere = nora_of_two
    case = optima.submitted(nora)
    answer = client_of(elsewhere).get(case.get_absolute_url())
    assert answer.status_code == 404
    assert nora.institution.name in answer.content.decode()
    stranger = client_of(optima.fremde()).get(case.get_absolute_url())
    assert nora.institution.name not in stranger.content.decode()


def test_an_invisible_case_answers_like_one_that_never_was(client_of):
    case = optima.submitted()
    client = client_of(optima.fremde())
    pages = [client.get(f"/faelle/{number}/") for number in (case.number, "O-1999-0001")]
    assert [page.status_code for page in pages] == [404, 404]
    texts = [page.content.decode().replace(case.number, "N").replace("O-1999-0001", "N") for page in pages]
    assert neutral(texts[0]) == neutral(texts[1])


def neutral(page: str) -> str:
    import re

    return re.sub(r'(csrfmiddlewaretoken" value=|x-csrftoken": |nonce=)"[^"]+"', "", page)


def test_without_any_membership_there_are_no_cases_but_a_reason(client_of):
    nora = optima.nora()
    client = client_of(nora)
    nora.user.memberships.all().delete()
    for address in ("/pendenzen/", "/faelle/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "gehört zu keiner Institution" in answer.content.decode()


# Somebody was faster ----------------------------------------------------------------------------------------


def test_who_comes_second_sees_both_versions(client_of):
    jan = optima.jan()
    eva = actor(Role.CONTACT, jan.institution)
    case = optima.submitted(contractor=jan.institution)
    version = case.version
    workflow.apply(case, "ask", eva, {"question": "Schon gefragt?"})
    answer = client_of(jan).post(
        action(case, "ask"), {"question": QUESTION, "version": version, "acting": jan.institution.pk}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Welche Ausbildung liegt vor" in page
    assert eva.user.get_full_name() in page
    assert str(workflow.state_of(Case.objects.get(pk=case.pk)).label) in page
    assert case.antrag.queries.count() == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "٣", "²", "1" * 40])
def test_an_odd_version_is_no_error_of_ours(version, client_of):
    jan = optima.jan()
    case = optima.submitted(contractor=jan.institution)
    answer = client_of(jan).post(action(case, "ask"), {"question": QUESTION, "version": version})
    assert answer.status_code in {302, 409}


def test_what_was_not_allowed_in_the_first_place_stays_403(client_of):
    nora = optima.nora()
    case = optima.submitted(nora)
    reader = actor(Role.READ_ONLY, nora.institution)
    for who, name, code in (
        (nora, "accept", 403),
        (reader, "withdraw", 403),
        (coordinator(), "refuse", 403),
        (nora, "none", 404),
    ):
        client = client_of(who)
        assert client.get(action(case, name)).status_code == code
        assert client.post(action(case, name), {"version": case.version, "note": ""}).status_code == code


def test_a_form_without_csrf_token_is_refused():
    from django.test import Client

    from iiz.tests.fixtures import enter

    jan = optima.jan()
    case = optima.submitted(contractor=jan.institution)
    client = Client(enforce_csrf_checks=True)
    enter(client, jan)
    answer = client.post(action(case, "ask"), {"question": QUESTION})
    assert answer.status_code == 403
    assert Case.objects.get(pk=case.pk).state == "submitted"
