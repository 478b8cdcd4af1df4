"""The client's signature: the signed paper as a scan, or the strokes drawn on the screen (RT-15)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iiz.core import clock
from iiz.core.actor import Actor
from iiz.core.forms.fields import PastDate
from iiz.core.templatetags.ui import day

from ..models import Handlungsplan
from ..signing import drawing, earliest, is_readable
from .consent import ScanField, let_in


class DrawForm(forms.Form):
    """The strokes, as the page sends them; cleaned to a picture."""

    strokes = forms.CharField(
        label=gettext_lazy("Unterschrift"),
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("Es ist noch nichts gezeichnet.")},
        strip=False,
    )

    def clean_strokes(self) -> bytes:
        """A real picture with strokes in it."""
        return drawing(self.cleaned_data["strokes"])


class SignedPaperForm(forms.Form):
    """The paper that the client signed, and the day."""

    signed_on = PastDate(label=gettext_lazy("Unterschrieben am"))
    scan = ScanField(
        label=gettext_lazy("Scan der unterschriebenen Seite"),
        help_text=gettext_lazy(
            "PDF, JPG oder PNG, höchstens 20 MB. Die Seite mit der Unterschrift genügt. Das Original bleibt bei Ihnen."
        ),
    )

    def __init__(self, *args: Any, plan: Handlungsplan, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.actor, self.content_type = plan, actor, ""
        self.initial.setdefault("signed_on", clock.today())

    def clean_signed_on(self) -> dt.date:
        """Nobody signs before there is something to sign."""
        signed: dt.date = self.cleaned_data["signed_on"]
        first = earliest(self.plan)
        if first is not None and signed < first:
            words = _("Diese Fassung gilt erst seit dem %(day)s. Vorher kann sie niemand unterschrieben haben.")
            raise forms.ValidationError(words % {"day": day(first)}, code="early")
        return signed

    def clean_scan(self) -> UploadedFile:
        """Let the scan in, or say why not."""
        upload: UploadedFile | None = self.cleaned_data["scan"]
        if upload is None:
            raise forms.ValidationError(_("Bitte legen Sie den Scan der unterschriebenen Seite ab."), code="required")
        self.content_type = let_in(upload, self.actor, self.plan.case)
        if not is_readable(upload, self.content_type):
            raise forms.ValidationError(
                _("Dieses Bild lässt sich nicht öffnen. Scannen oder fotografieren Sie die Seite nochmals."),
                code="broken",
            )
        return upload
