"""The sides of a case: where somebody stands, and who moderates it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy

from . import registry
from .actor import Actor
from .enums import ParticipationRole
from .models import Case, Participation


class Party(models.TextChoices):
    """On which side of a case somebody stands."""

    PRINCIPAL = "principal", gettext_lazy("Auftraggeber")
    CONTRACTOR = "contractor", gettext_lazy("Auftragnehmer")
    PARTICIPANT = "participant", gettext_lazy("Beteiligte")
    COORDINATION = "coordination", gettext_lazy("IIZ-Koordination")
    MODERATION = "moderation", gettext_lazy("Moderation")


ROLE_PARTIES: dict[str, str] = {
    ParticipationRole.PRINCIPAL: Party.PRINCIPAL,
    ParticipationRole.CONTRACTOR: Party.CONTRACTOR,
    ParticipationRole.PARTICIPANT: Party.PARTICIPANT,
    ParticipationRole.CASE_MANAGEMENT: Party.PARTICIPANT,
}


def moderator(case: Case) -> Participation | None:
    """The office that moderates the case instead of the coordination office; ``None``: that office does (RT-22)."""
    return registry.workflows[case.service].moderator(case)


def moderates(case: Case, actor: Actor) -> bool:
    """Whether ``actor`` stands on the moderating side and may write there: a coordinator, or the office that leads."""
    part = moderator(case)
    if part is None:
        return actor.is_coordination
    return part.institution_id == actor.institution.pk and actor.works_on_cases
