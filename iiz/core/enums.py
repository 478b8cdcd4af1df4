"""Choices that both services share, with their German labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StatisticsGroup(models.TextChoices):
    """The column under which an institution is counted (ACT-01)."""

    IV = "IV", _("IV")
    RAV = "RAV", _("RAV/ALV")
    SH = "SH", _("Sozialhilfe")
    OTHER = "ANDERE", _("Andere")


class InstitutionKind(models.TextChoices):
    """What an institution is; each kind belongs to exactly one statistics group (ACT-01, ACT-02)."""

    RAV = "rav", _("RAV")
    IV = "iv", _("IV-Stelle")
    SOCIAL_SERVICE = "sozialdienst", _("Sozialdienst")
    SOBZ = "sobz", _("SoBZ")
    COORDINATION = "koordination", _("IIZ-Koordinationsstelle")
    GUARDIANSHIP = "mandat", _("Mandatszentrum, Berufsbeistandschaft, KESB")
    SICKNESS_INSURER = "krankentaggeld", _("Krankentaggeldversicherung")
    ACCIDENT_INSURER = "unfall", _("Unfallversicherung")
    CASE_MANAGER = "casemanager", _("Case Management eines Arbeitgebers oder Versicherers")
    VOCATIONAL_GUIDANCE = "biz", _("Öffentliche Berufsberatung (BIZ)")
    ASYLUM = "asyl", _("Asyl- und Flüchtlingswesen")
    ADDICTION = "sucht", _("Suchtberatung")
    MEDICAL = "medizin", _("Ärztliche oder therapeutische Fachperson")
    PROVIDER = "anbieter", _("Anbieter von Massnahmen")
    OTHER = "andere", _("Andere")


KIND_GROUPS: dict[str, str] = {
    InstitutionKind.RAV: StatisticsGroup.RAV,
    InstitutionKind.IV: StatisticsGroup.IV,
    InstitutionKind.SOCIAL_SERVICE: StatisticsGroup.SH,
    InstitutionKind.SOBZ: StatisticsGroup.SH,
}
"""Kinds that count in a group of their own; every other kind counts under ``OTHER`` (ACT-01)."""

OPTIMA_GROUPS = (StatisticsGroup.IV, StatisticsGroup.RAV, StatisticsGroup.SH)
"""The only groups that may be principal or contractor in Optima (ACT-01)."""


class Role(models.TextChoices):
    """What a person may do for an institution; one person may hold several (ACT-12)."""

    CONTACT = "contact", _("Ansprechperson")
    CASEWORKER = "caseworker", _("Fallverantwortliche Person")
    SIGNATORY = "signatory", _("Zeichnungsberechtigt")
    READ_ONLY = "read_only", _("Nur lesend")
    STRATEGIC = "strategic", _("Strategisch, ohne Fälle")
    COORDINATOR = "coordinator", _("IIZ-Koordination")
    STEERING = "steering", _("Führungsgruppe")


CASE_ROLES = frozenset({Role.CONTACT, Role.CASEWORKER, Role.SIGNATORY, Role.READ_ONLY, Role.COORDINATOR})
"""Roles that open case data at all: strategic staff and the steering group never see a case (ACT-10)."""

WORKING_ROLES = frozenset({Role.CONTACT, Role.CASEWORKER})
"""Roles that may write in a case of their institution."""


class Level(models.TextChoices):
    """What an institution may do on one case; the codename of the permission row (ACT-12)."""

    VIEW = "view_case", _("ansehen")
    CONTRIBUTE = "contribute_case", _("mitarbeiten")
    LEAD = "lead_case", _("führen")
    COORDINATE = "coordinate_case", _("koordinieren")


class Service(models.TextChoices):
    """The two services of the coordination office (RT-01, OP-01)."""

    OPTIMA = "optima", _("Optima")
    ROUNDTABLE = "roundtable", _("Roundtable")


class Phase(models.TextChoices):
    """What every service's states have in common: written, under way, over."""

    DRAFT = "draft", _("Entwurf")
    OPEN = "open", _("offen")
    ENDED = "ended", _("beendet")


class Origin(models.TextChoices):
    """Where a case came from; imported ones have no person and no participations."""

    LIVE = "live", _("im Portal erfasst")
    IMPORTED = "imported", _("importiert")
    DEMO = "demo", _("Demo")


class ParticipationRole(models.TextChoices):
    """The part an institution plays in a case."""

    PRINCIPAL = "principal", _("Auftraggeber")
    CONTRACTOR = "contractor", _("Auftragnehmer")
    PARTICIPANT = "participant", _("beteiligt")
    CASE_MANAGEMENT = "case_management", _("Case Management")


class Sex(models.TextChoices):
    """Sex as the statistics count it (PER-03)."""

    FEMALE = "w", _("weiblich")
    MALE = "m", _("männlich")
    OTHER = "x", _("divers")


class AgeBand(models.TextChoices):
    """Age at registration: year of arrival minus year of birth (PER-03)."""

    UP_TO_24 = "-24", _("bis 24")
    FROM_25 = "25-34", _("25 bis 34")
    FROM_35 = "35-44", _("35 bis 44")
    FROM_45 = "45-54", _("45 bis 54")
    FROM_55 = "55+", _("55 und älter")
    UNKNOWN = "unbekannt", _("unbekannt")


