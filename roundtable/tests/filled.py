"""What the form of each transition hands over when it is filled in, for tests that walk all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiz.core import clock, meetings
from iiz.core.enums import Reply
from iiz.core.models import Case, ScopeLine
from iiz.core.tests.factories import InstitutionFactory, UserFactory
from roundtable.enums import ParticipantKind
from roundtable.models import NotStartedReason, Participant
from roundtable.queries import at_the_table

from . import playing as play


def _line(case: Case) -> ScopeLine | None:
    """The live line of the therapist, whom no case needs."""
    return ScopeLine.objects.filter(vollmacht=case.vollmacht_id, institution=None, ended_at=None).first()


def _guest(case: Case) -> Participant | None:
    return case.participants.filter(kind=ParticipantKind.RELATIVE, ended_at=None).first()


def _office(case: Case) -> Participant | None:
    return case.participants.filter(kind=ParticipantKind.OFFICE, ended_at=None).first()


def _not_started(case: Case) -> dict[str, Any]:
    return {"reason": NotStartedReason.objects.get(code="bilateral_geloest"), "note": ""}


def _date() -> dict[str, Any]:
    return {"starts_at": play.at(), "minutes": 150, "place": "Saal", "video_url": ""}


FILLED: dict[str, Callable[[Case], dict[str, Any]]] = {
    "submit": lambda case: play.answers(play.registrant_of(case), [InstitutionFactory.create(iv=True)]),
    "start": lambda case: {"note": "", "offices": []},
    "ask": lambda case: {"question": "Seit wann?"},
    "answer": lambda case: {"answer": "Seit März."},
    "not_start": _not_started,
    "withdraw": _not_started,
    "client_withdraws": lambda case: {"withdrawn_on": clock.today()},
    "narrow_vollmacht": lambda case: {"line": _line(case), "keep": None},
    "renew_vollmacht": lambda case: play.answers(play.registrant_of(case)),
    "reply_meeting": lambda case: {"meeting": meetings.planned(case), "reply": Reply.DECLINED},
    "move_meeting": lambda case: {"meeting": meetings.planned(case), **_date(), "starts_at": play.at(30)},
    "cancel_meeting": lambda case: {"meeting": meetings.planned(case), "reason": "Krank."},
    "log_call": lambda case: {"called_on": clock.today(), "text": "Kurze Absprache."},
    "propose_dates": lambda case: {
        "starts": [play.at(20), play.at(21)],
        "minutes": 150,
        "place": "Saal",
        "answer_by": clock.today(),
    },
    "answer_dates": lambda case: {"answers": {}},
    "answer_dates_for": lambda case: {"participant": _office(case), "answers": {}},
    "fix_date": lambda case: _date(),
    "drop_dates": lambda case: {},
    "invite_more": lambda case: {},
    "reply_for": lambda case: {"participant": _office(case), "reply": Reply.ACCEPTED, "note": ""},
    "hold_meeting": lambda case: {"held_on": clock.today(), "present": set(), "note": ""},
    "request_views": lambda case: {"participants": at_the_table(case), "due_on": clock.today(), "message": ""},
    "add_office": lambda case: {"office": case.registering_institution},
    "add_person": lambda case: {"kind": ParticipantKind.RELATIVE, "name": "Onkel Otto"},
    "change_person": lambda case: {"participant": _guest(case), "email": "neu@familie.example"},
    "end_participant": lambda case: {"participant": _guest(case)},
    "need_health": lambda case: {"participant": _office(case), "health": True},
    "take_over": lambda case: {"note": ""},
    "assign": lambda case: {"adviser": UserFactory.create()},
    "circulate_plan": lambda case: {"due_on": clock.today()},
    "finalise_plan": lambda case: {"at_table": {}},
    "drop_plan": lambda case: {},
    "appoint_manager": lambda case: {"participant": _office(case), "user": play.registrant_of(case).user},
    "write_status": lambda case: {"text": "Die Abklärung läuft, alle warten auf den Bericht."},
    "close": lambda case: {"closed_on": clock.today(), "reason": "ohne_loesung", "note": ""},
}
STATES: dict[str, Callable[[], Case]] = {
    "draft": play.draft,
    "registered": play.registered,
    "queried": play.queried,
    "preparing": lambda: play.with_mother(play.started()),
    "running": lambda: play.running(play.with_mother(play.started())),
    "not_started": play.not_started,
    "closed": lambda: play.closed(play.started()),
}
"""How a case comes into each state, always through its rows."""
