"""What the form of each transition hands over when it is filled in, for tests that walk all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiz.core import clock, meetings
from iiz.core.models import Case
from iiz.core.tests.factories import InstitutionFactory, UserFactory

from . import beside, requesting
from . import factories as make

ALL = {"client": True, "principal": True, "contractor": True}
FILLED: dict[str, Callable[[Case], dict[str, Any]]] = {
    "submit": lambda case: make.answers(InstitutionFactory.create(iv=True)),
    "ask": lambda case: {"question": "Welche Ausbildung liegt vor?"},
    "answer": lambda case: {"answer": "Pflegehelferin SRK."},
    "accept": lambda case: {"adviser": UserFactory.create(), "note": ""},
    "settle_group": lambda case: {"verdict": "cleared", "rule": None, "ruling": "Im Einzelfall sinnvoll."},
    "assign": lambda case: {"adviser": UserFactory.create()},
    "hand_over": lambda case: {"adviser": UserFactory.create()},
    "refuse": lambda case: {"refusal_reason": make.RefusalReasonFactory.create(), "note": ""},
    "plan_handover": lambda case: make.date(),
    "hold_handover": lambda case: make.note("y-y"),
    "revise_note": lambda case: make.note("y-y"),
    "agree_note": lambda case: {"agreed": {"principal": True}},
    "record_agreements": lambda case: {"agreed": {"client": False}},
    "reply_meeting": lambda case: {"meeting": meetings.planned(case), "reply": "declined"},
    "move_meeting": lambda case: {"meeting": meetings.planned(case), **make.date(20)},
    "cancel_meeting": lambda case: {"meeting": meetings.planned(case), "reason": "Krank."},
    "log_call": lambda case: {"called_on": clock.today(), "text": "Kurze Absprache."},
    "plan_meeting": lambda case: {"kind": "zusatzgespraech", "reason": "Kündigung", **make.date()},
    "hold_standortgespraech": lambda case: make.continuing(),
    "hold_extra": lambda case: {"held_on": clock.today(), "attended": ALL, "note": "Besprochen."},
    "reword_note": lambda case: {"progress": "Zwei Schnuppertage."},
    "request_meeting": lambda case: {"reason": "Die Wohnung ist gekündigt."},
    "decline_meeting": lambda case: {"answer": "Ist geregelt."},
    "close_exceptionally": lambda case: make.closing(exception="Wegzug."),
    "make_vereinbarung": lambda case: beside.period(),
    "renew_vereinbarung": lambda case: beside.period(0, 90),
    "sign_vereinbarung": lambda case: {"signed_on": clock.today()},
    "end_release": lambda case: {"ended_on": clock.today(), "ended_note": ""},
    "report_work_offer": lambda case: {"restored_on": clock.today()},
    "take_back_report": lambda case: {},
    "record_registration": lambda case: {"registered_on": clock.today()},
    "record_iv_rest": lambda case: {"rest": "suspended", "rest_on": clock.today()},
    "send_hint": lambda case: requesting.hint(),
    "wish_measure": lambda case: {"text": "Einsatzprogramm ab Januar."},
    "answer_hint": lambda case: requesting.decision(),
    "answer_measure": lambda case: requesting.decision(),
    "correct": lambda case: {"why": "Falsch erfasst.", "ended_on": case.ended_on},
}
