"""Choices of Roundtable, with their German labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _

TO_OPTIMA = "an_optima"
"""The listed reason not to start a Roundtable that leads to an Antrag of Optima (OUT-08, RT-24)."""


class RoundtableState(models.TextChoices):
    """Where a Roundtable stands (RT-01, RT-07)."""

    DRAFT = "draft", _("Entwurf")
    REGISTERED = "registered", _("Angemeldet")
    QUERIED = "queried", _("Rückfrage offen")
    PREPARING = "preparing", _("In Vorbereitung")
    RUNNING = "running", _("In Begleitung")
    NOT_STARTED = "not_started", _("Kein Prozess gestartet")
    CLOSED = "closed", _("Abgeschlossen")


class StartDecision(models.TextChoices):
    """Whether a process was started; counted on its own date (RT-07)."""

    STARTED = "gestartet", _("Prozess gestartet")
    NOT_STARTED = "nicht_gestartet", _("kein Prozess gestartet")


class ClosingReason(models.TextChoices):
    """How a Roundtable ended: exactly one (OUT-07)."""

    FIRST_LABOUR_MARKET = "erster_arbeitsmarkt", _("Erfolgreich im 1. Arbeitsmarkt integriert")
    SOLUTION = "loesung", _("Erfolgreich einer Lösung zugeführt")
    NO_SOLUTION = "ohne_loesung", _("Ohne Lösung beendet")
    WITHDRAWN = "zurueckgezogen", _("Klientin oder Klient hat sich zurückgezogen")


class Solution(models.TextChoices):
    """To what solution somebody was led (OUT-07)."""

    REGULAR_SUPPORT = "regelstruktur", _("weitere Unterstützung in der Regelstruktur")
    IV_PENSION = "iv_rente", _("IV-Rente")


class Advice(models.TextChoices):
    """What the criteria say; advisory, the coordination office decides (RT-06)."""

    RECOMMENDED = "recommended", _("Ein Roundtable passt")
    DOUBTFUL = "doubtful", _("Nicht alle Kriterien sind erfüllt")
    BILATERAL = "bilateral", _("IV und RAV allein: zuerst bilateral klären")


class CriterionCheck(models.TextChoices):
    """How a criterion gets its answer."""

    ASKED = "asked", _("wird gefragt")
    REGISTERED = "registered", _("bei RAV, IV oder Sozialhilfe gemeldet")
    OFFICES = "offices", _("Zahl der beteiligten Stellen")


class MeetingKind(models.TextChoices):
    """The meetings of a Roundtable (RT-10, RT-19)."""

    ROUNDTABLE = "roundtable", _("Roundtable")
    AUSWERTUNG = "auswertung", _("Auswertungssitzung")


class ParticipantKind(models.TextChoices):
    """As who somebody takes part (RT-08, PER-09)."""

    CLIENT = "client", _("Klientin/Klient")
    OFFICE = "office", _("Fachperson einer Stelle")
    PROFESSIONAL = "professional", _("weitere Fachperson")
    RELATIVE = "relative", _("Vertrauensperson")


class Availability(models.TextChoices):
    """How somebody answers a proposed date."""

    YES = "yes", _("passt")
    MAYBE = "maybe", _("wenn nötig")
    NO = "no", _("geht nicht")


class IncomeKind(models.TextChoices):
    """From what somebody lives (RT-11)."""

    WAGE = "lohn", _("Lohn")
    ALE = "ale", _("Arbeitslosenentschädigung")
    IV_ALLOWANCE = "iv_taggeld", _("IV-Taggeld")
    IV_PENSION = "iv_rente", _("IV-Rente")
    SICKNESS_ALLOWANCE = "krankentaggeld", _("Krankentaggeld")
    ACCIDENT_ALLOWANCE = "unfalltaggeld", _("Unfalltaggeld")
    WSH = "wsh", _("wirtschaftliche Sozialhilfe")
    PENSION_FUND = "pensionskasse", _("Rente der Pensionskasse")
    OTHER = "andere", _("anderes Einkommen")


class EnquiryKind(models.TextChoices):
    """What somebody brings to the *Online-Schalter* (RT-02)."""

    REGISTRATION = "registration", _("Anmeldung")
    QUESTION = "question", _("Frage")


class EnquirySender(models.TextChoices):
    """Who writes at the *Online-Schalter*."""

    CLIENT = "client", _("betroffene Person")
    RELATIVE = "relative", _("nahestehende Person")
    PROFESSIONAL = "professional", _("Fachperson")


class EnquiryOutcome(models.TextChoices):
    """What became of an enquiry (CAN-AG)."""

    ANSWERED = "answered", _("beantwortet")
    CASE = "case", _("zum Fall geworden")
    NO_CASE = "no_case", _("kein Fall")


class NoCase(models.TextChoices):
    """Why an enquiry is not a case."""

    ONE_OFFICE = "one_office", _("Eine einzige Stelle genügt")
    BILATERAL = "bilateral", _("Eine Absprache zwischen zwei Stellen genügt")
    NOT_WANTED = "not_wanted", _("Die betroffene Person will nicht")
    ELSEWHERE = "elsewhere", _("Ausserhalb des Kantons oder anderswo zuständig")
    UNREACHABLE = "unreachable", _("Niemand ist zu erreichen")
    SPAM = "spam", _("Werbung oder Unsinn")
    OTHER = "other", _("Anderer Grund")


class PlanState(models.TextChoices):
    """Where one version of the Handlungsplan stands (RT-15, RT-18)."""

    DRAFT = "draft", _("Entwurf zur Durchsicht")
    FINAL = "final", _("verbindlich")
    REPLACED = "replaced", _("ersetzt")
    DROPPED = "dropped", _("nicht weiterverfolgt")


class Answer(models.TextChoices):
    """Whether an office accepts a step (RT-14)."""

    OPEN = "open", _("Zusage offen")
    ACCEPTED = "accepted", _("zugesagt")
    REFUSED = "refused", _("nicht zugesagt")


class StepState(models.TextChoices):
    """How a step stands, as its owner says (RT-17)."""

    OPEN = "open", _("noch nicht begonnen")
    RUNNING = "running", _("läuft")
    LATE = "late", _("verzögert sich")
    DONE = "done", _("erledigt")
    DROPPED = "dropped", _("nicht mehr nötig")


class CorrectionState(models.TextChoices):
    """What became of a correction."""

    OPEN = "open", _("offen")
    TAKEN = "taken", _("übernommen")
    DECLINED = "declined", _("nicht übernommen")


class SignatureWay(models.TextChoices):
    """How the client signed (RT-15)."""

    SCAN = "scan", _("auf Papier, eingescannt")
    DRAWN = "drawn", _("am Bildschirm")


class DispatchWay(models.TextChoices):
    """How a version reached somebody (RT-18)."""

    PORTAL = "portal", _("Nachricht ins Portal")
    LINK = "link", _("Mail mit Link und Code")
    LETTER = "letter", _("auf Papier")
