"""The German sentences of the timeline for what the core itself writes to the audit."""

from django.utils.translation import gettext_lazy as _

from .registry import verbs


def register() -> None:
    """Add the sentences; called once from ``CoreConfig.ready``."""
    verbs.update(
        {
            "case_begun": _("hat den Entwurf begonnen"),
            "case_imported": _("Fall aus früherer Statistik übernommen"),
            "person_recorded": _("hat die Person erfasst"),
            "person_changed": _("hat Angaben zur Person geändert"),
            "document_filed": _("hat ein Dokument abgelegt"),
            "draft_discarded": _("hat den Entwurf verworfen"),
        }
    )
