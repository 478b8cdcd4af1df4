"""All rows or none, nothing twice, and who sees what was imported."""

import csv
import datetime as dt
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from iiz.core import access, audit
from iiz.core.enums import Origin
from iiz.core.models import AuditEntry, Case, Institution
from iiz.core.tests.factories import coordinator
from optima.models import RefusalReason
from optima.tests import factories as optima
from reporting import figures
from reporting.tests.sheets import (
    ACCEPTED,
    CLOSED,
    EXAMPLE,
    REFUSED,
    as_csv,
    as_xlsx,
    load,
    mistakes,
    row,
    wrong,
)

pytestmark = pytest.mark.django_db

BASE = Path(__file__).resolve().parents[2]


def the_cases():
    """All that is stored of the cases, keys apart."""
    skipped = {"id", "case_id", "created_at", "principal_id", "contractor_id", "refusal_reason_id"}
    skipped |= {"registering_institution_id", "lead_institution_id"}
    rows = Case.objects.order_by("number").values()
    antraege = Case.objects.order_by("number").values_list(
        "antrag__principal_group",
        "antrag__contractor_group",
        "antrag__decision",
        "antrag__decided_on",
        "antrag__refusal_reason__code",
        "antrag__outcome",
        "antrag__started_on",
        "antrag__zielgruppe",
    )
    return [{k: v for k, v in one.items() if k not in skipped} for one in rows], list(antraege)


def test_the_same_file_again_adds_nothing():
    content = EXAMPLE.read_bytes()
    load(content)
    before = the_cases(), Institution.objects.count(), AuditEntry.objects.count()

    outcome = load(content)

    assert (outcome.added, outcome.skipped) == (0, 56)
    assert (the_cases(), Institution.objects.count(), AuditEntry.objects.count()) == before


def test_only_new_rows_are_added():
    load(as_csv(row()))

    outcome = load(as_csv(row(), row(nummer="A-2")))

    assert (outcome.added, outcome.skipped) == (1, 1)


def test_the_same_number_with_other_content_is_an_error():
    load(as_csv(row(**REFUSED)))

    assert wrong(row(**{**REFUSED, "entscheid_datum": "2021-03-21"})) == {(2, "nummer")}
    assert Case.objects.count() == 1


def test_how_a_value_is_written_does_not_make_other_content():
    load(as_csv(row(**ACCEPTED), delimiter=","))

    full = row(**ACCEPTED, kg_beantragt="0", kg_zahler="", geschlecht="")
    assert load(as_xlsx(full, real_dates=True)).skipped == 1


def test_a_file_stays_the_same_after_the_office_has_coded_a_refusal_anew():
    content = as_csv(row(**{**REFUSED, "ablehnungsgrund": "sonstige"}))
    load(content)
    antrag = Case.objects.get().antrag
    antrag.refusal_text, antrag.needs_recoding = "Wegzug", False
    antrag.save()

    assert load(content).skipped == 1


def test_a_number_of_a_case_of_the_portal_is_taken():
    case = optima.submitted()

    assert [problem.column for problem in mistakes(as_csv(row(nummer=case.number)))] == ["nummer"]


def test_twice_in_one_file_is_skipped_if_equal_and_an_error_if_not():
    assert load(as_csv(row(), row())).added == 1
    assert wrong(row(nummer="B-1"), row(nummer="B-1", geschlecht="w")) == {(3, "nummer")}


def test_a_dry_run_checks_everything_and_writes_nothing():
    before = Institution.objects.count(), RefusalReason.objects.count(), AuditEntry.objects.count()

    assert load(as_csv(row(**REFUSED)), dry_run=True).added == 1

    assert not Case.objects.exists()
    assert (Institution.objects.count(), RefusalReason.objects.count(), AuditEntry.objects.count()) == before


def test_imported_cases_have_no_person_and_only_the_coordination_office_sees_them():
    stranger, koordination = optima.fremde(), coordinator()
    load(as_csv(row(**CLOSED)))

    case = Case.objects.get(number="A-1")
    assert case.origin == Origin.IMPORTED
    assert case.person is None
    assert not case.participations.exists()
    assert case in Case.objects.visible_to(koordination)
    assert case not in Case.objects.visible_to(stranger)
    assert list(access.differences([case])) == []


