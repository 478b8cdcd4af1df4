"""Which cases the demo plays: how far each goes, when, and who files it with whom."""

from __future__ import annotations

from dataclasses import dataclass

from .demo_texts import PUT_OFF, QUESTIONS
from .enums import Outcome

REASONS = (
    "iv_ablehnung_unter_1_jahr",
    "kein_intaktes_arbeitsangebot",
    "keine_kapazitaet",
    "zielsetzung_nicht_realisierbar",
    "sonstige",
)
HANDED = ("submit", "accept", "plan_handover", "reply")
STARTED = (*HANDED, "hold_handover", "agree_note")
RELEASED = (*HANDED, "make_vereinbarung", "hold_handover", "sign_vereinbarung", "agree_note")
ORDERED = (*STARTED, "request_kg", "approve_kg", "order_measure")
ON_PAPER = (*STARTED, "request_kg", "sign_on_paper", "order_measure")
PATHS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "submitted": ("submit",),
    "assigned": ("submit", "assign"),
    "queried": ("submit", "ask"),
    "answered": ("submit", "ask", "answer"),
    "accepted": ("submit", "accept"),
    "ruled": ("submit", "settle"),
    "declined_way": ("submit", "settle_no"),
    "withdrawn": ("submit", "withdraw"),
    "client_declined": ("submit", "client_declines"),
    "consent_withdrawn": ("submit", "accept", "client_withdraws"),
    "not_established": ("submit", "accept", "client_withdraws", "end_unestablished"),
    **{f"refused_{code}": ("submit", "refuse") for code in REASONS},
    "invited": ("submit", "accept", "plan_handover"),
    "handover_soon": HANDED,
    "handover_unnoted": HANDED,
    "handover_held": (*HANDED, "hold_handover"),
    "handover_unticked": (*HANDED, "hold_without_client"),
    "handover_refused": (*HANDED, "hold_with_a_no"),
    "to_sign": (*HANDED, "make_vereinbarung"),
    "agreed": (*STARTED, "request_kg"),
    "running": (*HANDED, "hold_handover", "agree_note", "begin", "draft_kg"),
    "running_soon": (*STARTED, "request_kg", "approve_kg_by_link", "order_measure"),
    "running_overdue": (*STARTED, "request_kg"),
    "running_declined": (*STARTED, "request_kg", "refuse_kg", "decline"),
    "running_wanted": (*STARTED, "log_call", "request_meeting"),
    "running_answered": (
        *STARTED,
        "request_kg",
        "sign_on_paper",
        "order_measure",
        "request_meeting",
        "decline_meeting",
    ),
    "running_extra": (*STARTED, "request_meeting", "plan_extra"),
    "running_called": (*STARTED, "log_call", "request_kg", "approve_kg"),
    "iv_rests": (*STARTED, "record_iv_rest", "go_on", "request_kg_elsewhere"),
    "hinted": (*ORDERED, "wish_measure", "answer_measure", "send_hint", "forward_invoice"),
    "wished": (*STARTED, "send_hint", "answer_hint", "wish_measure"),
    "registered": (*STARTED, "record_registration", "log_call", "request_kg", "ask_about_kg"),
    "released": (*RELEASED, "request_kg"),
    "restored": (*RELEASED, "request_kg", "withdraw_kg", "go_on", "report_work_offer"),
    "running_unplanned": (*ORDERED, "forward_invoice", "send_invoice_back", "forward_invoice", "cancel_meeting"),
    "running_ending": STARTED,
    "extended": (*ORDERED, "go_on", "forward_invoice", "pay_invoice", "extend", "follow_up_kg", "approve_kg"),
    "stopped": (*STARTED, "client_withdraws"),
    **{f"closed_{outcome}": (*STARTED, "go_on", "close", "resume") for outcome in Outcome},
    "closed_teilweise": (*ORDERED, "go_on", "close", "resume", "forward_invoice", "pay_invoice"),
    "closed_exceptionally": (*STARTED, "log_call", "client_withdraws", "close_exceptionally"),
    "closed_corrected": (*STARTED, "close", "resume", "correct"),
    "closed_lately": (*STARTED, "go_on", "close"),
    "closed_released": (*RELEASED, "go_on", "close"),
}
"""How far a played case goes: the steps after the draft is begun (``demo_steps``, ``demo_kg``)."""

AGO = {
    "draft": (0, 4),
    "submitted": (1, 7),
    "assigned": (1, 7),
    "ruled": (4, 7),
    "declined_way": (4, 7),
    "queried": (1, 5),
    "answered": (1, 6),
    "accepted": (2, 8),
    "consent_withdrawn": (4, 8),
    "invited": (1, 2),
    "handover_soon": (3, 6),
    "handover_unnoted": (8, 12),
    "handover_held": (1, 3),
    "handover_unticked": (1, 3),
    "to_sign": (1, 4),
    "released": (7, 8),
    "restored": (4, 8),
    "closed_released": (4, 8),
    "registered": (2, 4),
    "iv_rests": (3, 5),
    "hinted": (2, 4),
    "wished": (4, 7),
    "agreed": (1, 2),
    "running": (20, 50),
    "running_soon": (10, 20),
    "running_overdue": (13, 15),
    "running_declined": (1, 3),
    "running_wanted": (1, 3),
    "running_answered": (4, 9),
    "running_extra": (1, 2),
    "running_called": (2, 4),
    "running_unplanned": (1, 3),
    "running_ending": (65, 75),
    "extended": (2, 4),
    "stopped": (4, 7),
    "closed_lately": (2, 6),
}
"""How many days before the last one such a case came to where it stands; the others at any time."""

