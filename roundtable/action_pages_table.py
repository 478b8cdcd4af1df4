"""The pages of the steps about who sits at the table (RT-08, PER-09, PER-10)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from iiz.core.registry import ActionPage

from .forms import table

TABLE = {
    "add_office": ActionPage(
        table.AddOfficeForm,
        gettext_lazy("Stelle dazunehmen"),
        gettext_lazy(
            "Die Stelle sieht den Fall ab sofort und erhält eine Nachricht. Dazunehmen lässt sich nur, wen die "
            "Vollmacht nennt."
        ),
        gettext_lazy("Dazunehmen"),
        done=gettext_lazy("Die Stelle ist dabei und benachrichtigt."),
    ),
    "add_person": ActionPage(
        table.AddPersonForm,
        gettext_lazy("Person ohne Konto dazunehmen"),
        gettext_lazy(
            "Sie braucht kein Konto: Sie erhält Links, je für einen Zweck, und sieht sonst nichts vom Fall. Alle "
            "Stellen am Tisch sehen Namen und Funktion."
        ),
        gettext_lazy("Dazunehmen"),
        done=gettext_lazy(
            "Die Person sitzt am Tisch. Was jetzt offen ist, erhält sie per Mail, sofern sie eine Adresse hat."
        ),
    ),
    "change_person": ActionPage(
        table.ChangePersonForm,
        gettext_lazy("Angaben berichtigen"),
        gettext_lazy(
            "Bei einer neuen E-Mail-Adresse enden die Links an die alte; was offen ist, geht sofort an die neue."
        ),
        gettext_lazy("Speichern"),
        done=gettext_lazy("Die Angaben sind berichtigt."),
    ),
    "end_participant": ActionPage(
        table.EndForm,
        gettext_lazy("Teilnahme beenden"),
        gettext_lazy(
            "Links enden sofort, und die Person oder Stelle ist zu keinem Gespräch mehr eingeladen. Eine Stelle sieht "
            "den Fall danach nicht mehr: Sagen Sie es ihr selbst. Nichts, was geschrieben wurde, geht verloren."
        ),
        gettext_lazy("Teilnahme beenden"),
        danger=True,
        done=gettext_lazy("Die Teilnahme ist beendet."),
    ),
    "need_health": ActionPage(
        table.NeedHealthForm,
        gettext_lazy("Angaben zur Gesundheit"),
        gettext_lazy(
            "Angaben zur Gesundheit sieht nur, wer sie für die eigene Aufgabe braucht und wem die Vollmacht sie "
            "erlaubt. Beides muss zutreffen."
        ),
        gettext_lazy("Speichern"),
        done=gettext_lazy("Es ist festgehalten und gilt sofort."),
    ),
    "assign": ActionPage(
        table.AssignForm,
        gettext_lazy("Person für den Roundtable bestimmen"),
        gettext_lazy("Wen Sie wählen, erhält eine Nachricht und ist von jetzt an zuständig, auch für die Einladungen."),
        gettext_lazy("Bestimmen"),
        done=gettext_lazy("Die Person ist bestimmt und benachrichtigt."),
    ),
}
