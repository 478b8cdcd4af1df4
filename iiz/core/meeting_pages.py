"""The pages behind the rows of :mod:`meeting_rows`; a service adds ``**PAGES`` to its own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .forms import meeting as forms
from .registry import ActionPage

PAGES = {
    "reply_meeting": ActionPage(
        forms.ReplyForm,
        _("Auf Einladung antworten"),
        _("Alle Beteiligten sehen Ihre Antwort im Fall. Wenn Sie nicht können, erhalten die anderen eine Nachricht."),
        _("Antwort senden"),
        done=_("Ihre Antwort ist festgehalten."),
    ),
    "move_meeting": ActionPage(
        forms.MoveForm,
        _("Gespräch verschieben"),
        _(
            "Alle Eingeladenen erhalten sofort eine Nachricht, und der Eintrag in ihrem Kalender ändert sich. Bei "
            "einer neuen Zeit antworten sie noch einmal. Die Klientin oder den Klienten informieren Sie selbst."
        ),
        _("Verschieben"),
        done=_("Das Gespräch ist verschoben. Die Eingeladenen sind benachrichtigt."),
    ),
    "cancel_meeting": ActionPage(
        forms.CancelForm,
        _("Gespräch absagen"),
        _(
            "Alle Eingeladenen erhalten sofort eine Nachricht, und der Eintrag verschwindet aus ihrem Kalender. "
            "Die Klientin oder den Klienten informieren Sie selbst."
        ),
        _("Gespräch absagen"),
        danger=True,
        done=_("Das Gespräch ist abgesagt. Die Eingeladenen sind benachrichtigt."),
    ),
    "log_call": ActionPage(
        forms.CallForm,
        _("Telefonat festhalten"),
        _("Eine Zeile genügt. Alle beteiligten Stellen lesen sie im Fall; niemand erhält deswegen eine Nachricht."),
        _("Festhalten"),
        done=_("Das Telefonat ist festgehalten."),
    ),
}
