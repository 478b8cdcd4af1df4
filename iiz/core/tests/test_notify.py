"""What is queued: to whom, once, without a word about the client."""

import pytest
from django.db import IntegrityError, transaction

from iiz.core import delivery, notify, registry, workflow
from iiz.core.enums import Role
from iiz.core.models import Case, OutboxMail
from iiz.core.tests.factories import actor, coordinator
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db


def queued(kind: str) -> set:
    return {mail.user for mail in OutboxMail.objects.filter(kind=kind)}


def test_the_contacts_of_the_other_side_hear_of_a_new_antrag_and_nobody_else():
    jan = optima.jan()
    deputy = actor(Role.CONTACT, jan.institution)
    actor(Role.CASEWORKER, jan.institution)
    actor(Role.READ_ONLY, jan.institution)
    optima.submitted(contractor=jan.institution)
    assert queued("optima_arrived") == {jan.user, deputy.user}


def test_without_a_contact_all_who_work_there_hear_of_it():
    office = optima.InstitutionFactory.create(iv=True)
    workers = {actor(Role.CASEWORKER, office).user for _ in range(2)}
    actor(Role.STRATEGIC, office)
    optima.submitted(contractor=office)
    assert queued("optima_arrived") == workers


def test_who_did_it_gets_no_mail_about_it():
    nora, jan = optima.nora(), optima.jan()
    coordinator()
    case = optima.accepted(optima.submitted(nora, jan.institution))
    workflow.apply(case, "client_withdraws", nora)
    assert nora.user not in queued("consent_withdrawn")
    assert jan.user in queued("consent_withdrawn")


def test_somebody_who_left_is_replaced_by_the_contacts():
    nora, jan = optima.nora(), optima.jan()
    deputy = actor(Role.CONTACT, nora.institution)
    case = optima.submitted(nora, jan.institution)
    nora.user.memberships.all().delete()
    workflow.apply(case, "ask", jan, {"question": "?"})
    assert queued("optima_queried") == {deputy.user}


def test_the_same_mail_cannot_be_queued_twice():
    jan = optima.jan()
    case = optima.submitted(contractor=jan.institution)
    before = OutboxMail.objects.count()
    notify.queue("optima_arrived", case, [(jan.user, jan.institution)])
    assert OutboxMail.objects.count() == before
    mail = OutboxMail.objects.first()
    mail.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        mail.save(force_insert=True)


def test_an_unknown_kind_is_refused_at_once():
    with pytest.raises(KeyError):
        notify.queue("no_such_kind", optima.submitted(), [(optima.nora().user, optima.nora().institution)])


PATHS = [
    optima.submitted,
    optima.queried,
    optima.answered,
    optima.accepted,
    optima.refused,
    optima.withdrawn,
    optima.client_declined,
    optima.consent_withdrawn,
    optima.ended,
]


@pytest.fixture
def everything_told():
    """Each way a case can go, with a coordination office that hears of some."""
    coordinator()
    adviser = None
    for make in PATHS:
        jan = optima.jan()
        adviser = actor(Role.CASEWORKER, jan.institution)
        case = (
            make(contractor=jan.institution)
            if make is optima.submitted
            else make(optima.submitted(contractor=jan.institution))
        )
        if make is optima.submitted:
            workflow.apply(case, "assign", jan, {"adviser": adviser.user})


def test_every_recipient_may_open_the_link(everything_told, client_of):
    """Each kind of mail that workflows send, to each person it went to: the link answers 200."""
    from iiz.core.actor import actor_for

    mails = OutboxMail.objects.exclude(case=None).select_related("case", "user", "institution")
    told = {tell.kind for flow in registry.workflows.values() for row in flow.transitions for tell in row.tells}
    assert {mail.kind for mail in mails} >= told, "a kind of mail is never sent here"
    seen = set()
    for mail in mails:
        who = actor_for(mail.user, mail.institution)
        assert Case.objects.visible_to(who).filter(pk=mail.case_id).exists(), mail.key
        address = delivery.message(mail, notify.kinds[mail.kind]).body.split("http://testserver")[1].split()[0]
        if (mail.kind, address) not in seen and len([k for k, _ in seen if k == mail.kind]) < 2:
            seen.add((mail.kind, address))
            assert client_of(who).get(address).status_code == 200, (mail.kind, address)


def test_no_mail_holds_anything_about_the_client(everything_told):
    for mail in OutboxMail.objects.exclude(case=None).select_related("case__person", "user", "institution"):
        message = delivery.message(mail, notify.kinds[mail.kind])
        text = f"{message.subject}\n{message.body}\n{message.extra_headers}"
        person = mail.case.person
        for secret in (person.first_name, person.last_name, person.ahv_number, str(person.birth_date), "1988"):
            assert secret not in text
        assert mail.case.number in text
        assert text.count("http") == 1
        assert "\u00df" not in text
        assert message.to == [mail.address]


def test_a_mail_shorter_than_a_screen_starts_with_its_number():
    optima.submitted()
    mail = OutboxMail.objects.select_related("case", "institution").first()
    message = delivery.message(mail, notify.kinds[mail.kind])
    assert message.subject.startswith("IIZ: ")
    assert len(message.subject) < 78
    assert len(message.body.splitlines()) < 25
