"""The pages of the steps from the registration to the decision, and of those about the Vollmacht."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from iiz.core.registry import ActionPage

from .forms import decision, narrowing

REGISTRATION = {
    "start": ActionPage(
        decision.StartForm,
        gettext_lazy("Prozess starten"),
        gettext_lazy(
            "Die angekreuzten Stellen sehen den Fall ab sofort und erhalten eine Nachricht. Danach suchen Sie einen "
            "Termin und holen die Sichten ein. In der Statistik zählt der Prozess ab diesem Tag."
        ),
        gettext_lazy("Prozess starten"),
        done=gettext_lazy("Der Prozess ist gestartet. Die Stellen sind benachrichtigt."),
    ),
    "take_over": ActionPage(
        decision.TakeOverForm,
        gettext_lazy("Koordination übernehmen"),
        gettext_lazy(
            "Eine Stelle führt diesen Roundtable selbst. Ab jetzt führen ihn Sie: Sie laden ein und leiten die "
            "Gespräche, auch ein schon vereinbartes. In der Statistik zählt er danach wie jeder andere: angemeldet am "
            "Tag der Anmeldung, gestartet heute. Alle am Tisch erhalten eine Nachricht."
        ),
        gettext_lazy("Koordination übernehmen"),
        done=gettext_lazy("Sie führen diesen Roundtable jetzt. Alle am Tisch sind benachrichtigt."),
    ),
    "not_start": ActionPage(
        decision.NotStartForm,
        gettext_lazy("Keinen Prozess starten"),
        gettext_lazy(
            "Die anmeldende Stelle erhält sofort eine Nachricht und liest den Grund im Fall. Die Anmeldung zählt, ein "
            "Prozess nicht; danach ist der Fall beendet. Bei «An Optima verwiesen» kann die Stelle danach mit den "
            "gleichen Angaben einen Antrag beginnen."
        ),
        gettext_lazy("Keinen Prozess starten"),
        danger=True,
        done=gettext_lazy("Der Entscheid ist festgehalten. Die anmeldende Stelle ist benachrichtigt."),
    ),
    "withdraw": ActionPage(
        decision.TakeBackForm,
        gettext_lazy("Anmeldung zurückziehen"),
        gettext_lazy(
            "Die IIZ-Koordinationsstelle erhält eine Nachricht und muss nichts mehr tun. Die Anmeldung zählt, ein "
            "Prozess nicht; danach ist der Fall beendet."
        ),
        gettext_lazy("Zurückziehen"),
        danger=True,
        done=gettext_lazy("Die Anmeldung ist zurückgezogen. Die Koordinationsstelle ist benachrichtigt."),
    ),
    "ask": ActionPage(
        decision.AskForm,
        gettext_lazy("Rückfrage stellen"),
        gettext_lazy("Die anmeldende Stelle erhält sofort eine Nachricht. Ihre Frist ruht, bis sie geantwortet hat."),
        gettext_lazy("Frage senden"),
        done=gettext_lazy("Die Frage ist gestellt. Sie erhalten eine Nachricht, sobald die Antwort da ist."),
    ),
    "answer": ActionPage(
        decision.AnswerForm,
        gettext_lazy("Rückfrage beantworten"),
        gettext_lazy("Die IIZ-Koordinationsstelle erhält sofort eine Nachricht und kann danach entscheiden."),
        gettext_lazy("Antwort senden"),
        done=gettext_lazy("Die Antwort ist gesendet. Die Koordinationsstelle ist benachrichtigt."),
    ),
    "client_withdraws": ActionPage(
        narrowing.WithdrawForm,
        gettext_lazy("Vollmacht zurückgezogen"),
        gettext_lazy(
            "Die Klientin oder der Klient hat die Vollmacht zurückgezogen; das geht jederzeit und ohne Nachteil. Der "
            "Austausch endet sofort: Jede Stelle sieht nur noch, was sie selbst geschrieben hat, dazu Entscheid und "
            "Verlauf ohne Texte anderer; geplante Gespräche sind abgesagt, Links von Personen ohne Konto gelten nicht "
            "mehr. Alle erhalten eine Nachricht; den Fall schliesst ab, wer ihn führt."
        ),
        gettext_lazy("Rückzug festhalten"),
        danger=True,
        done=gettext_lazy("Der Rückzug ist festgehalten. Alle Beteiligten sind benachrichtigt."),
    ),
    "narrow_vollmacht": ActionPage(
        narrowing.NarrowForm,
        gettext_lazy("Vollmacht einschränken"),
        gettext_lazy(
            "Das gilt sofort. Gilt die Vollmacht für eine Stelle nicht mehr, so sieht sie den Fall nicht mehr; was sie "
            "geschrieben hat, wird niemandem mehr gezeigt ausser der Koordinationsstelle. Mehr als bisher erlaubt nur "
            "eine neue Vollmacht."
        ),
        gettext_lazy("Einschränken"),
        danger=True,
        done=gettext_lazy("Die Vollmacht ist eingeschränkt. Die Koordinationsstelle ist benachrichtigt."),
    ),
    "renew_vollmacht": ActionPage(
        narrowing.RenewForm,
        gettext_lazy("Neue Vollmacht festhalten"),
        gettext_lazy(
            "Der Austausch in diesem Fall stützt sich ab sofort auf sie: Wen sie nennt, liest, was sie erlaubt, und "
            "niemand sonst."
        ),
        gettext_lazy("Ab jetzt verwenden"),
        done=gettext_lazy("Der Fall stützt sich jetzt auf diese Vollmacht."),
    ),
}
