"""What came in at the *Online-Schalter* of the demo canton: two that wait, two that are handled."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from iiz.core import clock
from iiz.core.demo import DemoCanton
from iiz.core.models import OutboxMail

from . import desk
from .enums import EnquiryKind, EnquirySender, NoCase

LONG_AGO = 40
BROUGHT: tuple[tuple[int, dict[str, Any]], ...] = (
    (
        LONG_AGO,
        {
            "kind": EnquiryKind.REGISTRATION,
            "sender": EnquirySender.PROFESSIONAL,
            "name": "Livia Zumthor",
            "organisation": "Suchtberatung Rosengarten",
            "email": "livia.zumthor@rosengarten.example",
            "agreed": True,
            "text": "RAV und Sozialdienst wissen nichts voneinander. Wer kann das zusammenbringen?",
        },
    ),
    (
        20,
        {
            "kind": EnquiryKind.QUESTION,
            "sender": EnquirySender.CLIENT,
            "name": "Amir Selmani",
            "email": "amir.selmani@post.example",
            "text": "Darf ich an den Roundtable jemanden mitbringen, der für mich übersetzt?",
        },
    ),
    (
        2,
        {
            "kind": EnquiryKind.REGISTRATION,
            "sender": EnquirySender.PROFESSIONAL,
            "name": "Ruth Ammann",
            "organisation": "Unfallversicherung Helvia",
            "email": "ruth.ammann@helvia.example",
            "phone": "041 555 21 40",
            "agreed": True,
            "client_name": "Bruno Villiger",
            "service": "roundtable",
            "text": "RAV, IV und Gemeinde sind beteiligt, jede Stelle wartet auf die andere. Er möchte alle "
            "an einem Tisch haben.",
        },
    ),
    (
        1,
        {
            "kind": EnquiryKind.QUESTION,
            "sender": EnquirySender.RELATIVE,
            "name": "Monika Hess",
            "email": "monika.hess@post.example",
            "text": "Meine Tochter hat mit vier Stellen zu tun. Wie kommt sie zu einem gemeinsamen Gespräch?",
        },
    ),
)
"""How many days ago, and what; everybody is invented."""


def play(canton: DemoCanton, count: int = 0) -> None:
    """Write, confirm and handle them as people do; their mails left long ago."""
    coordinator = canton.logins["koordination"]
    for days, typed in BROUGHT:
        day = canton.workday(canton.last_day - dt.timedelta(days=days - 1))
        if day < canton.first_day:
            continue
        morning = dt.datetime.combine(day, dt.time(9, 20), tzinfo=timezone.get_current_timezone())
        with clock.at(morning):
            row = desk.take(typed, "")
            assert row is not None  # another text each
            desk.confirm(row)
        with clock.at(morning + dt.timedelta(hours=5)):
            if days == LONG_AGO:
                desk.turn_down(row, coordinator, NoCase.BILATERAL, "Beide Stellen sprechen sich direkt ab.")
            elif row.sender == EnquirySender.CLIENT:
                desk.answer(row, coordinator, "Ja, gern. Sagen Sie uns vorher, wer mitkommt.")
    OutboxMail.objects.filter(kind__in=(*desk.TO_SENDER, desk.ARRIVED)).delete()
