"""The mails of Optima: one sentence, one link (principle 7)."""

from django.utils.translation import gettext_lazy as _

from iiz.core.enums import MailTopic
from iiz.core.notify import MailKind

MAILS = (
    MailKind(
        "optima_arrived",
        _("Neuer Antrag %(number)s"),
        _("Ein neuer Optima-Antrag wartet auf Ihren Entscheid."),
        _("Antrag ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_assigned",
        _("Fall %(number)s ist Ihnen zugeteilt"),
        _("Ein Optima-Fall ist Ihnen zugeteilt worden."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_accepted",
        _("Antrag %(number)s angenommen"),
        _("Ihr Optima-Antrag ist angenommen. Der nächste Schritt steht im Fall."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_refused",
        _("Antrag %(number)s abgelehnt"),
        _("Ihr Optima-Antrag ist abgelehnt. Den Grund und andere Wege finden Sie im Fall."),
        _("Grund ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_queried",
        _("Rückfrage zum Antrag %(number)s"),
        _("Zu Ihrem Optima-Antrag gibt es eine Rückfrage. Die Frist ruht, bis Sie antworten."),
        _("Rückfrage beantworten"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_to_rule",
        _("Antrag %(number)s braucht Ihren Entscheid"),
        _("Ein neuer Optima-Antrag wartet darauf, dass die IIZ-Koordinationsstelle entscheidet, ob er möglich ist."),
        _("Ansehen und entscheiden"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_ruled",
        _("Entscheid der Koordinationsstelle zum Antrag %(number)s"),
        _("Die IIZ-Koordinationsstelle hat entschieden, ob Optima hier möglich ist."),
        _("Entscheid ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_answered",
        _("Antwort zum Antrag %(number)s"),
        _("Ihre Rückfrage ist beantwortet. Der Antrag wartet wieder auf Ihren Entscheid."),
        _("Antwort ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_withdrawn",
        _("Antrag %(number)s zurückgezogen"),
        _("Der Optima-Antrag ist zurückgezogen. Sie müssen nichts mehr tun."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "consent_withdrawn",
        _("Fall %(number)s: Einverständnis zurückgezogen"),
        _("Das Einverständnis zu diesem Fall ist zurückgezogen. Der Austausch ist ab sofort gestoppt."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_ended",
        _("Fall %(number)s beendet"),
        _("Der Optima-Fall ist beendet, ohne dass er zustande gekommen ist."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_agreed",
        _("Fall %(number)s: Übergabe vereinbart"),
        _("Alle sind mit der Notiz des Übergabegesprächs einverstanden. Wann die Fallarbeit beginnt, steht im Fall."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_note_waits",
        _("Fall %(number)s: Notiz zum Übergabegespräch"),
        _("Die Notiz des Übergabegesprächs ist da und wartet auf Ihr Einverständnis."),
        _("Notiz ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_not_agreed",
        _("Fall %(number)s: nicht zustande gekommen"),
        _("Beim Übergabegespräch waren nicht alle einverstanden. Der Fall ist beendet, die Fallführung bleibt gleich."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_begun",
        _("Fall %(number)s: Die Fallarbeit beginnt"),
        _("Die Fallarbeit hat begonnen: Die Fallführung liegt jetzt beim Auftragnehmer."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_continued",
        _("Fall %(number)s: Standortgespräch festgehalten"),
        _("Die Notiz des Standortgesprächs ist da. Die Fallarbeit geht weiter."),
        _("Notiz ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_extra_noted",
        _("Fall %(number)s: Gespräch festgehalten"),
        _("Die Notiz des zusätzlichen Gesprächs ist da."),
        _("Notiz ansehen"),
    ),
    MailKind(
        "optima_meeting_wanted",
        _("Fall %(number)s: Gespräch gewünscht"),
        _("Der Auftraggeber wünscht aus einem wichtigen Grund ein zusätzliches Gespräch."),
        _("Grund ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_meeting_declined",
        _("Fall %(number)s: Antwort auf Ihren Gesprächswunsch"),
        _("Ihr Wunsch nach einem zusätzlichen Gespräch ist beantwortet."),
        _("Antwort ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_closed",
        _("Fall %(number)s abgeschlossen"),
        _("Der Optima-Fall ist abgeschlossen. Die Fallführung liegt wieder beim Auftraggeber."),
        _("Fall ansehen"),
        topic=MailTopic.DECISION,
    ),
    MailKind(
        "optima_corrected",
        _("Fall %(number)s: Angaben berichtigt"),
        _("Die Koordinationsstelle hat Angaben zu diesem Fall berichtigt. Was und warum, steht im Verlauf."),
        _("Verlauf ansehen"),
    ),
)
