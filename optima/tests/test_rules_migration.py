"""Criteria and divisions of work that an installation already holds get what the new columns ask (NFR-07)."""

from __future__ import annotations

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps

from iiz.core.seed import START
from optima import seed
from optima.models import AdmissionCriterion, ReducedProcedure

pytestmark = pytest.mark.django_db
migration = import_module("optima.migrations.0004_weigh_criteria")

OLD = {
    "contractor_group": "IV",
    "code": "ablehnung_ein_jahr",
    "heading": "Frühere Ablehnung der IV",
    "text": "Eine frühere Ablehnung durch die IV liegt mehr als ein Jahr zurück.",
    "help_text": "Liegt sie weniger lang zurück, ist ein Antrag nach Ablauf dieses Jahres möglich. "
    "Ausnahmen begründen Sie im Antrag.",
    "position": 12,
}
"""A criterion as it was shipped before it had a weight."""
WORK = {
    "principal_group": "RAV",
    "contractor_group": "IV",
    "contractor_does": "Berät und begleitet die Person bei der beruflichen Eingliederung wie eigene Klientinnen und "
    "Klienten\nMeldet Hinweise für eine Sanktion und Wünsche für Massnahmen dem RAV\nOrganisiert die Standortgespräche",
    "principal_keeps": "Arbeitslosenentschädigung\nVerfügt Sanktionen auf Hinweis der IV-Stelle\n"
    "Verfügt und bezahlt Massnahmen auf Antrag der IV-Stelle",
    "rests": "Beratungsgespräche\nKontrolle der Arbeitsbemühungen",
    "resumes": "Beratungsgespräche wieder ansetzen\nArbeitsbemühungen wieder kontrollieren",
}


def held(**changes: object) -> AdmissionCriterion:
    """A row as the old version left it."""
    return AdmissionCriterion.objects.create(valid_from=START, **{**OLD, **changes})


def migrated(row: AdmissionCriterion) -> AdmissionCriterion:
    migration.weigh_criteria(apps, None)
    row.refresh_from_db()
    return row


def test_words_that_nobody_changed_become_those_shipped_now():
    row = migrated(held())
    assert (row.weight, row.check_by, row.months) == ("exception", "iv_refusal", 12)
    assert row.help_text == "Vorher ist ein Antrag mit Begründung möglich."
    assert row.instead.startswith("Warten Sie bis zu diesem Tag")


def test_edited_words_stay_and_are_weighed():
    row = migrated(held(text="Die letzte Ablehnung ist älter als ein Jahr."))
    assert (row.text, row.help_text) == ("Die letzte Ablehnung ist älter als ein Jahr.", OLD["help_text"])
    assert (row.weight, row.check_by, row.months, row.items) == ("exception", "iv_refusal", 12, "")


def test_whom_a_criterion_binds_is_set_with_its_weight():
    """Hard for the IV, a hint for others (CON-12): edited words must not bar social services."""
    row = migrated(held(contractor_group="RAV", code="iv_geklaert", text="Bei der IV ist alles klar."))
    assert (row.principal_group, row.weight) == ("IV", "hard")


def test_rows_of_the_coordination_office_stay_as_they_are():
    row = migrated(held(code="eigenes"))
    assert (row.weight, row.check_by, row.instead, row.position) == ("advisory", "asked", "", 12)


def test_the_seed_brings_the_new_codes_and_leaves_the_others():
    row = migrated(held())
    row.text = "Danach geändert."
    row.save()
    seed.seed()
    row.refresh_from_db()
    assert row.text == "Danach geändert."
    assert AdmissionCriterion.objects.filter(code="iv_geklaert_hinweis").exists()
    assert not AdmissionCriterion.objects.filter(code=row.code).exclude(pk=row.pk).exists()


def test_what_is_shipped_new_equals_what_the_migration_makes_of_the_old():
    """An upgraded installation whose rows nobody changed says the same as a fresh one."""
    seed.seed()
    fresh = {(row.contractor_group, row.code): row for row in AdmissionCriterion.objects.all()}
    AdmissionCriterion.objects.all().delete()
    row = migrated(held())
    names = ("heading", "text", "help_text", "items", "weight", "check_by", "months", "instead", "position")
    twin = fresh[row.contractor_group, row.code]
    assert [getattr(row, name) for name in names] == [getattr(twin, name) for name in names]


def divided(**changes: object) -> ReducedProcedure:
    row = ReducedProcedure.objects.create(valid_from=START, **{**WORK, **changes})
    migration.divide_work(apps, None)
    row.refresh_from_db()
    return row


def test_a_division_of_work_learns_which_messages_are_possible():
    row = divided()
    assert (row.takes_hints, row.takes_measures) == (True, True)
    assert row.measures_only == "die Person keinen Anspruch nach IVG hat"
    assert "Erlässt keine Verfügungen für das RAV" in row.contractor_does_not.splitlines()


def test_an_edited_division_keeps_its_words():
    row = divided(rests="Nur die Gespräche", valid_until=dt.date(2025, 12, 31))
    assert (row.rests, row.takes_hints) == ("Nur die Gespräche", True)


def test_the_digests_stand_for_what_was_shipped():
    key = OLD["contractor_group"], OLD["code"]
    assert migration.CRITERIA[key] == migration.digest(OLD["heading"], OLD["text"], OLD["help_text"])
    assert migration.PROCEDURES["RAV", "IV"] == migration.digest(*(WORK[name] for name in migration.SHIPPED_WORDS))
    told = "a\r\nb", "c"
    assert migration.digest(*told) == migration.digest("a\nb", "c")
