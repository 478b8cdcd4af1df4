"""The German sentences of the timeline for what the core itself writes to the audit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .enums import Audience, GuestEnd
from .models import AuditEntry
from .registry import guest_purposes, verbs, workflows


def _guest(sentence: Any) -> Callable[[AuditEntry], str]:
    """A sentence about a link of somebody without an account: for whom and what it is."""

    def told(entry: AuditEntry) -> str:
        purpose = guest_purposes.get(entry.changes["purpose"])
        names = {"office": entry.changes["office"], "what": purpose.label if purpose else "–"}
        return str(sentence) % {**names, "why": dict(GuestEnd.choices).get(entry.changes.get("why"), "")}

    return told


def _put_off(entry: AuditEntry) -> str:
    day = dt.date.fromisoformat(entry.changes["until"])
    sentence = gettext("hat die Pendenz «%(what)s» bis %(day)s zurückgestellt")
    return sentence % {"what": _waiting(entry), "day": f"{day:%d.%m.%Y}"}


def _taken_up(entry: AuditEntry) -> str:
    return gettext("hat die zurückgestellte Pendenz «%(what)s» wieder aufgenommen") % {"what": _waiting(entry)}


def _filed(entry: AuditEntry) -> str:
    """That a document was filed, and for whom; its title is for those who may read it (``views.case.history``)."""
    audience = dict(Audience.choices).get(entry.changes.get("audience"), "")
    if entry.changes.get("health"):
        audience = gettext("%(audience)s, mit Angaben zur Gesundheit") % {"audience": audience}
    sentence = gettext("hat ein Dokument abgelegt")
    return f"{sentence} ({audience})" if audience else sentence


def _waiting(entry: AuditEntry) -> str:
    """The words of the Pendenz an entry is about; its name where no service declares it any more."""
    name = entry.changes["task"]
    return next((str(row.label) for flow in workflows.values() for row in flow.waits if row.name == name), name)


def register() -> None:
    """Add the sentences; called once from ``CoreConfig.ready``."""
    verbs.update(
        {
            "case_begun": _("hat den Entwurf begonnen"),
            "case_imported": _("Fall aus früherer Statistik übernommen"),
            "person_recorded": _("hat die Person erfasst"),
            "person_changed": _("hat Angaben zur Person geändert"),
            "document_filed": _filed,
            "vollmacht_recorded": _("hat eine Vollmacht festgehalten"),
            "vollmacht_scanned": _("hat die unterschriebene Vollmacht als Datei abgelegt"),
            "vollmacht_named": _("hat jemanden zur Vollmacht dazugenommen"),
            "vollmacht_narrowed": _("hat die Vollmacht eingeschränkt"),
            "vollmacht_withdrawn": _("hat den Rückzug der Vollmacht festgehalten"),
            "file_refused": _("wollte eine Datei ablegen, in der der Virenscanner Schadsoftware fand"),
            "calendar_feed_made": _("hat eine Kalenderadresse erstellt"),
            "calendar_feed_stopped": _("hat die Kalenderadresse abgeschaltet"),
            "draft_discarded": _("hat den Entwurf verworfen"),
            "guest_invited": _guest(_("hat einen Zugang mit Link gesendet: %(office)s, %(what)s")),
            "guest_revoked": _guest(_("hat einen Zugang mit Link beendet: %(office)s, %(what)s (%(why)s)")),
            "guest_locked": _guest(_("hat einen Zugang mit Link nach zu vielen falschen Codes gesperrt: %(office)s")),
            "task_put_off": _put_off,
            "task_taken_up": _taken_up,
        }
    )
