"""Fixed numbers of queries: the same for five rows and for fifty, and never the same query per row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from iiz.core import absences, audit, documents, snoozing, workflow
from iiz.core.actor import Actor
from iiz.core.enums import Audience, Role
from iiz.core.models import Case, Institution, Meeting, Task
from iiz.core.tests.factories import actor, coordinator
from iiz.tests.fixtures import enter
from optima import seed
from optima.tests import beside, requesting
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db

MOST = {
    "/faelle/": 14,
    "/faelle/?phase=all": 14,
    "/faelle/?q=Beispiel": 14,
    "/faelle/?q=O-": 14,
    "/pendenzen/": 15,
    "/pendenzen/?wer=vertretung": 15,
    "/pendenzen/?wer=alle": 15,
    "/eingang/": 20,
    "/koordination/": 22,
    "/verzeichnis/": 16,
    "/verzeichnis/?wohnort=Musterdorf": 16,
    "/berichte/optima/?von=2020-01-01&bis=2030-12-31": 20,
}
"""Lists: address → the most queries."""
CASE_PAGES = {"": 20, "gespraeche/": 20, "dokumente/": 17, "verlauf/": 17, "zugriff/": 17}
"""Views of a case: end of the address → the most queries."""


def queries(client, address: str, context) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as captured, context():
        assert client.get(address).status_code == 200, address
    return len(captured)


def warm(clients: dict, addresses: Iterable[str]) -> None:
    """Open pages once, so that nothing is counted that is kept in memory from then on."""
    for client in clients.values():
        for address in addresses:
            client.get(address)


@pytest.fixture
def canton(client_of):
    """Clients of both sides and the coordination, and a way to add cases in several states."""
    nora, jan = optima.nora(), optima.jan()
    eva = actor(Role.CASEWORKER, jan.institution)
    today = timezone.localdate()
    absences.enter(jan, eva.user, jan.user, today, today + dt.timedelta(days=5))

    def evas(case: Case) -> Case:
        return workflow.apply(case, "assign", jan, {"adviser": eva.user})

    def put_off(case: Case) -> Case:
        task = Task.objects.get(case=evas(case), name="decide", done_at=None)
        snoozing.put_off(jan, task, snoozing.proposed(task), "Abklärung läuft.")
        return case

    ways = (lambda case: case, evas, optima.queried, put_off, optima.accepted, optima.consent_withdrawn, optima.refused)

    def add(count: int) -> None:
        for place in range(count):
            ways[place % len(ways)](optima.submitted(nora, jan.institution))

    clients = {"principal": client_of(nora), "contractor": client_of(jan), "coordination": client_of(coordinator())}
    return clients, add


def reachable(who: str, address: str) -> bool:
    """Whether somebody has the page: the principal here is no contact person and has no inbox."""
    if address.startswith("/eingang/"):
        return who != "principal"
    return who == "coordination" or not address.startswith("/koordination/")


def test_lists_take_the_same_queries_for_five_and_fifty_rows(canton, no_repeated_queries):
    clients, add = canton
    add(7)
    pages = [(who, address) for who in clients for address in MOST if reachable(who, address)]
    warm(clients, MOST)
    few = {page: queries(clients[page[0]], page[1], no_repeated_queries) for page in pages}
    add(49)
    many = {page: queries(clients[page[0]], page[1], no_repeated_queries) for page in pages}
    assert {page: many[page] for page in pages if many[page] > few[page]} == {}, "grows with the rows"
    assert {page: count for page, count in many.items() if count > MOST[page[1]]} == {}, "more than said"


def grow_old(case: Case, nora: Actor, jan: Actor) -> None:
    """Meetings, documents, and people who look: what years leave on a case."""
    for round_ in range(10):
        optima.continued(Case.objects.get(pk=case.pk))
        upload = SimpleUploadedFile(f"{round_}.pdf", b"%PDF-1.7")
        documents.store(
            case, nora, title=f"Zeugnis {round_}", upload=upload, content_type="application/pdf", audience=Audience.CASE
        )
    for _ in range(40):
        audit.record(audit.case_stream(case.number), nora, "document_filed", case)
    for _ in range(50):
        audit.log_read(jan, case, "Übersicht")


@pytest.fixture
def two_sides(canton, settings, tmp_path):
    """Nora, Jan and the coordination with their clients; both institutions ask for a second factor."""
    settings.MEDIA_ROOT = tmp_path
    clients, _add = canton
    nora, jan = optima.nora(), optima.jan()
    for side, somebody in (("principal", nora), ("contractor", jan)):
        Authenticator.objects.create(user=somebody.user, type=Authenticator.Type.TOTP, data={})
        Institution.objects.filter(pk=somebody.institution.pk).update(mfa_roles=[Role.CASEWORKER])
        enter(clients[side], somebody)
    return clients, nora, jan


def views_of(case: Case, clients: dict, context) -> dict[tuple[str, str, str], int]:
    """How many queries each view of a case takes for each side; the case page has been opened before."""
    pages = [(case.state, who, end) for who in clients for end in CASE_PAGES]
    warm(clients, [case.get_absolute_url()])
    return {page: queries(clients[page[1]], f"{case.get_absolute_url()}{page[2]}", context) for page in pages}


def over(counts: dict[tuple[str, str, str], int]) -> dict[tuple[str, str, str], int]:
    """Those that take more than said."""
    return {page: count for page, count in counts.items() if count > CASE_PAGES[page[2]]}


def test_views_of_a_case_take_the_same_queries_whatever_its_age(two_sides, no_repeated_queries):
    clients, nora, jan = two_sides
    case = optima.answered(optima.answered(optima.submitted(nora, jan.institution)))
    case = optima.continued(optima.running(optima.handover_planned(optima.accepted(case))))
    young = views_of(case, clients, no_repeated_queries)
    grow_old(case, nora, jan)
    assert Meeting.objects.filter(case=case).count() == 13
    assert views_of(case, clients, no_repeated_queries) == young, "grows with the age of the case"


def test_views_of_a_case_take_few_queries_in_every_state(two_sides, no_repeated_queries):
    clients, nora, jan = two_sides

    def planned() -> Case:
        return optima.handover_planned(accepted())

    def accepted() -> Case:
        return optima.accepted(optima.submitted(nora, jan.institution))

    requesting.procedure()
    cases = [
        optima.submitted(nora, jan.institution),
        optima.queried(optima.submitted(nora, jan.institution)),
        optima.refused(optima.submitted(nora, jan.institution)),
        accepted(),
        optima.consent_withdrawn(optima.submitted(nora, jan.institution)),
        planned(),
        optima.handover_held(planned()),
        optima.agreed(planned()),
        optima.running(planned()),
        optima.stopped(optima.running(planned())),
        optima.closed(optima.running(planned())),
        requesting.both_sent(optima.running(planned())),
        optima.closed(requesting.hinted(optima.running(planned()))),
    ]
    assert [found for case in cases if (found := over(views_of(case, clients, no_repeated_queries)))] == []


WAYS_BESIDE = {
    "RAV to social service, accepted": lambda: beside.to_social(optima.accepted),
    "RAV to social service, to be signed": beside.filled_in,
    "RAV to social service, extended": lambda: beside.signed(beside.extended(beside.released())),
    "RAV to social service, work offer intact": beside.restored,
    "RAV to social service, closed": lambda: optima.closed(beside.released()),
    "RAV to social service, withdrawn": lambda: optima.stopped(beside.released()),
    "to the RAV, accepted": lambda: beside.to_rav(optima.accepted),
    "to the RAV, running": beside.to_rav,
    "IV to social service": beside.from_iv,
}


@pytest.mark.parametrize("way", WAYS_BESIDE)
def test_what_goes_beside_a_case_takes_few_queries_too(way, client_of, no_repeated_queries):
    case = WAYS_BESIDE[way]()
    seed.seed()
    clients = {"coordination": client_of(coordinator())}
    for side, somebody in (("principal", optima.principal_of(case)), ("contractor", optima.adviser_of(case))):
        Authenticator.objects.create(user=somebody.user, type=Authenticator.Type.TOTP, data={})
        Institution.objects.filter(pk=somebody.institution.pk).update(mfa_roles=[Role.CASEWORKER])
        clients[side] = client_of(somebody)
    assert over(views_of(case, clients, no_repeated_queries)) == {}


def test_a_repeated_query_is_an_error(no_repeated_queries):
    """The guard itself: the loop that it exists to find."""
    from zeal import NPlusOneError

    for _ in range(3):
        optima.submitted()
    with pytest.raises(NPlusOneError), no_repeated_queries():
        [case.person.last_name for case in Case.objects.all()]
