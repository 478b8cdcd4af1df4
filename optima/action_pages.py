"""The page behind each row of Optima: what it means, its form, its button."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from iiz.core import meeting_pages
from iiz.core.forms.action import ActionForm
from iiz.core.registry import ActionPage

from .forms import casework, decisions, handover, messages, release, ruling, services
from .forms.wording import RewordForm

ACTIONS = {
    "record_service": ActionPage(
        services.RecordServiceForm,
        gettext_lazy("Leistung festhalten"),
        gettext_lazy(
            "Solange sie läuft, verrechnet Ihre Institution dem Auftraggeber dafür jeden Monat die Fallpauschale."
        ),
        gettext_lazy("Festhalten"),
        done=gettext_lazy("Die Leistung ist festgehalten."),
    ),
    "change_service": ActionPage(
        services.ChangeServiceForm,
        gettext_lazy("Leistung beenden oder berichtigen"),
        gettext_lazy("Was dadurch in bereits verrechneten Monaten anders wird, kommt auf die nächste Rechnung."),
        gettext_lazy("Speichern"),
        done=gettext_lazy("Die Leistung ist nachgeführt."),
    ),
    "accept": ActionPage(
        decisions.AcceptForm,
        gettext_lazy("Antrag annehmen"),
        gettext_lazy(
            "Sie übernehmen den Auftrag. Der Auftraggeber und die gewählte Person erhalten sofort eine Nachricht; "
            "danach vereinbart der Auftraggeber das Übergabegespräch."
        ),
        gettext_lazy("Annehmen"),
        done=gettext_lazy("Der Antrag ist angenommen. Der Auftraggeber ist benachrichtigt."),
    ),
    "refuse": ActionPage(
        decisions.RefuseForm,
        gettext_lazy("Antrag ablehnen"),
        gettext_lazy(
            "Der Auftraggeber erhält sofort eine Nachricht und liest im Fall den Grund. Danach ist der Fall beendet."
        ),
        gettext_lazy("Ablehnen"),
        danger=True,
        done=gettext_lazy("Der Antrag ist abgelehnt. Der Auftraggeber ist benachrichtigt."),
    ),
    "ask": ActionPage(
        decisions.AskForm,
        gettext_lazy("Rückfrage stellen"),
        gettext_lazy("Der Auftraggeber erhält sofort eine Nachricht. Ihre Frist ruht, bis er geantwortet hat."),
        gettext_lazy("Frage senden"),
        done=gettext_lazy("Die Frage ist gestellt. Sie erhalten eine Nachricht, sobald die Antwort da ist."),
    ),
    "answer": ActionPage(
        decisions.AnswerForm,
        gettext_lazy("Rückfrage beantworten"),
        gettext_lazy("Die angefragte Stelle erhält sofort eine Nachricht und kann danach entscheiden."),
        gettext_lazy("Antwort senden"),
        done=gettext_lazy("Die Antwort ist gesendet. Die angefragte Stelle ist benachrichtigt."),
    ),
    "settle_group": ActionPage(
        ruling.RulingForm,
        gettext_lazy("Zielgruppe und Ausnahme entscheiden"),
        gettext_lazy(
            "Beide Stellen erhalten sofort eine Nachricht und lesen Ihre Begründung im Fall. Bei einem Ja kann die "
            "angefragte Stelle annehmen."
        ),
        gettext_lazy("Entscheiden"),
        done=gettext_lazy("Der Entscheid ist festgehalten. Beide Stellen sind benachrichtigt."),
    ),
    "assign": ActionPage(
        decisions.AssignForm,
        gettext_lazy("Fall zuteilen"),
        gettext_lazy("Die gewählte Person des Auftragnehmers erhält eine Nachricht und betreut den Fall von jetzt an."),
        gettext_lazy("Zuteilen"),
        done=gettext_lazy("Der Fall ist zugeteilt. Die Person ist benachrichtigt."),
    ),
    "hand_over": ActionPage(
        decisions.HandOverForm,
        gettext_lazy("Fall intern übergeben"),
        gettext_lazy("Die gewählte Person Ihrer Institution erhält eine Nachricht und ist von jetzt an zuständig."),
        gettext_lazy("Übergeben"),
        done=gettext_lazy("Der Fall ist übergeben. Die Person ist benachrichtigt."),
    ),
    "withdraw": ActionPage(
        decisions.NoteForm,
        gettext_lazy("Antrag zurückziehen"),
        gettext_lazy(
            "Die angefragte Stelle erhält sofort eine Nachricht und muss nichts mehr tun. Danach ist der Fall beendet."
        ),
        gettext_lazy("Zurückziehen"),
        danger=True,
        done=gettext_lazy("Der Antrag ist zurückgezogen. Die angefragte Stelle ist benachrichtigt."),
    ),
    "client_declines": ActionPage(
        decisions.WithdrawalForm,
        gettext_lazy("Die Klientin oder der Klient verzichtet"),
        gettext_lazy(
            "Die Teilnahme ist freiwillig. Der Austausch wird sofort gestoppt, jede Stelle sieht nur noch, was sie "
            "selbst geschrieben hat, und der Fall ist beendet. Beide Stellen und die IIZ-Koordinationsstelle "
            "erhalten eine Nachricht."
        ),
        gettext_lazy("Verzicht festhalten"),
        danger=True,
        done=gettext_lazy("Der Verzicht ist festgehalten. Alle Beteiligten sind benachrichtigt."),
    ),
    "client_withdraws": ActionPage(
        decisions.WithdrawalForm,
        gettext_lazy("Einverständnis zurückgezogen"),
        gettext_lazy(
            "Die Klientin oder der Klient hat das Einverständnis zurückgezogen. Der Austausch wird sofort gestoppt, "
            "jede Stelle sieht nur noch, was sie selbst geschrieben hat. Beide Stellen und die IIZ-Koordinationsstelle "
            "erhalten eine Nachricht; wer den Fall führt, beendet ihn danach."
        ),
        gettext_lazy("Rückzug festhalten"),
        danger=True,
        done=gettext_lazy("Der Rückzug ist festgehalten. Alle Beteiligten sind benachrichtigt."),
    ),
    "end_unestablished": ActionPage(
        handover.EndForm,
        gettext_lazy("Ohne Übergabe beenden"),
        gettext_lazy(
            "Der Fall endet als nicht zustande gekommen, die Fallführung bleibt beim Auftraggeber. Geplante Gespräche "
            "werden abgesagt, beide Stellen erhalten eine Nachricht."
        ),
        gettext_lazy("Fall beenden"),
        danger=True,
        done=gettext_lazy("Der Fall ist beendet. Beide Stellen sind benachrichtigt."),
    ),
    "plan_handover": ActionPage(
        handover.PlanHandoverForm,
        gettext_lazy("Übergabegespräch vereinbaren"),
        gettext_lazy(
            "Sprechen Sie den Termin mit der Klientin oder dem Klienten und mit der anderen Stelle ab. Diese erhält "
            "danach eine Einladung mit Kalendereintrag, leitet das Gespräch und schreibt die Notiz."
        ),
        gettext_lazy("Einladen"),
        done=gettext_lazy("Die Einladung ist unterwegs. Sie sehen im Fall, wer zugesagt hat."),
    ),
    "hold_handover": ActionPage(
        handover.HandoverNoteForm,
        gettext_lazy("Notiz des Übergabegesprächs"),
        gettext_lazy(
            "Am Ende des Gesprächs gemeinsam ausgefüllt: vier Inhalte, und wer einverstanden ist. Niemand "
            "unterschreibt. "
            "Sind alle einverstanden, ist die Übergabe vereinbart; ein einziges Nein beendet den Auftrag."
        ),
        gettext_lazy("Festhalten"),
        done=gettext_lazy("Die Notiz ist festgehalten."),
    ),
    "revise_note": ActionPage(
        handover.HandoverNoteForm,
        gettext_lazy("Notiz ändern"),
        gettext_lazy(
            "Mit der Änderung werden alle bisherigen Antworten ungültig: Wer einverstanden war, wird noch "
            "einmal gefragt."
        ),
        gettext_lazy("Geänderte Notiz festhalten"),
        done=gettext_lazy("Die geänderte Notiz ist festgehalten."),
    ),
    "agree_note": ActionPage(
        handover.AgreeForm,
        gettext_lazy("Sind Sie einverstanden?"),
        gettext_lazy(
            "Sobald alle einverstanden sind, ist die Übergabe vereinbart, und der Auftragnehmer führt ab dem "
            "Beginn der "
            "Fallarbeit. Niemand unterschreibt."
        ),
        gettext_lazy("Antwort festhalten"),
        done=gettext_lazy("Ihre Antwort ist festgehalten."),
    ),
    "record_agreements": ActionPage(
        handover.RecordForm,
        gettext_lazy("Einverständnis nachtragen"),
        gettext_lazy("Halten Sie fest, was Sie seit dem Gespräch gehört haben. Ein Nein beendet den Auftrag."),
        gettext_lazy("Festhalten"),
        done=gettext_lazy("Die Antworten sind festgehalten."),
    ),
    "plan_meeting": ActionPage(
        casework.PlanMeetingForm,
        gettext_lazy("Gespräch vereinbaren"),
        gettext_lazy(
            "Die zuständige Person des Auftraggebers erhält eine Einladung mit Kalendereintrag. Die Klientin oder den "
            "Klienten laden Sie selbst ein."
        ),
        gettext_lazy("Einladen"),
        done=gettext_lazy("Die Einladung ist unterwegs."),
    ),
    "hold_standortgespraech": ActionPage(
        casework.StandortForm,
        gettext_lazy("Notiz des Standortgesprächs"),
        gettext_lazy(
            "Hier wird entschieden: weiterführen mit dem nächsten Termin, oder abschliessen. Der Auftraggeber "
            "erhält eine "
            "Nachricht. Niemand unterschreibt."
        ),
        gettext_lazy("Festhalten"),
        done=gettext_lazy("Das Gespräch ist festgehalten. Der Auftraggeber ist benachrichtigt."),
    ),
    "reword_note": ActionPage(
        RewordForm,
        gettext_lazy("Tippfehler in der Notiz berichtigen"),
        gettext_lazy(
            "Sie ändern nur die Worte der letzten Notiz. Entscheid, Daten, Grund und Ergebnis bleiben, wie sie "
            "beschlossen sind. Beide Stellen lesen die neue Fassung; dass sie geändert ist, steht im Verlauf."
        ),
        gettext_lazy("Berichtigen"),
        done=gettext_lazy("Die Notiz ist berichtigt."),
    ),
    "hold_extra": ActionPage(
        casework.ExtraNoteForm,
        gettext_lazy("Notiz des zusätzlichen Gesprächs"),
        gettext_lazy("Beide Stellen lesen die Notiz im Fall. Am Auftrag ändert sie nichts."),
        gettext_lazy("Festhalten"),
        done=gettext_lazy("Die Notiz ist festgehalten."),
    ),
    "request_meeting": ActionPage(
        casework.RequestForm,
        gettext_lazy("Zusätzliches Gespräch wünschen"),
        gettext_lazy(
            "Der Auftragnehmer erhält sofort eine Nachricht und antwortet: mit einer Einladung oder mit einer "
            "Begründung."
        ),
        gettext_lazy("Wunsch senden"),
        done=gettext_lazy("Ihr Wunsch ist gesendet."),
    ),
    "decline_meeting": ActionPage(
        casework.DeclineForm,
        gettext_lazy("Ohne Gespräch antworten"),
        gettext_lazy("Der Auftraggeber erhält sofort eine Nachricht und liest Ihre Antwort im Fall."),
        gettext_lazy("Antwort senden"),
        done=gettext_lazy("Ihre Antwort ist gesendet."),
    ),
    "close_exceptionally": ActionPage(
        casework.ExceptionForm,
        gettext_lazy("Ausnahmsweise ohne Standortgespräch abschliessen"),
        gettext_lazy(
            "Üblich ist ein Abschlussgespräch mit allen. Ohne Gespräch braucht es eine Begründung. Die "
            "Fallführung geht "
            "sofort an den Auftraggeber zurück, beide Stellen erhalten eine Nachricht."
        ),
        gettext_lazy("Fall abschliessen"),
        danger=True,
        done=gettext_lazy("Der Fall ist abgeschlossen. Beide Stellen sind benachrichtigt."),
    ),
    "resume": ActionPage(
        casework.ResumeForm,
        gettext_lazy("Eigene Arbeit wieder aufnehmen"),
        gettext_lazy("Was bei Ihnen während des Auftrags geruht hat, nehmen Sie jetzt wieder auf."),
        gettext_lazy("Bestätigen"),
        done=gettext_lazy("Die Wiederaufnahme ist festgehalten."),
    ),
    "send_hint": ActionPage(
        messages.HintForm,
        gettext_lazy("Hinweis für eine Sanktion senden"),
        gettext_lazy(
            "Die zuständige Person des Auftraggebers erhält sofort eine Nachricht. Laufende Berichte sind nicht "
            "vorgesehen: Senden Sie nur, was auffällt."
        ),
        gettext_lazy("Hinweis senden"),
        done=gettext_lazy("Der Hinweis ist gesendet. Sie erhalten eine Nachricht, sobald entschieden ist."),
    ),
    "wish_measure": ActionPage(
        messages.MeasureForm,
        gettext_lazy("Massnahme wünschen"),
        gettext_lazy("Die zuständige Person des Auftraggebers erhält sofort eine Nachricht und entscheidet."),
        gettext_lazy("Wunsch senden"),
        done=gettext_lazy("Der Wunsch ist gesendet. Sie erhalten eine Nachricht, sobald entschieden ist."),
    ),
    "answer_hint": ActionPage(
        messages.DecisionForm,
        gettext_lazy("Hinweis beantworten"),
        gettext_lazy(
            "Halten Sie fest, was Sie nach Ihrem Gesetz entschieden haben. Das Portal entscheidet nichts. Der "
            "Auftragnehmer erhält sofort eine Nachricht."
        ),
        gettext_lazy("Entscheid festhalten"),
        done=gettext_lazy("Der Entscheid ist festgehalten. Der Auftragnehmer ist benachrichtigt."),
    ),
    "answer_measure": ActionPage(
        messages.MeasureDecisionForm,
        gettext_lazy("Wunsch nach einer Massnahme beantworten"),
        gettext_lazy(
            "Halten Sie fest, was Sie nach Ihrem Gesetz entschieden haben. Eine Massnahme braucht eine unterschriebene "
            "Kostengutsprache, bevor etwas bestellt wird. Der Auftragnehmer erhält sofort eine Nachricht."
        ),
        gettext_lazy("Entscheid festhalten"),
        done=gettext_lazy("Der Entscheid ist festgehalten. Der Auftragnehmer ist benachrichtigt."),
    ),
    "correct": ActionPage(
        casework.CorrectForm,
        gettext_lazy("Angaben berichtigen"),
        gettext_lazy(
            "Der Fall bleibt beendet. Jede Änderung steht mit Grund, altem und neuem Wert im Verlauf und wirkt auf die "
            "Statistik. Beide Stellen erhalten eine Nachricht."
        ),
        gettext_lazy("Berichtigen"),
        done=gettext_lazy("Die Angaben sind berichtigt."),
    ),
    "make_vereinbarung": ActionPage(
        release.VereinbarungForm,
        gettext_lazy("Vereinbarung ALV ausfüllen"),
        gettext_lazy(
            "Sie befreit die Klientin oder den Klienten von Kontrollpflicht und Stellensuche, sobald sie "
            "unterschrieben ist. Danach erhalten Sie sie als PDF, auf einer Seite."
        ),
        gettext_lazy("Vereinbarung erstellen"),
        done=gettext_lazy("Die Vereinbarung ist erstellt. Im Fall steht sie als PDF zum Unterschreiben bereit."),
    ),
    "renew_vereinbarung": ActionPage(
        release.RenewForm,
        gettext_lazy("Vereinbarung ALV ändern oder verlängern"),
        gettext_lazy("Ein anderer Zeitraum ist eine neue Vereinbarung, die wieder unterschrieben wird."),
        gettext_lazy("Neue Vereinbarung erstellen"),
        done=gettext_lazy("Die neue Vereinbarung ist erstellt. Im Fall steht sie als PDF zum Unterschreiben bereit."),
    ),
    "sign_vereinbarung": ActionPage(
        release.SignForm,
        gettext_lazy("Unterschrift festhalten"),
        gettext_lazy(
            "Mit der Unterschrift gilt die Befreiung. Den Zeitraum sehen beide Stellen; die Kopie an die "
            "Arbeitslosenkasse schicken Sie selbst."
        ),
        gettext_lazy("Festhalten"),
        done=gettext_lazy("Die Unterschrift ist festgehalten. Die Befreiung steht im Fall."),
    ),
    "end_release": ActionPage(
        release.EndReleaseForm,
        gettext_lazy("Ende der Befreiung festhalten"),
        gettext_lazy(
            "Danach gelten Kontrollpflicht und Stellensuche wieder, und Sie werden nicht mehr erinnert. Der "
            "Auftragnehmer erhält eine Nachricht."
        ),
        gettext_lazy("Ende festhalten"),
        done=gettext_lazy("Das Ende der Befreiung ist festgehalten."),
    ),
    "report_work_offer": ActionPage(
        release.RestoredForm,
        gettext_lazy("Arbeitsangebot wieder intakt"),
        gettext_lazy(
            "Das RAV erhält sofort eine Nachricht. Eine laufende Befreiung endet heute, auch wenn das Datum "
            "zurückliegt. Sie führen danach das abschliessende Standortgespräch. Die Sozialberatung kann bilateral "
            "weitergehen, nur nicht mehr als Optima-Fall."
        ),
        gettext_lazy("Dem RAV melden"),
        done=gettext_lazy("Gemeldet: Das RAV ist benachrichtigt. Als Nächstes folgt das abschliessende Gespräch."),
    ),
    "take_back_report": ActionPage(
        ActionForm,
        gettext_lazy("Meldung zurücknehmen"),
        gettext_lazy(
            "Für eine Meldung aus Versehen: Das Arbeitsangebot gilt wieder als nicht intakt, und eine Befreiung, die "
            "mit der Meldung endete, gilt ohne Unterbruch weiter. Das RAV erhält sofort eine Nachricht."
        ),
        gettext_lazy("Zurücknehmen"),
        done=gettext_lazy("Die Meldung ist zurückgenommen, das RAV ist benachrichtigt."),
    ),
    "record_registration": ActionPage(
        release.RegistrationForm,
        gettext_lazy("Anmeldung beim RAV festhalten"),
        gettext_lazy("Nur das Datum. Das Übergabegespräch und die Fallarbeit warten nicht darauf."),
        gettext_lazy("Festhalten"),
        done=gettext_lazy("Die Anmeldung ist festgehalten."),
    ),
    "record_iv_rest": ActionPage(
        release.IvRestForm,
        gettext_lazy("Was geschieht mit dem IV-Verfahren?"),
        gettext_lazy(
            "Solange die Sozialhilfe führt, ruhen Eingliederung und Rentenprüfung. Beide Stellen sehen im Fall, was "
            "nach dem Auftrag weitergeht."
        ),
        gettext_lazy("Festhalten"),
        done=gettext_lazy("Festgehalten. Beide Stellen sehen es im Fall."),
    ),
    **meeting_pages.PAGES,
}
