"""Choices of Optima, with their German labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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

    REQUESTED = "requested", _("beantragt")
    APPROVED = "approved", _("bewilligt")
    REFUSED = "refused", _("abgelehnt")
