"""An office runs its Roundtable without the coordination office: at once, with the same means (RT-22)."""

import re

import pytest
from django.urls import reverse

from iiz.core import consents, workflow
from iiz.core.enums import Reply, Seat
from iiz.core.models import Case, OutboxMail
from iiz.core.tests.factories import InstitutionFactory
from iiz.core.workflow import NotAllowed
from roundtable import queries
from roundtable.tests import playing as play
from roundtable.tests.test_registration import NEW, paper, text, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora():
    play.criteria()
    return play.nora()


@pytest.fixture
def rav():
    return InstitutionFactory.create(rav=True, name="RAV Seeblick")


def waits_for(case):
    """What waits on the case, and at which office."""
    return {(task.name, task.institution_id) for task in case.tasks.filter(done_at=None)}


class TestRegistering:
    """One choice in the form; nobody has to decide about it."""

    def test_it_starts_with_the_registration(self, client_of, nora, rav):
        coordinator = play.koordination()
        page = client_of(nora).post(NEW, typed(moderation="us", scan=paper()), follow=True)
        case = Case.objects.get()
        assert case.state == "preparing"
        assert (case.roundtable.self_run, case.roundtable.decision) == (True, "gestartet")
        assert case.participations.filter(institution=rav, until=None).exists()
        assert "Ihre Stelle führt ihn" in text(page)
        assert "ohne die Koordinationsstelle" in text(page)
        told = OutboxMail.objects.filter(user=coordinator.user)
        assert [mail.kind for mail in told] == ["rt_self_run"]
        assert waits_for(case) >= {("find_date", nora.institution.pk), ("request_views", nora.institution.pk)}
        assert coordinator.institution.pk not in {office for _name, office in waits_for(case)}

    @pytest.mark.parametrize("chosen", ["office", ""])
    def test_otherwise_the_coordination_office_decides(self, client_of, nora, rav, chosen):
        client_of(nora).post(NEW, typed(moderation=chosen, scan=paper()))
        case = Case.objects.get()
        assert (case.state, case.roundtable.self_run) == ("registered", False)

    def test_the_choice_says_when_health_is_read_and_written(self, client_of, nora):
        assert "nur, wenn die Vollmacht sie unserer Stelle öffnet" in text(client_of(nora).get(NEW))

    def test_the_choice_is_kept_with_the_draft(self, client_of, nora, rav):
        browser = client_of(nora)
        browser.post(NEW, typed(moderation="us", reason="", do="save"))
        page = text(browser.get(reverse("roundtable:registration", args=[Case.objects.get().number])))
        assert re.search(r'value="us"[^>]*checked', page)

    def test_something_else_is_refused_with_a_sentence_and_nothing_is_lost(self, client_of, nora, rav):
        page = text(client_of(nora).post(NEW, typed(moderation="alle", scan=paper()), follow=True))
        assert "Bitte wählen Sie, wer den Roundtable führt." in page
        assert "Drei Stellen klären nebeneinander." in page
        assert Case.objects.get().state == "draft"

    def test_the_coordination_office_has_no_such_choice(self, client_of, rav):
        play.criteria()
        browser = client_of(play.koordination())
        assert 'name="moderation"' not in text(browser.get(NEW))
        browser.post(NEW, typed(registered_text="Mandatszentrum Süd", moderation="us", scan=paper()))
        assert not Case.objects.get().roundtable.self_run


