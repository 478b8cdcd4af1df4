"""The page of a Roundtable takes few queries in every state, for every reader, however many sit at the table."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iiz.core import workflow
from iiz.core.actor import Actor
from iiz.core.models import Case
from roundtable.enums import ParticipantKind
from roundtable.tests import papers
from roundtable.tests import playing as play

pytestmark = pytest.mark.django_db
MOST = 21
"""For the coordination office one goes to the other cases of the same person (PER-01)."""


def queries(case: Case, who: Actor) -> list[str]:
    """What the overview asks the database, once what is kept in memory is there."""
    client = Client()
    client.force_login(who.user)
    client.get(case.get_absolute_url())
    with CaptureQueriesContext(connection) as captured:
        assert client.get(case.get_absolute_url()).status_code == 200
    return [query["sql"] for query in captured]


def full_table() -> Case:
    """Six at the table, a date fixed, everybody asked, two views given."""
    case = play.asked(play.fixed(play.proposed(play.with_mother(play.with_therapist()))))
    return play.given(play.given(case, play.jan_of(case)), play.THERAPIST)


def test_the_case_page_takes_few_queries_in_every_state() -> None:
    made = (play.registered, play.queried, play.started, play.proposed, full_table, play.running, play.withdrawn)
    for make in (*made, play.not_started, lambda: play.closed(play.started())):
        case = make()
        for who in (play.koordination(), play.nora_of(case)):
            found = queries(case, who)
            asked = "\n".join(row[:60] + " … " + row[row.find(" FROM ") :][:110] for row in found)
            assert len(found) <= MOST, (case.state, who.institution.name, asked)


def with_plans(steps: int) -> Case:
    """Five versions of a plan, the last one in force, a case manager and two status notes; a case of nobody else."""
    case = papers.lena()
    for _version in range(5):
        papers.version(case, papers.paper_of(case, steps))
    nora = play.nora_of(case)
    for text in ("Alles läuft.", "Der Bericht ist da."):
        case = workflow.apply(case, "write_status", nora, {"text": text})
    return case


def test_a_plan_of_many_steps_and_versions_asks_nothing_more() -> None:
    few, many = with_plans(3), with_plans(30)
    for who in (play.nora_of, play.jan_of):
        found = queries(many, who(many))
        asked = "\n".join(row[:60] + " … " + row[row.find(" FROM ") :][:110] for row in found)
        assert len(found) == len(queries(few, who(few)))
        assert len(found) <= 20, asked
    assert len(queries(many, play.koordination())) <= MOST


def test_more_at_the_table_ask_nothing_more() -> None:
    case = full_table()
    few = len(queries(case, play.jan_of(case)))
    for number in range(5):
        case = play.add_person(case, ParticipantKind.RELATIVE, f"Tante {number}")
    assert len(queries(case, play.jan_of(case))) == few