def test_every_imported_case_has_a_sound_audit_chain_naming_who_imported():
    koordination = coordinator()
    load(as_csv(row(), row(nummer="A-2", **CLOSED)), actor=koordination)

    entry = AuditEntry.objects.get(stream=audit.case_stream("A-2"))
    assert entry.verb == "case_imported"
    assert entry.user_id == koordination.user.pk
    assert list(audit.verify()) == []


def test_csv_with_semicolon_or_comma_with_or_without_mark_and_xlsx_give_the_same(seeds):
    rows = list(csv.DictReader(io.StringIO(EXAMPLE.read_text(encoding="utf-8")), delimiter=";"))
    contents = [
        as_csv(*rows),
        as_csv(*rows, delimiter=","),
        as_csv(*rows, encoding="utf-8-sig"),
        as_xlsx(*rows),
        as_xlsx(*rows, real_dates=True),
    ]
    load(contents[0])
    for content in contents[1:]:
        assert load(content).skipped == 56


def test_columns_may_stand_in_any_order_and_optional_ones_may_be_missing():
    one = row()
    assert load(as_csv(dict(reversed(one.items())))).added == 1


def test_unknown_missing_and_doubled_columns_are_told_with_the_mistakes_of_the_rows():
    content = b"nummer;eingang;auftraggeber;auftragnehmer;foo;eingang\nA 1;2021-03-01;SH;IV;x;2021-03-01\n"

    found = {(problem.row, problem.column) for problem in mistakes(content)}

    assert found == {(1, "foo"), (1, "eingang"), (1, "entscheid"), (2, "nummer")}


# The command ------------------------------------------------------------------------------------------------


def test_the_command_says_how_many(tmp_path, capsys):
    file = tmp_path / "cases.csv"
    file.write_bytes(as_csv(row()))

    call_command("import_cases", "optima", str(file), "--dry-run")
    call_command("import_cases", "optima", str(file))

    out = capsys.readouterr()
    assert "1 Fälle neu" in out.out
    assert "1 Fälle importiert, 0 waren schon da." in out.out
    assert out.err == ""


def test_the_command_lists_mistakes_as_quoted_csv_on_standard_error_and_fails(tmp_path, capsys):
    file = tmp_path / "cases.csv"
    file.write_bytes(as_csv(row(nummer='A,"1'), row(nummer="A\n2\x1b[31m")))

    with pytest.raises(SystemExit) as failed:
        call_command("import_cases", "optima", str(file))

    assert failed.value.code == 1
    rows = list(csv.reader(io.StringIO(capsys.readouterr().err)))
    assert rows[0] == ["row", "column", "value", "reason"]
    assert [one[:3] for one in rows[1:]] == [["2", "nummer", 'A,"1'], ["3", "nummer", "A 2 [31m"]]
    assert not Case.objects.exists()


def test_services_that_cannot_be_imported_and_missing_files_are_one_line(tmp_path):
    with pytest.raises(CommandError, match=r"«beratung» .*: optima, roundtable"):
        call_command("import_cases", "beratung", str(EXAMPLE))
    with pytest.raises(CommandError, match=r"none.csv: No such file"):
        call_command("import_cases", "optima", str(tmp_path / "none.csv"))


def test_from_a_shell_nothing_but_the_list_is_on_standard_error(migrated, tmp_path):
    file = tmp_path / "cases.csv"
    file.write_bytes(as_csv(row(nummer="A 1")))
    environment = {**os.environ, "DATABASE_URL": migrated}

    def manage(*words):
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=BASE, env=environment, capture_output=True, text=True, check=False)

    found = manage("import_cases", "optima", str(file))
    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr.splitlines()[0] == "row,column,value,reason"
    assert len(found.stderr.splitlines()) == 2
    assert manage("import_cases", "optima", str(EXAMPLE)).returncode == 0
    assert '"anmeldungen": 56' in manage("statistics", "optima", "--from", "2018-10-01", "--to", "2023-12-31").stdout


def test_imported_and_live_cases_are_counted_together(seeds):
    load(as_csv(row(**CLOSED)))
    case = optima.submitted()

    assert figures.optima(dt.date(2021, 1, 1), case.arrived_on)["auftraege"]["anmeldungen"] == 2
