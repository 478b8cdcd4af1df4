"""Filing a document with a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from .. import files
from ..actor import Actor
from ..enums import Audience
from ..models import Case


class DocumentForm(forms.Form):
    """Title, file and audience of a document that ``actor`` files with ``case``."""

    title = forms.CharField(label=_("Bezeichnung"), max_length=160)
    file = forms.FileField(
        label=_("Datei"),
        help_text=_("PDF, Word, Excel, ODT, JPG oder PNG, höchstens 20 MB."),
        max_length=250,
    )
    audience = forms.ChoiceField(
        label=_("Wer darf es lesen?"),
        choices=Audience.choices,
        initial=Audience.CASE,
        widget=forms.RadioSelect,
        help_text=_("Was für alle beteiligten Stellen ist, liest auch die IIZ-Koordinationsstelle."),
    )

    def __init__(self, *args: Any, case: Case, actor: Actor) -> None:
        super().__init__(*args)
        self.case, self.actor = case, actor

    def clean_file(self) -> UploadedFile:
        """Let the file in, or say why not."""
        upload: UploadedFile = self.cleaned_data["file"]
        self.content_type = files.receive(upload, self.actor, case=self.case)
        return upload
