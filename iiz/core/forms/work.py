"""Putting a Pendenz off, and saying who is absent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import absences, snoozing
from ..actor import Actor
from ..keeping import manages
from ..models import Task, User
from .fields import LongText


class PutOffForm(forms.Form):
    """Until when, and why."""

    until = forms.DateField(label=_("Wieder zeigen am"), widget=forms.DateInput())
    reason = LongText(
        label=_("Grund"),
        limit=300,
        rows=2,
        help_text=_("Ihn lesen nur Ihre Institution und die IIZ-Koordinationsstelle."),
    )

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task = task
        self.fields["until"].initial = snoozing.proposed(task)

    def clean_until(self) -> dt.date:
        """A working day on which it can come back."""
        day: dt.date = self.cleaned_data["until"]
        snoozing.check_day(self.task, day)
        return day


class AbsenceForm(forms.Form):
    """Who is away from when to when, and who stands in. Whoever enters only the own absence is not asked whose."""

    absent = forms.ModelChoiceField(User.objects.none(), label=_("Wer ist abwesend?"), empty_label=_("bitte wählen"))
    deputy = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Wer vertritt?"),
        empty_label=_("bitte wählen"),
        help_text=_("Diese Person sieht die Pendenzen mit und erhält die Erinnerungen. Mehr Rechte bekommt sie nicht."),
    )
    valid_from = forms.DateField(label=_("Erster Tag"), widget=forms.DateInput(), initial=timezone.localdate)
    valid_until = forms.DateField(
        label=_("Letzter Tag"),
        widget=forms.DateInput(),
        help_text=_("Wenn Sie es noch nicht wissen: ein Tag, an dem Sie es wissen. Beenden können Sie jederzeit."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        here = User.objects.filter(pk__in=[user.pk for user in absences.people(actor.institution)])
        self.fields["absent"].queryset = here  # type: ignore[attr-defined]
        self.fields["deputy"].queryset = here  # type: ignore[attr-defined]
        if not manages(actor, actor.institution):
            del self.fields["absent"]
            self.fields["deputy"].queryset = here.exclude(pk=actor.user.pk)  # type: ignore[attr-defined]

    @property
    def absent_user(self) -> User:
        """Whose absence it is."""
        chosen: User = self.cleaned_data.get("absent") or self.actor.user
        return chosen
