"""Choices of Optima, with their German labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from iiz.core.enums import StatisticsGroup

if TYPE_CHECKING:
    from iiz.core.models import Institution


class OptimaState(models.TextChoices):
    """Where an Optima case stands (OP-01, OUT-03)."""

    DRAFT = "draft", _("Entwurf")
    SUBMITTED = "submitted", _("Eingereicht")
    QUERIED = "queried", _("Rückfrage offen")
    ACCEPTED = "accepted", _("Angenommen")
    HANDOVER_PLANNED = "handover_planned", _("Übergabe geplant")
    HANDOVER_HELD = "handover_held", _("Übergabe besprochen")
    AGREED = "agreed", _("Übergabe vereinbart")
    RUNNING = "running", _("Fallarbeit läuft")
    REFUSED = "refused", _("Abgelehnt")
    WITHDRAWN = "withdrawn", _("Zurückgezogen")
    CLIENT_DECLINED = "client_declined", _("Klientin oder Klient verzichtet")
    NOT_ESTABLISHED = "not_established", _("Nicht zustande gekommen")
    CLOSED = "closed", _("Abgeschlossen")


class Decision(models.TextChoices):
    """How the application was decided; counted on its own date."""

    ACCEPTED = "accepted", _("angenommen")
    REFUSED = "refused", _("abgelehnt")
    WITHDRAWN = "withdrawn", _("zurückgezogen")
    CLIENT_DECLINED = "client_declined", _("Klientin oder Klient verzichtet")


class MeetingKind(models.TextChoices):
    """The meetings of Optima (OP-06, OP-16, OP-17)."""

    UEBERGABEGESPRAECH = "uebergabegespraech", _("Übergabegespräch")
    STANDORTGESPRAECH = "standortgespraech", _("Standortgespräch")
    ABSCHLUSSGESPRAECH = "abschlussgespraech", _("Abschlussgespräch")
    EXTRA = "zusatzgespraech", _("Zusätzliches Gespräch")


class Continuation(models.TextChoices):
    """What a Standortgespräch decides (OP-18, OP-19)."""

    CONTINUE = "continue", _("weiterführen")
    CLOSE = "close", _("abschliessen")


class ClosingParty(models.TextChoices):
    """Who may name a closing reason."""

    PRINCIPAL = "principal", _("Auftraggeber")
    CONTRACTOR = "contractor", _("Auftragnehmer")
    ANY = "any", _("beide")


class DetailKind(models.TextChoices):
    """What a closing detail says more closely (OUT-06)."""

    CAUSE = "cause", _("Ursache")
    RESULT = "result", _("Wirkung")


class Outcome(models.TextChoices):
    """The outcome that the statistic counts at closure (OUT-05)."""

    SUCCESS = "erfolgreich", _("Auftrag erfolgreich umgesetzt")
    PARTIAL = "teilweise", _("Auftrag teilweise umgesetzt")
    FAILED = "nicht_umgesetzt", _("Auftrag nicht umgesetzt")
    OTHER = "sonstige", _("Sonstige")


class Zielgruppe(models.TextChoices):
    """Target groups A to I of the concept."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"
    G = "G"
    H = "H"
    I = "I"  # noqa: E741


class KostengutspracheState(models.TextChoices):
    """Where a Kostengutsprache stands (KG-10)."""

    DRAFT = "draft", _("Entwurf")
    REQUESTED = "requested", _("beantragt")
    APPROVED = "approved", _("bewilligt")
    REFUSED = "refused", _("abgelehnt")
    LAPSED = "lapsed", _("verfallen")
    ORDERED = "ordered", _("bestellt")
    INVOICED = "invoiced", _("in Rechnung gestellt")
    PAID = "paid", _("bezahlt")


PROMISED = frozenset({"approved", "ordered", "invoiced", "paid"})
"""States of a Kostengutsprache that holds: its approval stands in the database."""


class CostDecision(models.TextChoices):
    """What the payer decided on a Kostengutsprache; it stays, whatever becomes of the measure (KG-11)."""

    APPROVED = "approved", _("bewilligt")
    REFUSED = "refused", _("abgelehnt")


class SignedHow(models.TextChoices):
    """How a Kostengutsprache was signed (KG-05)."""

    LOGIN = "login", _("im Portal, mit Passwort bestätigt")
    LINK = "link", _("über den Link aus der E-Mail, mit Code bestätigt")
    PAPER = "paper", _("auf Papier; die Unterschrift ist abgelegt")


class TariffUnit(models.TextChoices):
    """What the price of a measure is counted by (KG-03)."""

    FLAT = "flat", _("pauschal")
    HOUR = "hour", _("Stunde")
    DAY = "day", _("Tag")
    WEEK = "week", _("Woche")
    MONTH = "month", _("Monat")
    OFFER = "offer", _("nach Offerte")


class Finding(models.TextChoices):
    """What the decision table says of a case (GRP-20, GRP-22)."""

    GROUP = "group", _("Zielgruppe")
    WITHIN_SH = "within_sh", _("Auftrag innerhalb der Sozialhilfe")
    ROUNDTABLE = "roundtable", _("Alle drei Stellen beteiligt")
    UNASSIGNED = "unassigned", _("Keiner Zielgruppe zugeordnet")


class Condition(models.TextChoices):
    """What a row of the decision table asks of one of its inputs."""

    YES = "yes", _("ja")
    NO = "no", _("nein")
    ANY = "any", _("egal")


class CriterionWeight(models.TextChoices):
    """What follows when a criterion is not met (ALV-08, IV-03, CON-12)."""

    HARD = "hard", _("zwingend")
    EXCEPTION = "exception", _("zwingend, Ausnahme mit Begründung")
    ADVISORY = "advisory", _("Hinweis")