class IvProcedure(models.TextChoices):
    """State of the person's IV procedure (PER-05)."""

    NONE = "none", _("kein Verfahren")
    RUNNING = "running", _("läuft")
    SUSPENDED = "suspended", _("sistiert")
    CLOSED = "closed", _("abgeschlossen")


class Audience(models.TextChoices):
    """For whom a document is meant."""

    CASE = "case", _("alle beteiligten Stellen")
    OWN = "own", _("nur meine Institution")


class DataCategory(models.TextChoices):
    """Kinds of data that a Vollmacht opens, one by one (PER-06, PER-10)."""

    SITUATION = "situation", _("Persönliche und soziale Situation")
    WORK = "work", _("Ausbildung und Arbeit")
    MONEY = "money", _("Leistungen und Finanzen")
    HEALTH = "health", _("Gesundheit")


class LegalBasis(models.TextChoices):
    """On what an exchange rests (PER-08)."""

    VOLLMACHT = "vollmacht", _("Vollmacht")
    WISH = "wish", _("Wunsch der Klientin oder des Klienten")
    ATSG = "atsg", _("Datenbekanntgabe unter den Versicherungen (ATSG)")


class LeadCapabilityLevel(models.TextChoices):
    """Whether a social service can take the integral case lead (ACT-04)."""

    FULL = "full", _("volle Fallführung")
    WSH_ONLY = "wsh_only", _("nur bei wirtschaftlicher Sozialhilfe")
    ADDICTION_ONLY = "addiction_only", _("nur Suchtthemen")
    NONE = "none", _("keine Fallführung")


class ContactPurpose(models.TextChoices):
    """What a contact person is asked about (ACT-06, ACT-13)."""

    OPTIMA = "optima", _("Optima")
    CLARIFICATION = "clarification", _("Abklärungsphase")


class RoutingMode(models.TextChoices):
    """Where an application of a kind of contractor arrives (ACT-07)."""

    MUNICIPALITY = "municipality", _("zuständige Stelle der Wohngemeinde")
    CENTRAL = "central", _("eine zentrale Stelle")
    COORDINATION = "coordination", _("über die IIZ-Koordinationsstelle")


class MeetingState(models.TextChoices):
    """What became of a meeting."""

    PLANNED = "planned", _("geplant")
    HELD = "held", _("geführt")
    CANCELLED = "cancelled", _("abgesagt")


class Reply(models.TextChoices):
    """How somebody answered an invitation."""

    OPEN = "open", _("offen")
    ACCEPTED = "accepted", _("nimmt teil")
    DECLINED = "declined", _("kann nicht")


class Seat(models.TextChoices):
    """As what somebody sits at the table (OP-07, OP-17)."""

    CLIENT = "client", _("Klientin/Klient")
    PRINCIPAL = "principal", _("Auftraggeber")
    CONTRACTOR = "contractor", _("Auftragnehmer")
    OFFICE = "office", _("Fachperson")
    MODERATION = "moderation", _("Moderation")
    GUEST = "guest", _("weitere Person")


class ReminderStep(models.TextChoices):
    """Who is reminded of a Pendenz, one after the other (NFR-06)."""

    BEFORE = "before", _("vor Ablauf der Frist")
    AFTER = "after", _("nach Ablauf der Frist")
    DEPUTY = "deputy", _("an die Stellvertretung")
    CONTACT = "contact", _("an die Ansprechperson")
    COORDINATOR = "coordinator", _("an die Koordinationsstelle")


class MailTopic(models.TextChoices):
    """What a mail is about; each person chooses per topic how it comes (principle 7)."""

    DECISION = "decision", _("Entscheide und Rückfragen")
    DEADLINE = "deadline", _("Fristen und Erinnerungen")
    MEETING = "meeting", _("Einladungen und Termine")
    NEWS = "news", _("Alles Übrige")


class MailMode(models.TextChoices):
    """How mail of a topic comes."""

    AT_ONCE = "at_once", _("sofort")
    DIGEST = "digest", _("gesammelt am Morgen")
    NEVER = "never", _("gar nicht")


class MailTrouble(models.TextChoices):
    """Why a mail has not left."""

    UNREACHABLE = "unreachable", _("Der Mailserver war nicht erreichbar.")
    REFUSED = "refused", _("Der Mailserver hat die Mail abgelehnt.")
    UNKNOWN_ADDRESS = "unknown_address", _("Diese Adresse gibt es nicht.")
    UNWRITABLE = "unwritable", _("Die Mail liess sich nicht erstellen.")
    NO_READER = "no_reader", _("Die Person darf den Fall nicht mehr lesen.")
    OVER = "over", _("Der Anlass der Mail besteht nicht mehr.")


class GuestEnd(models.TextChoices):
    """Why a link of somebody without an account was ended before its time."""

    BLOCKED = "blocked", _("gesperrt")
    REPLACED = "replaced", _("durch einen neuen Zugang ersetzt")
    GUESSED = "guessed", _("nach zu vielen falschen Codes gesperrt")
    OVER = "over", _("Anlass besteht nicht mehr")
