"""What somebody without an account says about a Kostengutsprache: why not, or a question first (KG-04, KG-10)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from .fields import LongText


class RefusalForm(forms.Form):
    """Why the payer does not bear the cost; the requester reads it."""

    reason = LongText(
        label=gettext_lazy("Weshalb lehnen Sie ab?"),
        help_text=gettext_lazy("Die beantragende Stelle liest diese Begründung."),
        rows=4,
        error_messages={"required": gettext_lazy("Ohne Begründung kann niemand ablehnen.")},
    )


class QuestionForm(forms.Form):
    """What the payer wants to know before it decides."""

    question = LongText(
        label=gettext_lazy("Was möchten Sie wissen?"),
        help_text=gettext_lazy("Bis zur Antwort ruht die Frist."),
        rows=4,
        error_messages={"required": gettext_lazy("Was möchten Sie wissen?")},
    )
