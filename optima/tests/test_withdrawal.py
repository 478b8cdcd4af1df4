"""After the client withdrew the agreement each office sees only what it wrote itself (PER-07)."""

import pytest
from django.urls import reverse

from iiz.core import workflow
from iiz.core.enums import Role
from iiz.core.tests.factories import actor, coordinator
from optima import content

from . import factories as make

pytestmark = pytest.mark.django_db

PRINCIPALS = {
    "person": "Unverkennbar",
    "situation": "Seit zwei Jahren ohne Stelle",
    "goal": "Stelle in der Pflege",
    "answer": "Pflegehelferin SRK.",
    "ahv": "756.",
    "second contact": "Vertretung Sozialdienst",
    "prior contact": "Am Telefon besprochen",
}
CONTRACTORS = {"question": "Welche Ausbildung liegt vor?", "note": "Gerne ab Januar."}


@pytest.fixture
def case():
    """Asked, answered, accepted with a remark, then withdrawn by the client."""
    case = make.answered(make.submitted(last_name="Unverkennbar", prior_contact="Am Telefon besprochen"))
    jan = make.contractor_of(case)
    case = workflow.apply(case, "accept", jan, {"adviser": jan.user, "note": CONTRACTORS["note"]})
    return workflow.apply(case, "client_withdraws", make.principal_of(case), {})


def seen_on(client, case):
    page = client.get(case.get_absolute_url()).content.decode()
    words = PRINCIPALS | CONTRACTORS
    return {name for name, text in words.items() if text in page}


def test_before_both_sides_see_the_same(client_of):
    case = make.answered(make.submitted(last_name="Unverkennbar", prior_contact="Am Telefon besprochen"))
    everything = set(PRINCIPALS) | {"question"}

    for somebody in (make.principal_of(case), make.contractor_of(case), coordinator()):
        assert seen_on(client_of(somebody), case) == everything


def test_the_contractor_keeps_only_its_own_words(case, client_of):
    assert seen_on(client_of(make.contractor_of(case)), case) == set(CONTRACTORS)


def test_the_principal_keeps_only_its_own_words(case, client_of):
    assert seen_on(client_of(make.principal_of(case)), case) == set(PRINCIPALS)


def test_read_only_colleagues_see_what_their_office_wrote(case, client_of):
    reader = actor(Role.READ_ONLY, case.antrag.principal)
    assert seen_on(client_of(reader), case) == set(PRINCIPALS)


def test_the_coordination_office_sees_everything(case, client_of):
    assert seen_on(client_of(coordinator()), case) == set(PRINCIPALS) | set(CONTRACTORS)


def test_strangers_still_see_nothing(case, client_of):
    assert client_of(make.fremde()).get(case.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("name", ["pdf", "text"])
def test_the_contractor_cannot_take_the_antrag_along_any_more(case, client_of, name):
    url = reverse(f"optima:{name}", args=[case.number])

    refused = client_of(make.contractor_of(case)).get(url)

    assert refused.status_code == 403
    assert "Einverständnis ist zurückgezogen" in refused.content.decode()
    assert "Unverkennbar" not in refused.content.decode()
    assert client_of(make.principal_of(case)).get(url).status_code == 200


def test_the_same_holds_when_the_client_declined_before_the_decision(client_of):
    case = make.client_declined(
        make.answered(make.submitted(last_name="Unverkennbar", prior_contact="Am Telefon besprochen"))
    )

    assert seen_on(client_of(make.contractor_of(case)), case) == {"question"}
    assert seen_on(client_of(make.principal_of(case)), case) == set(PRINCIPALS)


def test_the_person_of_a_withdrawn_case_is_not_found_by_the_contractor(case, client_of):
    found = client_of(make.contractor_of(case)).post(
        reverse("optima:person_search"), {"person_search": "Unverkennbar"}, headers={"HX-Request": "true"}
    )
    assert "niemand" in found.content.decode()


def test_whose_words_may_be_read_depends_on_the_side_alone(case):
    assert content.may_read(case, make.contractor_of(case)) == {"contractor"}
    assert content.may_read(case, make.principal_of(case)) == {"principal"}
    assert content.may_read(case, coordinator()) == {"principal", "contractor"}
    assert content.may_read(case, make.fremde()) == frozenset()


def test_the_actions_tell_all_who_will_be_told(case):
    from optima.pages import ACTIONS

    for name in ("client_declines", "client_withdraws"):
        assert "IIZ-Koordinationsstelle" in str(ACTIONS[name].lead)
