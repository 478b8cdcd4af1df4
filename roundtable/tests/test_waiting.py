"""What waits for whom because of a Vollmacht that ends, and because of somebody without an address (NFR-06)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from iiz.core.models import Case, Task
from roundtable.effects import follow

from . import playing as play

pytestmark = pytest.mark.django_db


def waiting(case: Case, name: str) -> Task | None:
    """What waits under a name, if it does."""
    return Task.objects.filter(case=case, name=name, done_at=None).first()


def test_the_registering_office_gets_a_new_signature_while_it_may_still_record_it(
    client_of: Any, time_machine: Any
) -> None:
    case = play.ending(days=20)
    nora = play.nora_of(case)
    task = waiting(case, "sign_vollmacht")
    assert task is not None
    assert (task.institution, task.due_on) == (nora.institution, case.vollmacht.valid_until)
    assert waiting(case, "renew_vollmacht") is not None, "the coordination office keeps its own"
    assert client_of(nora).get(f"{case.get_absolute_url()}aktion/renew_vollmacht/").status_code == 200

    time_machine.move_to(timezone.now() + 22 * play.DAY)
    follow.ripen(timezone.now())

    assert waiting(case, "sign_vollmacht") is None
    assert waiting(case, "renew_vollmacht") is not None


def test_a_view_that_nobody_can_be_asked_for_by_mail_is_for_the_coordination_office_to_write_down(
    client_of: Any,
) -> None:
    case = play.asked(play.with_mother(play.with_therapist(email="tina@praxis.example")))
    office = client_of(play.koordination())
    written = set(Task.objects.filter(case=case, name="write_view_down").values_list("object_id", flat=True))
    reminded = set(Task.objects.filter(case=case, name="guest_view").values_list("object_id", flat=True))
    assert written == {play.view_of(case, "Maria Probe").pk, play.view_of(case, "client").pk}
    assert reminded == {play.view_of(case, play.THERAPIST).pk}
    page = office.get("/pendenzen/").content.decode()
    address = f"/roundtable/sicht/{play.view_of(case, 'Maria Probe').pk}/"
    assert address in page
    assert "Sicht einer Person ohne E-Mail aufschreiben: Mutter" in page
    assert "Sicht einer Person ohne Konto steht aus: Psychotherapeutin" in page
    assert office.get(address).status_code == 200
