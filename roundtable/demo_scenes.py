"""Which Roundtables the demo plays: how far each goes, when, who registers it and whom the Vollmacht names."""

from __future__ import annotations

from dataclasses import dataclass

TABLE = ("submit", "start", "assign")
INVITED = (*TABLE, "add_guests", "propose", "answer_all", "fix")
READY = (*INVITED, "request_views", "give_views")
HELD = (*READY, "hold", "look_back")
WRITTEN = (*READY, "meet", "appoint", "circulate")
AGREED = (*WRITTEN, "promise", "finalise")
JOURNEY = (
    *(*TABLE, "add_therapist", "propose", "answer_all", "fix", "request_views", "give_views"),
    *("meet", "appoint", "circulate", "correct", "circulate_again", "promise", "finalise", "sign"),
    *("look_back", "first_reports", "first_note", "decided", "propose_follow_up", "answer_follow_up"),
    *("hold_follow_up", "change", "sign_again", "hand_over", "contract", "third_note"),
    *("summer_note", "coached", "propose_last", "answer_last", "hold_last", "last_reports", "conclude"),
)
"""A Roundtable from the registration to the end (``demo_road``)."""
PATHS: dict[str, tuple[str, ...]] = {
    "journey": JOURNEY,
    "draft": (),
    "registered": ("submit",),
    "queried": ("submit", "ask"),
    "criteria": ("submit", "not_start"),
    "no_consent": ("submit", "withdraw"),
    "bilateral": ("submit", "ask", "answer", "not_start"),
    "optima": ("submit", "not_start"),
    "other": ("submit_for_others", "not_start"),
    "proposed": (*TABLE, "propose", "answer_some"),
    "to_fix": (*TABLE, "propose", "answer_all"),
    "tomorrow": (*INVITED, "request_views", "give_some", "reply"),
    "today": (*READY, "write_half"),
    "running": (*HELD, "narrow"),
    "review": WRITTEN,
    "corrections": (*WRITTEN, "correct"),
    "unsigned": (*WRITTEN, "drop", "circulate_again", "promise", "finalise"),
    "due": (*AGREED, "sign", "begin_steps"),
    "no_solution": (*TABLE, "propose", "close"),
    "stopped": (*TABLE, "request_views", "client_withdraws", "close"),
    "withdrawn": (*TABLE, "propose", "client_withdraws"),
    "alone": ("submit",),
    "alone_solved": (
        *("submit", "assign", "propose", "answer_all", "fix", "meet", "look_back", "appoint"),
        *("circulate", "promise", "finalise", "sign", "begin_steps", "close"),
    ),
}
"""How far a played Roundtable goes: the steps after the draft is begun (``demo_steps``)."""
REASONS = {
    "criteria": "kriterien_nicht_erfuellt",
    "no_consent": "keine_zustimmung",
    "bilateral": "bilateral_geloest",
    "optima": "an_optima",
    "other": "sonstige",
    "journey": "erster_arbeitsmarkt",
    "no_solution": "ohne_loesung",
    "stopped": "zurueckgezogen",
    "alone_solved": "loesung",
}
"""Why a path ends as it does: a listed reason not to start, or the reason for closing."""
AGO = {
    "draft": (0, 3),
    "registered": (1, 4),
    "queried": (1, 3),
    "proposed": (1, 3),
    "to_fix": (1, 1),
    "tomorrow": (0, 0),
    "journey": (24, 26),
    "today": (0, 0),
    "running": (0, 1),
    "review": (0, 0),
    "corrections": (6, 8),
    "unsigned": (1, 3),
    "due": (20, 24),
    "withdrawn": (2, 6),
    "alone": (1, 3),
    "optima": (2, 6),
}
"""How many days before the last one a Roundtable came to where it stands; the others within some months."""
LATELY = (30, 120)
GAPS = {
    "submit": (0, 2),
    "submit_for_others": (0, 2),
    "ask": (1, 2),
    "answer": (1, 3),
    "assign": (0, 1),
    "add_guests": (0, 0),
    "answer_some": (1, 2),
    "answer_all": (2, 4),
    "fix": (0, 1),
    "request_views": (0, 0),
    "reply": (0, 0),
    "give_some": (2, 3),
    "give_views": (4, 8),
    "meet": (8, 12),
    "hold": (8, 12),
    "look_back": (1, 3),
    "narrow": (0, 0),
    "write_half": (0, 0),
    "appoint": (0, 0),
    "circulate": (0, 0),
    "drop": (0, 0),
    "circulate_again": (0, 0),
    "correct": (1, 1),
    "promise": (1, 2),
    "finalise": (0, 0),
    "sign": (0, 1),
    "begin_steps": (26, 28),
    "close": (40, 70),
    "add_therapist": (0, 1),
    "first_reports": (22, 26),
    "first_note": (6, 8),
    "decided": (12, 14),
    "propose_follow_up": (5, 7),
    "answer_follow_up": (4, 5),
    "hold_follow_up": (10, 12),
    "change": (1, 1),
    "sign_again": (2, 3),
    "hand_over": (3, 5),
    "contract": (18, 22),
    "third_note": (10, 14),
    "summer_note": (46, 50),
    "coached": (48, 52),
    "propose_last": (10, 12),
    "answer_last": (4, 5),
    "hold_last": (14, 16),
    "last_reports": (1, 2),
    "conclude": (13, 15),
}
"""Days from one step to the next; any other step takes two to five."""


@dataclass(frozen=True)
class Scene:
    """One Roundtable to play: its path, who registers it, and the accounts whose offices the Vollmacht names besides.

    ``ends_in``: how many days after the last one the Vollmacht ends, where it is not about a year. ``self_run``: the
    office runs it without the coordination office (RT-22).
    """

    path: str
    registrant: str
    offices: tuple[str, ...] = ()
    ends_in: int | None = None
    self_run: bool = False


SCENES = (
    Scene("journey", "sozialdienst", ("rav", "iv")),
    Scene("review", "sozialdienst", ("rav", "iv")),
    Scene("today", "rav", ("iv", "sozialdienst")),
    Scene("due", "sozialdienst", ("rav", "iv")),
    Scene("tomorrow", "sozialdienst", ("rav", "iv")),
    Scene("registered", "sozialdienst", ("rav", "iv")),
    Scene("proposed", "rav", ("iv", "sozialdienst")),
    Scene("draft", "sozialdienst"),
    Scene("to_fix", "iv", ("rav", "sozialdienst"), ends_in=20),
    Scene("running", "sozialdienst", ("rav", "iv", "sobz")),
    Scene("queried", "rav", ("iv", "sobz")),
    Scene("optima", "sozialdienst", ("rav",)),
    Scene("withdrawn", "sozialdienst", ("rav", "iv")),
    Scene("alone", "sobz", ("rav", "iv"), self_run=True),
    Scene("corrections", "iv", ("rav", "sozialdienst")),
    Scene("unsigned", "rav", ("iv", "sozialdienst")),
    Scene("alone_solved", "iv", ("rav", "sozialdienst"), self_run=True),
    Scene("stopped", "rav", ("iv", "sobz")),
    Scene("no_solution", "fremd", ("rav", "iv")),
    Scene("criteria", "iv", ("rav",)),
    Scene("no_consent", "sobz", ("rav", "iv")),
    Scene("bilateral", "rav", ("iv",)),
    Scene("other", "koordination", ("rav", "sozialdienst")),
)
"""In the order in which they are dropped from the end when there are fewer cases."""
