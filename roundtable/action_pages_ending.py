"""The page of the step that ends a Roundtable."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from iiz.core.registry import ActionPage

from .forms import ending

ENDING = {
    "close": ActionPage(
        ending.CloseForm,
        gettext_lazy("Roundtable abschliessen"),
        gettext_lazy(
            "Alle am Tisch erhalten eine Nachricht, ohne den Grund. Links von Personen ohne Konto enden, der Fall "
            "bleibt zum Nachlesen offen. In der Statistik zählt der Abschluss an diesem Tag."
        ),
        gettext_lazy("Abschliessen"),
        done=gettext_lazy("Der Roundtable ist abgeschlossen. Alle am Tisch sind benachrichtigt."),
    ),
}
