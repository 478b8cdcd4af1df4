"""What both services share."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """The ground floor of the house."""

    name = "iiz.core"
    label = "core"
    verbose_name = _("Grundlagen")

    def ready(self) -> None:
        """Keep the triggers in place after every migration."""
        from . import (
            accounts,
            confirmations,
            digests,
            guests,
            institutions,
            meeting_rows,
            navigation,
            reminders,
            signals,
            triggers,
            words,
        )

        navigation.register()
        words.register()
        accounts.register()
        confirmations.register()
        digests.register()
        guests.register()
        institutions.register()
        reminders.register()
        meeting_rows.register()
        signals.connect()

        pre_migrate.connect(triggers.step_aside, sender=self, dispatch_uid="iiz.triggers_aside")
        post_migrate.connect(triggers.install, sender=self, dispatch_uid="iiz.audit_triggers")
