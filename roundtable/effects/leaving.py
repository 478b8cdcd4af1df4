"""What an office hears that the Vollmacht names no longer: that it takes part no more, and nothing of the case."""

from __future__ import annotations

from iiz.core import notify
from iiz.core.actor import Actor
from iiz.core.models import Case, OutboxMail

LEFT = "rt_left"


def tell(case: Case, institution_id: int | None, actor: Actor) -> None:
    """Tell whoever was in charge there, if the office takes part; its link to the case opens no more (PER-06)."""
    parts = case.participations.select_related("institution", "user").filter(institution=institution_id, until=None)
    for part in parts if institution_id is not None else ():
        people = [(user, part.institution) for user in notify.in_charge(part.institution, part.user)]
        notify.queue(LEFT, case, people, beside=actor.user)


def is_out(mail: OutboxMail) -> bool:
    """Whether the office is still out when the mail leaves."""
    if mail.case is None or mail.user is None or mail.institution is None:
        return False
    return not notify.may_read(mail.case, mail.user, mail.institution)