AHEAD = {
    "invited": 9,
    "handover_soon": 5,
    "handover_unnoted": -4,
    "to_sign": 6,
    "running_soon": 4,
    "running_overdue": -6,
    "running_declined": 8,
    "running_extra": 31,
    "running_ending": 48,
}
"""How many days from the last one the meeting lies that is still planned; otherwise three to ten weeks."""

GAPS = {
    "submit": (0, 2),
    "ask": (1, 4),
    "answer": (1, 3),
    "assign": (0, 2),
    "end_unestablished": (1, 5),
    "plan_handover": (1, 6),
    "reply": (0, 2),
    "hold_handover": (5, 14),
    "hold_without_client": (5, 14),
    "hold_with_a_no": (5, 14),
    "agree_note": (0, 3),
    "log_call": (10, 25),
    "request_meeting": (10, 30),
    "go_on": (60, 95),
    "extend": (60, 95),
    "close": (50, 95),
    "correct": (10, 30),
    "make_vereinbarung": (0, 2),
    "sign_vereinbarung": (0, 0),
    "report_work_offer": (5, 20),
    "request_kg": (5, 20),
    "order_measure": (1, 4),
    "forward_invoice": (30, 40),
}
"""Days from one step to the next; any other step takes three to twelve."""


@dataclass(frozen=True)
class Scene:
    """One case to play: its path, who files it, and to whom (``None``: anybody the rules allow).

    ``away``: filed by the colleague of ``principal`` who is absent. ``again``: for a client whom the same office has
    filed a case for before, if there is one. ``put_off``: why the principal puts the open Pendenz off. ``row``: the row
    of the table for which the client is meant, if not any of the direction; ``also`` what they draw beside that.
    """

    path: str
    principal: str | None = None
    group: str | None = None
    login: str | None = None
    away: bool = False
    again: bool = False
    put_off: str = ""
    row: str = ""
    also: tuple[str, ...] = ()
    exchange: tuple[str, str] = QUESTIONS[0]


SCENES = (
    # Something to do for everybody who logs in.
    Scene("released", "rav", "SH", login="sobz", row="G"),
    Scene("queried", "sozialdienst", "IV", away=True),
    Scene("submitted", "sozialdienst", "IV"),
    Scene("consent_withdrawn", "sozialdienst", "IV", login="iv"),
    Scene("submitted", "iv", "RAV", login="rav-zeichnung"),
    Scene("submitted", "iv", "SH", login="sozialdienst-zeichnung"),
    Scene("submitted", "sozialdienst", "IV", login="iv", row="D2"),
    Scene("declined_way", "sozialdienst", "IV", login="iv", row="unassigned"),
    Scene("draft", "fremd", "IV"),
    Scene("accepted", "sozialdienst", "RAV", login="rav"),
    # The hand-over, from the invitation to the start.
    Scene("invited", "sobz", "IV", login="iv"),
    Scene("handover_unticked", "iv", "SH", login="sobz"),
    Scene("agreed", "sozialdienst", "IV", login="iv"),
    # Case work.
    Scene("running_soon", "sozialdienst", "IV", login="iv"),
    Scene("to_sign", "rav", "SH", login="sobz"),
    Scene("restored", "rav", "SH", login="sobz", row="G"),
    Scene("closed_released", "rav", "SH", login="sobz"),
    Scene("registered", "sozialdienst", "RAV", login="rav", row="H"),
    Scene("wished", "sozialdienst", "RAV", login="rav", row="I1"),
    Scene("running_declined", "sozialdienst", "IV", login="iv"),
    Scene("running_wanted", "sozialdienst", "RAV", login="rav"),
    Scene("running_answered", "fremd", "IV", login="iv"),
    Scene("running_extra", "sozialdienst", "SH", login="sobz"),
    Scene("running_called", "iv", "SH", login="sobz", row="C"),
    Scene("iv_rests", "iv", "SH", login="sobz", row="C", also=("job_seeker", "ale")),
    Scene("hinted", "sozialdienst", "IV", login="iv"),
    Scene("running_unplanned", "rav", "SH", login="sobz", row="G"),
    Scene("extended", "sozialdienst", "IV", login="iv"),
    Scene("stopped", "fremd", "IV", login="iv"),
    # Every end, at least once.
    *(Scene(f"refused_{code}", "sozialdienst" if code == "sonstige" else None, "IV") for code in REASONS),
    Scene("withdrawn", "sozialdienst", "IV"),
    Scene("client_declined", "rav", "SH"),
    Scene("not_established", "sozialdienst", "IV"),
    Scene("closed_teilweise", "sozialdienst", "RAV", login="rav", row="H"),
    Scene("closed_nicht_umgesetzt", "sobz", "IV", login="iv"),
    Scene("closed_exceptionally", "sozialdienst", "IV", login="iv"),
    Scene("closed_lately", "rav", "SH", login="sobz", put_off=PUT_OFF),
    Scene("running", "sozialdienst", "IV", login="iv", again=True),
)
REST = (
    "closed_erfolgreich",
    "closed_erfolgreich",
    "closed_teilweise",
    "closed_nicht_umgesetzt",
    "running",
    "withdrawn",
    "client_declined",
    "handover_refused",
    *(f"refused_{code}" for code in ("keine_kapazitaet", "sonstige", "zielsetzung_nicht_realisierbar")),
)
"""What becomes of the further cases, by weight."""
