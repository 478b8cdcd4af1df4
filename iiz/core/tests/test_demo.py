"""``manage.py demo`` as contracted: every role, every state, the same data for the same seed and day."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from stdnum.ch import ssn

from iiz.core import access, audit, tasks
from iiz.core.actor import actors_of
from iiz.core.enums import InstitutionKind, Origin
from iiz.core.models import AuditEntry, Case, ContactPerson, Institution, OutboxMail, Person, User
from iiz.core.synthetic import DEMO_PASSWORD, LOGINS
from optima.models import Antrag
from optima.tests.factories import draft

pytestmark = pytest.mark.django_db

BUSY = {"rav", "rav-zeichnung", "iv", "iv-ansprechperson", "sozialdienst", "sozialdienst-zeichnung", "sobz", "fremd"}


def run(*args):
    out = StringIO()
    call_command("demo", *args, stdout=out)
    return out.getvalue()


def dump():
    """All that a reader could tell two demos apart by."""
    return [
        list(Case.objects.order_by("number").values_list("number", "state", "arrived_on", "ended_on", "created_at")),
        list(Person.objects.order_by("ahv_number").values_list("ahv_number", "first_name", "last_name", "birth_date")),
        list(
            Antrag.objects.order_by("case__number").values_list(
                "contractor__name", "decision", "decided_on", "outcome", "zielgruppe", "situation", "form_key"
            )
        ),
        list(AuditEntry.objects.order_by("stream", "position").values_list("stream", "at", "user_name", "verb")),
        list(User.objects.order_by("email").values_list("email", "first_name", "last_name")),
    ]


def test_sixty_cases_reach_every_state_of_the_workflow():
    out = run()

    assert Case.objects.count() == 60
    assert set(Case.objects.values_list("origin", flat=True)) == {Origin.DEMO}
    states = set(Case.objects.values_list("state", flat=True))
    played = {"draft", "submitted", "queried", "accepted", "refused", "withdrawn", "client_declined", "not_established"}
    assert states == played
    assert Case.objects.filter(state="accepted", withdrawn_at__isnull=False).exists()
    refused = Antrag.objects.filter(decision="refused")
    assert refused.values("refusal_reason__code").distinct().count() == 5
    assert not refused.filter(refusal_reason__code="sonstige", refusal_text="").exists()
    for login in LOGINS:
        assert login.email in out
    assert DEMO_PASSWORD in out


def test_everything_lies_between_the_first_day_and_yesterday():
    run("--cases", "100", "--from", "2025")

    today = timezone.localdate()
    first = dt.date(2025, 1, 1)
    for case in Case.objects.all():
        assert first <= timezone.localdate(case.created_at) <= case.arrived_on < today
        assert case.ended_on is None or case.arrived_on <= case.ended_on < today
    moments = AuditEntry.objects.exclude(stream=audit.REGISTER).order_by("stream", "position")
    last = {}
    for stream, at in moments.values_list("stream", "at"):
        assert last.get(stream, at) <= at
        assert timezone.localdate(at) < today
        last[stream] = at


def test_the_rest_comes_in_bulk_with_running_and_closed_cases():
    run("--cases", "160")

    assert Case.objects.count() == 160
    closed = Antrag.objects.filter(case__state="closed")
    assert closed.exists()
    assert not closed.filter(outcome="").exists()
    running = Case.objects.filter(state="running").first()
    assert running.lead_institution == running.antrag.contractor
    assert running.antrag.started_on == running.lead_since
    assert not Antrag.objects.filter(case__state="not_established", decision="").exists()


def test_audit_and_access_are_sound():
    run("--cases", "120")

    assert list(audit.verify()) == []
    assert list(access.differences(Case.objects.all())) == []
    call_command("verify_audit", stdout=StringIO())
    call_command("check_access", stdout=StringIO())


def test_every_login_works_and_finds_something_to_do():
    run()

    for login in LOGINS:
        user = User.objects.get(email=login.email)
        assert user.check_password(DEMO_PASSWORD)
        first = actors_of(user)[0]
        if login.name in BUSY:
            assert any(tasks.open_for(actor).exists() for actor in actors_of(user)), login.name
        if login.name == "fuehrung":
            assert not Case.objects.visible_to(first).exists()
        else:
            assert any(Case.objects.visible_to(actor).exists() for actor in actors_of(user)), login.name
    assert len(actors_of(User.objects.get(email="sobz@demo.example"))) == 2


def test_the_stranger_has_cases_of_her_own_and_none_of_the_sozialdienst():
    run()

    def seen(name):
        actor = actors_of(User.objects.get(email=f"{name}@demo.example"))[0]
        return set(Case.objects.visible_to(actor).values_list("number", flat=True))

    assert seen("fremd")
    assert not seen("fremd") & seen("sozialdienst")
    assert seen("lesend") == seen("sozialdienst")


def test_people_are_invented_with_valid_numbers_and_contacts_have_deputies():
    run("--cases", "150")

    numbers = list(Person.objects.values_list("ahv_number", flat=True))
    assert len(set(numbers)) == len(numbers)
    assert all(ssn.is_valid(number) for number in numbers)
    assert set(Institution.objects.values_list("kind", flat=True)) == set(InstitutionKind.values)
    for office in Institution.objects.filter(statistics_group__in=["IV", "RAV", "SH"]):
        assert ContactPerson.objects.valid_on().filter(institution=office, deputy__isnull=False).count() == 1


def test_the_past_is_not_mailed():
    run()

    waiting = OutboxMail.objects.filter(sent_at=None)
    assert OutboxMail.objects.count() > 0
    assert all(timezone.now() - mail.due_at < dt.timedelta(days=5) for mail in waiting)


def test_same_seed_and_day_give_the_same_data_and_another_seed_does_not():
    dumps = []
    for seed in ("7", "7", "8"):
        with transaction.atomic():
            run("--cases", "75", "--seed", seed)
            dumps.append(dump())
            transaction.set_rollback(True)

    assert dumps[0] == dumps[1]
    assert dumps[0] != dumps[2]


def test_it_refuses_a_database_with_cases_and_leaves_it_alone():
    draft()
    users = User.objects.count()

    with pytest.raises(CommandError, match="holds cases already"):
        run()
    assert (Case.objects.count(), User.objects.count()) == (1, users)


@pytest.mark.parametrize("year", ["2999", str(dt.date.today().year + 1)])
def test_it_refuses_a_year_that_has_not_begun(year):
    with pytest.raises(CommandError, match="not in the past"):
        run("--from", year)
    assert not User.objects.exists()


def test_few_cases_are_few():
    run("--cases", "3")

    assert Case.objects.count() == 3
