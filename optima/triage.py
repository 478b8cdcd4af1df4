"""Which way: ordinary application, bilateral agreement, Roundtable or Optima (OP-22, UX-12).

Pure. At most two answers lead to a way (concept, chapters 2.1 to 2.3); Optima needs one, the questions of the pair of
offices follow in :mod:`optima.precheck`.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import OPTIMA_GROUPS


class Need(TextChoices):
    """What a person needs now."""

    BENEFIT = "leistung", _("Die Person braucht eine Leistung einer anderen Stelle")
    TOGETHER = "zusammen", _("Mehrere Stellen sollen sich absprechen")
    LEAD = "fuehrung", _("Eine andere Stelle soll für einige Monate führen")


class Offices(TextChoices):
    """How many offices have to do with a person."""

    TWO = "zwei", _("Zwei: meine und eine andere")
    MORE = "drei", _("Drei oder mehr, oder RAV, IV und Sozialhilfe zugleich")


class Way(TextChoices):
    """Where the triage leads."""

    APPLICATION = "application", _("Ordentliche Anmeldung")
    BILATERAL = "bilateral", _("Absprache unter zwei Stellen")
    ROUNDTABLE = "roundtable", _("Roundtable")
    OPTIMA = "optima", _("Optima")


NEED, WHERE, OFFICES = "weg", "stelle", "stellen"
"""The questions of the triage, by the names they have in the address."""


def way(need: str, where: str = "", offices: str = "") -> Way | None:
    """The way these answers lead to; ``None`` as long as one is missing (see :func:`question`)."""
    if need == Need.LEAD:
        return Way.OPTIMA
    if need == Need.BENEFIT and where in OPTIMA_GROUPS:
        return Way.APPLICATION
    if need == Need.TOGETHER and offices in Offices.values:
        return Way.ROUNDTABLE if offices == Offices.MORE else Way.BILATERAL
    return None


def question(need: str, where: str = "", offices: str = "") -> str:
    """What to ask next; empty once the way is known."""
    if way(need, where, offices) is not None:
        return ""
    return {Need.BENEFIT: WHERE, Need.TOGETHER: OFFICES}.get(need, NEED)  # type: ignore[call-overload]
