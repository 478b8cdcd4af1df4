"""Which Roundtables the demo plays: how far each goes, when, who registers it and whom the Vollmacht names."""

from __future__ import annotations

from dataclasses import dataclass

TABLE = ("submit", "start", "assign")
INVITED = (*TABLE, "add_guests", "propose", "answer_all", "fix")
HELD = (*INVITED, "request_views", "give_views", "hold", "look_back")
PATHS: dict[str, tuple[str, ...]] = {
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
    "running": (*HELD, "narrow"),
    "first_labour_market": (*HELD, "close"),
    "no_solution": (*TABLE, "propose", "close"),
    "stopped": (*TABLE, "request_views", "client_withdraws", "close"),
    "withdrawn": (*TABLE, "propose", "client_withdraws"),
    "alone": ("submit",),
    "alone_solved": ("submit", "assign", "propose", "answer_all", "fix", "hold", "look_back", "close"),
}
"""How far a played Roundtable goes: the steps after the draft is begun (``demo_steps``)."""
REASONS = {
    "criteria": "kriterien_nicht_erfuellt",
    "no_consent": "keine_zustimmung",
    "bilateral": "bilateral_geloest",
    "optima": "an_optima",
    "other": "sonstige",
    "first_labour_market": "erster_arbeitsmarkt",
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
    "running": (5, 20),
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
    "hold": (8, 12),
    "close": (40, 70),
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
    Scene("first_labour_market", "sozialdienst", ("rav", "iv")),
    Scene("alone_solved", "iv", ("rav", "sozialdienst"), self_run=True),
    Scene("stopped", "rav", ("iv", "sobz")),
    Scene("no_solution", "fremd", ("rav", "iv")),
    Scene("criteria", "iv", ("rav",)),
    Scene("no_consent", "sobz", ("rav", "iv")),
    Scene("bilateral", "rav", ("iv",)),
    Scene("other", "koordination", ("rav", "sozialdienst")),
)
"""In the order in which they are dropped from the end when there are fewer cases."""
