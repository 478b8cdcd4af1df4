"""The pages of the steps from proposed dates to the meeting (RT-08, RT-10)."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy

from iiz.core import meeting_pages
from iiz.core.registry import ActionPage

from .forms import contact, dates, proposing

DATES = {
    "propose_dates": ActionPage(
        proposing.ProposeForm,
        gettext_lazy("Termine vorschlagen"),
        gettext_lazy(
            "Gefragt werden alle am Tisch, später auch nur, wen Sie wählen: Stellen erhalten eine Pendenz, Personen "
            "mit E-Mail-Adresse einen Link. Wer keine hat, den fragen Sie am Telefon und tragen die Antwort ein."
        ),
        gettext_lazy("Vorschlagen"),
        done=gettext_lazy("Die Termine sind vorgeschlagen. Die Antworten sehen Sie hier."),
    ),
    "answer_dates": ActionPage(
        dates.AnswerDatesForm,
        gettext_lazy("Termine beantworten"),
        gettext_lazy("Alle am Tisch sehen Ihre Antwort. Sie können sie ändern, bis der Termin festgelegt ist."),
        gettext_lazy("Antwort senden"),
        done=gettext_lazy("Ihre Antwort ist festgehalten. Sobald der Termin feststeht, erhalten Sie eine Einladung."),
    ),
    "answer_dates_for": ActionPage(
        dates.AnswerForForm,
        gettext_lazy("Antwort zu den Terminen eintragen"),
        gettext_lazy(
            "Für jemanden, der am Telefon oder persönlich geantwortet hat. Im Verlauf steht, dass Sie es waren."
        ),
        gettext_lazy("Eintragen"),
        done=gettext_lazy("Die Antwort ist eingetragen."),
    ),
    "fix_date": ActionPage(
        dates.FixForm,
        gettext_lazy("Termin festlegen und einladen"),
        gettext_lazy(
            "Wer eingeladen ist und für wen die Vollmacht gilt, erhält sofort eine Einladung mit Kalenderdatei. Wer zu "
            "diesem Termin schon «passt» gesagt hat, hat damit zugesagt."
        ),
        gettext_lazy("Einladen"),
        done=gettext_lazy("Der Termin steht. Die Einladungen sind unterwegs."),
    ),
    "drop_dates": ActionPage(
        dates.DropForm,
        gettext_lazy("Terminvorschläge zurücknehmen"),
        gettext_lazy("Die Stellen erhalten eine Nachricht, die Links dazu enden. Die Antworten gelten nicht mehr."),
        gettext_lazy("Zurücknehmen"),
        danger=True,
        done=gettext_lazy("Die Vorschläge sind zurückgenommen."),
    ),
    "invite_more": ActionPage(
        dates.InviteMoreForm,
        gettext_lazy("Neu Dazugekommene einladen"),
        gettext_lazy("Sie erhalten die Einladung zum geplanten Gespräch mit der Kalenderdatei."),
        gettext_lazy("Einladen"),
        done=gettext_lazy("Die Einladungen sind unterwegs."),
    ),
    "reply_for": ActionPage(
        dates.ReplyForForm,
        gettext_lazy("Zu- oder Absage eintragen"),
        gettext_lazy(
            "Für jemanden, der am Telefon oder persönlich geantwortet hat. Bei einer Absage erhalten die Eingeladenen "
            "eine Nachricht."
        ),
        gettext_lazy("Eintragen"),
        done=gettext_lazy("Die Antwort ist eingetragen."),
    ),
    "hold_meeting": ActionPage(
        dates.HoldForm,
        gettext_lazy("Gespräch als geführt festhalten"),
        gettext_lazy("Jedes geführte Gespräch zählt in der Statistik. Mit dem ersten beginnt die Begleitung."),
        gettext_lazy("Festhalten"),
        done=gettext_lazy("Das Gespräch ist festgehalten."),
    ),
    "log_call": ActionPage(
        contact.ContactForm,
        gettext_lazy("Kontakt festhalten"),
        gettext_lazy("Eine Zeile genügt. Alle Stellen am Tisch lesen sie; niemand erhält deswegen eine Nachricht."),
        gettext_lazy("Festhalten"),
        done=gettext_lazy("Der Kontakt ist festgehalten."),
    ),
    "move_meeting": replace(
        meeting_pages.PAGES["move_meeting"],
        lead=gettext_lazy(
            "Alle Eingeladenen erhalten sofort eine Nachricht, Personen ohne Konto mit einem neuen Link, und der "
            "Eintrag in ihrem Kalender ändert sich. Bei einer neuen Zeit antworten sie noch einmal. Wer keine "
            "E-Mail-Adresse hat, den informieren Sie selbst."
        ),
    ),
    "cancel_meeting": replace(
        meeting_pages.PAGES["cancel_meeting"],
        lead=gettext_lazy(
            "Alle Eingeladenen erhalten sofort eine Nachricht, und der Eintrag verschwindet aus ihrem Kalender; die "
            "Links von Personen ohne Konto enden. Wer keine E-Mail-Adresse hat, den informieren Sie selbst."
        ),
    ),
}
