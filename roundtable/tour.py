"""A Roundtable in two minutes, station by station, for whoever has never seen one (UX-13).

The same journey as the demo plays (``demo_journey``): everybody and everything in it is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .enums import StepState


@dataclass(frozen=True)
class Station:
    """One page of the tour: what happens, in a few sentences, and what the portal shows at that moment.

    ``whose`` says for whom this is the work; ``picture`` names the template of what is shown.
    """

    title: Any
    whose: Any
    words: tuple[Any, ...]
    picture: str


STATIONS = (
    Station(
        _("Drei Stellen, eine Frau, kein Plan"),
        _("Ausgangslage"),
        (
            _("Lea ist 26. Die Lehre hat sie wegen einer Depression abgebrochen. Nun warten alle."),
            _("Das RAV wartet auf die IV, die IV klärt ab, der Sozialdienst zahlt. Ihre Therapeutin fragt niemand."),
        ),
        "start",
    ),
    Station(
        _("Lea erlaubt, wer was lesen darf"),
        _("Sozialdienst, 5 Minuten"),
        (
            _("Der Sozialdienst meldet sie an, auf einer Seite. Zuerst unterschreibt Lea die Vollmacht."),
            _("Was sie nicht erlaubt, zeigt das Portal niemandem. Sie kann jederzeit zurück."),
        ),
        "vollmacht",
    ),
    Station(
        _("Alle sagen vorher, wie es steht"),
        _("Jede Stelle, 10 Minuten"),
        (
            _("Jede Stelle schreibt ihre Sicht. Lea und die Therapeutin tun es mit einem Link, ohne Konto."),
            _("So sieht man vor dem Gespräch, wo sich die Bilder unterscheiden."),
        ),
        "views",
    ),
    Station(
        _("Das Gespräch: Es wird mitgeschrieben"),
        _("Koordinationsstelle"),
        (
            _("Zuerst die Fachpersonen, dann alle mit Lea. Was gesagt wird, steht sofort gross auf der Leinwand."),
            _("Es ist gespeichert, während man tippt, auch wenn das Netz ausfällt."),
        ),
        "meeting",
    ),
    Station(
        _("Wer macht was bis wann"),
        _("Alle am Tisch"),
        (
            _("Jeder Schritt hat eine verantwortliche Stelle, die ihn zusagt, und eine Frist."),
            _("Das Portal warnt: Die Abklärung der IV könnte die Ausbildung hinfällig machen. Also kommt sie zuerst."),
        ),
        "plan",
    ),
    Station(
        _("Am gleichen Tag bei allen"),
        _("Koordinationsstelle, ein Klick"),
        (
            _("Lea unterschreibt am Bildschirm. Alle erhalten das Dokument, jede Stelle so viel, wie sie lesen darf."),
            _("Lea bekommt es auch in einfacher Sprache."),
        ),
        "sent",
    ),
    Station(
        _("Eine Person hält die Fäden"),
        _("Case Management"),
        (
            _("Zuerst ist Nora Ahornhalder vom Sozialdienst für alle da, später die IV. Ein Satz sagt, wie es läuft."),
            _("Ist ein Schritt fällig, kommt eine Mail. Ein Klick genügt: erledigt."),
        ),
        "after",
    ),
    Station(
        _("Nach zehn Monaten: die Lehrstelle"),
        _("Alle"),
        (
            _("Lea beginnt ihre Lehre. Der Roundtable wird mit einem Grund abgeschlossen, alle erfahren es."),
            _("Für die Statistik tippt niemand etwas: Sie entsteht aus dem, was ohnehin getan wurde."),
        ),
        "end",
    ),
)

ROAD = (_("Anmeldung"), _("Entscheid"), _("Vorbereitung"), _("Begleitung"), _("Abschluss"))
"""The way of a Roundtable, as it stands on each case."""
REACHED = (0, 0, 2, 2, 3, 3, 3, 5)
"""Per station how many parts of the way are done."""
OFFICES = {"rav": "RAV", "iv": "IV-Stelle"}
"""The invented offices by their names."""
CLIENT, SURNAME = "Lea", "Brunner"
"""Who it is about; invented, and the same person as in the demo."""
STEPS = (
    (_("Abklärung abschliessen"), "IV-Stelle", _("Ende März"), _("IV-Stelle"), StepState.RUNNING),
    (_("Bewerbungen für eine Lehre mit Unterstützung"), "RAV", _("Anfang Juni"), _("RAV"), StepState.OPEN),
    (
        _("Lebensunterhalt bis zum Lehrbeginn"),
        "Sozialdienst",
        _("Ende August"),
        _("Sozialdienst"),
        StepState.RUNNING,
    ),
    (_("Zwei Gespräche im Monat mit der Therapeutin"), "Lea", _("Ende August"), _("Krankenkasse"), StepState.RUNNING),
)
"""Steps of the invented plan: what, who, until when, who pays, how it stands later."""


def road(place: int) -> list[dict[str, Any]]:
    """The way of the case as it stands at a station, counted from 0."""
    done = REACHED[place]
    states = ["done" if part < done else "now" if part == done else "next" for part in range(len(ROAD))]
    return [{"label": label, "note": "", "state": state} for label, state in zip(ROAD, states, strict=True)]
