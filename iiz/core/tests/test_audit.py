"""The audit: append-only by trigger, and every way of cheating past it shows."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from iiz.core import audit, drafting, triggers, workflow
from iiz.core.models import AccessLogEntry, AuditEntry, AuditHead, Case
from iiz.core.tests.factories import coordinator
from iiz.tests.fixtures import standing_triggers
from optima.tests import factories as optima

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return optima.accepted()


@pytest.fixture
def stream(case) -> str:
    return audit.case_stream(case.number)


def breaks() -> list[str]:
    return list(audit.verify())


def test_a_sound_audit_has_no_break(case):
    optima.refused()
    audit.record("master", None, "changed", changes={"name": ["alt", "neu"], "day": dt.date(2026, 1, 1)})
    audit.log_read(coordinator(), case, "Übersicht")
    assert audit.seal_reads(timezone.now() + audit.SEAL_GRACE * 2) == 1
    assert breaks() == []


def test_every_step_of_a_case_stands_in_its_chain_with_who_and_for_whom(case, stream):
    verbs = list(AuditEntry.objects.filter(stream=stream).values_list("verb", flat=True))
    assert verbs == ["case_begun", "person_recorded", "case_submit", "case_accept"]
    last = AuditEntry.objects.filter(stream=stream).last()
    jan = optima.contractor_of(case)
    assert (last.user_id, last.institution_id) == (jan.user.pk, jan.institution.pk)
    assert last.changes["state"] == ["submitted", "accepted"]


# Triggers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda: AuditEntry.objects.update(verb="other"),
        lambda: AuditEntry.objects.all()._raw_delete("default"),
        lambda: AuditHead.objects.update(count=0),
        lambda: AuditHead.objects.update(last="x"),
        lambda: AuditHead.objects.all()._raw_delete("default"),
        lambda: AccessLogEntry.objects.update(what="other"),
        lambda: AccessLogEntry.objects.all()._raw_delete("default"),
    ],
    ids=["entry", "entry removed", "head shorter", "head", "head removed", "read", "read removed"],
)
def test_the_database_refuses_to_change_what_was_written(case, change):
    audit.log_read(coordinator(), case, "Übersicht")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change()


def test_the_database_refuses_to_empty_a_table(case):
    if connection.vendor != "postgresql":
        return  # SQLite knows no TRUNCATE; its DELETE is tried above
    for table in (*triggers.FROZEN, triggers.HEAD):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table}")


def test_triggers_come_back_after_a_migration(tampered, migrations_noted):
    standing = standing_triggers()
    assert {table for table, _name in standing} == triggers.tables() >= {*triggers.FROZEN, triggers.HEAD}
    triggers.lift()
    assert standing_triggers() == set()
    call_command("migrate", verbosity=0)
    assert standing_triggers() == standing


# Cheating by hand -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"verb": "case_refuse"},
        {"user_name": "Jemand Anders"},
        {"user_id": 999},
        {"institution_id": 999},
        {"institution_name": "Andere Stelle"},
        {"at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
        {"object_id": "0"},
        {"object_type": "x"},
        {"changes": {"state": ["submitted", "refused"]}},
        {"digest": "0" * 64},
        {"previous": "0" * 64},
    ],
    ids=lambda values: next(iter(values)),
)
@pytest.mark.parametrize("position", [1, 3, 4])
def test_an_altered_entry_is_found(stream, tampered, values, position):
    with tampered():
        AuditEntry.objects.filter(stream=stream, position=position).update(**values)
    found = breaks()
    assert len(found) == 1
    assert found[0].startswith(f"{stream}: entry {position}")


@pytest.mark.parametrize("position", [1, 2, 3])
def test_a_removed_entry_is_found(stream, tampered, position):
    with tampered():
        AuditEntry.objects.filter(stream=stream, position=position).delete()
    assert breaks() == [f"{stream}: entry {position} is missing"]


@pytest.mark.parametrize("position", [1, 2])
def test_a_removed_entry_is_found_even_if_the_rest_moves_up(stream, tampered, position):
    with tampered():
        AuditEntry.objects.filter(stream=stream, position=position).delete()
        for row in AuditEntry.objects.filter(stream=stream, position__gt=position).order_by("position"):
            AuditEntry.objects.filter(pk=row.pk).update(position=row.position - 1)
    assert breaks() == [f"{stream}: entry {position} does not follow the one before"]


def test_an_inserted_entry_is_found_though_it_points_to_the_one_before(stream, tampered):
    last = AuditEntry.objects.filter(stream=stream).last()
    AuditEntry.objects.create(
        stream=stream, position=last.position + 1, verb="case_refuse", previous=last.digest, digest="0" * 64
    )
    assert breaks() == [f"{stream}: entry {last.position + 1} was altered"]


def test_exchanged_entries_are_found(stream, tampered):
    with tampered():
        second, third = AuditEntry.objects.filter(stream=stream, position__in=[2, 3]).order_by("position")
        for row, place in ((second, 99), (third, 2), (second, 3)):
            AuditEntry.objects.filter(pk=row.pk).update(position=place)
    assert len(breaks()) == 1


def test_a_cut_tail_is_found(stream, tampered):
    with tampered():
        AuditEntry.objects.filter(stream=stream).last().delete()
    assert breaks() == [f"{stream}: entry 4 is missing at the end"]


def test_a_cut_tail_is_found_though_the_head_was_shortened_too(stream, tampered):
    with tampered():
        AuditEntry.objects.filter(stream=stream).last().delete()
        end = AuditEntry.objects.filter(stream=stream).last()
        AuditHead.objects.filter(stream=stream).update(count=end.position, last=end.digest)
    assert breaks() == [f"{stream}: the head was altered"]


def test_a_removed_head_is_found(stream, tampered):
    with tampered():
        AuditHead.objects.filter(stream=stream).delete()
    assert breaks() == [f"{stream}: the head is missing"]


def test_a_chain_removed_whole_is_found(stream, tampered):
    with tampered():
        AuditEntry.objects.filter(stream=stream).delete()
        AuditHead.objects.filter(stream=stream).delete()
    assert breaks() == [f"{stream}: the whole chain is missing"]


def test_a_chain_removed_whole_with_its_head_emptied_is_found(stream, tampered):
    with tampered():
        AuditEntry.objects.filter(stream=stream).delete()
        AuditHead.objects.filter(stream=stream).update(count=0, last="")
    assert breaks()


def test_a_case_that_never_passed_the_register_is_found(case):
    Case.objects.filter(pk=case.pk).update(number="O-2026-9999")
    assert breaks() == ["case/O-2026-9999: the case is not in the register"]


def test_a_removed_register_is_found(case, tampered):
    with tampered():
        AuditEntry.objects.filter(stream=audit.REGISTER).delete()
        AuditHead.objects.filter(stream=audit.REGISTER).delete()
    assert any(case.number in line for line in breaks())


@pytest.mark.parametrize("change", ["altered", "removed", "inserted"])
def test_sealed_reads_cannot_be_changed_unseen(case, tampered, change):
    who = coordinator()
    for _ in range(3):
        audit.log_read(who, case, "Übersicht")
    with tampered():
        AccessLogEntry.objects.order_by("pk").first().delete()  # leaves a gap to insert into
    assert audit.seal_reads(timezone.now() + audit.SEAL_GRACE * 2) == 2
    rows = AccessLogEntry.objects.order_by("pk")
    with tampered():
        if change == "altered":
            AccessLogEntry.objects.filter(pk=rows[1].pk).update(user_name="Jemand Anders")
        elif change == "removed":
            rows[1].delete()
        else:
            first = rows[0]
            first.pk -= 1
            first.save(force_insert=True)
    assert len(breaks()) == 1
    assert breaks()[0].startswith("access: reads")


def test_without_the_key_nobody_can_write_a_link(stream, settings, tampered):
    """Somebody who has the database but not the key recomputes the chain – and is found."""
    settings.AUDIT_KEY = "some-other-key-0123456789-abcdefghijklmnop"
    with tampered():
        previous = ""
        for row in AuditEntry.objects.filter(stream=stream).order_by("position"):
            row.previous = previous
            row.user_name = "Jemand Anders"
            row.digest = previous = audit._digest(row)
            AuditEntry.objects.filter(pk=row.pk).update(
                previous=row.previous, digest=row.digest, user_name=row.user_name
            )
        head = AuditHead.objects.get(stream=stream)
        head.last = previous
        AuditHead.objects.filter(stream=stream).update(last=previous, seal=audit._seal(head))
    settings.AUDIT_KEY = "test-audit-key-0123456789-abcdefghijklmnopqrstuvwxyz"
    assert [line for line in breaks() if line.startswith(stream)]


def test_each_broken_chain_is_told_once_and_the_others_still_walked(tampered):
    one, other = optima.submitted(), optima.submitted()
    with tampered():
        AuditEntry.objects.filter(stream__in=[audit.case_stream(c.number) for c in (one, other)]).update(verb="x")
    assert len(breaks()) == 2


# Sealing reads ----------------------------------------------------------------------------------------------


def test_young_reads_wait_for_the_next_seal(case):
    audit.log_read(coordinator(), case, "Übersicht")
    assert audit.seal_reads() == 0
    assert audit.seal_reads(timezone.now() + audit.SEAL_GRACE * 2) == 1
    assert audit.seal_reads(timezone.now() + audit.SEAL_GRACE * 2) == 0


def test_the_command_says_where_it_broke_and_fails(case, stream, tampered, capsys):
    call_command("verify_audit")
    with tampered():
        AuditEntry.objects.filter(stream=stream, position=2).update(verb="x")
    capsys.readouterr()
    with pytest.raises(SystemExit) as failed:
        call_command("verify_audit")
    assert failed.value.code == 1
    assert f"{stream}: entry 2" in capsys.readouterr().err


# What it holds ----------------------------------------------------------------------------------------------


def test_personal_values_never_stand_in_the_audit():
    nora, jan = optima.nora(), optima.jan()
    secret = {
        "first_name": "Xantippe",
        "last_name": "Quellenhof",
        "street": "Geheimgasse 77",
        "place": "Verborgenwil",
        "phone": "041 999 88 77",
        "email": "xantippe@privat.example",
        "rav_number": "RAV-424242",
        "situation": "Eine sehr vertrauliche Ausgangslage.",
    }
    case = optima.submitted(nora, jan.institution, **secret)
    number, born = case.person.ahv_number, case.person.birth_date.isoformat()
    optima.refused(case, text="Vertrauliche Begründung")
    again = optima.answers(optima.jan().institution, **(secret | {"street": "Neugasse 5", "last_name": "Umbenannt"}))
    case = workflow.apply(optima.draft(nora), "submit", nora, again | {"ahv_number": number})
    optima.withdrawn(optima.answered(case))
    written = json.dumps(list(AuditEntry.objects.values()), default=str, ensure_ascii=False)
    assert "person_changed" in written
    hidden = [*secret.values(), number, born, "Neugasse 5", "Umbenannt", "Vertrauliche Begründung", "Pflegehelferin"]
    assert [word for word in hidden if word in written] == []


def test_a_keyed_hash_depends_on_the_key_and_tells_nothing_of_emptiness(settings):
    one = audit.personal("756.1234.5678.97")
    assert one == audit.personal("756.1234.5678.97") != audit.personal("756.1234.5678.98")
    assert audit.personal("") == audit.personal(None) == ""
    settings.AUDIT_KEY = "some-other-key-0123456789-abcdefghijklmnop"
    assert audit.personal("756.1234.5678.97") != one


def test_the_chain_outlives_its_case():
    nora = optima.nora()
    case = optima.draft(nora)
    drafting.discard(case, nora)
    assert not Case.objects.exists()
    assert AuditEntry.objects.filter(stream=audit.case_stream(case.number)).last().verb == "draft_discarded"
    assert breaks() == []


@pytest.mark.django_db(transaction=True)
def test_a_failed_transaction_leaves_no_entry():
    nora = optima.nora()
    with transaction.atomic():
        optima.draft(nora)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()
    assert breaks() == []
