"""What a person changes about the own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..enums import MailMode, MailTopic
from ..models import User


class SettingsForm(forms.ModelForm):
    """Name and phone as colleagues in other offices see them."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "phone"]


class MailForm(forms.Form):
    """How mail of each topic comes; only what asks nothing of anybody can be turned off (principle 7)."""

    HELP = {
        MailTopic.DECISION: _("Neue Anträge, Entscheide, Rückfragen, Zuteilungen, Rückzüge, Beginn und Abschluss."),
        MailTopic.DEADLINE: _("Was bald fällig oder überfällig ist, auch bei Personen, die Sie vertreten."),
        MailTopic.MEETING: _("Einladungen, neue Termine und Absagen, mit der Datei für Ihren Kalender."),
        MailTopic.NEWS: _("Was geschehen ist, ohne dass Sie etwas tun müssen."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic in MailTopic:
            modes = [mode for mode in MailMode if mode != MailMode.NEVER or topic == MailTopic.NEWS]
            self.fields[topic.value] = forms.ChoiceField(
                label=topic.label,
                help_text=self.HELP[topic],
                choices=[(mode.value, mode.label) for mode in modes],
                widget=forms.RadioSelect,
            )
