"""Who sits at the table: seen by the coordinator, changed by her, and what is refused (RT-08, PER-09, PER-10)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from iiz.core import consents
from iiz.core.actor import Actor
from iiz.core.models import Case, GuestLink
from roundtable import queries
from roundtable.models import Participant
from roundtable.tests import planning
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db

TINA = "tina@praxis.example"


def tab(client: Any, case: Case) -> str:
    response = client.get(reverse("core:case_tab", args=[case.number, "tisch"]))
    assert response.status_code == 200
    return str(response.content.decode())


def press(client: Any, case: Case, step: str, /, **data: Any) -> Any:
    """Send the form of a step as the page would."""
    fresh = Case.objects.get(pk=case.pk)
    return client.post(reverse("core:action", args=[case.number, step]), {"version": fresh.version, **data})


def said(response: Any) -> str:
    assert response.status_code == 200, "the form is shown again"
    return str(response.content.decode())


def wish(**changes: Any) -> dict[str, Any]:
    """The mother, as the form takes her."""
    return {"who": "wish", "name": "Maria Probe", "wished": "on", "kind": "relative", "function": "Mutter"} | changes


def test_the_tab_says_who_sits_there_whether_the_vollmacht_covers_them_and_what_is_to_do(client_of: Any) -> None:
    case = play.proposed(play.with_mother(play.with_therapist(email=TINA)))
    play.narrowed(case, play.THERAPIST)
    shown = tab(client_of(play.koordination()), case)
    for part in (
        "Petra Probe",
        "Maria Probe",
        "Mutter",
        "auf Wunsch der Klientin oder des Klienten",
        "nicht mehr auf der Vollmacht",
        "eine neue Vollmacht festhalten oder die Teilnahme beenden",
        "am Telefon fragen, Antwort eintragen",
        "Die Stelle bestimmt noch, wer kommt.",
        TINA,
    ):
        assert part in shown, part
    of_office = tab(client_of(play.jan_of(case)), case)
    assert "Maria Probe" in of_office
    assert TINA not in of_office


def test_after_the_withdrawal_an_office_reads_no_name_at_the_table(client_of: Any) -> None:
    case = play.withdrawn(play.with_mother())
    shown = tab(client_of(play.jan_of(case)), case)
    assert "Probe" not in shown
    assert "Die Vollmacht ist zurückgezogen" in shown
    assert "Maria Probe" in tab(client_of(play.koordination()), case)


def test_strangers_do_not_find_the_table(client_of: Any) -> None:
    case = play.started()
    fremde = client_of(play.fremde())
    assert fremde.get(reverse("core:case_tab", args=[case.number, "tisch"])).status_code == 404
    assert press(fremde, case, "add_person", **wish()).status_code == 404
    assert press(client_of(play.jan_of(case)), case, "add_person", **wish()).status_code == 403


def test_only_an_office_that_the_vollmacht_names_comes_to_the_table(client_of: Any) -> None:
    jan, iris = play.jan(), play.iris()
    case = play.registered(offices=[jan.institution, iris.institution])
    office = client_of(play.koordination())
    case = play.workflow.apply(case, "start", play.koordination(), {"note": "", "offices": [iris.institution]})
    foreign = play.nora().institution
    assert "nennt die Vollmacht nicht" in said(press(office, case, "add_office", office=foreign.pk))
    assert press(office, case, "add_office", office=jan.institution.pk).status_code == 302
    assert queries.office_row(Case.objects.get(pk=case.pk), jan.institution.pk)
    page = office.get(reverse("core:action", args=[case.number, "add_office"])).content.decode()
    assert "Die Vollmacht nennt keine weitere Stelle" in page
    assert reverse("core:action", args=[case.number, "renew_vollmacht"]) in page


def test_the_mother_comes_by_wish_and_nobody_is_listed_twice(client_of: Any) -> None:
    case, office = play.with_therapist(email=TINA), client_of(play.koordination())
    assert "Ohne Vollmacht nimmt nur teil" in said(press(office, case, "add_person", **wish(wished="")))
    assert "Bitte geben Sie den Namen an." in said(press(office, case, "add_person", **wish(name=" ")))
    assert "So heisst die Klientin oder der Klient." in said(
        press(office, case, "add_person", **wish(name="Probe Petra"))
    )
    assert press(office, case, "add_person", **wish(email="mutter@post.example")).status_code == 302
    mother = play.row_of(case, "Maria Probe")
    assert consents.basis_words(mother.line).startswith("auf Wunsch")
    assert not mother.line.categories, "a wish opens no data"

    again = said(press(office, case, "add_person", **wish(name="maria probe", phone="041 000 00 09")))
    assert "maria probe sitzt schon am Tisch." in again
    assert "041 000 00 09" in again, "what was typed stays"
    same = said(press(office, case, "add_person", **wish(name="Andere", email=TINA.upper())))
    assert "Mit dieser E-Mail-Adresse sitzt schon jemand am Tisch." in same
    assert "lassen Sie das Feld hier leer" in same, "there is a way out"
    assert Participant.objects.filter(case=case, ended_at=None).count() == 6


def test_whom_the_vollmacht_names_is_chosen_from_the_list(client_of: Any) -> None:
    case, office = play.started(), client_of(play.koordination())
    assert "Bitte wählen Sie sie oben aus der Liste." in said(
        press(office, case, "add_person", **wish(name=f"{play.THERAPIST} (Praxis)", kind="professional"))
    )
    line = next(row for row in consents.live_lines(case) if row.name == play.THERAPIST)
    data = {"who": line.pk, "kind": "professional", "function": "Psychotherapeutin", "email": TINA}
    assert press(office, case, "add_person", **data).status_code == 302
    assert play.row_of(case, play.THERAPIST).line == line


def test_a_new_address_ends_the_links_to_the_old_one_and_an_end_ends_them_all(client_of: Any) -> None:
    case, office = play.proposed(play.with_therapist(email=TINA)), client_of(play.koordination())
    row = play.row_of(case, play.THERAPIST)
    link = GuestLink.objects.get(case=case)
    url = reverse("core:action", args=[case.number, "change_person"])
    nobody = office.get(url)
    assert nobody.status_code == 403, "only from the row of the table"
    assert "Das geht jetzt nicht" in nobody.content.decode()
    assert play.THERAPIST in office.get(f"{url}?wer={row.pk}").content.decode()
    wrong = said(press(office, case, "change_person", participant=row.pk, email="keine Adresse"))
    assert "Das ist keine gültige E-Mail-Adresse." in wrong
    press(office, case, "change_person", participant=row.pk, email="neu@praxis.example", function="Psychologin")
    row.refresh_from_db()
    link.refresh_from_db()
    assert (row.email, row.function, bool(link.revoked_at)) == ("neu@praxis.example", "Psychologin", True)
    live = GuestLink.objects.get(case=case, revoked_at=None)
    assert (live.email, live.purpose) == ("neu@praxis.example", "roundtable_dates")

    assert press(office, case, "end_participant", participant=row.pk).status_code == 302
    assert press(office, case, "end_participant", participant=row.pk).status_code == 200
    client_row = play.row_of(case, "client")
    assert "nimmt nicht mehr teil" in said(press(office, case, "end_participant", participant=client_row.pk))


def test_before_an_office_leaves_the_page_says_what_it_leaves_behind(client_of: Any) -> None:
    case = planning.finalised()
    case = play.managed(case, play.jan_of(case), reason="Die IV hat entschieden.")
    office = client_of(play.koordination())
    address = reverse("core:action", args=[case.number, "end_participant"])
    steps = queries.steps_in_force(case)
    manages = "hat das Case Management; es ist danach neu zu bestimmen."
    for who, is_manager in ((play.jan_of(case), True), (play.iris_of(case), False)):
        row = play.row_of(case, who)
        shown = said(office.get(f"{address}?wer={row.pk}"))
        count = sum(step.owner_id == row.pk for step in steps)
        assert count > 1
        assert f"ist für {count} offene Schritte verantwortlich; der Plan braucht danach eine neue Fassung." in shown
        assert (manages in shown) is is_manager


def test_of_somebody_with_nothing_open_the_page_says_no_more(client_of: Any) -> None:
    case = play.with_therapist(play.running())
    row = play.row_of(case, play.THERAPIST)
    address = reverse("core:action", args=[case.number, "end_participant"])
    shown = said(client_of(play.koordination()).get(f"{address}?wer={row.pk}"))
    assert "Case Management;" not in shown
    assert "verantwortlich;" not in shown


def test_an_office_gets_health_data_only_if_it_needs_them(client_of: Any) -> None:
    case, office = play.started(), client_of(play.koordination())
    row = play.row_of(case, play.jan_of(case))
    press(office, case, "need_health", participant=row.pk, health="1")
    row.participation.refresh_from_db()
    assert row.participation.health
    press(office, case, "need_health", participant=row.pk, health="0")
    row.participation.refresh_from_db()
    assert not row.participation.health


def test_the_contact_of_an_office_says_who_comes(client_of: Any) -> None:
    case = play.fixed()
    jan: Actor = play.jan_of(case)
    contact = client_of(jan)
    assert press(contact, case, "assign", adviser=play.nora_of(case).user.pk).status_code == 200, "of another office"
    assert press(contact, case, "assign", adviser=jan.user.pk).status_code == 302
    meeting = queries.planned(Case.objects.get(pk=case.pk))
    assert meeting is not None
    assert meeting.invitees.get(institution=jan.institution).user == jan.user


def test_whoever_comes_while_dates_are_open_is_asked_at_once(client_of: Any) -> None:
    case, office = play.proposed(), client_of(play.koordination())
    press(office, case, "add_person", **wish(email="mutter@post.example"))
    assert GuestLink.objects.get(case=case).purpose == "roundtable_dates"


def test_table_and_dates_ask_nothing_once_for_each_person(client_of: Any, no_repeated_queries: Any) -> None:
    case = play.proposed(play.with_mother(play.with_therapist(email=TINA)))
    for who in (play.jan_of(case), play.iris_of(case)):
        play.answer_dates(case, who)
    office = client_of(play.koordination())
    for address in ("tisch", "gespraeche"):
        with no_repeated_queries():
            office.get(reverse("core:case_tab", args=[case.number, address]))
    play.fixed(case)
    for address in ("tisch", "gespraeche", "dokumente"):
        with no_repeated_queries():
            office.get(reverse("core:case_tab", args=[case.number, address]))
