"""The timeline tells of whom and of which data somebody did something, and names nobody who has no office (NFR-04)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from iiz.core import documents, registry, workflow
from iiz.core.audit import case_stream
from iiz.core.enums import Audience
from iiz.core.models import AuditEntry, Case
from iiz.core.tests.uploads import PDF

from . import playing as play

pytestmark = pytest.mark.django_db


def last(case: Case) -> str:
    """The newest sentence of the timeline about a step of the case."""
    entries = AuditEntry.objects.filter(stream=case_stream(case.number), verb__startswith="case_")
    return registry.told(entries.latest("position"))


def test_a_narrowing_can_be_reconstructed_from_the_timeline() -> None:
    case = play.with_therapist()
    rav = play.jan_of(case).institution.name
    case = play.narrowed(case, play.jan_of(case), frozenset({"work"}))
    assert f"{rav}: nur noch Ausbildung und Arbeit; nicht mehr Persönliche und soziale Situation" in last(case)
    case = play.narrowed(case, play.THERAPIST, None)
    assert "Psychotherapeutin: gilt gar nicht mehr; bisher" in last(case)
    assert play.THERAPIST not in last(case)
    play.narrowed(case, play.jan_of(case), None)
    assert last(case).endswith(f"{rav}: gilt gar nicht mehr; bisher Ausbildung und Arbeit")


def test_who_came_changed_and_left_is_told_by_function() -> None:
    case = play.with_mother()
    assert last(case).endswith("dazugenommen: Mutter (auf Wunsch der Klientin oder des Klienten)")
    row = play.row_of(case, "Maria Probe")
    data: dict[str, Any] = {"participant": row, "email": "", "phone": "041 000 00 09", "function": "Mutter"}
    case = workflow.apply(case, "change_person", play.koordination(), data)
    assert last(case).endswith("berichtigt: Mutter (Telefon)")
    case = workflow.apply(case, "end_participant", play.koordination(), {"participant": row})
    assert last(case).endswith("beendet: Mutter")
    chain = AuditEntry.objects.filter(stream=case_stream(case.number)).values_list("changes", flat=True)
    assert "Maria" not in str(list(chain))


def test_an_entry_of_an_earlier_version_stays_a_plain_sentence() -> None:
    for changes in ({}, {"keep": []}, {"kind": "relative"}):
        for name in ("narrow_vollmacht", "end_participant", "change_person", "need_health", "add_person"):
            entry = AuditEntry(verb=f"case_{name}", changes=changes)
            assert ":" not in registry.told(entry)


def test_the_title_of_a_document_is_told_to_those_who_may_read_it(client_of: Any) -> None:
    case = play.started()
    upload = SimpleUploadedFile("bericht.pdf", PDF, content_type="application/pdf")
    kind = {"content_type": "application/pdf", "audience": Audience.CASE, "health": True}
    documents.store(case, play.iris_of(case), title="Arztbericht", upload=upload, **kind)
    page = f"{case.get_absolute_url()}verlauf/"
    iris, jan = (client_of(who).get(page).content.decode() for who in (play.iris_of(case), play.jan_of(case)))
    told = "hat ein Dokument abgelegt (alle beteiligten Stellen, mit Angaben zur Gesundheit)"
    assert f"{told} «Arztbericht»" in iris
    assert told in jan
    assert "Arztbericht" not in jan
