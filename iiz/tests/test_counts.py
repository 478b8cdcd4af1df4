"""Fixed numbers of queries: the same for five rows and for fifty, and never the same query per row."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from optima.tests import factories as optima

pytestmark = pytest.mark.django_db

MOST = {
    "/faelle/": 14,
    "/faelle/?phase=all": 14,
    "/faelle/?q=Beispiel": 14,
    "/faelle/?q=O-": 14,
    "/pendenzen/": 14,
    "/pendenzen/?wer=alle": 14,
    "/koordination/": 22,
    "/verzeichnis/": 14,
    "/berichte/optima/?von=2020-01-01&bis=2030-12-31": 20,
}
"""Lists: address → the most queries."""
CASE_PAGES = {"": 26, "dokumente/": 26, "verlauf/": 26, "zugriff/": 26}
"""Views of a case: end of the address → the most queries."""


def queries(client, address: str, context) -> int:
    """How many queries a page takes; its second call, so that nothing is counted that is kept in memory."""
    assert client.get(address).status_code == 200, address
    with (
        CaptureQueriesContext(
            connection,
        ) as captured,
        context(),
    ):
        client.get(address)
    return len(captured)


@pytest.fixture
def canton(client_of):
    """Clients of both sides and the coordination, and a way to add cases in several states."""
    from iiz.core.tests.factories import coordinator

    nora, jan = optima.nora(), optima.jan()
    ways = (lambda case: case, optima.queried, optima.accepted, optima.consent_withdrawn, optima.refused)

    def add(count: int) -> None:
        for place in range(count):
            ways[place % len(ways)](optima.submitted(nora, jan.institution))

    clients = {"principal": client_of(nora), "contractor": client_of(jan), "coordination": client_of(coordinator())}
    return clients, add


def reachable(who: str, address: str) -> bool:
    return who == "coordination" or not address.startswith("/koordination/")


def test_lists_take_the_same_queries_for_five_and_fifty_rows(canton, no_repeated_queries):
    clients, add = canton
    add(5)
    pages = [(who, address) for who in clients for address in MOST if reachable(who, address)]
    few = {page: queries(clients[page[0]], page[1], no_repeated_queries) for page in pages}
    add(45)
    many = {page: queries(clients[page[0]], page[1], no_repeated_queries) for page in pages}
    assert {page: many[page] for page in pages if many[page] > few[page]} == {}, "grows with the rows"
    assert {page: count for page, count in many.items() if count > MOST[page[1]]} == {}, "more than said"


def test_views_of_a_case_take_the_same_queries_whatever_hangs_on_it(canton, no_repeated_queries):
    from iiz.core import workflow
    from iiz.core.models import Case

    clients, _add = canton
    nora, jan = optima.nora(), optima.jan()
    case = optima.submitted(nora, jan.institution)
    from iiz.tests.fixtures import enter

    enter(clients["principal"], nora)
    enter(clients["contractor"], jan)
    pages = [(who, f"{case.get_absolute_url()}{end}", most) for who in clients for end, most in CASE_PAGES.items()]

    def measured() -> dict:
        return {(who, url): queries(clients[who], url, no_repeated_queries) for who, url, _most in pages}

    for round_ in range(2):
        case = workflow.apply(Case.objects.get(pk=case.pk), "ask", jan, {"question": f"Frage {round_}?"})
        case = workflow.apply(case, "answer", nora, {"answer": "Antwort."})
    few = measured()
    for round_ in range(10):
        case = workflow.apply(Case.objects.get(pk=case.pk), "ask", jan, {"question": f"Frage {round_}?"})
        case = workflow.apply(case, "answer", nora, {"answer": "Antwort."})
    many = measured()
    assert many == few
    assert {(who, url): many[who, url] for who, url, most in pages if many[who, url] > most} == {}


def test_a_repeated_query_is_an_error(no_repeated_queries):
    """The guard itself: the loop that it exists to find."""
    from zeal import NPlusOneError

    from iiz.core.models import Case

    for _ in range(3):
        optima.submitted()
    with pytest.raises(NPlusOneError), no_repeated_queries():
        [case.person.last_name for case in Case.objects.all()]