class CriterionCheck(models.TextChoices):
    """How a criterion is answered: by whoever writes the Antrag, or by what the Antrag says elsewhere."""

    ASKED = "asked", _("wird gefragt")
    WORK_OFFER = "work_offer", _("wird gefragt: Teil des intakten Arbeitsangebots")
    NO_WORK_OFFER = "no_work_offer", _("wird gefragt: zurzeit kein intaktes Arbeitsangebot")
    OBSTACLES = "obstacles", _("mindestens eine Belastung im Umfeld")
    IV_SETTLED = "iv_settled", _("bei der IV ist nichts hängig")
    IV_DAMAGE = "iv_damage", _("kein IV-relevanter Gesundheitsschaden vermutet")
    IV_REFUSAL = "iv_refusal", _("letzte Ablehnung der IV liegt lange genug zurück")
    RAV_PAUSE = "rav_pause", _("letzte Anmeldung beim RAV liegt lange genug zurück")
    LEAD = "lead", _("die Stelle übernimmt die Fallführung")
    NOTE = "note", _("nur zum Lesen")


ASKED = frozenset({CriterionCheck.ASKED, CriterionCheck.WORK_OFFER, CriterionCheck.NO_WORK_OFFER})
"""Checks that the Antrag asks as a question of their own."""


class CriterionAnswer(models.TextChoices):
    """How far a criterion is met."""

    YES = "yes", _("trifft zu")
    NO = "no", _("trifft nicht zu")
    OPEN = "open", _("noch offen")


class LegalState(models.TextChoices):
    """Where a legal precondition stands (NFR-08)."""

    OPEN = "open", _("offen")
    MET = "met", _("erfüllt")
    REFUSED = "refused", _("abgelehnt")


class Verdict(models.TextChoices):
    """What the coordination office decided on a case that the table does not settle (GRP-20, CON-44)."""

    CLEARED = "cleared", _("Optima ist möglich")
    DECLINED = "declined", _("Optima ist nicht der richtige Weg")


class RequestKind(models.TextChoices):
    """The two structured messages from contractor to principal (RED-07)."""

    SANCTION = "sanction", _("Hinweis für eine Sanktion")
    MEASURE = "measure", _("Wunsch nach einer Massnahme")


class RequestDecision(models.TextChoices):
    """What the principal decided on such a message; the portal decides nothing (OP-12, RED-07)."""

    DONE = "done", _("umgesetzt")
    PARTLY = "partly", _("teilweise umgesetzt")
    NOT_DONE = "not_done", _("nicht umgesetzt")


class IvRest(models.TextChoices):
    """What the IV did with its procedure when a social service took the lead (RED-05)."""

    SUSPENDED = "suspended", _("sistiert")
    CLOSED = "closed", _("abgeschlossen")


class CostModel(models.TextChoices):
    """How two groups share the effort of counselling (FIN-02 to FIN-04)."""

    A = "A", _("Modell A: Fallpauschalen werden verrechnet")
    B = "B", _("Modell B: jede Stelle trägt ihren Aufwand")
    C = "C", _("Modell C: jede Stelle trägt ihren Aufwand, solange er klein oder ausgeglichen ist")


class CostBasis(models.TextChoices):
    """On what a principal pays flat rates (FIN-08)."""

    AGREEMENT = "agreement", _("Leistungsvereinbarung")
    AMM = "amm", _("AMM-Plafond")
    ORDER = "order", _("als Massnahme verfügt")
    OTHER = "other", _("andere Grundlage")


class Proration(models.TextChoices):
    """What a month counts in which a case ran for a part only (FIN-06)."""

    MONTH = "month", _("angebrochener Monat zählt ganz")
    HALF = "half", _("halbe Monate: bis 15 Tage zählen halb")
    DAYS = "days", _("jeder Tag zählt")


class LineKind(models.TextChoices):
    """Whether a line bills its own month or puts an earlier one right."""

    REGULAR = "regular", _("Monat")
    CORRECTION = "correction", _("Korrektur")


VARIANTS = {StatisticsGroup.IV: "OPTIMA-IV", StatisticsGroup.RAV: "OPTIMA-ALV", StatisticsGroup.SH: "OPTIMA-SH"}
"""What the concept calls Optima by the group of the contractor, and so heads its documents."""


def variant(contractor: Institution | None) -> str:
    """The name of the variant that ``contractor`` works by; Optima while nobody is chosen."""
    return VARIANTS.get(StatisticsGroup(contractor.statistics_group), "Optima") if contractor else "Optima"


TEXT_PLACEHOLDERS: dict[str, tuple[str, ...]] = {"vereinbarung_zeit": ("von", "bis", "stelle")}
"""What the portal fills into the texts that the coordination office words, by the text's code; others have nothing."""
TEXT_TITLES = {
    "vereinbarung_zeit": _("Vereinbarung ALV: Befreiung"),
    "vereinbarung_meldungen": _("Vereinbarung ALV: Meldungen"),
    "vereinbarung_formular": _("Vereinbarung ALV: Formular"),
    "vereinbarung_punkt3_frage": _("Vereinbarung ALV: Frage zu Punkt 3"),
    "vereinbarung_punkt3_antwort": _("Vereinbarung ALV: Antwort zu Punkt 3"),
    "vereinbarung_rest": _("Vereinbarung ALV: übrige Angaben"),
}
"""The texts that the portal asks for, by their code, whether somebody has recorded them or not."""
TEXT_ANSWERS: dict[str, tuple[str, ...]] = {"vereinbarung_punkt3_antwort": ("Ja", "Nein")}
"""Texts that are one of a few words."""
