"""The pages of what follows a plan: case management, status note (RT-16, RT-17)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from iiz.core.registry import ActionPage

from .forms import following

FOLLOWING = {
    "appoint_manager": ActionPage(
        following.AppointForm,
        gettext_lazy("Case Management bestimmen"),
        gettext_lazy(
            "Genau eine Fachperson am Tisch ist für alle die Ansprechperson: Sie hilft, den Plan umzusetzen, stimmt "
            "die Leistungen ab und informiert alle. Ihre Stelle hat ab jetzt die Fallführung, und alle erhalten eine "
            "Nachricht."
        ),
        gettext_lazy("Bestimmen"),
        done=gettext_lazy("Das Case Management ist bestimmt, alle sind benachrichtigt."),
    ),
    "write_status": ActionPage(
        following.TellForm,
        gettext_lazy("Statusmeldung an alle"),
        gettext_lazy("Ein Satz dazu, wie es steht. Stellen erhalten eine Nachricht, Personen ohne Konto einen Link."),
        gettext_lazy("An alle senden"),
        done=gettext_lazy("Die Meldung ist unterwegs. Sie steht zuoberst in der Übersicht."),
    ),
}