class TestRunning:
    """The office invites, leads and closes; it reads what the Vollmacht opens, and nothing more."""

    def test_from_the_dates_to_the_end(self):
        case = play.self_run()
        nora, jan = play.registrant_of(case), play.jan_of(case)
        case = play.fixed(play.answer_dates(play.proposed(case), jan))
        meeting = queries.planned(case)
        assert meeting.organiser == nora.institution
        seats = meeting.invitees.filter(institution=nora.institution)
        assert [(row.seat, row.user) for row in seats] == [(Seat.MODERATION, nora.user)]
        assert ("note_meeting", nora.institution.pk) in waits_for(case)
        case = play.running(case)
        assert set(meeting.invitees.values_list("attended", flat=True)) == {True}
        assert play.closed(case).state == "closed"

    def test_where_nobody_is_in_charge_it_waits_for_whoever_works_there(self):
        case = play.self_run()
        case.participations.update(user=None)
        case = Case.objects.get(pk=case.pk)
        workflow.settle(case)
        assert case.tasks.get(name="find_date", done_at=None).role == "caseworker"

    def test_views_of_people_without_an_address_are_written_down_there(self, client_of):
        case = play.asked(play.with_therapist(play.self_run()))
        nora, view = play.registrant_of(case), play.view_of(case, play.THERAPIST)
        assert ("write_view_down", nora.institution.pk) in waits_for(case)
        address = reverse("roundtable:view", args=[view.pk])
        assert client_of(nora).get(address).status_code == 200
        assert client_of(play.koordination()).get(address).status_code == 404
        assert client_of(play.jan_of(case)).get(address).status_code == 404

    def test_what_somebody_gave_by_a_link_is_not_opened_by_taking_the_address_away(self, client_of):
        case = play.asked(play.with_therapist(play.self_run(), email="tina@praxis.example"))
        case = play.given(case, play.THERAPIST)
        view = play.view_of(case, play.THERAPIST)
        case.participants.filter(pk=view.participant_id).update(email="")
        assert client_of(play.registrant_of(case)).get(reverse("roundtable:view", args=[view.pk])).status_code == 404

    def test_who_runs_it_reads_what_the_vollmacht_opens(self):
        case = play.self_run()
        nora = play.registrant_of(case)
        case = Case.objects.get(pk=play.narrowed(case, nora, keep=frozenset({"work"}), by=nora).pk)
        assert not consents.may_read(case, nora, "situation")
        assert consents.may_read(case, play.koordination(), "situation")

    def test_who_leads_the_talk_reads_health_where_the_vollmacht_opens_it_for_the_own_office(self, nora):
        case = play.self_run(nora)
        assert consents.may_read(case, nora, "health")
        assert not consents.may_read(case, play.jan_of(case), "health")
        other = play.nora()
        line = play.Line(other.institution, categories=play.ALL - {"health"})
        closed = play.self_run(other, lines=[line])
        assert not closed.participations.get(institution=other.institution).health
        assert not consents.may_read(closed, other, "health")

    def test_other_offices_at_the_table_do_not_lead_it(self, client_of):
        case = play.self_run()
        jan = play.jan_of(case)
        with pytest.raises(NotAllowed, match="Moderation"):
            workflow.apply(case, "propose_dates", jan, {})
        assert client_of(jan).get(reverse("core:action", args=[case.number, "propose_dates"])).status_code == 403
        fremde = play.fremde()
        assert client_of(fremde).get(reverse("core:action", args=[case.number, "propose_dates"])).status_code == 404

    def test_stopped_it_is_closed_where_it_was_led(self):
        case = play.withdrawn(play.self_run())
        assert ("close_stopped", case.registering_institution_id) in waits_for(case)
        assert play.closed(case, "zurueckgezogen").state == "closed"


class TestTakingOver:
    """The coordination office may take it over; from then on it is one like others."""

    def test_what_is_planned_and_what_waits_goes_over(self, client_of):
        coordinator = play.koordination()
        case = play.fixed(play.self_run())
        nora = play.registrant_of(case)
        address = reverse("core:action", args=[case.number, "take_over"])
        page = text(client_of(coordinator).get(address))
        assert "In der Statistik zählt er danach wie jeder andere" in page
        case = play.taken_over(case)
        assert not case.roundtable.self_run
        assert ("note_meeting", coordinator.institution.pk) in waits_for(case)
        meeting = queries.planned(case)
        assert meeting.organiser == meeting.chair == coordinator.institution
        assert meeting.invitees.get(seat=Seat.MODERATION).user == coordinator.user
        assert meeting.invitees.get(user=nora.user).reply == Reply.ACCEPTED
        assert OutboxMail.objects.filter(kind="rt_taken_over", user=nora.user).exists()
        with pytest.raises(NotAllowed):
            workflow.apply(case, "cancel_meeting", nora, {"meeting": meeting, "reason": "Krank."})

    @pytest.mark.parametrize(("who", "health"), [(play.nora, False), (play.iris, True)])
    def test_afterwards_the_office_reads_health_only_if_its_kind_needs_it(self, who, health):
        office = who()
        case = play.self_run(office)
        assert consents.may_read(case, office, "health")
        case = Case.objects.get(pk=play.taken_over(case).pk)
        assert consents.may_read(case, office, "health") is health

    def test_an_ordinary_one_cannot_be_taken_over(self, client_of):
        case = play.started()
        address = reverse("core:action", args=[case.number, "take_over"])
        assert client_of(play.koordination()).post(address, {"version": case.version}).status_code in (403, 409)
        assert client_of(play.registrant_of(case)).get(address).status_code == 403
